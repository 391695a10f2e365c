"""Accounts are connected in a real browser: each question, the network's page of consent and back, also on a phone."""

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.accounts import manage
from crosspost.web import serving
from tests.app.accounts.walk import WAYS, Way, begun, connected
from tests.web import axe
from tests.web.browsing import SIZES, entered, in_browser

pytestmark = pytest.mark.long

BOTH = dataclasses.replace(
    next(way for way in WAYS if (way.network, way.name) == ("facebook", "in the browser")), name="with Instagram"
)
TAKEN = (
    *(way for way in WAYS if (way.network, way.name) in {("mastodon", "in the browser"), ("x", "in the browser")}),
    *(way for way in WAYS if (way.network, way.name) == ("telegram", "the channel's name")),
    *(way for way in WAYS if way.network in ("bluesky", "newsletter")),
    *(way for way in WAYS if (way.network, way.name) in {("x", "four keys"), ("x", "a number")}),
    BOTH,
)


def answered(page: Any, right: dict[str, str], account: str = "verein") -> None:
    """Answer the question on the page, or agree on the network's own page.

    :param account: as whom the person agrees
    """
    key = page.locator("form[data-question]").get_attribute("data-question")
    answer = right.get(key, "")
    if page.get_by_role("link", name="Open the page").or_(page.get_by_role("link", name="Die Seite öffnen")).count():
        page.locator("main a.button").first.click()
        page.locator(f'input[name="account"][value="{account}"]').check()
        page.get_by_role("button", name="Authorise").click()
        page.wait_for_url("**/logins/*")
        return
    radios = page.locator('main input[type="radio"]')
    if radios.count():
        chosen = radios.nth(int(answer) - 1) if answer.isdecimal() else page.locator(f'input[value="{answer}"]')
        (chosen if answer else radios.first).check()
    elif key == "pin":
        other = page.context.new_page()
        other.goto(page.locator('.said-so-far a[href*="oauth_token"]').last.get_attribute("href"))
        other.get_by_role("button", name="Authorise").click()
        answer = other.locator("#code").inner_text()
        other.close()
        page.locator("#answer").fill(answer)
    elif answer:
        page.locator("#answer").fill(answer)
    with page.expect_navigation():
        page.locator("main form button").first.click()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
@pytest.mark.parametrize("way", TAKEN, ids=lambda way: f"{way.network} {way.name}".strip())
def test_an_account_is_connected(way: Way, tmp_path: Path, script: bool) -> None:
    locale, size = ("de-DE", "phone") if script else ("en-GB", "wide")
    done = "ist verbunden" if script else "is connected"
    rules = axe.script()
    broken: list[str] = []
    with begun(way, tmp_path) as (place, person), contextlib.ExitStack() as stack:
        right = dict(person.right) | ({"instagram": "yes"} if way is BOTH else {"instagram": "no"})
        port = stack.enter_context(serving.beside(lambda: place.app, host="127.0.0.1", port=0))
        base, width = f"http://127.0.0.1:{port}", SIZES[size][0]

        def looked_at(page: Any) -> None:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
            if script:
                page.evaluate(rules)
                found = page.evaluate(axe.RUN)["violations"]
                broken.extend(f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in found)

        def visit(browser: Any) -> None:
            how = {"viewport": dict(zip(("width", "height"), SIZES[size], strict=True)), "bypass_csp": script}
            page = entered(browser, base, place, locale=locale, java_script_enabled=script, **how)
            page.goto(f"{base}/accounts")
            page.get_by_role("link", name="Ein Konto verbinden" if script else "Connect an account").click()
            page.locator("#network").select_option(way.network)
            page.locator("#base_url").fill(str(place.sandbox.accounts()[way.network]["base_url"]))
            with page.expect_navigation():
                page.locator("main form button").click()
            for _ in range(25):
                looked_at(page)
                if not page.locator("form[data-question]").count():
                    break
                answered(page, right)
            assert done in page.inner_text("main")

        in_browser(visit)
        networks = {"facebook", "instagram"} if way is BOTH else {way.network}
        assert {account.network for account in place.app.accounts().values()} == networks
        assert all(manage.tested(place.app, name)[0] for name in place.app.accounts())
    assert broken == []


AGREED = [way for way in WAYS if (way.network, way.name) in {("mastodon", "in the browser"), ("misskey", "")}]


@pytest.mark.parametrize("way", AGREED, ids=lambda way: way.network)
def test_who_renews_as_somebody_else_is_told_and_nothing_changes(way: Way, tmp_path: Path) -> None:
    with begun(way, tmp_path) as (place, person):
        connected(place, way, person)
        before = place.config.read_text("utf-8"), place.secrets.read_text("utf-8")
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            base = f"http://127.0.0.1:{port}"

            def visit(browser: Any) -> None:
                page = entered(browser, base, place, locale="de-DE")
                page.goto(f"{base}/accounts")
                with page.expect_navigation():
                    page.get_by_role("button", name="Neu anmelden").click()
                for _ in range(12):
                    if not page.locator("form[data-question]").count():
                        break
                    answered(page, dict(person.right) | {"other": "no"}, "zweitkonto")
                said = page.inner_text("main")
                assert "ichts wurde geändert" in said, said
                assert "melden Sie sich erst ab" in said

            in_browser(visit)
        assert (place.config.read_text("utf-8"), place.secrets.read_text("utf-8")) == before
