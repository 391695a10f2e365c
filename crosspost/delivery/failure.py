"""What each of the six delivery errors means for a delivery: is it out, and what comes next?"""

from datetime import datetime, timedelta

from crosspost.delivery.backoff import exhausted, pause, pause_account, slept
from crosspost.delivery.idempotency_keys import again
from crosspost.delivery.reconcile import how_to_settle, overdue
from crosspost.delivery.stale_uploads import forget_uploads, stale
from crosspost.errors import ByHand, DeliveryError, KeptUntil, KeyTaken, Rejected, TurnedDown, UnderReview, Unknown
from crosspost.ledger import Delivery, Ledger
from crosspost.networks.base import Network
from crosspost.text.durations import in_hours


class Failure:
    """An attempt that failed.

    :param give_up_after: how long a delivery that cannot be sent is tried
    :param doubted: whether an earlier attempt may be out
    :param taken: when this attempt began, by our clock
    :param ahead: whether it handed the post over ahead of its time, at which there is another one
    """

    def __init__(
        self,
        network: Network,
        ledger: Ledger,
        give_up_after: timedelta,
        *,
        doubted: bool,
        taken: datetime,
        ahead: bool = False,
    ) -> None:
        self._network, self._ledger, self._give_up_after = network, ledger, give_up_after
        self._doubted, self._taken, self._ahead = doubted, taken, ahead

    def settle(self, held: Delivery, error: DeliveryError) -> Delivery:
        """Write down what the error means.

        :returns: the delivery as it stands then
        """
        if isinstance(error, ByHand):
            from crosspost.delivery.hold_for_person import hand_over  # few accounts are like that

            return hand_over(held, error, self._ledger)
        now, message = self._ledger.clock(), str(error)
        paused = pause_account(self._network, error, self._ledger)
        if isinstance(error, Unknown):
            return self._in_doubt(held, error, now)
        if isinstance(error, KeyTaken):
            return self._ledger.again(self._ledger.rekey(held, again(held.handle)), message, now)
        if isinstance(error, Rejected):
            return self._refused(held, error, now)
        if self._ahead:
            return self._ledger.hand_back(held, message, certain=not self._doubted)
        return self._again(held, message, now, paused=paused)

    def _in_doubt(self, held: Delivery, error: Unknown, now: datetime) -> Delivery:
        if isinstance(error, KeptUntil):
            return self._ledger.keep(held, error, overdue(error, now))
        return self._ledger.doubt(held, str(error), now, taken=error.taken if isinstance(error, UnderReview) else "")

    def _again(self, held: Delivery, message: str, now: datetime, *, paused: bool) -> Delivery:
        """Nothing of this attempt is out: another one comes later, unless that was tried for long enough."""
        certain = not self._doubted
        if paused:
            return self._ledger.again(held, message, now, certain=certain)
        if exhausted(held.tried_at, held.attempts, now, self._give_up_after):
            return self._over(held, f"given up after {in_hours(self._give_up_after)}: {message}")
        return self._ledger.again(held, message, now + pause(held.id, held.attempts), certain=certain)

    def _refused(self, held: Delivery, error: Rejected, now: datetime) -> Delivery:
        message = str(error)
        if isinstance(error, TurnedDown) and not self._doubted:
            return self._ledger.turned_down(held, message)
        if not self._doubted and (slept(self._taken, now) or stale(held, self._ledger)):
            # the machine slept since it began: what was refused may be the uploads, which are made anew
            held = forget_uploads(held, self._ledger)
            return self._ledger.again(held, message, now + pause(held.id, held.attempts))
        return self._over(held, message)

    def _over(self, held: Delivery, message: str) -> Delivery:
        """Nothing more is tried. That says nothing of an earlier attempt, which may be out."""
        if not self._doubted:
            return self._ledger.failed(held, message)
        how = how_to_settle(held, self._network)
        return self._ledger.hold(held, f"{message}. But an earlier attempt may be out: {how}")
