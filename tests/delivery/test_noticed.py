"""Small promises of a run, each by itself."""

import uuid
from datetime import datetime, timedelta

import pytest

from crosspost.delivery import idempotency_keys, make_plan
from crosspost.delivery.account_identity import introduce
from crosspost.delivery.change_detector import Policy
from crosspost.delivery.inventory import take
from crosspost.delivery.lookback import Lookback
from crosspost.delivery.renames import familiar
from crosspost.errors import OtherUser, TurnedDown
from crosspost.ledger import KnownPost, Looked
from crosspost.model import Entry, Identity, Override, Overrides, Prepared
from crosspost.schedule import Schedule
from crosspost.schedule.values import Slot
from crosspost.sources.git_checkout import Checkout
from tests.delivery.scripted import Quick
from tests.ledger.rows import put


@pytest.mark.parametrize("site", ["https://e.org/blogX", "https://e.org/blo", "https://e.org/blog/x", "https://e.orgX"])
def test_a_slash_at_the_end_of_a_site_is_nothing_and_a_letter_is(site: str) -> None:
    assert idempotency_keys.handle("https://e.org/blog/", "p", "a") == idempotency_keys.handle(
        "https://e.org/blog", "p", "a"
    )
    assert idempotency_keys.handle(site, "p", "a") != idempotency_keys.handle("https://e.org/blog", "p", "a")


def test_a_thread_beside_it_does_not_keep_a_post_from_being_changed(one_published: Quick) -> None:
    one_published.network.parts = ("more", "and more")
    one_published.write("thread")
    for _ in range(3):
        one_published.run(most=9)
    one_published.network.parts = ()
    assert {row.part for row in one_published.ledger.deliveries(post="thread")} == {1, 2, 3}
    one_published.write("beet", text="Changed")
    (change,) = one_published.detect({"a": Policy(on_edit="update")})
    assert (change.post, change.state) == ("beet", "planned")


def test_a_post_that_is_where_it_was_is_known_at_once() -> None:
    there = KnownPost(id="p", path="p.md", url="", title="", looked=Looked(name="x", seen="f"))
    same = Entry(id="x", path="p.md", url="", title="", fingerprint="f")
    other = Entry(id="x", path="p.md", url="", title="", fingerprint="g")
    new = Entry(id="y", path="y.md", url="", title="", fingerprint="f")
    assert familiar([same], {"p": there}) == {"x": "p"}
    assert familiar([other], {"p": there}) is None
    assert familiar([same, new], {"p": there}) is None
    assert familiar([], {"p": there}) == {}


