"""Whatever runs, races or is killed beside it: an edit that a page took is kept, noted, and what goes out."""

import html
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.app.editing import approval, audit_log, edit_proposal, editable
from crosspost.app.editing.edit_words import Edit
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.web.client import Client

POSTS = tuple(f"2026-11-21-post-{number}" for number in range(6))


class WallClock(Clock):
    """A clock that goes, for what is shared with another process."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Place]:
    with Sandbox(port=0) as sandbox:
        more = "approve = true\nmax_per_run = 50\n"
        place = Place(tmp_path, sandbox, networks=("mastodon", "x"), more=more, clock=WallClock())
        place.name_the_ledger()
        place.crosspost("run")
        yield place


def changed(client: Client, account: str, post: str, **form: str) -> bool:
    """Change something as the page does: form, difference, button; whether it was taken."""
    shown = client.post(f"/edit/{account}/{post}", **form)
    seen = re.findall(r'name="seen" value="([^"]*)"', shown.text)
    if shown.status != 200 or not seen:
        return False
    answer = client.post(f"/edit/{account}/{post}", **form, seen=html.unescape(seen[0]))
    return answer.status == 303


def a_run(place: Place) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "crosspost", "run", "--config", str(place.config)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@dataclass
class Editor:
    """Somebody who changes posts at the pages.

    :ivar meant: what they were told is kept
    :ivar unsent: what was left out before it was out
    :ivar due: what may stand on the network: what is out already stays as it was, until somebody updates it
    """

    place: Place
    client: Client
    rng: random.Random
    meant: dict[str, str] = field(default_factory=dict)
    due: dict[str, set[str]] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    unsent: set[str] = field(default_factory=set)
    edits: int = 0
    approved: int = 0

    def works(self, number: int) -> None:
        """Change two posts, perhaps leave one out, and say yes to some."""
        for post in self.rng.sample(POSTS, 2):
            name, text = post[11:], f"Satz {number} zu {post[11:]}"
            where = self.rng.choice(["ledger", "ledger", "file"])
            if name not in self.left and changed(self.client, "mastodon", name, text=text, where=where):
                self.meant[name] = text
                before = self.due.get(name, {f"Text von {post}"})
                self.due[name] = {text} if self._look(name).state != "sent" else before | {text}
                self.edits += 1
        form = {"text": self.meant.get("post-5", ""), "where": "ledger", "skip": "on"}
        if "post-5" not in self.left and number > 2 and changed(self.client, "mastodon", "post-5", **form):
            self.left.add("post-5")
            self.unsent = {"post-5"} if self._look("post-5").state != "sent" else set()
        for one in approval.waiting(self.place.app):
            if self.rng.random() < 0.4:
                answer = self.client.post(f"/approvals/{one.number}", decision="yes", seen=one.seen)
                self.approved += answer.status == 303

    def finds_it_all(self) -> None:
        """Whether everything that was taken is there."""
        for name, text in self.meant.items():
            now = self._look(name)
            assert now.meant.text == text, f"the edit of {name} is lost"
            assert name not in self.left or now.meant.skip

    def _look(self, name: str) -> editable.Editable:
        return editable.look(self.place.app, self.place.root / f"site/_posts/2026-11-21-{name}.md", "mastodon")


@pytest.mark.long
def test_a_killed_run_loses_no_edit_of_a_page(own: Place, ann: Client) -> None:
    for name in POSTS:
        own.new_post(name)
    editor = Editor(own, ann, random.Random(13))
    for number in range(14):
        running = a_run(own)
        kill = threading.Timer(editor.rng.uniform(0.2, 1.6), running.send_signal, [signal.SIGKILL])
        kill.start()
        editor.works(number)
        kill.join()
        running.wait(30)
        editor.finds_it_all()
    assert editor.edits > 4, "the pages could work beside it"
    notes = [one for one in audit_log.changes(own.app, limit=0) if one.origin == "page"]
    assert len([one for one in notes if one.action == "edit"]) == editor.edits + len(editor.left)
    assert len([one for one in notes if one.action == "approve"]) == editor.approved
    _everything_approved(own, ann)
    for name in editor.meant:
        said = [post["text"] for post in own.sandbox.posts() if post["network"] == "mastodon" and name in post["text"]]
        assert len(said) == (name not in editor.unsent), f"{name}: {said}"
        assert not said or any(text in said[0] for text in editor.due[name])


def _everything_approved(own: Place, ann: Client) -> None:
    """Runs that nobody kills, until nothing is left to be sent or looked for."""
    ledger = own.app.ledger_path()
    for _ in range(8):
        with closing(sqlite3.connect(ledger)) as opened, opened:  # what a killed run held is looked for at once
            opened.execute("UPDATE deliveries SET lease_until = '2026-01-01T00:00:00+00:00' WHERE lease IS NOT NULL")
            opened.execute(
                "UPDATE deliveries SET due_at = '2026-01-01T00:00:00+00:00' WHERE state IN ('planned', 'unknown')"
            )
        assert a_run(own).wait(60) is not None
        for one in approval.waiting(own.app):
            ann.post(f"/approvals/{one.number}", decision="yes", seen=one.seen)


def test_pages_and_commands_that_race_lose_nothing_silently(own: Place, ann: Client) -> None:
    """Each change that was taken is noted, in the order in which they were made; the last one is what counts."""
    own.new_post(POSTS[0])
    own.crosspost("run")
    taken: list[str] = []
    lock = threading.Lock()

    def by_page(number: int) -> None:
        for turn in range(4):
            text = f"Seite {number}.{turn} {'x' * (number * 10 + turn)}"
            if changed(ann, "mastodon", "post-0", text=text, where="ledger"):
                with lock:
                    taken.append(text)

    def by_command(number: int) -> None:
        for turn in range(4):
            text = f"Befehl {number}.{turn} {'y' * (number * 10 + turn + 50)}"
            try:
                proposal = edit_proposal.propose(own.app, "post-0", "mastodon", Edit(text=text), "ledger")
                edit_proposal.apply(own.app, proposal, Person(name="bea"))
            except CrosspostError:
                continue
            with lock:
                taken.append(text)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 4) for work in (by_page, by_command)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    noted = [one.said for one in audit_log.changes(own.app, limit=0) if one.action == "edit"]
    assert sorted(noted) == sorted(f"in the ledger: text ({len(text)} characters)" for text in taken)
    last = editable.look(own.app, "post-0", "mastodon").meant.text
    assert last in taken
    assert noted[0] == f"in the ledger: text ({len(last or '')} characters)", "the newest note is of what counts"
