"""``crosspost history``: what went where, newest first, with links, for people and for spreadsheets."""

import csv
import io

import pytest

from crosspost.cli.history import cell
from crosspost.testing.harness import NETWORKS, Place


@pytest.fixture
def sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Three posts, a day between each, and one that was refused by a network."""
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    monkeypatch.chdir(place.root)
    place.crosspost("run")
    for day, title in enumerate(["=HYPERLINK(1)", "@zwei", "Drei, und „mehr“"], 20):
        place.new_post(f"2026-11-{day}-post{day}", f"---\ntitle: '{title}'\n---\n\nText von {day}.\n")
        assert place.crosspost("run").code == 0
        place.clock.pass_by(days=1)
    return place


def test_newest_first_with_titles_and_links(sent: Place) -> None:
    out = sent.crosspost("history").out
    assert [out.index(f"post{day}") for day in (22, 21, 20)] == sorted(out.index(f"post{day}") for day in (22, 21, 20))
    links = {row["url"] for row in sent.crosspost("history", "--json").json}
    assert len(links) == 9
    assert all(link in out for link in links)
    assert "yesterday 13:00" in out, "in the site's zone"


def test_json_and_filters(sent: Place) -> None:
    rows = sent.crosspost("history", "--json").json
    assert len(rows) == 9
    assert rows == sorted(rows, key=lambda row: row["sent_at"], reverse=True)
    assert set(rows[0]) == {
        "sent_at", "account", "network", "post", "part", "title", "url", "notes", "people_in_doubt"
    }  # fmt: skip
    assert rows[0]["sent_at"] == "2026-11-24T13:00:00+01:00"
    assert len(sent.crosspost("history", "--json", "--limit", "4").json) == 4
    assert {row["account"] for row in sent.crosspost("history", "--json", "--to", "x").json} == {"x"}
    assert {row["post"] for row in sent.crosspost("history", "--json", "--post", "post21").json} == {"post21"}
    by_file = sent.crosspost("history", "--json", "--post", "site/_posts/2026-11-21-post21.md").json
    assert {row["post"] for row in by_file} == {"post21"}
    since = sent.crosspost("history", "--json", "--since", "2026-11-23").json
    assert {row["post"] for row in since} == {"post21", "post22"}
    assert sent.crosspost("history", "--json", "--since", "2027-01-01").json == []


def test_a_spreadsheet_takes_nothing_for_a_formula(sent: Place) -> None:
    rows = list(csv.DictReader(io.StringIO(sent.crosspost("history", "--csv").out)))
    assert {row["title"] for row in rows} == {"'=HYPERLINK(1)", "'@zwei", "Drei, und „mehr“"}
    assert {row["account"] for row in rows} == set(NETWORKS)
    assert len(rows) == 9


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r@", " =", "＝", "\n-"])
def test_cells_that_begin_like_a_formula_are_text(begin: str) -> None:
    assert str(cell(f"{begin}cmd|' /C calc'!A0")).startswith(("'", "␍"))
    assert cell("a=b") == "a=b"
    assert cell(["a@example.org", "b@example.org"]) == "a@example.org, b@example.org"
    assert cell(["=a@example.org"]) == "'=a@example.org"
    assert cell(7) == 7


def test_before_anything_and_with_mistakes(place: Place) -> None:
    assert place.crosspost("history").out == "Nothing went out yet.\n"
    assert place.crosspost("history", "--json").json == []
    assert place.crosspost("history", "--csv").out.startswith("sent_at,account,")
    for arguments, said in [
        (["--since", "gestern"], "2026-11-01"),
        (["--to", "mastodn"], "did you mean mastodon?"),
        (["--csv", "--json"], "one of"),
    ]:
        ran = place.crosspost("history", *arguments)
        assert (ran.code, said in ran.err) == (2, True)


def test_a_post_nobody_knows(sent: Place) -> None:
    ran = sent.crosspost("history", "--post", "nirgends")
    assert (ran.code, "does not know this post" in ran.err) == (2, True)
    assert sent.crosspost("history", "--since", "2027-01-01").out == "Nothing of that went out.\n"
