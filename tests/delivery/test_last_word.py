"""The last word of people about a delivery that was claimed just now."""

from datetime import timedelta

import pytest

from crosspost.delivery.approval_checksum import checksum
from crosspost.delivery.pre_send_checks import Overtaken, refuse_if_overtaken, refuse_without_approval
from crosspost.ledger import WAITS, Delivery, Ledger, Person
from crosspost.model import Draft, Entry, Override, Overrides
from tests.delivery.scripted import Quick

ANNA = Person(name="anna")


@pytest.fixture
def planned(quick: Quick) -> Delivery:
    """The post's delivery, planned for now."""
    quick.ledger.add([(quick.entries["beet"], "a", "scripted", "planned", quick.clock(), WAITS)])
    (row,) = quick.ledger.deliveries(post="beet")
    return row


def draft(quick: Quick) -> Draft:
    return quick.network.compose(quick.posts["beet"])


# ── a yes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_nobody_said_yes_to_waits(quick: Quick, planned: Delivery) -> None:
    with pytest.raises(Overtaken, match=rf"^{WAITS}$") as raised:
        refuse_without_approval(planned, draft(quick), quick.network, quick.ledger)
    assert raised.value.until == planned.due_at
    assert raised.value.why == WAITS


def test_a_yes_to_exactly_this_lets_it_go_and_stays(quick: Quick, planned: Delivery) -> None:
    seen = checksum(draft(quick), quick.network)
    quick.ledger.approvals.give(planned, seen, ANNA)
    for _ in range(2):
        refuse_without_approval(planned, draft(quick), quick.network, quick.ledger)
    quick.write(text="Other")
    with pytest.raises(Overtaken):
        refuse_without_approval(planned, draft(quick), quick.network, quick.ledger)


def test_a_yes_to_something_else_is_forgotten_and_its_giver_named(quick: Quick, planned: Delivery) -> None:
    quick.ledger.approvals.give(planned, checksum(draft(quick), quick.network), ANNA)
    quick.write(text="Other")
    with pytest.raises(Overtaken, match=rf"^{WAITS}: what it says changed since anna approved it$") as raised:
        refuse_without_approval(planned, draft(quick), quick.network, quick.ledger)
    assert raised.value.until == planned.due_at
    assert quick.ledger.approvals.of("beet", "a") is None
    quick.write(text="Beet")  # back to what was approved once, which counts no more
    with pytest.raises(Overtaken, match=rf"^{WAITS}$"):
        refuse_without_approval(planned, draft(quick), quick.network, quick.ledger)


# ── another time, or not at all ───────────────────────────────────────────────────────────────────────────────────────


def edit(quick: Quick, said: Override) -> None:
    quick.ledger.edits.put("beet", "a", said, ANNA, "edited", before=None)


def refuse(held: Delivery, entry: Entry, ledger: Ledger) -> None:
    refuse_if_overtaken(held, entry, ledger.edits.of(held.post, held.account), ledger.clock())


def test_what_nobody_edited_goes(quick: Quick, planned: Delivery) -> None:
    refuse(planned, quick.entries["beet"], quick.ledger)
    edit(quick, Override(text="another text", skip=False))
    refuse(planned, quick.entries["beet"], quick.ledger)


def test_what_was_left_out_meanwhile_does_not_go(quick: Quick, planned: Delivery) -> None:
    edit(quick, Override(skip=True))
    with pytest.raises(Overtaken, match=r"^left out by anna$") as raised:
        refuse(planned, quick.entries["beet"], quick.ledger)
    assert raised.value.until == planned.due_at


@pytest.mark.parametrize(("later", "waits"), [(timedelta(seconds=1), True), (timedelta(), False)])
def test_what_was_moved_meanwhile_waits_until_then(
    quick: Quick, planned: Delivery, later: timedelta, waits: bool
) -> None:
    until = quick.clock() + later
    edit(quick, Override(at=until))
    if not waits:  # that time has come
        refuse(planned, quick.entries["beet"], quick.ledger)
        return
    with pytest.raises(Overtaken, match=r"^moved by anna$") as raised:
        refuse(planned, quick.entries["beet"], quick.ledger)
    assert raised.value.until == until


@pytest.mark.parametrize("known", [Override(skip=True), Override(skip=True, text="x")])
def test_what_the_run_knew_when_it_began_is_no_news(quick: Quick, planned: Delivery, known: Override) -> None:
    edit(quick, Override(skip=True))
    refuse(planned, quick.write(overrides=Overrides(targets={"a": known})), quick.ledger)


def test_a_time_the_run_knew_is_no_news(quick: Quick, planned: Delivery) -> None:
    at = quick.clock() + timedelta(hours=1)
    edit(quick, Override(at=at))
    refuse(planned, quick.write(overrides=Overrides(targets={"a": Override(at=at)})), quick.ledger)


@pytest.mark.parametrize(
    ("said", "why"), [(Override(at=None, skip=True), "left out by anna"), (Override(), "moved by anna")]
)
def test_a_run_gives_back_what_somebody_changed_since_it_began(quick: Quick, said: Override, why: str) -> None:
    until = quick.clock() if said.skip else quick.clock() + timedelta(hours=1)
    said = said if said.skip else Override(at=until)
    quick.run(expect=lambda _: edit(quick, said))
    row = quick.row()
    assert (row.state, row.why, row.due_at, row.attempts, row.lease) == ("planned", why, until, 0, "")
    assert quick.network.out == []
