"""What came back, on its page: figures, plot, and replies that a person shows on the site or hides."""

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from crosspost.testing.readers import READERS
from tests.web import axe
from tests.web.browsing import SIZES, browse, entered
from tests.web.client import Client

EVIL = "Schön <script>alert(1)</script> & {{ 7*7 }}\n\nUnd?"
MORE = '\n[responses]\nfile = "_data/replies.json"\n'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    """A post that is out on two networks, with a like and a reply on each."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon", "bluesky"), more=MORE)
        assert place.crosspost(str(place.post), "--yes").code == 0
        with contextlib.closing(open_ledger(place.app, read_only=True)) as ledger:
            receipts = {row.account: row.receipt for row in ledger.deliveries()}
        for name, receipt in receipts.items():
            reader = READERS[name](sandbox)
            reader.answer(receipt, EVIL)
            reader.like(receipt)
        assert place.crosspost("responses", "fetch").code == 0
        yield place


def seals(text: str) -> dict[str, str]:
    """Number of a reply → what its form sends along."""
    return dict(re.findall(r'action="/responses/(\d+)"><input type="hidden" name="seen" value="(\w+)"', text))


def on_the_site(place: Place) -> list[Any]:
    pages = json.loads((place.root / "site/_data/replies.json").read_text("utf-8"))
    return [reply for name, page in pages.items() if name for reply in page["children"]]


def test_figures_and_replies_are_shown_and_escaped(ann: Client) -> None:
    text = ann.get("/responses", accept_language="de").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "{{ 7*7 }}" in text
    assert "Was zurückkam" in text
    assert "Gefällt mir: 2 (am meisten: 2, Grüße aus dem Tal)" in text
    row = r'<th scope="row" dir="auto">Grüße aus dem Tal</th><td>2</td><td>0</td><td>2</td><td>–</td>'
    assert re.search(row, text)
    assert len(seals(text)) == 2


def test_a_reply_is_shown_then_hidden_and_it_is_written_down_who_did_it(ann: Client, own: Place) -> None:
    seen = seals(ann.get("/responses").text)
    first = min(seen)
    answer = ann.post(f"/responses/{first}", decision="shown", seen=seen[first])
    assert (answer.status, answer.headers["Location"]) == (303, "/responses?done=shown")
    assert len(on_the_site(own)) == 1
    assert set(seals(ann.get("/responses").text)) == set(seen) - {first}
    assert set(seals(ann.get("/responses?show=shown").text)) == {first}
    assert ann.post(f"/responses/{first}", decision="hidden").status == 303
    assert on_the_site(own) == []
    assert set(seals(ann.get("/responses?show=hidden").text)) == {first}
    changes = ann.get("/changes", accept_language="de").text
    assert "Antwort gezeigt" in changes
    assert "Antwort verborgen" in changes


def test_words_that_were_changed_since_are_not_approved(ann: Client, own: Place) -> None:
    seen = seals(ann.get("/responses").text)
    first = min(seen)
    with contextlib.closing(sqlite3.connect(own.app.ledger_path())) as ledger, ledger:
        ledger.execute("UPDATE replies SET text = 'Etwas anderes' WHERE id = ?", (first,))
    answer = ann.post(f"/responses/{first}", decision="shown", seen=seen[first])
    assert answer.status == 409
    assert "changed since you read it" in answer.text
    assert on_the_site(own) == []
    assert ann.post(f"/responses/{first}", decision="hidden", seen=seen[first]).status == 303, "a no needs no seal"


def test_who_does_not_want_to_be_found_has_no_button(ann: Client, own: Place) -> None:
    with contextlib.closing(sqlite3.connect(own.app.ledger_path())) as ledger, ledger:
        ledger.execute("UPDATE replies SET public = 0")
    text = ann.get("/responses").text
    assert 'value="shown"' not in text
    assert "does not want it shown to everybody" in text


@pytest.mark.parametrize(
    ("path", "form", "status"), [("/responses/1", "maybe", 400), ("/responses/999", "hidden", 404)]
)
def test_what_is_no_decision(ann: Client, path: str, form: str, status: int) -> None:
    assert ann.post(path, decision=form).status == status


def test_a_file_that_cannot_be_written_is_told(ann: Client, own: Place) -> None:
    seen = seals(ann.get("/responses").text)
    own.write("site/_data/replies.json", '{"mine": 1}\n')
    answer = ann.post(f"/responses/{min(seen)}", decision="shown", seen=seen[min(seen)])
    assert answer.status == 409
    assert "crosspost did not write it" in answer.text


@pytest.mark.parametrize("asked", ["?show=erased", "?page=99", "?page=x", "?show=shown"])
def test_odd_addresses_show_the_page(ann: Client, asked: str) -> None:
    assert ann.get(f"/responses{asked}").status == 200


def test_long_lists_are_on_several_pages(ann: Client, own: Place) -> None:
    with contextlib.closing(sqlite3.connect(own.app.ledger_path())) as ledger, ledger:
        columns = "delivery, parent, url, text, author, handle, author_url, said_at, public, mine, state"
        for number in range(30):
            ledger.execute(f"INSERT INTO replies (reply, {columns}) SELECT 'n{number}', {columns} FROM replies LIMIT 1")
    first, second = (seals(ann.get(f"/responses?page={page}").text) for page in (1, 2))
    assert (len(first), len(second), len(first | second)) == (20, 12, 32)


@pytest.mark.long
@pytest.mark.parametrize(("locale", "colour", "size"), [("de-DE", "dark", "phone"), ("en-GB", "light", "wide")])
def test_nobody_is_kept_out(own: Place, own_port: int, locale: str, colour: str, size: str) -> None:
    rules, (width, height) = axe.script(), SIZES[size]
    found: list[str] = []
    yes, done = {"de-DE": ("Auf der Website zeigen", "Freigegeben"), "en-GB": ("Show on the site", "Approved")}[locale]

    def visit(browser: Any, base: str) -> None:
        how: dict[str, Any] = {"locale": locale, "color_scheme": colour, "bypass_csp": True}
        page = entered(browser, base, own, viewport={"width": width, "height": height}, **how)
        for path in ("/responses", "/responses?show=shown", "/responses?show=hidden"):
            page.goto(f"{base}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"
            page.evaluate(rules)
            broken = page.evaluate(axe.RUN)["violations"]
            found.extend(f"{path}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in broken)
        page.goto(f"{base}/responses")
        page.get_by_role("button", name=yes).first.click()
        assert page.get_by_role("status").inner_text().startswith(done)
        assert page.locator("section.box").count() == 1

    browse(visit, own_port)
    assert found == []
    assert len(on_the_site(own)) == 1
