"""What the pages say, and what their buttons do."""

import contextlib
import csv
import io
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from crosspost.testing.harness import Place
from crosspost.web.localization import Speech
from crosspost.web.pages.deliveries import _harmless
from tests.web.client import Client


def test_the_overview_says_what_waits_and_what_is_out(client: Client) -> None:
    text = client.get("/").text
    assert "Waits for you" in text
    assert "no answer in time" in text
    assert "evil &amp; {{ 7*7 }}" in text.partition("Went out last")[2]


def test_the_overview_renews_itself_only_where_something_changed(client: Client) -> None:
    mark = client.get("/").text.partition("live?seen=")[2].partition('"')[0]
    assert mark
    assert client.get(f"/overview/live?seen={mark}").status == 204
    assert "Waits for you" in client.get("/overview/live?seen=other").text
    assert "live?seen=" not in client.get("/?still=1").text


def test_a_part_of_a_page_leads_to_the_login_too(stranger: Client) -> None:
    answer = stranger.get("/overview/live", HX_Request="true")
    assert (answer.status, answer.headers["HX-Refresh"]) == (401, "true")


def test_a_part_that_cannot_be_made_says_so_in_its_place(client: Client, doubted: Place) -> None:
    """A script puts any answer where the part was: a whole page there ended the renewing for good."""
    file = doubted.app.ledger_path()
    kept = file.read_bytes()
    file.write_bytes(b"no ledger" * 1000)
    try:
        live = client.get("/overview/live?seen=other", HX_Request="true", Accept_Language="de")
        count = client.post("/count/x/spaeter-7", {"HX-Request": "true"}, text="kurz")
        whole = client.get("/deliveries", Accept_Language="de")
    finally:
        file.write_bytes(kept)
    assert (live.status, count.status, whole.status) == (409, 409, 409)
    assert re.search(r'^<div id="live" hx-get="/overview/live" [^>]*>\s*<div role="alert">', live.text.strip())
    assert "beschädigt" in live.text
    assert "the ledger is damaged" in count.text
    assert 'id="live"' not in count.text
    for part in (live, count):
        assert "<h1" not in part.text
        assert "<main" not in part.text
    assert "<h1" in whole.text
    assert "<main" in whole.text


def test_what_is_typed_is_not_lost_with_the_login(stranger: Client) -> None:
    answer = stranger.post("/count/x/spaeter-7", {"HX-Request": "true"}, text="An hour of work")
    assert (answer.status, answer.headers["HX-Refresh"]) == (401, None), "renewing the page would empty the form"
    assert re.search(r'href="/login" target="_blank"', answer.text)
    assert "<main" not in answer.text


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400])
@pytest.mark.parametrize("action", ["", "/picture", "/look", "/settle", "/retry"])
def test_a_number_that_no_ledger_has_is_an_address_that_does_not_exist(
    client: Client, number: str, action: str
) -> None:
    path = f"/deliveries/{number}{action}"
    assert (client.get(path) if action in ("", "/picture") else client.post(path)).status == 404
    assert client.post(f"/approvals/{number}").status == 404
    assert client.post(f"/responses/{number}").status == 404


def test_a_text_that_is_far_too_long_is_called_that(client: Client) -> None:
    answer = client.post("/edit/x/spaeter-7", {"Accept-Language": "de"}, text="x" * 1_100_000, where="ledger")
    assert answer.status == 413
    assert "zu lang" in answer.text


def test_each_account_says_what_is_left_of_its_networks_limits(client: Client) -> None:
    text = client.get("/accounts").text
    left = re.findall(r"([\d,]+) of ([\d,]+) requests, all again", text)
    assert left, "the stand-ins say it with each answer"
    assert all(int(some.replace(",", "")) < int(most.replace(",", "")) for some, most in left)


@pytest.mark.parametrize(
    ("asked", "ids"),
    [("show=unknown", {1}), ("show=waiting", {1, 2}), ("search=gru&account=x", None), ("search=nowhere", set())],
)
def test_deliveries_are_filtered(client: Client, asked: str, ids: set[int] | None) -> None:
    rows = json.loads(client.get(f"/deliveries.json?{asked}").text)
    if ids is None:
        assert rows
        assert {row["account"] for row in rows} == {"x"}
        assert all("Grüße" in row["title"] for row in rows), "accents do not matter"
    else:
        assert {row["id"] for row in rows} == ids


def test_the_search_takes_any_words(client: Client) -> None:
    for words in ('"', "a AND", "NEAR(", "*", "title:x", "-", "'; DROP TABLE said; --"):
        assert client.get(f"/deliveries?search={words.replace(' ', '+')}").status == 200


