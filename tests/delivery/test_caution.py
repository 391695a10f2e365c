"""What one run does about a doubt: it has those of its beginning, and one look through an account is enough."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.delivery.copied_ledger import Caution
from crosspost.delivery.idempotency_keys import handle
from crosspost.errors import Unknown
from crosspost.ledger.facts import Suspicion
from crosspost.testing.harness import Clock
from tests.delivery.looking import out
from tests.delivery.scripted import Quick
from tests.ledger.rows import put

SITE = "https://tal.example"


def caution(quick: Quick, *, doubted: bool = True) -> Caution:
    return Caution(quick.ledger, SITE, lambda entry: quick.posts[entry.id], doubted=doubted)


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> Quick:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.write(date=clock() - timedelta(days=1))
    quick.run(most=0)
    quick.ledger.keep_doubt(Suspicion(why="an older copy"))
    return quick


def test_a_doubt_that_began_meanwhile_is_the_next_runs(two: Quick) -> None:
    later = caution(two, doubted=False)
    assert not later.due("a")
    assert later.look(two.networks["a"], two.entries, only=False) == ([], True)
    later.end(["a", "b"])
    assert two.ledger.open_doubt == Suspicion(why="an older copy")
    assert two.networks["a"].asked == []


def test_an_account_that_was_looked_through_is_done_with(two: Quick) -> None:
    two.ledger.keep_doubt(Suspicion(why="an older copy", settled=("a",)))
    mine = caution(two)
    assert (mine.due("a"), mine.due("b")) == (False, True)
    assert mine.look(two.networks["a"], two.entries, only=False) == ([], True)
    assert two.networks["a"].asked == []
    assert mine.look(two.networks["b"], two.entries, only=False) == ([], True)
    assert len(two.networks["b"].asked) == 1
    mine.end([])
    assert two.ledger.open_doubt is None


@pytest.mark.parametrize(("only", "settled", "other"), [(True, ("b",), "planned"), (False, ("a", "b"), "held")])
def test_who_looked_for_one_post_alone_has_not_looked_through_the_account(
    two: Quick, only: bool, settled: tuple[str, ...], other: str
) -> None:
    """Else what has no file any more waits for a person."""
    two.ledger.keep_doubt(None)
    two.write("c")
    two.run(most=0)
    two.ledger.keep_doubt(Suspicion(why="an older copy"))
    put(two.ledger, two.row(account="b"), state="skipped")
    put(two.ledger, two.row("c", account="b"), state="skipped")
    mine = caution(two)
    mine.look(two.networks["a"], {"beet": two.entries["beet"]}, only=only)
    assert (len(two.networks["a"].asked), two.row("c", "a").state) == (1, other)
    mine.end(["b"])
    doubt = two.ledger.open_doubt
    assert (doubt.settled if doubt is not None else ("a", "b")) == settled


@pytest.mark.parametrize(
    ("state", "due"),
    [("planned", True), ("unknown", True), ("held", False), ("sent", False), ("sending", False), ("skipped", False)],
)
def test_what_a_doubt_is_about_goes_on_by_itself(two: Quick, state: str, due: bool) -> None:
    put(two.ledger, two.row(account="a"), state=state)
    assert caution(two).due("a") == due


def test_a_delivery_keeps_its_key(two: Quick) -> None:
    row = put(two.ledger, two.row(account="a"), part=3)
    assert caution(two).key(row) == handle(SITE, "beet", "a", 3)
    assert caution(two).key(put(two.ledger, row, handle="its own")) == "its own"


def test_a_look_after_a_weak_sign_needs_words_and_a_moment(quick: Quick) -> None:
    key = out(quick)
    quick.run(most=0)
    draft, mine = quick.network.draft(quick.posts["beet"]), caution(quick)
    held = quick.ledger.claim(quick.row(), "machine:1")
    assert held is not None
    frozen = quick.ledger.freeze(held, draft, key)
    assert mine.seen(frozen, quick.entries["beet"], quick.network) is None, "there is no sign"
    quick.ledger.careful_since = quick.clock() - timedelta(hours=3)
    assert mine.seen(held, quick.entries["beet"], quick.network) is None, "nothing is known to look for"
    assert quick.network.asked == []
    found = mine.seen(frozen, quick.entries["beet"], quick.network)
    assert found is not None
    assert found.url == "https://scripted.example/1"
    quick.network.next("find", Unknown("a: it may be there"))
    assert mine.seen(frozen, quick.entries["beet"], quick.network) is None
