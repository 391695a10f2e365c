"""The ledger on a branch: taken by one run at a time, and brought back to where the next one finds it."""

import shutil
from pathlib import Path

import pytest

from crosspost.app.ledger_branches.branch import Held
from crosspost.app.ledger_branches.git import Refused
from crosspost.errors import ConfigError, LedgerError
from tests.app.ledger_branches.git_site import COPY, L, Machine, branches, delete, git, new_remote, senders, stored


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return new_remote(tmp_path)


def hook(remote: Path, name: str, script: str) -> Path:
    file = remote / "hooks" / name
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)
    return file


# ── one after the other ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_run_finds_what_the_last_one_left(remote: Path) -> None:
    first = Machine(remote, "a")
    assert "first run" in first.pull()
    assert stored(remote)["RUNNING"] == b"run a\n"
    first.send()
    assert first.push() == "The ledger is on the branch crosspost-ledger (number 2)."
    for name in "bc":
        Machine(remote, name).run()
    assert set(stored(remote)) == {"LATEST", "ledger.sqlite3"}
    assert stored(remote)["ledger.sqlite3"] == b"a\r\nb\r\nc\r\n", "byte for byte"
    assert git(remote, "rev-parse", L) == git(remote, "rev-parse", COPY)
    assert git(remote, "ls-tree", "--name-only", "main").split() == [
        ".gitattributes",
        ".gitignore",
        "_config.yml",
        "config",
    ]


def test_the_checkout_stays_as_it_was(remote: Path) -> None:
    one = Machine(remote, "a")
    before = git(one.folder, "rev-parse", "HEAD"), git(one.folder, "branch")
    one.run()
    assert git(one.folder, "status", "--porcelain", "--untracked-files=all") == ""
    assert (git(one.folder, "rev-parse", "HEAD"), git(one.folder, "branch")) == before


def test_locks_caches_and_logins_stay_and_folders_go_along(remote: Path) -> None:
    one = Machine(remote, "a")
    one.pull()
    one.send()
    stay, go = (
        ("sessions/bluesky.json", "ledger.sqlite3.lock", "a.cache"),
        ("backups/old.sqlite3", "ledger.sqlite3-wal"),
    )
    for name in (*stay, *go):
        file = one.ledger.parent / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"\0x\n")
    (one.ledger.parent / "link").symlink_to("/etc/hostname")
    one.push()
    assert set(stored(remote)) == {"LATEST", "ledger.sqlite3", *go}
    two = Machine(remote, "b")
    two.pull()
    assert (two.ledger.parent / "backups/old.sqlite3").read_bytes() == b"\0x\n"
    (two.ledger.parent / "ledger.sqlite3-wal").unlink()
    two.push()
    assert "ledger.sqlite3-wal" not in stored(remote)


def test_a_ledger_of_the_older_workflow_is_taken_over(remote: Path) -> None:
    old = Machine(remote, "old")
    old.run()
    git(old.folder, "fetch", "--quiet", "origin", L)
    git(old.folder, "checkout", "--quiet", "FETCH_HEAD")
    git(old.folder, "rm", "--quiet", "LATEST")
    git(old.folder, "commit", "--quiet", "-m", "As the older workflow leaves it")
    git(old.folder, "push", "--quiet", "origin", f"HEAD:refs/heads/{L}")
    delete(remote, COPY)
    Machine(remote, "b").run()
    assert senders(remote) == ["old", "b"]
    assert branches(remote) == {L, COPY}


def test_bringing_back_may_be_repeated_and_needs_a_ledger(remote: Path) -> None:
    one = Machine(remote, "a")
    with pytest.raises(ConfigError, match="`crosspost ledger pull` comes first"):
        one.push()
    one.run()
    before = git(remote, "rev-parse", L)
    assert one.push() == "The ledger was brought back already."
    assert git(remote, "rev-parse", L) == before


def test_a_machine_that_is_used_again_takes_the_newest(remote: Path) -> None:
    one = Machine(remote, "a")
    one.run()
    Machine(remote, "b").run()
    one.run()
    assert senders(remote) == ["a", "b", "a"]


def test_what_nobody_brought_back_is_not_written_over(remote: Path) -> None:
    one = Machine(remote, "a")
    one.pull()
    one.send()
    with pytest.raises(LedgerError, match=r"was not brought back\. `crosspost ledger push` does that"):
        one.pull(looked=True)
    one.push()
    assert senders(remote) == ["a"]
    one.send()
    with pytest.raises(LedgerError, match="did not come from the branch"):
        one.pull()
    two = Machine(remote, "b")
    two.send()
    with pytest.raises(LedgerError, match="did not come from the branch"):
        two.pull()