def test_the_search_knows_what_changed_since(client: Client, place: Place) -> None:
    asked = "/deliveries.json?search=wonderful"
    assert json.loads(client.get(asked).text) == []
    place.new_post("2026-11-22-wonderful")
    place.crosspost("run")
    assert json.loads(client.get(asked).text)


def test_the_list_is_there_as_a_table_for_other_programs(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/deliveries.csv").text)))
    assert {row["account"] for row in rows} == {"mastodon", "x"}
    assert len(rows) == len(json.loads(client.get("/deliveries.json").text))


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1"])
def test_a_spreadsheet_gets_no_formula(text: str) -> None:
    assert _harmless(text) == f"'{text}"


def test_a_failed_delivery_is_planned_again_once(client: Client) -> None:
    assert "Plan it again" in client.get("/deliveries/2").text
    assert client.post("/deliveries/2/retry").headers["Location"] == "/deliveries/2?done=retried"
    assert "Planned again" in client.get("/deliveries/2?done=retried").text
    again = client.post("/deliveries/2/retry")
    assert again.status == 409
    assert "not failed" in again.text


def test_a_doubt_is_settled_with_the_address(client: Client, place: Place) -> None:
    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as ledger, ledger:
        ledger.execute("UPDATE deliveries SET state = 'unknown', url = '' WHERE id = 1")  # a run has found it meanwhile
    assert "give the address" in client.post("/deliveries/1/settle", decision="sent").text
    assert client.post("/deliveries/1/settle", decision="sent", url="javascript:alert(1)").status == 409
    assert client.post("/deliveries/1/settle", decision="sent", url="https://m.example/@a/1").status == 303
    assert "https://m.example/@a/1" in client.get("/deliveries/1").text
    assert client.post("/deliveries/1/settle", decision="planned").status == 409, "nothing waits there any more"


@pytest.mark.parametrize("day", ["2026-11-22", "", "nonsense", "0001-01-01", "9999-12-31", "2026-02-30", "1970-01-01"])
@pytest.mark.parametrize("view", ["week", "month"])
def test_the_calendar_has_any_day(client: Client, day: str, view: str) -> None:
    answer = client.get(f"/calendar?view={view}&day={day}")
    assert answer.status == 200
    assert answer.text.count('<td role="cell"') % 7 == 0


@pytest.mark.parametrize("path", ["/", "/deliveries", "/calendar", "/posts", "/accounts", "/help/doubt"])
def test_a_page_is_small(client: Client, path: str) -> None:
    assert len(client.get(path).body) < 60_000


def test_a_post_shows_what_each_network_shows(client: Client) -> None:
    text = client.get("/posts/2026-11-20-gruesse").text
    if "As each network shows it" not in text:  # its id in the list
        path = client.get("/posts?search=aus+dem").text.partition('href="/posts/')[2].partition('"')[0]
        text = client.get(f"/posts/{path}").text
    assert 'data-network="mastodon"' in text
    assert "of 500 (characters as Mastodon counts them)" in text
    picture = text.partition('src="/pictures/')[2].partition('"')[0]
    shown = client.get(f"/pictures/{picture}")
    assert shown.body[:3] == b"\xff\xd8\xff"
    assert "immutable" in shown.headers["Cache-Control"]


def test_a_broken_config_is_a_sentence(client: Client, place: Place) -> None:
    before = place.config.read_text("utf-8")
    place.config.write_text(f"{before}\n[run]\nnonsense = 1\n", "utf-8")
    try:
        answer = client.get("/")
        assert answer.status == 409
        assert "there is no setting `nonsense`" in answer.text
    finally:
        place.config.write_text(before, "utf-8")
    assert client.get("/").status == 200


@pytest.mark.parametrize(
    "path", ["/deliveries?search=gibtesnicht", "/posts?search=gibtesnicht", "/help?search=gibtesnicht"]
)
def test_a_search_that_finds_nothing_says_what_to_do(client: Client, path: str) -> None:
    assert "show everything" in client.get(path).text


def test_a_missing_page_still_leads_everywhere(client: Client, stranger: Client) -> None:
    assert 'href="/calendar"' in client.get("/nothing").text
    assert 'href="/calendar"' not in stranger.get("/nothing").text


def test_what_was_a_moment_ago_and_what_comes_in_a_moment_differ() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    german = Speech("de", UTC, now)
    said = [german.moment(now + timedelta(seconds=seconds)) for seconds in (-20, 20, 64)]
    assert said == ["gerade eben", "jetzt", "in 1 Minute"]
