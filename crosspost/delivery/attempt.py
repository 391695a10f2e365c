"""One attempt at one delivery: freeze the draft, upload, and send the one irreversible request."""

import logging
from datetime import datetime
from typing import Any

import msgspec

from crosspost import tracing
from crosspost.config.secrecy import message_of
from crosspost.delivery import circuit_breaker, clock_skew, pre_send_checks, quotas
from crosspost.delivery.account_identity import introduce
from crosspost.delivery.ahead import refuse_ahead, refuse_late
from crosspost.delivery.broken_pictures import hold_for_picture
from crosspost.delivery.duplicate_guard import refuse_repetition
from crosspost.delivery.edit_overlay import newest
from crosspost.delivery.failure import Failure
from crosspost.delivery.planner import skipped
from crosspost.delivery.pre_send_checks import Overtaken
from crosspost.delivery.receipts import write_down
from crosspost.delivery.reconcile import guarded, look_first
from crosspost.delivery.run_context import Run
from crosspost.delivery.stale_uploads import forget_uploads, has_uploads, stale
from crosspost.errors import (
    ConfigError,
    CrosspostError,
    DeliveryError,
    LedgerError,
    MediaError,
    NotSent,
    PictureBroken,
    PostRefused,
    SourceError,
    Unknown,
)
from crosspost.ledger import AccountState, Delivery, LeaseLostError
from crosspost.ledger.edits import Edit
from crosspost.model import Draft, Entry, Prepared, Receipt
from crosspost.transport import send_permission
from crosspost.transport.send_permission import TooLateError

log = logging.getLogger("crosspost.delivery")


