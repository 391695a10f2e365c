"""What cannot be undone, as a person does it in a browser: in both languages, on a phone, and without a script."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Place
from crosspost.web import serving
from tests.web.browsing import SIZES, entered, in_browser

pytestmark = pytest.mark.long


class Words(NamedTuple):
    """What the buttons are called."""

    locale: str
    compare: str
    update: str
    back: str
    again: str
    now: str
    look: str
    this: str
    kept: str


ENGLISH = Words(
    "en-GB", "Compare with what is out", "Change what is out", "Take it back", "Publish it again", "Send it now",
    "See what is on the account now", "This is it: it is out", "Your decision is kept.",
)  # fmt: skip
GERMAN = Words(
    "de-DE", "Mit dem Veröffentlichten vergleichen", "Veröffentlichtes ändern", "Zurücknehmen",
    "Noch einmal veröffentlichen", "Jetzt senden", "Zeigen, was jetzt auf dem Konto steht",
    "Das ist er: Er ist veröffentlicht", "Ihre Entscheidung ist festgehalten.",
)  # fmt: skip
NAME = "2026-11-21-neu"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    """A post that is out on Mastodon and X, and one that is not."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon", "x"))
        place.crosspost("run")
        place.new_post(NAME, POST.replace("Grüße aus dem Tal", "Neu hier"))
        place.crosspost("run")
        place.new_post("2026-11-22-drei")
        yield place


@pytest.mark.parametrize(
    ("words", "size", "script"),
    [(ENGLISH, "wide", False), (ENGLISH, "phone", True), (GERMAN, "phone", False), (GERMAN, "wide", True)],
    ids=lambda value: value.locale if isinstance(value, Words) else str(value),
)
def test_a_post_is_changed_taken_back_and_sent(own: Place, words: Words, size: str, script: bool) -> None:
    def texts(network: str) -> list[str]:
        return [post["text"] for post in own.sandbox.posts() if post["network"] == network]

    def visit(browser: Any) -> None:
        how = {"viewport": dict(zip(("width", "height"), SIZES[size], strict=True)), "java_script_enabled": script}
        page = entered(browser, base, own, locale=words.locale, **how)

        def act(post: str, link: str, button: str, *, only: str = "") -> None:
            """From the post's page to the question, tick one account or what is proposed, and press its button."""
            page.goto(f"{base}/posts/{post}")
            page.get_by_role("link", name=link).click()
            page.wait_for_url("**/acts/**")
            for box in page.get_by_role("checkbox").all() if only else ():
                box.set_checked(box.get_attribute("value") == only)
            with page.expect_navigation():
                page.get_by_role("button", name=button).click()
            assert page.get_by_role("status").count() == 1

        own.new_post(NAME, POST.replace("Grüße aus dem Tal", "Neu und anders"))
        act("neu", words.compare, words.update)
        assert "Neu und anders" in texts("mastodon")[0]
        act("neu", words.back, words.back, only="mastodon")
        assert (texts("mastodon"), len(texts("x"))) == ([], 1)
        act("neu", words.again, words.again)
        assert len(texts("mastodon")) == 1
        act("drei", words.now, words.now, only="x")
        assert (len(texts("mastodon")), len(texts("x"))) == (1, 2)

    with serving.beside(lambda: own.app, host="127.0.0.1", port=0) as port:
        base = f"http://127.0.0.1:{port}"
        in_browser(visit)


@pytest.mark.parametrize("words", [ENGLISH, GERMAN], ids=lambda words: words.locale)
def test_a_doubt_is_settled_by_what_is_seen_there(own: Place, words: Words) -> None:
    with contextlib.closing(sqlite3.connect(own.app.ledger_path())) as ledger, ledger:
        ledger.execute("UPDATE deliveries SET state = 'unknown', url = '', receipt = NULL WHERE sent_at IS NOT NULL")
        (number,) = ledger.execute("SELECT id FROM deliveries WHERE state = 'unknown' AND account = 'x'").fetchone()

    def visit(browser: Any) -> None:
        page = entered(browser, base, own, locale=words.locale, viewport={"width": 360, "height": 740})
        page.goto(f"{base}/deliveries/{number}")
        with page.expect_navigation():
            page.get_by_role("button", name=words.look).click()
        assert "Neu hier" in page.locator("blockquote").first.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        with page.expect_navigation():
            page.get_by_role("button", name=words.this).first.click()
        assert page.get_by_role("status").inner_text() == words.kept

    with serving.beside(lambda: own.app, host="127.0.0.1", port=0) as port:
        base = f"http://127.0.0.1:{port}"
        in_browser(visit)
