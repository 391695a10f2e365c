"""Whatever people, runs and edits do in whatever order: what goes out is a text that somebody saw and said yes to."""

import random
from pathlib import Path

import pytest

from crosspost.app.editing import approval, edits, links
from crosspost.app.editing.edit_words import Edit
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.testing.harness import Place

ANN = Person(name="ann", origin="page")


@pytest.fixture
def post(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    config = place.config.read_text("utf-8").replace("[site]", "[site]\napprove = true")
    place.config.write_text(f'{config}\n[web]\naddress = "https://post.example.org"\n', "utf-8")
    place.crosspost("run")
    file = place.new_post("2026-11-22-neu")
    place.crosspost("run")
    return file


def edit_beside_the_file(place: Place, post: Path, chance: random.Random, turn: int) -> None:
    account = chance.choice(["x", "mastodon"])
    wanted = Edit(text=f"{turn} für {account}" if chance.random() < 0.7 else None)
    edits.apply(place.app, edits.propose(place.app, post, account, wanted, "ledger"), ANN)


def approve_somehow(place: Place, one: approval.Waiting, chance: random.Random) -> None:
    if chance.random() < 0.5:
        approval.approve(place.app, one.number, one.seen, ANN)
    else:
        token = links.make(place.app, one.number, one.seen).partition("token=")[2]
        links.use(place.app, token, yes=True)


@pytest.mark.parametrize("seed", range(4))
def test_only_what_was_seen_and_approved_goes_out(place: Place, post: Path, seed: int) -> None:
    chance = random.Random(seed)  # a test
    seen: list[approval.Waiting] = []
    yes: set[tuple[str, str]] = set()

    def say_yes(one: approval.Waiting) -> None:
        approve_somehow(place, one, chance)
        assert one.draft is not None
        yes.add((one.delivery.account, one.draft.text))

    for turn in range(10):
        what = chance.choice(["look", "yes", "yes", "file", "ledger", "run", "run"])
        try:
            if what == "look":
                seen = approval.waiting(place.app)
            elif what == "yes" and seen:
                say_yes(chance.choice(seen))
            elif what == "file":
                post.write_text(f"---\ntitle: neu\n---\n\nText von {turn}.\n", "utf-8")
            elif what == "ledger":
                edit_beside_the_file(place, post, chance, turn)
            elif what == "run":
                place.crosspost("run")
        except CrosspostError:  # it is out meanwhile, changed since it was seen, or approved already
            pass
        place.clock.pass_by(minutes=20)
        out = [(str(one["network"]), str(one["text"])) for one in place.sandbox.posts()]
        assert set(out) <= yes
        assert len(out) == len({network for network, _ in out})
    for one in approval.waiting(place.app):
        say_yes(one)
    place.crosspost("run")
    assert {str(one["network"]) for one in place.sandbox.posts()} == {"x", "mastodon", "facebook"}
    assert {(str(one["network"]), str(one["text"])) for one in place.sandbox.posts()} <= yes
