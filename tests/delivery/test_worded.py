"""What will be said is written before any request, and with the change that begins the one that counts."""

from collections.abc import Callable

import pytest

from crosspost.errors import LedgerError, NotSent, Rejected
from crosspost.ledger import Delivery
from crosspost.model import Prepared
from crosspost.networks.base import Save
from crosspost.transport import send_permission
from crosspost.transport.send_permission import TooLateError
from tests.delivery.scripted import Quick


@pytest.fixture
def text_only(quick: Quick) -> Quick:
    """Its network uploads nothing."""

    def prepare(prepared: Prepared, _: Save) -> Prepared:
        quick.network._play("prepare")
        return prepared

    quick.network.prepare = prepare  # type: ignore[method-assign]
    return quick


def seen(quick: Quick, rows: list[Delivery], *, asks: bool) -> Callable[[], None]:
    def look() -> None:
        if asks:  # as the transport does before each request
            send_permission.ask()
        rows.append(quick.row())

    return look


@pytest.mark.parametrize("asks", [True, False])
def test_before_any_request_and_else_with_what_begins_the_one_that_counts(text_only: Quick, asks: bool) -> None:
    rows: list[Delivery] = []
    text_only.network.next("prepare", seen(text_only, rows, asks=asks))
    text_only.network.next("publish", seen(text_only, rows, asks=asks))
    text_only.run()
    prepared, published = rows
    assert (prepared.draft is not None, prepared.publishing_at) == (asks, None)
    assert published.draft is not None
    assert published.publishing_at is not None
    assert text_only.network.out == [(published.handle, published.draft.text)]
    assert (text_only.row().state, text_only.row().draft) == ("sent", published.draft)


@pytest.mark.parametrize(("error", "state"), [(Rejected("no"), "failed"), (NotSent("later"), "planned")])
def test_what_failed_before_any_request_is_written_down_too(text_only: Quick, error: Exception, state: str) -> None:
    text_only.network.next("prepare", error)
    text_only.run()
    row = text_only.row()
    assert (row.state, row.publishing_at) == (state, None)
    assert row.draft is not None
    assert row.handle


def test_what_cannot_be_written_is_not_sent(text_only: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Delivery:
        raise LedgerError("the disk is full")

    refused: list[str] = []

    def ask() -> None:
        try:
            send_permission.ask()
        except TooLateError as error:
            refused.append(str(error))
            raise NotSent("the library made its own error of it") from None

    monkeypatch.setattr(text_only.ledger, "freeze_as", away)
    text_only.network.next("prepare", ask)
    with pytest.raises(LedgerError, match="the disk is full"):
        text_only.run()
    assert (refused, text_only.network.out) == (["the disk is full"], [])
