"""The calendar: free times, and a post that is moved, by the plain form and by dragging."""

import html
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.forecast import forecast
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from crosspost.web import serving
from tests.web.browsing import browse, entered
from tests.web.client import Client

SLOTS = 'slots = ["Mon-Fri 09:00"]\n'
SUNDAY, MONDAY, TUESDAY = "2026-11-22", "2026-11-23", "2026-11-24"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    """A place in which Mastodon has slots, and one post is planned for the first of them."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path, sandbox, networks=("x", "mastodon"), more=SLOTS)
        place.crosspost("run")
        place.new_post("2026-11-22-neu")
        yield place


def planned(own: Place, account: str) -> datetime:
    (line,) = [line for line in forecast(own.app, timedelta(days=30)).lines if line.account == account]
    return line.at


def cell(page: str, day: str) -> str:
    """What a day of the calendar says."""
    return page.partition(f'<time datetime="{day}">')[2].partition("</td>")[0]


def test_only_times_that_are_free_are_offered(ann: Client) -> None:
    page = ann.get("/calendar").text
    assert "09:00" in cell(page, MONDAY)
    assert 'class="free"' not in cell(page, MONDAY), "the post has that slot"
    assert f"/move?at={TUESDAY}T09%3A00&amp;account=mastodon" in cell(page, TUESDAY)
    assert 'class="free"' not in cell(page, "2026-11-28"), "Saturday has no slot"
    assert "Next free time:" in page


def test_a_day_without_rules_is_free_from_the_sites_midnight_on(own: Place) -> None:
    text = own.config.read_text("utf-8").replace("[site]", '[site]\ntimezone = "Europe/Berlin"')
    own.config.write_text(text, "utf-8")
    with serving.beside(lambda: own.app, host="127.0.0.1", port=0) as port:
        client = Client(port)
        client.post("/enter", ticket=serving.sessions_of(own.app).link())
        week = client.get(f"/calendar?view=week&day={TUESDAY}&account=x").text
    assert "all day free" in cell(week, TUESDAY)
    assert "from 0" not in cell(week, TUESDAY)


def test_a_free_time_leads_to_what_can_be_moved_there(ann: Client) -> None:
    page = ann.get(f"/move?at={TUESDAY}T09:00&account=mastodon").text
    (link,) = re.findall(r'href="(/move/[^"]+)"', page)
    form = ann.get(html.unescape(link)).text
    assert f'value="{TUESDAY}T09:00"' in form
    assert f"/note?at={TUESDAY}T09%3A00&amp;account=mastodon" in page


@pytest.mark.parametrize("where", ["file", "ledger"])
def test_a_post_is_moved_after_the_difference_was_shown(ann: Client, own: Place, where: str) -> None:
    before = planned(own, "mastodon")
    form = {"at": f"{TUESDAY}T09:00", "account": "mastodon", "where": where}
    shown = ann.post("/move/neu", **form)
    assert planned(own, "mastodon") == before, "nothing is changed yet"
    seen = html.unescape(re.findall(r'name="seen" value="([^"]*)"', shown.text)[0])
    assert ann.post("/move/neu", **form, seen=seen).headers["Location"] == "/posts/neu?done=edited"
    assert planned(own, "mastodon") == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert ("at: 2026-11-24" in (own.root / "site/_posts/2026-11-22-neu.md").read_text("utf-8")) == (where == "file")
    assert 'href="/posts/neu"' in cell(ann.get("/calendar").text, TUESDAY)


def test_a_move_is_refused_where_the_file_changed_meanwhile(ann: Client, own: Place) -> None:
    form = {"at": f"{TUESDAY}T09:00", "account": "mastodon", "where": "file"}
    seen = html.unescape(re.findall(r'name="seen" value="([^"]*)"', ann.post("/move/neu", **form).text)[0])
    own.new_post("2026-11-22-neu", "---\ntitle: Anders\n---\n\nEin anderer Text.\n")
    answer = ann.post("/move/neu", **form, seen=seen)
    assert answer.status == 409
    assert "changed since you looked" in answer.text
    assert "at:" not in (own.root / "site/_posts/2026-11-22-neu.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("form", "says"),
    [({"at": f"{SUNDAY}T09:00", "account": "mastodon"}, "over already"), ({"at": f"{TUESDAY}T09:00"}, "no account"),
     ({"account": "mastodon"}, "no time"), ({"at": "soon", "account": "mastodon"}, "is not a time")],
)  # fmt: skip
def test_a_move_that_cannot_be_is_a_sentence(ann: Client, form: dict[str, str], says: str) -> None:
    answer = ann.post("/move/neu", **form, where="ledger")
    assert answer.status == 409
    assert says in answer.text


def test_a_reader_moves_nothing(own: Place, own_port: int) -> None:
    users = serving.users_of(own.app)
    users.put("rita", "reader", "eins zwei drei vier")
    rita = Client(own_port)
    rita.post("/login", name="rita", password="eins zwei drei vier")
    page = rita.get("/calendar").text
    assert "draggable" not in page
    assert rita.post("/move/neu", at=f"{TUESDAY}T09:00", account="mastodon", where="ledger").status == 403


def test_a_day_with_many_lines_leads_to_a_page_of_its_own(ann: Client, own: Place) -> None:
    for number in range(9):
        own.new_post(f"2026-11-22-mehr-{number}")
    page = ann.get("/calendar?account=x").text
    deadline = 20
    while "more" not in cell(page, SUNDAY) and (deadline := deadline - 1):  # the forecast is made anew now and then
        time.sleep(1)
        page = ann.get("/calendar?account=x").text
    assert re.search(r"\d+ more", cell(page, SUNDAY))
    day = ann.get(f"/calendar?view=day&day={SUNDAY}&account=x").text
    assert day.count("/posts/mehr-") == 9


@pytest.mark.long
def test_a_post_is_dragged_to_another_day(own: Place, own_port: int) -> None:
    def visit(browser: Any, base: str) -> None:
        page = entered(browser, base, own, locale="de-DE", viewport={"width": 1280, "height": 1200})
        page.goto(f"{base}/calendar")
        line = page.locator("li[draggable]", has_text="Mastodon").first
        line.drag_to(page.locator(f'td[data-day="{TUESDAY}"]'), target_position={"x": 5, "y": 5})
        page.wait_for_url("**/move/neu*")
        assert page.get_by_label("Geht hinaus am").input_value() == f"{TUESDAY}T09:00"
        assert page.get_by_label("Mastodon").is_checked()
        assert not page.locator("input[value=x]").is_checked()
        page.get_by_role("button", name="Zeigen, was sich ändert").click()
        page.get_by_role("button", name="Ändern").click()
        assert page.get_by_role("status").first.inner_text() == "Geändert."

    browse(visit, own_port)
    assert planned(own, "mastodon") == datetime(2026, 11, 24, 8, tzinfo=UTC)