class Attempt:
    """One attempt at a delivery of a run.

    :param known: the account as it is just now; None: it is read where it is needed
    :param ahead: it is handed to the network ahead of its time, which shows it then
    """

    def __init__(
        self, run: Run, delivery: Delivery, entry: Entry, known: AccountState | None = None, *, ahead: bool = False
    ) -> None:
        self._run, self._delivery, self._entry, self._known = run, delivery, entry, known
        self._show_at = delivery.due_at if ahead else None
        self._ledger, self._network = run.ledger, run.networks[delivery.account]
        from crosspost.delivery.lease_timer import Hold  # a run with nothing due has no use for it

        self._hold = Hold()
        #: what will be said, as long as it is not in the ledger: it is written with the next change of the delivery,
        #: and before any request
        self._unwritten: tuple[Delivery, dict[str, Any]] | None = None
        #: what people changed; from the claim on they change nothing any more
        self._edit: Edit | None = None

    def make(self) -> Delivery | None:
        """Make it.

        :returns: the delivery as it stands then; None when another process works on it
        :raises LedgerError: when nothing more can be written down
        """
        with tracing.span("delivery", traced(self._delivery)) as note:
            made = self._made()
            note("crosspost.state", made.state if made is not None else "taken by another")
            return made

    def _made(self) -> Delivery | None:
        taken = self._ledger.clock()
        self._hold.renewed()
        claimed = self._ledger.claim_to_send(self._delivery, self._run.owner, self._show_at)
        if claimed is None:
            return None
        held, self._edit = claimed
        self._run.listener.begin(held)
        doubted = held.publishing_at is not None
        ahead, give_up_after = self._show_at is not None, self._run.rules.give_up_after
        failure = Failure(self._network, self._ledger, give_up_after, doubted=doubted, taken=taken, ahead=ahead)
        try:
            with send_permission.asked(self._before_a_request):
                held, receipt = self._deliver(held)
        except Overtaken as overtaken:
            return self._ledger.give_back(self._mine(held), overtaken.until, overtaken.why)
        except DeliveryError as error:
            return failure.settle(self._mine(held), error)
        except PictureBroken as error:  # raised by the draft: an attempt in doubt keeps the one it has
            held = self._mine(held)  # ahead of its time there is time left to repair it
            return failure.settle(held, NotSent(str(error))) if ahead else hold_for_picture(held, error, self._ledger)
        except (PostRefused, SourceError, ConfigError, MediaError) as error:  # SourceError: it was renamed meanwhile
            return failure.settle(self._mine(held), NotSent(str(error)))
        except LedgerError:
            raise
        except Exception as error:  # a mistake of ours or of a plug-in stops this delivery, never the others
            log.debug("unexpected", exc_info=True)
            held = self._mine(held)
            why = self._network.session.redact(message_of(error))
            message = f"{held.account}: a mistake in crosspost itself, please report it: {type(error).__name__}: {why}"
            return failure.settle(held, NotSent(message) if held.publishing_at is None else Unknown(message))
        if receipt is None:
            return held
        settled = write_down(held, receipt, self._ledger, quotas.said(self._network))
        circuit_breaker.count(self._network, None, self._ledger, known=self._known)
        return settled

    def _mine(self, held: Delivery) -> Delivery:
        """The delivery as it stands now.

        :raises LeaseLostError: when another process has it by now, whose lease must not be used
        """
        self._write_down()
        now = self._ledger.get(held.id)
        if now.lease != held.lease:
            raise LeaseLostError(f"the delivery of {held.post} to {held.account} was taken over by another run")
        return now

    def _write_down(self) -> None:
        """Write down what will be said, unless that is done."""
        if self._unwritten is not None:
            held, values = self._unwritten
            self._ledger.freeze_as(held, values)
            self._unwritten = None

    def _before_a_request(self) -> None:
        """:raises TooLateError: when it must not be sent"""
        try:
            self._write_down()
        except LedgerError as error:  # a library may take it for one of its own; it is raised again when it gave up
            raise TooLateError(str(error)) from None
        self._hold.ask()

    def _deliver(self, held: Delivery) -> tuple[Delivery, Receipt | None]:
        """Send it.

        :returns: the delivery, and the receipt; without one the delivery needed no request and is settled
        """
        ledger, network = self._ledger, self._network
        if held.part == 1 and held.publishing_at is None:
            pre_send_checks.refuse_if_overtaken(held, self._entry, self._edit, ledger.clock())
        introduce(network, ledger, known=self._known)
        earlier = held.publishing_at
        if earlier is not None and (settled := look_first(held, network, ledger)) is not None:
            return settled, None
        held = self._placed(self._freeze(held))
        if (boost := self._run.rules.boosts.get(held.account)) is not None:
            from crosspost.delivery.boosts import aimed  # few accounts boost

            self._write_down()
            held = aimed(held, boost, ledger)
        if self._show_at is not None:
            refuse_ahead(held, network, self._show_at)
        if earlier is None and (receipt := self._run.caution.seen(held, self._entry, network)) is not None:
            self._write_down()
            return ledger.sent(held, receipt), None
        held = self._prepare(held)
        if self._show_at is not None:
            refuse_late(network, self._show_at, ledger.clock())
        if not guarded(held, network, ledger.clock()):  # the guard counts from the first attempt
            self._hold.renewed()
            worded = self._unwritten[1] if self._unwritten is not None else None
            held = ledger.begin(held, clock_skew.noted(held, network, ledger, self._known), worded)
            self._unwritten = None
        self._write_down()
        self._hold.arm()
        return held, self._publish(self._as_prepared(held, earlier))

    def _as_prepared(self, held: Delivery, begun: datetime | None) -> Prepared:
        return msgspec.structs.replace(held.prepared, begun=begun, dated=self._entry.date, show_at=self._show_at)

    def _freeze(self, held: Delivery) -> Delivery:
        """Write down what will be said. What has once been sent into doubt, or is a part, is never worded anew."""
        if stale(held, self._ledger):
            held = forget_uploads(held, self._ledger)
        if held.publishing_at is not None and held.draft is not None:
            return held
        key = self._run.caution.key(held)
        if held.part > 1 and held.draft is not None:
            return self._worded(held, held.draft, key)
        # what a person changed since the post was read counts
        draft = self._network.draft(newest(self._run.posts(self._entry), held.account, self._edit))
        if held.account in self._run.rules.approve:
            pre_send_checks.refuse_without_approval(held, draft, self._network, self._ledger)
        if self._network.able.same_text_once:
            refuse_repetition(held, draft, self._network, self._ledger, self._draft_of)
        return self._worded(held, self._network.frozen(draft), key)

    def _worded(self, held: Delivery, draft: Draft, key: str) -> Delivery:
        """The delivery with what will be said."""
        held, values = self._ledger.worded(held, draft, key)
        self._unwritten = held, values
        return held

    def _placed(self, held: Delivery) -> Delivery:
        """With the post that it answers, which says where to look for it, too."""
        if held.draft is None or not held.draft.answers or held.prepared.reply_to:
            return held
        place = self._network.place_of(held.draft.answers)
        self._write_down()
        return self._ledger.remember(held, {**held.remote, **place}, uploaded=held.remote_at)

    def _draft_of(self, account: str) -> Draft | None:
        """What another account of this run would say; None when it says nothing."""
        run = self._run
        if account not in run.accounts or skipped(self._entry, account, run.networks[account].key):
            return None
        try:
            return run.networks[account].draft(run.posts(self._entry))
        except CrosspostError:
            return None  # that account is told by its own delivery

    def _prepare(self, held: Delivery) -> Delivery:
        """Upload what it needs; each id is written down before the next request."""
        remote = dict(held.remote)
        oldest = held.remote_at if has_uploads(held) else self._ledger.clock()

        def save(key: str, value: object, /, *more: tuple[str, object]) -> None:
            nonlocal held
            self._write_down()
            remote.update([(key, value), *more])
            # a journal is written before the mail of each person: an older ledger lacks whoever got it since then
            self._hold.renewed()
            if key == "journal":
                self._hold.arm()
            held = self._ledger.remember(held, remote, uploaded=oldest, counts=key == "journal")

        with tracing.span("prepare"):
            prepared = self._network.prepare(self._as_prepared(held, held.publishing_at), save)
        return msgspec.structs.replace(held, remote=prepared.remote)

    def _publish(self, prepared: Prepared) -> Receipt:
        """Publish.

        :raises Unknown: when the adapter gives no receipt, as a plug-in may forget to: the post may be out all the same
        """
        network = self._network
        with tracing.span("publish"):
            receipt = network.publish(prepared)
        if not isinstance(receipt, Receipt):
            raise Unknown(f"{network.account}: {network.name} was asked to publish, but gave no receipt")
        return receipt


def traced(delivery: Delivery) -> dict[str, str | int]:
    """What traces know a delivery by."""
    return {
        "crosspost.delivery": delivery.id,
        "crosspost.account": delivery.account,
        "crosspost.network": delivery.network,
        "crosspost.post": delivery.post,
        "crosspost.part": delivery.part,
        "crosspost.attempt": delivery.attempts + 1,
    }
