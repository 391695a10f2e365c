"""Every column arrives in the field of its name, and nothing is forgotten when it is written."""

from datetime import timedelta
from pathlib import Path

import msgspec

from crosspost.ledger import AccountState, Change, Delivery, Ledger
from crosspost.ledger.deliveries import LEASE
from crosspost.ledger.received_webmentions import Mention
from crosspost.ledger.response_rows import Out, Said, Told
from crosspost.model import Identity, NetworkUser
from crosspost.model.response import Figures, Reply, Responses
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, draft, put, receipt, sent


def test_of_a_delivery(ledger: Ledger, clock: Clock) -> None:
    row, now = begun(ledger), clock()
    assert row.lease.startswith("machine:1/")
    assert row == Delivery(
        id=row.id, post="beet", account="m", network="mastodon", part=1, state="sending", due_at=now, why="",
        attempts=1, tried_at=now, draft=draft(), handle="key of beet", remote={}, remote_at=None, publishing_at=now,
        lease=row.lease, receipt="", url="", sent_at=None, error="", updated_at=now,
    )  # fmt: skip
    assert timedelta(minutes=15) == LEASE
    clock.pass_by(minutes=1)
    changed = msgspec.structs.replace(
        put(ledger, row, why="its reason", error="its error", remote={"a": 1}, remote_at=clock()), lease=row.lease
    )
    assert (changed.why, changed.error, changed.remote, changed.remote_at) == (
        "its reason",
        "its error",
        {"a": 1},
        clock(),
    )
    out = ledger.sent(row, receipt(ledger, "7"))
    assert (out.state, out.receipt, out.url, out.sent_at) == ("sent", "7", "https://m.example/7", clock())
    assert (out.lease, out.updated_at, out.attempts, out.tried_at) == ("", clock(), 1, now)


def test_of_an_account(ledger: Ledger, clock: Clock) -> None:
    identity, voice = Identity(id="1", handle="me", server="s"), NetworkUser(network="mastodon", server="s", id="1")
    now, later = clock(), clock() + timedelta(hours=1)
    known = {
        "started_at": now, "paused_until": later, "paused_for": "rate", "paused_why": "slow down", "identity_at": later,
        "credential": "a mark", "failures": 3,
    }  # fmt: skip
    ledger.note("m", identity=identity, voice=voice, **known)
    ledger.keep_fact("clock:m", "540")
    assert ledger.account("m") == AccountState(name="m", identity=identity, clock="540", **known)
    assert ledger.account_states() == {"m": AccountState(name="m", **known)}
    assert ledger.network_users() == {"m": voice}
    assert ledger.account("other") == AccountState(name="other")


def test_of_a_change(ledger: Ledger, clock: Clock) -> None:
    row = sent(ledger)
    clock.pass_by(minutes=1)
    made = ledger.changes.put(row.id, "edit", "planned", draft("neu"), "its reason")
    wanted = Change(
        delivery=row.id, kind="edit", state="planned", draft=draft("neu"), due_at=clock(), attempts=0, tried_at=None,
        error="its reason", post="beet", account="m", network="mastodon", url="https://m.example/1",
    )  # fmt: skip
    assert made == wanted
    clock.pass_by(minutes=1)
    begun_now = ledger.changes.begin(made)
    assert begun_now == msgspec.structs.replace(wanted, attempts=1, tried_at=clock())
    tried = clock()
    clock.pass_by(minutes=1)
    again = ledger.changes.begin(ledger.changes.again(begun_now, "no route", clock() + timedelta(hours=1)))
    assert again == msgspec.structs.replace(
        wanted, attempts=2, tried_at=tried, error="no route", due_at=clock() + timedelta(hours=1)
    )
    assert ledger.changes.all() == [again] == [ledger.changes.of(row.id)]


def test_of_what_came_back(ledger: Ledger, clock: Clock) -> None:
    row, since = sent(ledger), clock() - timedelta(days=1)
    (out,) = ledger.responses.out({"m"}, since)
    wanted = Out(
        delivery=row.id, post="beet", account="m", network="mastodon", receipt="1", url="https://m.example/1",
        sent_at=clock(),
    )  # fmt: skip
    assert out == wanted
    reply = Reply(
        id="7", parent="1", url="https://m.example/7", text="Schön", author="Ida", handle="@ida",
        author_url="https://m.example/@ida", at=clock() - timedelta(hours=1), public=False, mine=True,
    )  # fmt: skip
    figures = Figures(likes=1, reposts=2, replies=3, views=4)
    asked, went_out = clock() + timedelta(minutes=5), clock()
    clock.pass_by(minutes=5)
    ledger.responses.keep(
        out, Responses(figures=figures, replies=(reply,), whole=True, unread="no rights"), moderated=True
    )
    (said,) = ledger.responses.said()
    assert said == Said(
        id=said.id, post="beet", title="Beet", account="m", network="mastodon", reply=reply, state="shown"
    )
    told = Told(
        post="beet", title="Beet", page="https://a.example/beet", account="m", network="mastodon",
        url="https://m.example/1", sent_at=went_out, figures=figures, asked_at=asked, gone=False, error="no rights",
    )  # fmt: skip
    assert list(ledger.responses.told()) == [told]
    clock.pass_by(minutes=5)
    (out,) = ledger.responses.out({"m"}, since)
    assert out == msgspec.structs.replace(wanted, asked_at=asked)
    ledger.responses.not_told(out, "it is not there", gone=True)
    assert list(ledger.responses.told()) == [
        msgspec.structs.replace(told, asked_at=clock(), gone=True, error="it is not there")
    ]
    (out,) = ledger.responses.out({"m"}, since)
    assert out == msgspec.structs.replace(wanted, asked_at=clock(), gone_at=clock())


def test_of_a_mention(file_ledger: Ledger, path: Path, clock: Clock) -> None:
    sent(file_ledger)
    mention = Mention(
        post="beet", source="https://ida.example/1", target="https://a.example/beet", kind="like",
        url="https://ida.example/1#x", text="Gut", author="Ida", author_url="https://ida.example/",
        at=clock() - timedelta(hours=1),
    )  # fmt: skip
    assert file_ledger.responses.mentions.keep(mention, moderated=True)
    (said,) = file_ledger.responses.said()
    reply = Reply(
        id=mention.source,
        url=mention.url,
        text="Gut",
        author="Ida",
        author_url="https://ida.example/",
        at=said.reply.at,
    )
    assert said == Said(
        id=said.id, post="beet", title="Beet", account="webmention", network="webmention", reply=reply,
        state="waiting", kind="like",
    )  # fmt: skip
    assert said.reply.at == mention.at
