"""Which user an account is: known once, asked for daily, and never another's without a person's consent."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from crosspost.delivery import expiring_tokens, network_users
from crosspost.delivery.account_identity import introduce
from crosspost.delivery.new_accounts import admit, newcomers
from crosspost.errors import AuthExpired, NotSent, OtherUser
from crosspost.ledger import Ledger
from crosspost.model import Identity, NetworkUser
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick, Scripted

ME = Identity(id="1", handle="me", server="test")


def voice(**differs: str) -> NetworkUser:
    return NetworkUser(**{"network": "scripted", "id": "1", "handle": "me"} | differs)


def connects(network: Scripted) -> int:
    """How often it was asked who it is, so far."""
    return network.connected


# ── who it is ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_an_account_is_is_asked_once_a_day(quick: Quick) -> None:
    for hours in (0, 12, 11.99):
        quick.later(hours=hours)
        introduce(quick.network, quick.ledger)
        assert quick.network.identity == ME
    assert connects(quick.network) == 1
    quick.later(hours=0.01)
    introduce(quick.network, quick.ledger)
    assert connects(quick.network) == 2
    quick.later(days=400)
    introduce(quick.network, quick.ledger, however_old=True)
    assert connects(quick.network) == 2
    state = quick.ledger.account("a")
    assert (state.identity, state.credential) == (ME, quick.network.mark())
    assert quick.ledger.network_users() == {"a": voice()}


def test_what_is_stored_is_used_by_the_next_process(quick: Quick) -> None:
    introduce(quick.network, quick.ledger)
    again = Scripted("a", quick.clock)
    introduce(again, quick.ledger)
    assert (again.identity, connects(again)) == (ME, 0)


@pytest.mark.parametrize("differs", [{"credential": "another"}, {"identity": None}, {"identity_at": None}])
def test_another_token_or_nothing_stored_asks_anew(quick: Quick, differs: dict[str, Any]) -> None:
    introduce(quick.network, quick.ledger)
    quick.ledger.note("a", **differs)
    introduce(quick.network, quick.ledger)
    assert connects(quick.network) == 2


def test_who_does_not_answer_is_nobody(quick: Quick) -> None:
    introduce(quick.network, quick.ledger)
    quick.later(days=1)
    quick.network.next("connect", NotSent("a: no route"))
    with pytest.raises(NotSent):
        introduce(quick.network, quick.ledger)
    assert quick.network.identity is None


def test_somebody_else_does_not_speak_and_is_not_remembered(quick: Quick) -> None:
    introduce(quick.network, quick.ledger)
    quick.later(days=1)
    quick.network.who = msgspec.structs.replace(ME, id="2", handle="you")
    with pytest.raises(OtherUser) as raised:
        introduce(quick.network, quick.ledger)
    assert str(raised.value) == (
        "a: its login and address now lead to you (scripted id 2), but until now a was me (scripted id 1). Nothing is "
        "sent on it. Put back what belongs to me; if the change is meant: `crosspost ledger account a --accept`. See "
        "`crosspost help accounts`"
    )
    assert quick.network.identity is None
    assert quick.ledger.account("a").identity == ME
    assert quick.ledger.network_users() == {"a": voice()}


# ── where ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "of_server", "at_home", "server"),
    [
        ("https://m.example", False, False, ""),
        ("https://M.example", True, False, "m.example"),
        ("https://m.example:8443/x", True, False, "m.example:8443"),
        ("https://user:word@m.example", True, False, "m.example"),
        ("http://127.0.0.1:8000", True, False, "this machine"),
        ("http://localhost:8000", False, False, "this machine"),
        ("http://[::1]:8000", True, False, "this machine"),
        ("http://127.0.0.1:8000", True, True, "localhost"),
        ("http://127.9.9.9", False, True, ""),
        ("https://127.example", True, False, "127.example"),
        ("", True, False, ""),
    ],
)
def test_the_server_is_part_of_a_voice_where_ids_are_its_own(
    quick: Quick, monkeypatch: pytest.MonkeyPatch, url: str, of_server: bool, at_home: bool, server: str
) -> None:
    monkeypatch.setattr(Scripted, "ids_of_server", of_server)
    monkeypatch.setattr(Scripted, "at_home", at_home)
    quick.network.base_url = url
    assert network_users.user_of(quick.network, ME) == voice(server=server)


def test_the_audience_is_part_of_a_voice(quick: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "audience", "list 7")
    assert network_users.user_of(quick.network, ME) == voice(audience="list 7")


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (voice(), voice(), True),
        (voice(), voice(handle="renamed"), True),
        (voice(), voice(id="2"), False),
        (voice(), voice(network="x"), False),
        (voice(network=""), voice(), True),
        (voice(network="", id="2"), voice(), False),
        (voice(server=""), voice(server="m.example"), True),
        (voice(server="m.example"), voice(server="m.example"), True),
        (voice(server="m.example"), voice(server=""), False),
        (voice(server="m.example"), voice(server="n.example"), False),
    ],
)
def test_when_two_users_are_one(one: NetworkUser, other: NetworkUser, are: bool) -> None:
    assert network_users.same(one, other) == are


# ── what speaks against it ────────────────────────────────────────────────────────────────────────────────────────────


def known(quick: Quick, configured: frozenset[str] = frozenset(), **accounts: NetworkUser) -> Ledger:
    for name, one in accounts.items():
        quick.ledger.note(name, voice=one)
    quick.ledger.configured = configured
    return quick.ledger


def test_the_same_voice_may_speak_and_so_may_a_new_one(quick: Quick) -> None:
    ledger = known(quick, frozenset({"a", "b"}), a=voice(), b=voice(id="2"))
    assert network_users.objection(voice(handle="renamed"), "a", ledger) == ""
    assert network_users.objection(voice(id="3"), "c", ledger) == ""
    assert "now lead to me (scripted id 3)" in network_users.objection(voice(id="3"), "a", ledger)


def test_two_accounts_of_one_voice_would_say_everything_twice(quick: Quick) -> None:
    ledger = known(quick, frozenset({"a", "b"}), a=voice())
    assert network_users.objection(voice(server="m.example"), "b", ledger) == (
        "b: this is me on m.example (scripted id 1), and so is a: every post would appear there twice. Nothing is sent "
        "on b. Take one of them out of the config; if both are meant: `crosspost ledger account b --accept`. See "
        "`crosspost help accounts`"
    )


def test_an_account_that_left_the_config_may_only_have_another_name_now(quick: Quick) -> None:
    ledger = known(quick, frozenset({"b", "c"}), c=voice(), a=voice())
    assert network_users.objection(voice(handle=""), "b", ledger) == (
        "b: this is 1 (scripted id 1), which was called a until now. Nothing is sent on it yet. If it is the same "
        "under a new name: `crosspost ledger account b --was a`; to start over: `crosspost ledger account b --accept`. "
        "See `crosspost help accounts`"
    )


def test_without_a_config_nobody_objects_to_a_second_one(quick: Quick) -> None:
    assert network_users.objection(voice(), "b", known(quick, a=voice())) == ""


@pytest.mark.parametrize(
    ("theirs", "ours", "objected"),
    [("", "", True), ("list 7", "list 7", True), ("", "list 7", True), ("list 8", "list 7", False)],
)
def test_two_audiences_of_one_voice_are_two(quick: Quick, theirs: str, ours: str, objected: bool) -> None:
    ledger = known(quick, frozenset({"a", "b"}), a=voice(audience=theirs))
    assert bool(network_users.objection(voice(audience=ours), "b", ledger)) == objected


@pytest.mark.parametrize(
    ("server", "url", "sandbox"),
    [
        ("this machine", "https://m.example/1", True),
        ("m.example", "http://127.0.0.1/1", False),
        ("", "http://127.0.0.1:8000/1", True),
        ("", "https://m.example/1", False),
        ("", "", False),
        (None, "http://localhost/1", True),
    ],
)
def test_what_was_only_said_to_the_sandbox(quick: Quick, server: str | None, url: str, sandbox: bool) -> None:
    quick.run()
    with quick.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET url = :url", {"url": url})
    one = None if server is None else voice(server=server)
    assert network_users.from_the_sandbox(one, quick.ledger, "a") == sandbox
    if not server:
        assert not network_users.from_the_sandbox(one, quick.ledger, "b")


# ── accounts that are new in the config ───────────────────────────────────────────────────────────────────────────────


def test_an_account_is_new_where_another_of_its_network_is_known(quick: Quick) -> None:
    ledger = known(quick, a=voice(), c=voice(network=""))
    ledger.note("old", started_at=quick.clock())
    ledger.note("seen", failures=0)
    accounts = {"old": "scripted", "new": "scripted", "seen": "scripted", "x": "x", "a": "scripted"}
    assert newcomers(ledger, accounts) == ["new", "seen", "x"]
    assert newcomers(ledger, {"old": "scripted"}) == []


def test_an_account_is_not_new_where_no_other_of_its_network_is_known(quick: Quick) -> None:
    ledger = known(quick, a=voice())
    assert newcomers(ledger, {"x": "x", "a": "scripted"}) == []
    assert newcomers(ledger, {"new": "scripted"}) == ["new"]


def test_a_new_account_says_who_it_is_before_it_begins(quick: Quick) -> None:
    assert admit(quick.network, quick.ledger) == ""
    assert quick.ledger.network_users() == {"a": voice()}
    quick.later(days=2)
    quick.network.next("connect", AuthExpired("a: token ended"))
    assert admit(quick.network, quick.ledger) == "a: token ended"
    asked = connects(quick.network)
    assert admit(quick.network, quick.ledger) == "a: token ended", "it is paused"
    assert connects(quick.network) == asked


# ── tokens that end ───────────────────────────────────────────────────────────────────────────────────────────────────


def tend(quick: Quick, *ending: str) -> int:
    """Look after tokens; how often an account was asked."""
    before = sum(map(connects, quick.networks.values()))
    expiring_tokens.tend(quick.ledger, MappingProxyType(quick.networks), ending)
    return sum(map(connects, quick.networks.values())) - before


def test_a_silent_account_is_asked_once_a_day(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    assert tend(quick, "a") == 1
    assert [tend(quick, "a"), tend(quick)] == [0, 0]
    quick.later(hours=23, minutes=59)
    assert tend(quick, "a") == 0
    quick.later(minutes=1)
    assert tend(quick, "a", "b") == 2
    assert connects(quick.networks["b"]) == 1
    quick.ledger.close()


def test_only_those_that_are_asked_are_made(tmp_path: Path, clock: Clock) -> None:
    made: list[str] = []

    class Making(dict[str, Scripted]):
        def __getitem__(self, name: str) -> Scripted:
            made.append(name)
            return super().__getitem__(name)

    quick = Quick(tmp_path, clock, "a", "b")
    introduce(quick.networks["a"], quick.ledger)
    expiring_tokens.tend(quick.ledger, Making(quick.networks), ["a", "b"])
    assert made == ["b"]
    quick.ledger.close()


def test_a_look_that_failed_is_made_again_after_an_hour(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.network.next("connect", NotSent("a: no route"))
    assert tend(quick, "a", "b") == 2, "the others are asked all the same"
    quick.later(minutes=59)
    assert tend(quick, "a", "b") == 0
    quick.later(minutes=1)
    assert tend(quick, "a", "b") == 1
    assert quick.ledger.fact("token.a") == ""
    quick.ledger.close()


def test_a_dead_token_pauses_its_account_and_is_not_asked_meanwhile(quick: Quick) -> None:
    quick.network.next("connect", AuthExpired("a: token ended"))
    tend(quick, "a")
    assert quick.ledger.account("a").paused_for == "auth"
    asked = []
    for _ in range(48):
        quick.later(hours=1)
        asked.append(tend(quick, "a"))
    assert [hour for hour, times in enumerate(asked, 1) if times] == [24, 48], "each day once"
