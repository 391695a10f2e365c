"""A ledger that is made anew: what is found on an account counts as sent, everything else as old."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from crosspost.delivery.idempotency_keys import handle
from crosspost.delivery.rebuild import Rebuild, leave_the_rest
from crosspost.errors import ConfigError, KeyTaken, LedgerError, NotSent, OutOfSight, Unknown
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

SITE = "https://tal.example"


class Lost:
    """Posts are out, and the ledger that knew them is gone."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root, self.clock = root, clock
        self.old = Quick(root / "old", clock)
        self.found: list[tuple[str, int, str]] = []
        self.told: list[str] = []

    def send(self, *posts: str) -> "Lost":
        for name in posts:
            self.old.write(name, name.title())
        self.old.run(most=9)
        self.new = Quick(self.root / "new", self.clock)
        self.new.networks, self.new.posts, self.new.entries = self.old.networks, self.old.posts, self.old.entries
        self.old.network.asked.clear()
        return self

    def rebuild(self) -> bool:
        made = Rebuild(
            ledger=self.new.ledger,
            site=SITE,
            entries=self.new.entries,
            load=lambda entry: self.new.posts[entry.id],
            found=lambda row: self.found.append((row.post, row.part, row.state)),
            told=self.told.append,
        )
        return made.account(self.new.network)

    def states(self) -> dict[tuple[str, int], str]:
        return {(row.post, row.part): row.state for row in self.new.ledger.deliveries()}


@pytest.fixture
def lost(tmp_path: Path, clock: Clock) -> Callable[..., Lost]:
    return lambda *posts: Lost(tmp_path, clock).send(*posts)


def test_what_is_found_counts_as_sent_and_the_rest_as_old(lost: Callable[..., Lost]) -> None:
    one = lost("a", "b")
    del one.old.network.out[0]
    assert one.rebuild()
    assert one.found == [("b", 1, "sent")]
    assert one.told == []
    assert one.states() == {("a", 1): "before", ("b", 1): "sent"}
    row = one.new.row("b")
    assert (row.handle, row.url, row.network) == (handle(SITE, "b", "a"), "https://scripted.example/1", "scripted")
    assert row.draft is not None
    assert row.draft.text.startswith("B\n")
    date = one.new.entries["b"].date
    assert date is not None
    assert set(one.new.network.asked) == {date - timedelta(days=2)}
    one.new.run()
    assert len(one.new.network.out) == 1


def test_an_account_that_does_not_say_who_it_is_is_left_out(lost: Callable[..., Lost]) -> None:
    one = lost("a")
    one.new.network.next("connect", NotSent("a: no route"))
    assert not one.rebuild()
    assert one.told == ["Error: a: no route; this account is left out"]
    assert one.states() == {}


def test_an_account_nobody_can_look_through_has_only_old_posts(lost: Callable[..., Lost]) -> None:
    one = lost("a")
    one.new.network.abilities = msgspec.structs.replace(one.new.network.abilities, read_back=False)  # type: ignore[misc]
    assert one.rebuild()
    assert one.told == ["a: Scripted cannot be searched; its posts count as old"]
    assert one.states() == {("a", 1): "before"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Unknown("a: it may be there"), ["cannot tell: a: it may be there"]),
        (NotSent("a: no route"), ["cannot look: a: no route"]),
        (OutOfSight("a: its list is too short"), []),
        (KeyTaken("a: something else is there"), []),
    ],
    ids=lambda case: type(case).__name__,
)
def test_a_look_that_tells_nothing_is_told(lost: Callable[..., Lost], error: Exception, told: list[str]) -> None:
    one = lost("a", "b")
    one.new.network.next("find", error)
    assert one.rebuild()
    assert one.told == told
    assert one.states() == {("a", 1): "before", ("b", 1): "sent"}


def test_a_post_that_cannot_be_said_now_is_left_out(lost: Callable[..., Lost]) -> None:
    one = lost("a", "b")
    one.new.network.next("compose", ConfigError("a: no such setting"))
    one.rebuild()
    assert one.told == ["left out: a: no such setting"]
    assert one.found == [("b", 1, "sent")]


def test_a_ledger_that_fails_stops_it(lost: Callable[..., Lost]) -> None:
    one = lost("a")
    one.new.network.next("find", LedgerError("the disk is full"))
    with pytest.raises(LedgerError):
        one.rebuild()


def test_a_thread_is_found_to_its_end(tmp_path: Path, clock: Clock) -> None:
    one = Lost(tmp_path, clock)
    one.old.network.parts = ("zwei", "drei")
    one.send("a")
    one.rebuild()
    assert one.found == [("a", 1, "sent"), ("a", 2, "sent"), ("a", 3, "sent")]
    rows = {row.part: row for row in one.new.ledger.deliveries()}
    assert rows[3].remote == {"reply_to": "2", "root": "1"}


