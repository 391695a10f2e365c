"""An account gets only the posts it takes; that is decided once, and no change of the rule floods it."""

import re
from pathlib import Path

import pytest

from crosspost.ledger import BY_HAND, Delivery, Ledger
from crosspost.testing.harness import Place

YOUTH = 'takes = { tags = ["youth"] }\n'
WHY = "takes only posts with the tag “youth”"


@pytest.fixture(autouse=True)
def _started(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    monkeypatch.chdir(place.root)
    rule(place, YOUTH)
    assert place.crosspost("run").code == 0


def rule(place: Place, text: str) -> None:
    """What the account x takes from now on."""
    plain = re.sub(r"takes = .*\n|delay = .*\n", "", place.config.read_text("utf-8"))
    place.config.write_text(plain.replace("[accounts.x]\n", f"[accounts.x]\n{text}"), "utf-8")


def post(place: Place, name: str, *said: str) -> Path:
    front = "\n".join((f"title: {name[11:]}", *said))
    return place.new_post(name, f"---\n{front}\n---\n\nText.\n")


def run(place: Place) -> None:
    place.clock.pass_by(minutes=10)
    assert place.crosspost("run").code in (0, 3)  # 3: where a post is out already, its edit is asked about


def said(place: Place) -> dict[str, set[str]]:
    """Network → the titles that are out there."""
    found: dict[str, set[str]] = {}
    for one in place.sandbox.posts():
        found.setdefault(one["network"], set()).add(one["text"].split()[0])
    return found


def rows(place: Place, name: str) -> list[Delivery]:
    ledger = Ledger(place.app.ledger_path(), place.clock, read_only=True)
    try:
        return [row for row in ledger.deliveries(post=name) if row.account == "x"]
    finally:
        ledger.close()


def test_only_what_it_takes_goes_there(place: Place) -> None:
    post(place, "2026-11-21-camp", "tags: [Youth]")
    post(place, "2026-11-22-board", "tags: [board]")
    post(place, "2026-11-22-plain")
    assert "board" not in place.crosspost("plan").out.partition("x ")[2].partition("\n")[0]
    run(place)
    assert said(place) == {
        "x": {"camp"},
        "mastodon": {"camp", "board", "plain"},
        "facebook": {"camp", "board", "plain"},
    }
    assert [(row.state, row.why) for row in rows(place, "board")] == [("skipped", WHY)]


@pytest.mark.parametrize("front", ["crosspost: {x: {skip: false}}", "crosspost: {only: [x]}", "crosspost: {only: x}"])
def test_what_a_post_says_goes_first(place: Place, front: str) -> None:
    post(place, "2026-11-21-board", front)
    run(place)
    assert said(place)["x"] == {"board"}


def test_a_wider_rule_sends_nothing_old(place: Place) -> None:
    for number in range(5):
        post(place, f"2026-11-21-board{number}")
    run(place)
    rule(place, "")
    run(place)
    post(place, "2026-11-22-new")
    run(place)
    assert said(place)["x"] == {"new"}


def test_a_narrower_rule_takes_back_what_waits(place: Place) -> None:
    rule(place, 'delay = "2h"\n')
    post(place, "2026-11-22-board")
    post(place, "2026-11-22-camp", "tags: [youth]")
    run(place)
    assert [row.state for row in rows(place, "board")] == ["planned"]
    rule(place, 'delay = "2h"\n' + YOUTH)
    run(place)
    place.clock.pass_by(hours=3)
    run(place)
    assert said(place)["x"] == {"camp"}


def test_a_post_that_gets_the_tag_goes_out(place: Place) -> None:
    post(place, "2026-11-22-board")
    run(place)
    post(place, "2026-11-22-board", "tags: [youth]")
    run(place)
    run(place)
    assert said(place)["x"] == {"board"}
    assert len([one for one in place.sandbox.posts() if one["network"] == "x"]) == 1


def test_a_post_that_loses_the_tag_before_its_time_does_not(place: Place) -> None:
    rule(place, 'delay = "2h"\n' + YOUTH)
    post(place, "2026-11-22-board", "tags: [youth]")
    run(place)
    post(place, "2026-11-22-board")
    run(place)
    place.clock.pass_by(hours=3)
    run(place)
    assert "x" not in said(place)


def test_a_post_that_was_left_out_goes_there_when_it_says_so_later(place: Place) -> None:
    post(place, "2026-11-22-board")
    run(place)
    post(place, "2026-11-22-board", "crosspost: {x: {skip: false}}")
    run(place)
    assert said(place)["x"] == {"board"}


def test_a_person_may_send_it_there(place: Place) -> None:
    file = str(post(place, "2026-11-22-board"))
    told = place.crosspost(file)
    assert told.code == 0
    assert " ".join(told.out.split()).count(f"board: x {WHY}; with `--to x` it goes there anyway") == 1
    assert "x" not in said(place)
    run(place)
    assert place.crosspost(file, "--to", "x").code == 0
    assert said(place)["x"] == {"board"}
    run(place)
    assert len([one for one in place.sandbox.posts() if one["network"] == "x"]) == 1


def test_what_a_person_sent_is_not_taken_back_while_it_waits(place: Place) -> None:
    file = str(post(place, "2026-11-22-board"))
    run(place)
    place.sandbox.stop()
    place.crosspost(file, "--to", "x")
    assert [row.why for row in rows(place, "board")] == [BY_HAND]
    place.sandbox.start()
    place.clock.pass_by(hours=2)
    run(place)
    assert said(place)["x"] == {"board"}


def test_what_is_out_follows_its_file_whoever_takes_it_now(place: Place) -> None:
    follows = f'[accounts.mastodon]\n{YOUTH}on_edit = "update"\n'
    plain = place.config.read_text("utf-8")
    place.config.write_text(plain.replace("[accounts.mastodon]\n", follows), "utf-8")
    file = post(place, "2026-11-22-camp", "tags: [youth]")
    run(place)
    file.write_text("---\ntitle: Other\n---\n\nText.\n", "utf-8")
    run(place)
    assert "Other" in said(place)["mastodon"]


def test_the_preview_says_why(place: Place) -> None:
    file = str(post(place, "2026-11-22-board"))
    assert "the account does not take such posts" in place.crosspost("preview", file, "--to", "x").out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("takes = { tags = [] }\n", "account x: `takes`: tags: name at least one word"),
        ('takes = { languages = ["German"] }\n', "account x: `takes`: languages: “German” is not a language tag"),
        ('takes = { tag = ["a"] }\n', "there is no setting `tag`; did you mean `tags`?"),
        ('takes = { tags = "a" }\n', "expected a list, found text in quotes"),
        (
            'takes = { tags = ["a"] }\nleaves_out = { tags = ["A"] }\n',
            "account x: `takes`: tags: `leaves_out` leaves out “a”, too, so no post is taken",
        ),
        ('takes = "youth"\n', "expected a table, found text in quotes"),
    ],
)
def test_a_rule_that_cannot_be_meant_names_its_line(place: Place, text: str, told: str) -> None:
    rule(place, text)
    ran = place.crosspost("run")
    assert ran.code == 2
    line = 1 + place.config.read_text("utf-8").splitlines().index(text.splitlines()[0])
    assert f"{place.config}:{line}: " in ran.err
    assert told in " ".join(ran.err.split())
