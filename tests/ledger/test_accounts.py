"""What is known of each account, and what becomes of its deliveries when it is renamed or is somebody else."""

from datetime import timedelta

import pytest

from crosspost.ledger import TAKEN_BACK, AccountState, Ledger
from crosspost.model import Identity, NetworkUser
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, claimed, draft, planned, put, same, sent, stored

ME = Identity(id="5", handle="verein", url="https://m.example/@verein", server="4.4")
VOICE = NetworkUser(network="mastodon", id="5", handle="verein", server="m.example")


def test_an_account_nobody_has_seen_is_empty(ledger: Ledger) -> None:
    ledger.note("other", failures=3)
    assert ledger.account("m") == AccountState(name="m")
    assert list(ledger.account_states()) == ["other"]


def test_what_is_noted_is_added_to_what_was(ledger: Ledger, clock: Clock) -> None:
    ledger.note("m", started_at=clock(), identity=ME, identity_at=clock(), voice=VOICE)
    ledger.note("x", failures=0)
    ledger.note("m", failures=2, credential="ab12", paused_until=clock(), paused_for="rate", paused_why="slow down")
    known = AccountState(
        name="m",
        started_at=clock(),
        paused_until=clock(),
        paused_for="rate",
        paused_why="slow down",
        identity=ME,
        identity_at=clock(),
        credential="ab12",
        failures=2,
    )
    assert ledger.account("m") == known
    assert ledger.account("x") == AccountState(name="x")
    assert ledger.account_states()["m"].failures == 2
    assert ledger.account_states()["m"].identity is None, "it is large and seldom needed"
    assert ledger.network_users() == {"m": VOICE}


@pytest.mark.parametrize("stored", ["{", '{"id": 5}', "[]"])
def test_an_identity_or_voice_that_cannot_be_read_is_asked_for_again(ledger: Ledger, stored: str) -> None:
    ledger.note("m", identity=stored, voice=stored)
    assert ledger.account("m").identity is None
    assert ledger.network_users() == {}


def test_a_renamed_account_keeps_all_it_had(ledger: Ledger, clock: Clock) -> None:
    ledger.note("old", started_at=clock(), voice=VOICE)
    ledger.note("new", failures=3)
    ledger.note("other", failures=1)
    row, other = sent(ledger, "beet", "old"), sent(ledger, "beet", "other")
    ledger.rename_account("old", "new")
    assert ledger.get(row.id).account == "new"
    assert same(ledger, other)
    assert ledger.account("new").started_at == clock()
    assert ledger.account("new").failures == 0
    assert sorted(ledger.account_states()) == ["new", "other"]
    assert ledger.network_users() == {"new": VOICE}


def test_a_renamed_account_keeps_its_digests(ledger: Ledger) -> None:
    digest = sent(ledger, "digest/a_b/2026-W47", "a_b")
    member = planned(ledger, "beet", "a_b", state="skipped", why="digest/a_b/2026-W47")
    waiting = planned(ledger, "tal", "a_b", state="skipped", why="waits for the digest")
    others = sent(ledger, "digest/aXb/2026-W47", "aXb"), sent(ledger, "digest/a_bc/2026-W47", "a_bc")
    ledger.rename_account("a_b", "new")
    assert ledger.get(digest.id).post == "digest/new/2026-W47"
    assert ledger.get(member.id).why == "digest/new/2026-W47"
    assert ledger.get(waiting.id).why == "waits for the digest"
    assert same(ledger, *others)
    posts = ledger.posts.known()
    assert {post for post in posts if post.startswith("digest/")} == {
        "digest/new/2026-W47",
        "digest/aXb/2026-W47",
        "digest/a_bc/2026-W47",
    }
    assert posts["digest/new/2026-W47"].title == "Digest/A_B/2026-W47"


def test_what_another_account_has_sent_counts_as_old(ledger: Ledger, clock: Clock) -> None:
    out = sent(ledger, "out", parts=("zwei",))
    part = ledger.following(out)
    doubted = ledger.hold(ledger.remember(begun(ledger, "doubted"), {"a": 1}, uploaded=clock()), "look there")
    under_way = begun(ledger, "under way")
    by_hand = ledger.decide(planned(ledger, "by hand", state="held"), "sent", "https://m.example/7")
    ledger.changes.put(out.id, "edit", "asked", draft())
    ledger.set_aside("m", "on another account")
    assert part is not None
    for row in (out, doubted, under_way, by_hand):
        now = ledger.get(row.id)
        assert (now.state, now.why, now.error, now.url, now.receipt) == ("before", "on another account", "", "", "")
        assert (now.draft, now.handle, now.remote, now.remote_at) == (None, "", {}, None)
        assert (now.publishing_at, now.sent_at) == (None, None)
        assert stored(ledger, row)["lease"] is None
        assert stored(ledger, row)["lease_until"] is None
    assert ledger.changes.all() == []
    now = ledger.get(part.id)
    assert (now.state, now.why, now.draft, now.remote) == ("skipped", TAKEN_BACK, None, {})


def test_what_it_has_not_begun_still_goes_out(ledger: Ledger) -> None:
    open_ones = planned(ledger, "a"), ledger.failed(claimed(ledger, "b"), "no"), planned(ledger, "c", state="held")
    others = sent(ledger, "beet", "x", parts=("zwei",)), begun(ledger, "tal", "x")
    change = ledger.changes.put(others[0].id, "edit", "asked", draft())
    ledger.set_aside("m", "on another account")
    assert same(ledger, *open_ones, *others)
    assert ledger.changes.all() == [change]
    assert ledger.deliveries(post="beet", account="x")[-1].part == 2


@pytest.mark.parametrize("state", ["planned", "sending", "unknown"])
def test_what_may_be_out_waits_for_a_person(ledger: Ledger, state: str) -> None:
    row = put(ledger, begun(ledger), state=state)
    ledger.hold_open("m", "look there")
    now = ledger.get(row.id)
    assert (now.state, now.error, now.lease) == ("held", "look there", "")
    assert stored(ledger, row)["lease_until"] is None
    assert (now.draft, now.handle, now.publishing_at) == (row.draft, row.handle, row.publishing_at)


def test_what_is_settled_or_not_begun_does_not_wait(ledger: Ledger) -> None:
    rows = [
        sent(ledger, "a"),
        ledger.failed(begun(ledger, "b"), "no"),
        ledger.hold(begun(ledger, "c"), "why"),
        planned(ledger, "d", due=timedelta(days=1)),
        begun(ledger, "e", "x"),
    ]
    ledger.hold_open("m", "look there")
    assert same(ledger, *rows)