def test_a_part_that_is_not_there_ends_it(tmp_path: Path, clock: Clock) -> None:
    one = Lost(tmp_path, clock)
    one.old.network.parts = ("zwei", "drei")
    one.send("a")
    del one.old.network.out[1]
    one.rebuild()
    assert one.states() == {("a", 1): "sent", ("a", 2): "skipped"}
    second = next(row for row in one.new.ledger.deliveries() if row.part == 2)
    assert second.why == "not on the account when the ledger was made anew"
    one.new.run()
    assert len(one.new.network.out) == 2


def test_what_was_begun_is_looked_for_in_its_own_words_and_from_then_on(lost: Callable[..., Lost]) -> None:
    one = lost("a")
    one.new.network.next("publish", Unknown("a: no answer"))
    one.new.network.next("find", NotSent("a: no route"))
    one.new.run()
    begun = one.new.row("a")
    one.new.write("a", "Another title")
    one.new.network.asked.clear()
    one.rebuild()
    row = one.new.row("a")
    assert row.state == "sent"
    assert row.draft == begun.draft
    assert begun.publishing_at is not None
    assert one.new.network.asked == [begun.publishing_at - timedelta(days=2)]


def test_what_was_written_down_and_never_begun_was_never_said(lost: Callable[..., Lost]) -> None:
    one = lost("a")
    one.new.network.next("prepare", NotSent("a: no route"))
    one.new.run()
    assert one.new.row("a").draft is not None
    one.new.write("a", "Another title")
    one.rebuild()
    row = one.new.row("a")
    assert row.draft is not None
    assert (row.state, row.draft.text.splitlines()[0]) == ("sent", "Another title")


@pytest.mark.parametrize("state", ["before", "planned", "sending", "unknown", "held", "failed"])
def test_all_that_may_be_out_is_looked_for(lost: Callable[..., Lost], state: str) -> None:
    one = lost("a")
    one.new.run(most=0)
    put(one.new.ledger, one.new.row("a"), state=state)
    one.rebuild()
    assert (one.states()["a", 1] == "sent") == (state != "failed")


def test_a_post_without_a_date_is_looked_for_since_it_is_known(lost: Callable[..., Lost], clock: Clock) -> None:
    one = lost("a")
    one.new.entries["a"] = msgspec.structs.replace(one.new.entries["a"], date=None)
    one.rebuild()
    assert one.new.network.asked == [clock() - timedelta(days=2)]


def test_only_first_parts_of_posts_of_the_site_are_looked_for(lost: Callable[..., Lost]) -> None:
    one = lost("a")
    one.new.write("gone")
    one.new.run(most=0)
    del one.new.entries["gone"]
    one.new.ledger.skip(one.new.row("a"), "no")
    one.rebuild()
    assert one.new.network.asked == []


# ── what was not found ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_rest_counts_as_old_on_every_account(lost: Callable[..., Lost], clock: Clock) -> None:
    one = lost("a", "b")
    one.rebuild()
    one.new.ledger.note("a", started_at=clock() - timedelta(days=1))
    accounts = {"a": "scripted", "x": "x"}
    assert leave_the_rest(one.new.ledger, one.new.entries.values(), accounts, doubted=False) == 0
    states = {(row.post, row.account, row.network): row.state for row in one.new.ledger.deliveries()}
    assert states == {
        ("a", "a", "scripted"): "sent",
        ("b", "a", "scripted"): "sent",
        ("a", "x", "x"): "before",
        ("b", "x", "x"): "before",
    }
    assert one.new.ledger.account("x").started_at == clock()
    assert one.new.ledger.account("a").started_at == clock() - timedelta(days=1)


@pytest.mark.parametrize("state", ["planned", "sending", "unknown"])
def test_what_a_copy_still_had_before_it_waits_for_a_person(lost: Callable[..., Lost], state: str) -> None:
    one = lost("a", "b")
    one.new.run(most=0)
    row = put(one.new.ledger, one.new.row("a"), state=state)
    put(one.new.ledger, one.new.row("b"), due_at=one.clock() + timedelta(seconds=1))
    assert leave_the_rest(one.new.ledger, [], {}, doubted=False) == 0
    assert one.new.row("a").state == state
    assert leave_the_rest(one.new.ledger, [], {}, doubted=True) == 1
    now = one.new.row("a")
    assert now.state == "held"
    assert now.error == (
        "the ledger was restored from a copy, so this may be out: look at the account, then "
        f"`crosspost settle {row.id} --sent URL` or `--not-sent`"
    )
    assert one.new.row("b").state == "planned", "it was not due yet"
