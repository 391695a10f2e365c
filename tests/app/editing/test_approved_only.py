"""Whatever people, runs and edits do in whatever order: what goes out is a text that somebody saw and said yes to."""

import contextlib
import random
from pathlib import Path

import pytest

from crosspost.app.editing import approval, approval_links, edit_proposal
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


class Story:
    """What happens, by chance. ``yes`` are the texts that somebody saw and said yes to."""

    def __init__(self, place: Place, post: Path, seed: int) -> None:
        self._place, self._post = place, post
        self._chance = random.Random(seed)
        self._seen: list[approval.Waiting] = []
        self.yes: set[tuple[str, str]] = set()

    def go_on(self, turn: int) -> None:
        what = self._chance.choice(["look", "yes", "yes", "file", "ledger", "run", "run"])
        if what == "look":
            self._seen = approval.waiting(self._place.app)
        elif what == "yes" and self._seen:
            self.say_yes(self._chance.choice(self._seen))
        elif what == "file":
            self._post.write_text(f"---\ntitle: neu\n---\n\nText von {turn}.\n", "utf-8")
        elif what == "ledger":
            account = self._chance.choice(["x", "mastodon"])
            wanted = Edit(text=f"{turn} für {account}" if self._chance.random() < 0.7 else None)
            edit_proposal.apply(
                self._place.app, edit_proposal.propose(self._place.app, self._post, account, wanted, "ledger"), ANN
            )
        elif what == "run":
            self._place.crosspost("run")

    def say_yes(self, one: approval.Waiting) -> None:
        if self._chance.random() < 0.5:
            approval.approve(self._place.app, one.number, one.seen, ANN)
        else:
            token = approval_links.make(self._place.app, one.number, one.seen).partition("token=")[2]
            approval_links.use(self._place.app, token, yes=True)
        assert one.draft is not None
        self.yes.add((one.delivery.account, one.draft.text))

    def out(self) -> list[tuple[str, str]]:
        return [(str(one["network"]), str(one["text"])) for one in self._place.sandbox.posts()]


@pytest.mark.parametrize("seed", range(4))
def test_only_what_was_seen_and_approved_goes_out(place: Place, post: Path, seed: int) -> None:
    story = Story(place, post, seed)
    for turn in range(10):
        with contextlib.suppress(CrosspostError):  # it is out meanwhile, changed since it was seen, or approved already
            story.go_on(turn)
        place.clock.pass_by(minutes=20)
        assert set(story.out()) <= story.yes
    for one in approval.waiting(place.app):
        story.say_yes(one)
    place.crosspost("run")
    assert sorted(network for network, _ in story.out()) == ["facebook", "mastodon", "x"]
    assert set(story.out()) <= story.yes