@pytest.mark.parametrize("begun", [True, False])
def test_what_a_process_of_this_machine_left_behind_is_looked_at(quick: Quick, begun: bool) -> None:
    quick.network.next("prepare" if not begun else "publish", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run()
    assert quick.row().state == "sending"
    quick.run()
    assert quick.row().state != "sending", "its lease is not over, but its process is"


@pytest.mark.parametrize("named", [True, False])
def test_a_time_its_author_named_goes_before_the_accounts_slots(quick: Quick, named: bool) -> None:
    yearly = Schedule(slots=(Slot(text="1 January", cron="0 0 1 1 *"),))
    quick.run()  # a post is out since the last slot
    said = Override(at=quick.clock() + timedelta(minutes=1)) if named else Override()
    quick.write("named", overrides=Overrides(targets={"a": said}))
    quick.run(schedules={"a": yearly})
    quick.later(minutes=2)
    quick.run(schedules={"a": yearly})
    assert quick.row("named").state == ("sent" if named else "planned")


def test_a_plan_knows_what_is_checked_out(quick: Quick) -> None:
    here = Checkout(branch="main")
    plan = make_plan(quick.entries.values(), {"a": "scripted"}, quick.ledger, checkout=here)
    assert plan.inventory.checkout == here


def test_keys_never_change() -> None:
    """Networks and ledgers know posts by them for years."""
    space = uuid.UUID("5f3b2f4e-6f0c-5d55-9c3a-2b1f5f6f8a10")
    first = str(uuid.uuid5(space, "e.org/blog\np\na"))
    assert (
        idempotency_keys.handle("https://E.org/blog/", "p", "a")
        == idempotency_keys.handle("https://e.org/blog", "p", "a", 1)
        == first
    )
    assert idempotency_keys.handle("https://e.org/blog", "p", "a", 2) == str(uuid.uuid5(space, "e.org/blog\np\na\n2"))
    assert idempotency_keys.handle("no address/", "p", "a") == str(uuid.uuid5(space, "no address/\np\na"))
    several = idempotency_keys.of_several("main", "https://E.org/")
    assert (several, idempotency_keys.of_several("", "https://e.org/")) == ("main\0https://E.org/", "https://e.org/")
    assert idempotency_keys.handle(several, "p", "a") == str(uuid.uuid5(space, "main\0e.org\np\na"))
    assert idempotency_keys.again(first) == str(uuid.uuid5(space, f"again\n{first}"))


def test_a_post_that_is_taken_back_gets_another_key_whether_it_had_one_or_not(quick: Quick) -> None:
    quick.run()
    row = quick.row()
    assert idempotency_keys.anew(row, "ledger") == idempotency_keys.again(row.handle)
    bare = put(quick.ledger, row, handle=None, part=3)
    assert idempotency_keys.anew(bare, "ledger") == idempotency_keys.again("ledger\nbeet\na\n3")


@pytest.mark.parametrize(("handle", "dated"), [("its own", True), ("", True), ("", False)])
def test_a_look_back_is_told_all_that_is_known_of_a_post_and_nothing_that_was_uploaded(
    quick: Quick, monkeypatch: pytest.MonkeyPatch, handle: str, dated: bool
) -> None:
    about = {"reply_to": "1", "root": "0", "boosts": "7", "boosts_url": "https://e.org/7"}
    quick.run(most=0)
    row = put(quick.ledger, quick.row(), handle=handle or None, remote=about | {"media_0": 5, "container": 6})
    draft, since = quick.network.draft(quick.posts["beet"]), quick.clock()
    seen: list[tuple[Prepared, datetime]] = []
    monkeypatch.setattr(quick.network, "look_back", lambda *given: seen.append(given))
    entries = quick.entries if dated else {}
    assert (
        Lookback(quick.network, quick.ledger, entries, lambda _: None, lambda _: "a key").found(row, draft, since)
        is None
    )
    date = quick.entries["beet"].date if dated else None
    wanted = Prepared(draft=draft, handle=handle or "a key", remote=about, dated=date)
    assert seen == [(wanted, since - timedelta(days=2))]
    monkeypatch.setattr(quick.network, "look_back", _turned_down)
    look = Lookback(quick.network, quick.ledger, entries, lambda _: None, lambda _: "a key")
    assert look.found(row, draft, since) is None, "nobody sees it"


def _turned_down(*_: object) -> None:
    raise TurnedDown("a: it is not shown")


@pytest.mark.parametrize(("hours", "however_old", "asked"), [(23.99, False, 0), (24, False, 1), (99, True, 0)])
def test_who_an_account_is_holds_for_a_day(quick: Quick, hours: float, however_old: bool, asked: int) -> None:
    introduce(quick.network, quick.ledger)
    state = quick.ledger.account("a")
    assert (state.identity, state.identity_at) == (quick.network.who, quick.clock())
    assert state.credential == quick.network.mark()
    assert quick.ledger.network_users()["a"].id == "1"
    quick.later(hours=hours)
    before, quick.network.identity = quick.network.connected, None
    introduce(quick.network, quick.ledger, however_old=however_old)
    assert quick.network.connected - before == asked
    assert quick.network.identity == quick.network.who
    quick.ledger.note("a", credential="another token")
    introduce(quick.network, quick.ledger, however_old=True)
    assert quick.network.connected - before == asked + 1, "another token may be somebody else's"


def test_who_an_account_is_may_be_known_from_elsewhere(quick: Quick) -> None:
    introduce(quick.network, quick.ledger)
    known, before = quick.ledger.account("a"), quick.network.connected
    quick.ledger.note("a", identity=None)
    introduce(quick.network, quick.ledger, known=known)
    assert quick.network.connected == before
    introduce(quick.network, quick.ledger)
    assert quick.network.connected == before + 1


def test_an_account_that_became_somebody_else_is_nobody(quick: Quick) -> None:
    introduce(quick.network, quick.ledger)
    quick.network.who = Identity(id="2", handle="you", server="test")
    quick.later(days=2)
    with pytest.raises(OtherUser, match="now lead to you "):
        introduce(quick.network, quick.ledger)
    assert quick.network.identity is None
    assert quick.ledger.network_users()["a"].id == "1"


@pytest.mark.parametrize(
    ("listed", "whole", "gap"),
    [("same", False, False), ("same and new", False, False), ("new", False, True), ("new", True, False),
     ("none", False, False)],
)  # fmt: skip
def test_a_feed_that_shows_nothing_known_has_a_gap(quick: Quick, listed: str, whole: bool, gap: bool) -> None:
    quick.run()
    new = Entry(id="new", path="new.md", url="https://tal.example/new", title="Neu", fingerprint="n")
    known = [*quick.entries.values()] if "same" in listed else []
    assert take([*known, *([new] if "new" in listed else [])], quick.ledger, whole=whole).gap == gap
