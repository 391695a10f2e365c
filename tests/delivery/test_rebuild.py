"""A ledger that is made anew knows every part of a thread, so that taking the post back leaves none."""

from pathlib import Path

import pytest

from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

NETWORKS = ("mastodon", "bluesky", "x", "threads")


@pytest.fixture(params=["reply", "thread"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A post is out as a thread: its link below it, or long in three parts."""
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    monkeypatch.chdir(tmp_path)
    made = Place(tmp_path, sandbox, networks=NETWORKS, clock=clock)
    how = 'link = "reply"\n' if request.param == "reply" else 'long = "thread"\n'
    made.config.write_text(made.config.read_text("utf-8").replace("timeout = 5\n", f"timeout = 5\n{how}"), "utf-8")
    words = " ".join(f"Wort{number}" for number in range(150))
    made.post.write_text(f"---\ntitle: Ein Faden\ndescription: {words}\n---\n\nT\n", "utf-8")
    for _ in range(6):
        made.crosspost("site/_posts/2026-11-20-gruesse.md")
        clock.pass_by(minutes=5)
    return made


def parts(place: Place) -> dict[str, int]:
    return {name: len(place.sandbox.posts(name)) for name in NETWORKS}


def lost(place: Place) -> None:
    for file in (place.root / "config/state").glob("ledger*"):
        if file.is_file():
            file.unlink()


def test_every_part_is_found_and_taken_back(place: Place) -> None:
    out = parts(place)
    assert all(number > 1 for number in out.values()), out
    lost(place)
    ran = place.crosspost("ledger", "rebuild")
    assert ran.code == 0, ran.err
    assert ran.out.count("found  ") == sum(out.values())
    assert "4 posts were found" in ran.out
    assert place.crosspost("run").code == 0
    assert parts(place) == out, "no part is said again"
    gone = place.crosspost("unpublish", "site/_posts/2026-11-20-gruesse.md", "--yes")
    assert gone.code == 0, gone.out + gone.err
    assert parts(place) == dict.fromkeys(NETWORKS, 0)


def test_a_reply_that_only_has_the_same_words_is_not_a_part(place: Place) -> None:
    """The last part was taken away by hand: what is missing is left alone, and the others are still known."""
    out = parts(place)
    for name in NETWORKS:
        last = [post for post in place.sandbox.store.posts if post.network == name][-1]
        last.deleted = True
    lost(place)
    assert place.crosspost("ledger", "rebuild").code == 0
    for _ in range(2):
        assert place.crosspost("run").code == 0
    assert parts(place) == {name: number - 1 for name, number in out.items()}
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock, read_only=True)
    states = {(row.account, row.part): row.state for row in ledger.deliveries(post="gruesse")}
    ledger.close()
    assert {state for (_, part), state in states.items() if part == 1} == {"sent"}
    assert sorted(states.values()).count("skipped") == len(NETWORKS)
