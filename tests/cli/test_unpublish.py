"""Posts that are taken back by hand, and never sent again by themselves."""

import io
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock
from tests.delivery.followed import EVERY, FILE, TAKES_BACK, Followed, count

pytestmark = pytest.mark.long


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_deleted_where_that_can_be_and_told_where_it_cannot(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY)
    ran = site.place.crosspost("unpublish", "--yes", FILE)
    assert ran.code == 3, "a mail cannot be taken back"
    assert "Newsletter cannot take a post back" in ran.out
    assert count(site, *TAKES_BACK) == {0}
    assert len(site.posts("newsletter")) == 1
    assert site.place.crosspost("unpublish", "--yes", FILE, "--to", "x").out == "Nothing of it is out.\n"


def test_it_is_never_sent_again_by_itself_and_by_hand_only_with_a_word(
    root: Path, sandbox: Sandbox, clock: Clock
) -> None:
    site = Followed(root, sandbox, clock, *TAKES_BACK, on_edit="update")
    assert site.place.crosspost("unpublish", "--yes", FILE).code == 0
    site.say("viel Regen", "viel Sonne")
    for command in (("run",), ("run", "--backfill"), (FILE,), ("retry", "--all")):
        site.place.crosspost(*command)
        clock.pass_by(hours=1)
        assert count(site, *TAKES_BACK) == {0}, command
    assert site.place.crosspost("publish", "--again", FILE).code == 0
    assert count(site, *TAKES_BACK) == {1}
    assert "viel Sonne" in site.posts("mastodon")[0]["text"]
    site.place.crosspost("publish", "--again", FILE)
    assert count(site, *TAKES_BACK) == {1}, "what is out is not sent again, whatever is said"


def test_again_at_once_is_not_taken_for_a_repetition(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    """Within the hour in which Mastodon remembers the key, and at the place where Bluesky had the record."""
    site = Followed(root, sandbox, clock, "mastodon", "bluesky")
    site.place.crosspost("unpublish", "--yes", FILE)
    assert site.place.crosspost("publish", "--again", FILE).code == 0
    assert count(site, "mastodon", "bluesky") == {1}


@pytest.mark.parametrize("answer", ["", "\n", "n\n"])
def test_without_a_yes_nothing_happens(
    root: Path, sandbox: Sandbox, clock: Clock, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert site.place.crosspost("unpublish", FILE).code == (130 if answer else 2)  # nobody is there
    assert site.place.crosspost("unpublish", "--json", FILE).code == 2
    assert count(site, "mastodon") == {1}


def test_one_account_only(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "x", "mastodon")
    rows = site.place.crosspost("unpublish", "--yes", "--json", "--to", "mastodon", FILE).json["changes"]
    assert [(row["account"], row["kind"], row["state"]) for row in rows] == [("mastodon", "delete", "done")]
    assert (len(site.posts("x")), len(site.posts("mastodon"))) == (1, 0)


def test_what_is_not_out_yet_does_not_go_out(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "x", "mastodon")
    site.place.new_post("2026-11-21-neu")
    sandbox.fault("mastodon", "expired-token", match="POST /api/v1/statuses")
    site.run()
    ran = site.place.crosspost("unpublish", "--yes", "neu", "--to", "mastodon")
    assert "taken back" in ran.out
    clock.pass_by(hours=25)
    site.run()
    assert (len(site.posts("x")), len(site.posts("mastodon"))) == (2, 1)


@pytest.mark.parametrize("fault", ["500-before", "500-after"])
def test_what_is_in_doubt_is_found_out_about_and_then_taken_back(
    root: Path, sandbox: Sandbox, clock: Clock, fault: str
) -> None:
    site = Followed(root, sandbox, clock, "x", "mastodon", "bluesky")
    site.place.new_post("2026-11-21-neu")
    for network, publish, look in (
        ("x", "POST /2/tweets", "GET /2/users/*/tweets"),
        ("mastodon", "POST /api/v1/statuses", "GET /api/v1/accounts/*/statuses"),
        ("bluesky", "POST /xrpc/com.atproto.repo.putRecord", "GET /xrpc/com.atproto.repo.getRecord"),
    ):
        sandbox.fault(network, fault, match=publish)
        sandbox.fault(network, "500-before", match=look)
    site.run()
    ran = site.place.crosspost("unpublish", "--yes", "neu")
    assert ran.code == 1
    assert "x (sandbox), mastodon (sandbox), bluesky (sandbox): it may be out" in ran.out
    for _ in range(4):
        clock.pass_by(minutes=30)
        site.run()
    assert count(site, "x", "mastodon", "bluesky") == {1}, "the other post"
    again = site.place.crosspost("status", "--json").json
    assert (again["open"], again["changes"]) == ([], [])


@pytest.mark.parametrize("name", [FILE, "gruesse", "2026-11-20-gruesse.md"])
def test_a_file_that_is_gone_is_known_by_its_path_its_name_or_its_id(
    root: Path, sandbox: Sandbox, clock: Clock, name: str
) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    site.file.unlink()
    assert site.place.crosspost("unpublish", "--yes", name).code == 0
    assert count(site, "mastodon") == {0}


def test_an_unknown_file_is_told(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    for command in (("unpublish", "--yes", "nie.md"), ("update", "nie.md")):
        ran = site.place.crosspost(*command)
        assert ran.code == 2
        assert "nie.md" in ran.err


def test_a_failing_server_is_asked_again_by_the_next_runs(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    sandbox.fault("mastodon", "500-before", match="DELETE /api/v1/statuses/*")
    assert site.place.crosspost("unpublish", "--yes", FILE).code == 1
    assert count(site, "mastodon") == {1}
    clock.pass_by(minutes=5)
    assert site.changes() == {"mastodon": ("delete", "done")}
    assert count(site, "mastodon") == {0}


def test_an_order_to_take_back_outlasts_an_edit(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update")
    sandbox.fault("mastodon", "500-before", match="DELETE /api/v1/statuses/*")
    site.place.crosspost("unpublish", "--yes", FILE)
    site.say("viel Regen", "viel Sonne")
    assert site.changes() == {}
    clock.pass_by(minutes=5)
    assert site.changes() == {"mastodon": ("delete", "done")}


def test_a_thread_is_taken_back_from_its_end(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", long="thread")
    site.place.new_post("2026-11-21-lang", "---\ntitle: Lang\n---\n\n" + "Ein ganzer Satz über das Beet. " * 40)
    site.run()
    out = len(site.posts("mastodon"))
    assert out > 2
    assert site.place.crosspost("unpublish", "--yes", "site/_posts/2026-11-21-lang.md").code == 0
    assert count(site, "mastodon") == {1}
    deleted = [r["path"] for r in sandbox.requests_to("mastodon") if r["method"] == "DELETE"]
    assert deleted == sorted(deleted, reverse=True)
    site.place.crosspost("publish", "--again", "site/_posts/2026-11-21-lang.md")
    assert len(site.posts("mastodon")) == out, "all of it, once"
