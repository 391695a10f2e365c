"""The figures of one site, read from its ledger, and for how long they stay as they are."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.monitoring.ledger_basis import Bases
    from crosspost.ledger import Ledger
    from crosspost.ledger.metering import Lease, Out

#: label values → value
Samples = dict[tuple[str, ...], float]

#: how far what went out is looked at
_WINDOW = timedelta(hours=1)
#: after this time a ledger is read again in any case: somebody may have taken this user's rights away
_OLDEST = timedelta(minutes=15)
_OLDEST_DUE, _LAST_RUN = "crosspost_oldest_due_seconds", "crosspost_last_run_timestamp_seconds"
_TIMES = ("crosspost_delivery_seconds", "crosspost_request_seconds", "crosspost_delivery_attempts")


class Reading:
    """What was read of the ledger of one site, or of several."""

    def __init__(self) -> None:
        self.gauges: dict[str, Samples] = {}
        self.histograms: dict[str, dict[tuple[str, str], list[float]]] = {}
        # what the figures hold good for, of one site: the config and the state of its ledger, and from when until when
        self._basis: object = None
        self._from = self._until = datetime.max.replace(tzinfo=UTC)
        self._due_since: dict[tuple[str, ...], datetime] = {}

    def set(self, name: str, value: float, *labels: str) -> None:
        """Set one sample of a gauge."""
        self.gauges.setdefault(name, {})[labels] = value

    def join(self, other: "Reading") -> None:
        """Add what was read of another site."""
        for name, samples in other.gauges.items():
            self.gauges.setdefault(name, {}).update(samples)
        for name, seen in other.histograms.items():
            self.histograms.setdefault(name, {}).update(seen)

    def add(self, site: str, app: "App", bases: "Bases") -> None:
        """Read the ledger of one site.

        :param bases: those of now
        :raises CrosspostError: when it cannot be read
        """
        from crosspost.app.ledger_access import no_ledger_yet, open_ledger
        from crosspost.app.running import last_run

        basis = bases.of(app)  # before the ledger is read: what changes meanwhile is read the next time
        if not bases.there(app) and no_ledger_yet(app):
            return
        ledger = open_ledger(app, read_only=True)
        try:
            now = ledger.clock()
            moments = [*self._measured(site, app, ledger), now + _OLDEST]
            if (at := last_run.looked(app, ledger)) is not None:
                self.set(_LAST_RUN, at.timestamp(), site)
        finally:
            ledger.close()
        self._basis, self._from, self._until = basis, now, min(moments)

    def goes_on(self, site: str, app: "App", bases: "Bases") -> bool:
        """Bring what changes with time alone to this moment, if nothing else can have changed since it was read.

        :param bases: those of now
        :returns: whether that was so
        """
        from crosspost.app.running import last_run

        now = app.clock()
        if self._basis is None or not self._from <= now < self._until or self._basis != bases.of(app):
            return False
        for labels, since in self._due_since.items():
            self.set(_OLDEST_DUE, _age(since, now), *labels)
        if (before := self.gauges.get(_LAST_RUN, {}).get((site,))) is not None:
            looks = (last_run.idle(app), bases.looked(app))
            self.set(_LAST_RUN, max(before, *(look.timestamp() for look in looks if look is not None)), site)
        return True

    def _measured(self, site: str, app: "App", ledger: "Ledger") -> list[datetime]:
        """Set the figures.

        :returns: moments at which they become others although nobody changes the ledger
        """
        found, states, now = ledger.metering.measured(_WINDOW), ledger.account_states(), ledger.clock()
        known = {name: account.network for name, account in app.accounts().items()}
        moments = [found.next_due] if found.next_due is not None else []
        for name in dict.fromkeys([*known, *(name for name, _ in found.counts)]):
            labels = site, name, known.get(name) or ledger.metering.network(name)
            for word, number in ((word, number) for (owner, word), number in found.counts.items() if owner == name):
                self.set("crosspost_deliveries", number, *labels, word)
            if name not in known:
                continue  # nothing is sent there any more
            due = found.due.get(name)
            self.set("crosspost_due", due.number if due is not None else 0, *labels)
            self.set(_OLDEST_DUE, _age(due.oldest, now) if due is not None else 0.0, *labels)
            if due is not None:
                self._due_since[labels] = due.oldest
            if (state := states.get(name)) is None:
                continue
            self.set("crosspost_account_failures", state.failures, *labels)
            if state.paused_until is not None and state.rests(now):
                self.set("crosspost_account_paused", 1, *labels, state.paused_for)
                moments.append(state.paused_until)
            if (end := found.token_ends.get(name)) is not None:
                self.set("crosspost_token_end_timestamp_seconds", end.timestamp(), *labels)
        self.set("crosspost_alerts", found.notices, site)
        return [*moments, *self._leases(site, found.leases, now), *self._out(site, found.out)]

    def _leases(self, site: str, leases: "Iterable[Lease]", now: datetime) -> list[datetime]:
        moments = []
        for name in ("crosspost_leases", "crosspost_leases_over"):
            self.gauges.setdefault(name, {})
        for lease in leases:
            over = lease.until is not None and lease.until < now
            samples = self.gauges["crosspost_leases_over" if over else "crosspost_leases"]
            samples[site, lease.owner] = samples.get((site, lease.owner), 0) + 1
            if lease.until is not None and not over:
                moments.append(lease.until)
        return moments

    def _out(self, site: str, out: "Iterable[Out]") -> list[datetime]:
        moments = []
        for one in out:
            values = one.seconds, one.request, float(one.attempts)
            for name, value in zip(_TIMES, values, strict=True):
                if value is not None:
                    self.histograms.setdefault(name, {}).setdefault((site, one.network), []).append(value)
            moments.append(one.at + _WINDOW)
        return moments


def _age(since: datetime, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0)