def test_a_ledger_that_vanished_is_not_brought_back_as_an_empty_one(remote: Path) -> None:
    Machine(remote, "a").run()
    two = Machine(remote, "b")
    two.pull()
    two.ledger.unlink()
    with pytest.raises(LedgerError, match="is gone, so it cannot be brought back"):
        two.push()
    with pytest.raises(Held, match="run b is at work, or died"):
        Machine(remote, "c").pull()
    assert senders(remote) == ["a"]


# ── when something is at work, or died ────────────────────────────────────────────────────────────────────────────────


def test_after_a_run_died_nothing_is_sent_until_a_person_looked(remote: Path) -> None:
    Machine(remote, "a").run()
    dead = Machine(remote, "b")
    dead.pull()
    dead.send()
    dead.throw_away()
    for name in ("b", "c"):  # the same run again, and another one
        with pytest.raises(Held, match=r"run b is at work, or died.*look which of its posts are out.*--looked"):
            Machine(remote, name).pull()
        shutil.rmtree(remote.parent / name)
    person = Machine(remote, "d")
    assert person.pull(looked=True) == "Took the ledger from the branch crosspost-ledger (number 3)."
    person.send()
    person.push()
    assert senders(remote) == ["a", "d"]


def test_a_run_waits_for_one_that_is_at_work(remote: Path) -> None:
    one, two = Machine(remote, "a"), Machine(remote, "b")
    one.pull()

    def ends(_: float) -> None:
        one.send()
        one.push()

    branch = two.branch
    branch._sleep = ends
    branch.pull("run b", wait=60)
    two.send()
    two.push()
    assert senders(remote) == ["a", "b"]


def test_a_run_that_was_thought_dead_loses_nothing(remote: Path) -> None:
    Machine(remote, "a").run()
    slow, other = Machine(remote, "b"), Machine(remote, "c")
    slow.pull()
    slow.send()
    other.pull(looked=True)
    other.send()
    with pytest.raises(Held, match=r"another run began.*is on the branch crosspost-ledger-lost-"):
        slow.push()
    other.push()
    (beside,) = branches(remote) - {L, COPY}
    assert (senders(remote), senders(remote, beside)) == (["a", "c"], ["a", "b"])
    with pytest.raises(Held, match=f"the ledger of one of them is on the branch {beside}"):
        Machine(remote, "d").pull(looked=True)
    delete(remote, beside)
    Machine(remote, "e").run()


# ── when the server does not want ─────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_does_not_answer_is_not_a_first_run(remote: Path) -> None:
    Machine(remote, "a").run()
    two = Machine(remote, "b")
    git(two.folder, "remote", "set-url", "origin", (remote.parent / "gone.git").as_uri())
    with pytest.raises(Refused, match="git ls-remote: fatal"):
        two.pull()
    assert not two.ledger.exists()


def test_without_the_right_to_push_nothing_begins(remote: Path) -> None:
    hook(remote, "pre-receive", "echo 'you may not' >&2; exit 1")
    with pytest.raises(Refused, match="git push: "):
        Machine(remote, "a").pull()
    assert branches(remote) == set()


def test_bringing_back_is_tried_again_until_the_server_takes_it(remote: Path) -> None:
    one = Machine(remote, "a")
    one.pull()
    one.send()
    hook(remote, "pre-receive", 'echo x >> tries; [ "$(wc -l < tries)" -ge 6 ]')
    one.push()
    assert one.pauses == [0, 1, 1, 1, 5, 1]
    assert senders(remote) == ["a"]


def test_a_ledger_that_cannot_be_pushed_stops_the_next_run_and_can_be_pushed_later(remote: Path) -> None:
    one = Machine(remote, "a")
    one.pull()
    one.send()
    no = hook(remote, "pre-receive", "exit 1")
    with pytest.raises(LedgerError, match=r"could not be pushed \(git push: .*The next run sends nothing"):
        one.push()
    no.unlink()
    with pytest.raises(Held):
        Machine(remote, "b").pull()
    one.push()
    Machine(remote, "c").run()
    assert senders(remote) == ["a", "c"]


def test_a_push_whose_answer_was_lost_counts(remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crosspost.app.ledger_branches.git import Git

    push = Git.push

    def lost(self: Git, *words: object) -> None:
        push(self, *words)  # type: ignore[arg-type]
        raise Refused("git push: fatal: the remote end hung up unexpectedly")

    monkeypatch.setattr(Git, "push", lost)
    Machine(remote, "a").run()
    Machine(remote, "b").run()
    assert senders(remote) == ["a", "b"]
