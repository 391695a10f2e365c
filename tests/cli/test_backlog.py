"""``crosspost backlog``: what is held back goes out once a person says so, once, or never."""

import pytest

from crosspost.testing.harness import Place

NAMES = [f"2026-11-0{number}-alt{number}" for number in range(1, 6)]


@pytest.fixture(autouse=True)
def _five_older_posts_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    for name in NAMES:
        place.new_post(name)
    place.clock.pass_by(minutes=5)
    ran = place.crosspost("run")
    assert "`crosspost backlog` shows" in ran.err
    assert "them, and sends or leaves" in " ".join(ran.err.split())


def runs(place: Place, number: int) -> int:
    """How many posts are out after so many runs."""
    for _ in range(number):
        place.clock.pass_by(minutes=5)
        place.crosspost("run")
    return len(place.sandbox.posts())


def test_it_shows_what_is_held_back_and_changes_nothing(place: Place) -> None:
    ran = place.crosspost("backlog")
    assert ran.code == 3
    assert [f"alt{number}\n" in ran.out for number in range(1, 6)] == [True] * 5
    assert ran.out.count("held back") == 5
    assert len(place.crosspost("backlog", "--json").json["deliveries"]) == 15
    assert runs(place, 1) == 0


def test_status_counts_it_as_long_as_it_waits(place: Place) -> None:
    ran = place.crosspost("status")
    assert ran.code == 3
    assert "5 posts are older than what is known; `crosspost backlog`" in ran.out
    assert len(place.crosspost("status", "--json").json["held_back"]) == 15
    place.crosspost("backlog", "--leave")
    ran = place.crosspost("status")
    assert ran.code == 0
    assert "older than what is known" not in ran.out


def test_it_goes_out_once_some_a_run(place: Place) -> None:
    ran = place.crosspost("backlog", "--send")
    assert ran.code == 0
    assert "at most 3 on an account in one run" in ran.out
    assert [runs(place, 1), runs(place, 1), runs(place, 3)] == [9, 15, 15]
    assert [sum(f"alt{number}" in str(one) for one in place.sandbox.posts()) for number in range(1, 6)] == [3] * 5
    again = place.crosspost("backlog", "--send")
    assert (again.code, again.out) == (0, "Nothing is held back.\n")
    assert runs(place, 2) == 15


def test_one_of_them_on_one_account(place: Place) -> None:
    assert place.crosspost("backlog", f"site/_posts/{NAMES[2]}.md", "--to", "mastodon", "--send").code == 0
    assert runs(place, 2) == 1
    assert "alt3" in str(place.sandbox.posts("mastodon"))
    rows = place.crosspost("backlog", "--json").json["deliveries"]
    assert len(rows) == 14


def test_what_is_left_never_goes_out_by_itself(place: Place) -> None:
    ran = place.crosspost("backlog", "--leave")
    assert ran.code == 0
    assert ran.out.count("left") == 5
    assert runs(place, 3) == 0
    assert place.crosspost("publish", f"site/_posts/{NAMES[0]}.md").code == 0
    assert len(place.sandbox.posts()) == 3


def test_what_is_not_held_back_is_told(place: Place) -> None:
    ran = place.crosspost("backlog", str(place.post), "--send")
    assert ran.code == 2
    assert "nothing of it is held back" in ran.err
    assert place.crosspost("backlog", "--send", "--leave").code == 2
    assert runs(place, 1) == 0


def test_for_an_account_that_gathers_it_is_in_the_next_digest(place: Place) -> None:
    given = place.sandbox.accounts()["newsletter"]
    sender, to = given["settings"]["sender"], given["settings"]["to"]
    more = f'base_url = "{given["base_url"]}"\nsender = "{sender}"\nto = "{to}"\ndigest = "weekly"\n'
    place.config.write_text(place.config.read_text("utf-8") + f"\n[accounts.newsletter]\n{more}", "utf-8")
    runs(place, 1)  # the account's first: what is there is old
    for number in range(4):
        place.new_post(f"2026-10-0{number + 1}-aelter{number}")
    runs(place, 1)
    assert "in the next digest" in place.crosspost("backlog", "--send", "--to", "newsletter").out
    assert runs(place, 1) == 0
    place.clock.pass_by(days=8)
    runs(place, 1)
    (digest,) = place.sandbox.posts("newsletter")
    assert [f"aelter{number}" in str(digest) for number in range(4)] == [True] * 4


def test_what_a_person_sent_at_once_does_not_go_out_with_the_backlog(place: Place) -> None:
    place.crosspost("publish", f"site/_posts/{NAMES[0]}.md")
    place.crosspost("backlog", "--send")
    place.crosspost("publish", f"site/_posts/{NAMES[0]}.md")
    assert runs(place, 4) == 15
