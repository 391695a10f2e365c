"""Why a delivery that is due does not go now: it is late, too close to another, or its page is not on the web."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from crosspost.delivery.planner import key
from crosspost.delivery.rules import Boost
from crosspost.ledger import Delivery, Ledger
from crosspost.model import Entry
from crosspost.schedule import Due, Schedule, lateness, ready
from crosspost.text.durations import in_hours

#: how long a site leaves the place that is left to another one
_TURN = timedelta(minutes=5)


class Gate:
    """The last look at a delivery before it is begun.

    :param schedules: account name → when it speaks; accounts without one speak at once
    :param live: (account, entry) → why the post's page is not on the web yet, "" when it is
    :param live_deadline: after how long of waiting for a page somebody is told
    :param boosting: account name → whose posts it boosts
    """

    def __init__(
        self,
        ledger: Ledger,
        schedules: Mapping[str, Schedule],
        live: Callable[[str, Entry], str],
        live_deadline: timedelta,
        boosting: Mapping[str, Boost],
    ) -> None:
        self._boosting = boosting
        self._ledger, self._schedules, self._live, self._live_deadline = ledger, schedules, live, live_deadline

    def stopped(self, delivery: Delivery, entry: Entry, *, by_hand: bool) -> Delivery | None:
        """The delivery as it waits now; None when it may go.

        :param by_hand: a person asked for it, whatever the schedule says
        """
        if delivery.part > 1:
            return self._unanswerable(delivery)
        boost = self._boosting.get(delivery.account)
        if boost is not None:
            from crosspost.delivery.boosts import stopped  # few accounts boost

            if (waits := stopped(delivery, boost, self._ledger, by_hand=by_hand)) is not None:
                return waits
        schedule = self._schedules.get(delivery.account)
        if schedule is not None and not by_hand and delivery.attempts == 0:
            moved = self._by_schedule(delivery, entry, schedule)
            if moved is not None:
                return moved
        if boost is None and delivery.publishing_at is None and (reason := self._live(delivery.account, entry)):
            return self._wait_for_page(delivery, reason)
        return None

    def open_ahead(self, delivery: Delivery, entry: Entry) -> bool:
        """Whether a delivery whose time is still to come may be handed to the network now.

        What speaks against it is written down: another time, or that crosspost keeps it until then.
        """
        from crosspost.delivery.ahead import STAYS_HERE, proper  # few accounts hand anything over

        schedule, at, why = self._schedules.get(delivery.account), delivery.due_at, ""
        if schedule is not None:
            history = self._ledger.moments(delivery.account, planned=False) if schedule.looks_back else ()
            exact = entry.overrides.for_account(delivery.account, delivery.network).at is not None
            name = key(delivery.post, delivery.account)
            found = proper(schedule, at, history, exact=exact, key=name)
            if found.at > at:
                at, why = found.at, found.why
        if not why and delivery.publishing_at is None and (missing := self._live(delivery.account, entry)):
            why = f"{STAYS_HERE}: {missing}"
        if why and why != delivery.why:
            self._ledger.edits.move(delivery.post, delivery.account, at, why)
        return not why

    def _unanswerable(self, delivery: Delivery) -> Delivery | None:
        """A part that does not know which post it answers waits for a person."""
        if delivery.prepared.reply_to:
            return None
        return self._ledger.hold(
            delivery,
            f"part {delivery.part} of a thread: which post it answers is not known. Answer it yourself, then "
            f"`crosspost settle {delivery.id} --sent URL`; or --skip leaves the rest",
        )

    def _by_schedule(self, delivery: Delivery, entry: Entry, schedule: Schedule) -> Delivery | None:
        now, hours = self._ledger.clock(), in_hours(schedule.late.after)
        late = lateness(schedule, delivery.due_at, now)
        if late == "skip":
            return self._ledger.skip(delivery, f"more than {hours} late")
        if late == "ask":
            how = f"`crosspost settle {delivery.id} --not-sent` sends it, --skip leaves it"
            return self._ledger.hold(delivery, f"more than {hours} late: {how}")
        history = self._ledger.moments(delivery.account, planned=False) if schedule.looks_back else []
        exact = entry.overrides.for_account(delivery.account, delivery.network).at is not None

        def open_after(before: int) -> Due:
            """When it may go, with so many other posts before it."""
            taken, name = [*history, *[now] * before], key(delivery.post, delivery.account)
            return ready(schedule, delivery.due_at, history=taken, now=now, exact=exact, key=name)

        found = open_after(0)
        if found.at > now:
            return self._ledger.wait(delivery, found.at, found.why)
        others = self._ledger.before_us(delivery.account) if schedule.looks_back and not exact else 0
        if others and open_after(others).at > now:
            return self._ledger.wait(delivery, now + _TURN, "another site goes first: it spoke there longer ago")
        return None

    def _wait_for_page(self, delivery: Delivery, reason: str) -> Delivery:
        """Look again after half the time waited so far, between a minute and an hour."""
        now = self._ledger.clock()
        waited = now - (delivery.tried_at or now)
        again = now + min(max(waited / 2, timedelta(minutes=1)), timedelta(hours=1))
        why = f"waits for the page: {reason}"
        error = f"{why}, for more than {in_hours(self._live_deadline)} now" if waited > self._live_deadline else ""
        return self._ledger.wait(delivery, again, why, error=error)
