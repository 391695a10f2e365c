"""What is decided about posts that are gone by a few statements is, row for row, what each row by itself would get."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosspost.delivery.change_detector import ChangeDetector, Policy
from crosspost.delivery.inventory import Inventory
from crosspost.ledger import TAKEN_BACK, Change, KnownPost, Ledger, Looked
from crosspost.ledger.database import as_stored
from crosspost.model import OnDelete, Override, Overrides
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Scripted

ACCOUNTS, NETWORKS = ("a", "b", "c"), ("scripted", "other")
#: nobody is asked any more about a post of which a deletion is in one of these
DECIDED = {"planned", "asked", "failed", "left", "ignored"}
_AT = "2026-11-20T09:00:00.000000+00:00"


class Row(NamedTuple):
    id: int
    post: str
    account: str
    network: str
    part: int
    state: str
    publishing_at: str | None
    url: str
    why: str = ""


class Pending(NamedTuple):
    """A row of the changes, in the order of their columns."""

    delivery: int
    kind: str
    state: str
    draft: str | None
    due_at: str
    attempts: int
    tried_at: str | None
    error: str
    updated_at: str


class Case(NamedTuple):
    posts: dict[str, KnownPost]
    rows: list[Row]
    pending: list[Pending]
    policies: dict[str, Policy]
    able: dict[str, bool]
    doubted: bool


on_delete = st.sampled_from(["unpublish", "ask", "ignore"])
override = st.builds(Override, on_delete=st.none() | on_delete, text=st.none() | st.just("words"))
overrides = st.just(Overrides()) | st.builds(
    Overrides,
    everywhere=override,
    only=st.sampled_from([(), ("a",)]),
    targets=st.dictionaries(st.sampled_from([*ACCOUNTS, *NETWORKS]), override, max_size=3),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    names = draw(st.lists(st.sampled_from(["p", "q", "r", "s", "digest/a/2026-11"]), unique=True))
    posts = {
        name: KnownPost(
            id=name,
            path=name,
            url="",
            title="",
            looked=Looked(seen=draw(st.sampled_from(["1", "1", ""])), overrides=draw(overrides)),
        )
        for name in names
    }
    places = st.tuples(st.sampled_from(["p", "q", "r", "s", "t"]), st.sampled_from(ACCOUNTS), st.integers(1, 2))
    rows = [
        Row(
            number,
            *place[:2],
            draw(st.sampled_from(NETWORKS)),
            place[2],
            draw(st.sampled_from(["sent", "sent", "sent", "planned", "skipped", "unknown"])),
            draw(st.sampled_from([None, _AT])),
            draw(st.sampled_from(["", f"https://a.example/{number}"])),
            draw(st.sampled_from(["", TAKEN_BACK])),
        )
        for number, place in enumerate(draw(st.lists(places, unique=True, max_size=12)), 1)
    ]
    states = st.sampled_from([*DECIDED, "done", "back"])
    pending = [
        Pending(row.id, draw(st.sampled_from(["edit", "delete"])), draw(states), None, _AT, 2, _AT, "before", _AT)
        for row in rows
        if draw(st.integers(0, 5)) == 0
    ]
    policies = draw(st.dictionaries(st.sampled_from(ACCOUNTS), st.builds(Policy, on_delete=on_delete)))
    return Case(posts, rows, pending, policies, {name: draw(st.booleans()) for name in ACCOUNTS}, draw(st.booleans()))


def row_by_row(case: Case, now: str) -> tuple[list[Pending], list[int]]:
    """The changes afterwards, and what somebody is told of, decided about each row by itself."""
    after, told = {one.delivery: one for one in case.pending}, []
    decided = {row.post for row in case.rows for one in case.pending if one.delivery == row.id and _decided(one)}
    for row in case.rows:
        post = case.posts.get(row.post)
        out = row.state == "sent" and row.part == 1
        if post is None or not out or row.post in decided or row.account not in case.policies:
            continue
        state, why = _becomes(case, post, row)
        after[row.id] = Pending(row.id, "delete", state, None, now, 0, None, why, now)
        told += [row.id] if state != "ignored" else []
    return sorted(after.values()), told


def _decided(one: Pending) -> bool:
    return one.kind == "delete" and one.state in DECIDED


def _becomes(case: Case, post: KnownPost, row: Row) -> tuple[str, str]:
    if case.doubted or not post.looked.seen:
        return "ignored", ""
    said: OnDelete | None = post.looked.overrides.for_account(row.account, row.network).on_delete
    how = said or case.policies[row.account].on_delete
    if how == "ignore":
        return "ignored", ""
    if not case.able[row.account]:
        where = f" ({row.url})" if row.url else ""
        return "left", f"its file is gone, but Scripted cannot take a post back{where}"
    return ("planned" if how == "unpublish" else "asked"), ""


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "ledger.sqlite3", clock)
    yield made
    made.close()


def fill(ledger: Ledger, case: Case) -> None:
    with ledger._database.transaction() as statements:
        for table in ("changes", "deliveries", "posts"):
            statements.change(f"DELETE FROM {table}")
        for post in {row.post for row in case.rows}:
            text = "INSERT INTO posts (id, path, url, title, seen_at) VALUES (:post, '', '', '', :at)"
            statements.change(text, {"post": post, "at": _AT})
        statements.change_many(
            "INSERT INTO deliveries (id, post, account, network, part, state, publishing_at, url, due_at, why,"
            " attempts, remote, error, updated_at) VALUES (:id, :post, :account, :network, :part, :state,"
            f" :publishing_at, :url, '{_AT}', :why, 1, '{{}}', '', '{_AT}')",
            [row._asdict() for row in case.rows],
        )
        columns = ", ".join(f":{name}" for name in Pending._fields)
        statements.change_many(f"INSERT INTO changes VALUES ({columns})", [one._asdict() for one in case.pending])


def look(ledger: Ledger, case: Case, clock: Clock) -> list[Change]:
    networks = {name: Scripted(name, clock, delete=able) for name, able in case.able.items()}
    posts = tuple(case.posts.values())
    empty: tuple[KnownPost, ...] = ()
    doubted, gone = (posts, empty) if case.doubted else (empty, posts)
    inventory = Inventory(entries=(), known={}, before={}, missing=posts, gone=gone, doubted=doubted)
    detector = ChangeDetector(ledger=ledger, networks=networks, load=_never, policies=case.policies)
    return detector.look({}, inventory)


def _never(entry: object) -> Any:
    raise AssertionError(entry)


def stored(ledger: Ledger) -> list[Pending]:
    columns = ", ".join(Pending._fields)
    return [Pending(*row) for row in ledger._database.rows(f"SELECT {columns} FROM changes ORDER BY delivery")]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_many_are_decided_as_each_would_be(ledger: Ledger, clock: Clock, case: Case) -> None:
    fill(ledger, case)
    now: Mapping[str, str] = as_stored({"now": clock()})
    after, told = row_by_row(case, now["now"])
    found = look(ledger, case, clock)
    assert stored(ledger) == after
    assert [change.delivery for change in found] == told
    assert found == [ledger.changes.of(delivery) for delivery in told]
    assert look(ledger, case, clock) == [], "decided once"
    assert stored(ledger) == after


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_many_are_back_as_each_would_be(ledger: Ledger, clock: Clock, case: Case) -> None:
    fill(ledger, case)
    now = as_stored({"now": clock()})["now"]
    mine = [row for row in case.rows if row.post in case.posts]
    after = {
        one.delivery: one for one in case.pending if one.kind == "edit" or one.delivery not in {row.id for row in mine}
    }
    back = [row.id for row in mine if (row.state, row.why, row.part) == ("skipped", TAKEN_BACK, 1)]
    after |= {number: Pending(number, "delete", "back", None, now, 0, None, "", now) for number in back}
    found = ledger.deletions.undo(list(case.posts))
    assert stored(ledger) == sorted(after.values())
    assert found == [ledger.changes.of(number) for number in back]


def test_an_account_that_was_on_another_network_is_asked_by_what_each_post_says_of_it(
    ledger: Ledger, clock: Clock
) -> None:
    rows = [Row(n, f"p{n}", "a", network, 1, "sent", _AT, "") for n, network in enumerate(NETWORKS, 1)]
    said = Looked(seen="1", overrides=Overrides(targets={"other": Override(on_delete="unpublish")}))
    posts = {row.post: KnownPost(id=row.post, path="", url="", title="", looked=said) for row in rows}
    case = Case(posts, rows, [], {"a": Policy(on_delete="ask")}, {"a": True}, doubted=False)
    fill(ledger, case)
    assert [(one.network, one.state) for one in look(ledger, case, clock)] == [
        ("scripted", "asked"),
        ("other", "planned"),
    ]


def test_what_fails_in_the_middle_leaves_nothing(ledger: Ledger, clock: Clock) -> None:
    rows = [Row(number, f"p{number}", "a", "scripted", 1, "sent", _AT, "") for number in (1, 2)]
    posts = {row.post: KnownPost(id=row.post, path="", url="", title="", looked=Looked(seen="1")) for row in rows}
    case = Case(posts, rows, [], {"a": Policy()}, {}, doubted=False)  # and no adapter for it
    fill(ledger, case)
    with pytest.raises(KeyError):
        look(ledger, case, clock)
    assert stored(ledger) == []
    assert len(look(ledger, case._replace(able={"a": True}), clock)) == 2, "the next run decides"
