"""The pages in a real browser: as people use them, in both languages, light and dark, on a phone, without a script."""

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from crosspost.testing.harness import Place
from tests.web import axe
from tests.web.browsing import SIZES, browse, entered

pytestmark = pytest.mark.long

PAGES = (
    *("/", "/posts", "/posts/feindlich", "/deliveries", "/deliveries/1", "/deliveries/2"),
    *("/calendar", "/calendar?view=week", "/accounts", "/help", "/help/doubt", "/nothing"),
    *("/logins", "/acts/now/spaeter-1", "/acts/update/feindlich", "/acts/unpublish/feindlich"),
    *("/note", "/approvals", "/changes", "/edit/mastodon/feindlich", "/edit/x/spaeter-1"),
    *("/calendar?view=day", "/calendar?view=week&account=x", "/move/spaeter-7", "/move?at=2026-11-24T09:00"),
    *("/help?search=slots", "/help/web", "/help/networks", "/responses", "/responses?show=shown"),
)
#: pages that a form leads to: where it is, what is typed, and the button that is pressed
FORMS = (("/edit/x/spaeter-7", "#text", "Nur hier"), ("/move/spaeter-7", "#at", "2026-11-27T09:00"))


@pytest.fixture(scope="module")
def browsed(port: int) -> Callable[[Callable[[Any, str], None]], None]:
    """Runs a visit with a browser and the dashboard's address."""
    return lambda visit: browse(visit, port)


@pytest.mark.parametrize(
    ("locale", "colour", "size"),  # each of them with each of the others
    [("en-GB", "light", "wide"), ("en-GB", "dark", "phone"), ("de-DE", "light", "phone"), ("de-DE", "dark", "wide")],
)
def test_nobody_is_kept_out(browsed: Any, doubted: Place, locale: str, colour: str, size: str) -> None:
    rules = axe.script()
    width, height = SIZES[size]
    found: list[str] = []

    def visit(browser: Any, base: str) -> None:
        how = {"locale": locale, "color_scheme": colour, "viewport": {"width": width, "height": height}}
        how |= {"bypass_csp": True}  # only for the test's own script
        stranger = browser.new_context(**how).new_page()
        page = entered(browser, base, doubted, **how)
        for who, path in [*((stranger, path) for path in ("/login", "/", "/enter")), *((page, path) for path in PAGES)]:
            who.goto(f"{base}{path}")
            assert who.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"
            who.evaluate(rules)
            broken = who.evaluate(axe.RUN)["violations"]
            found.extend(f"{path}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in broken)
        for path, field, text in FORMS:
            page.goto(f"{base}{path}")
            page.locator(field).fill(text)
            page.locator("main form button").last.click()
            page.locator("pre.diff").first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"the difference of {path}"
            page.evaluate(rules)
            broken = page.evaluate(axe.RUN)["violations"]
            found.extend(f"difference of {path}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in broken)

    browsed(visit)
    assert found == []


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_doubt_is_settled_by_a_person(browsed: Any, doubted: Place, script: bool) -> None:
    with contextlib.closing(sqlite3.connect(doubted.app.ledger_path())) as ledger, ledger:
        ledger.execute("UPDATE deliveries SET state = 'unknown', url = '' WHERE id = 1")

    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, doubted, locale="en-GB", java_script_enabled=script)
        page.get_by_role("link", name="Decide").first.click()
        page.get_by_label("It is out.").check()
        page.get_by_label("Its address there").fill("https://m.example/@a/1")
        page.get_by_role("button", name="Keep this decision").click()
        assert page.get_by_role("status").inner_text() == "Your decision is kept."
        assert page.get_by_role("link", name="https://m.example/@a/1").count() == 1

    browsed(visit)


def test_the_language_is_switched_and_stays(browsed: Any, doubted: Place) -> None:
    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, doubted, locale="en-GB")
        page.goto(f"{base}/calendar")
        page.get_by_role("button", name="Deutsch").click()
        assert page.url == f"{base}/calendar"
        assert "Kalender" in page.inner_text("h1")
        page.get_by_role("link", name="Beiträge").click()
        assert page.locator("html").get_attribute("lang") == "de"

    browsed(visit)


def test_everything_is_reached_by_keyboard(browsed: Any, doubted: Place) -> None:
    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, doubted, locale="en-GB")
        page.goto(f"{base}/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", "the focus can be seen"

    browsed(visit)


def test_the_overview_renews_itself_under_the_policy(browsed: Any, doubted: Place) -> None:
    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, doubted, locale="en-GB")
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"{base}/")
        page.evaluate("document.querySelector('#live').setAttribute('hx-get', '/overview/live?seen=other')")
        page.evaluate("document.querySelector('#waits').textContent = 'old'")
        page.evaluate("htmx.ajax('GET', '/overview/live?seen=other', {target: '#live', swap: 'outerMorph'})")
        page.wait_for_function("document.querySelector('#waits').textContent === 'Waits for you'")
        assert wrong == []

    browsed(visit)


def test_words_are_changed_and_counted_while_they_are_typed(browsed: Any, doubted: Place) -> None:
    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, doubted, locale="de-DE", viewport={"width": 360, "height": 740})
        page.goto(f"{base}/posts/spaeter-7")
        page.locator(".with-edit a.button").first.click()
        before = page.locator("#count").inner_text()
        page.get_by_label("Eigener Text für dieses Konto").press_sequentially("Nur hier")
        page.wait_for_function("before => document.querySelector('#count').innerText !== before", arg=before)
        page.get_by_label("im Verzeichnis der Sendungen").check()
        page.get_by_role("button", name="Zeigen, was sich ändert").click()
        page.get_by_role("button", name="Ändern").click()
        assert page.get_by_role("status").first.inner_text() == "Geändert."
        assert "Nur hier" in page.inner_text("main")

    browsed(visit)


def test_a_hostile_title_does_nothing(browsed: Any, doubted: Place) -> None:
    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, doubted, locale="en-GB")
        alerts: list[str] = []
        page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        for path in PAGES:
            page.goto(f"{base}{path}")
        assert alerts == []

    browsed(visit)
