"""``/metrics`` in Prometheus' text form.

What is about deliveries is read from the ledger at each scrape, so every process of every machine says the same, and
one that dies takes no figure with it. Labels are sites, networks, accounts and states, of which there are few; never a
post. Names and units follow https://prometheus.io/docs/practices/naming/.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crosspost import __version__
from crosspost.app.monitoring.turns import Turns
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

#: seconds for which what was read counts: two scrapers cost as much as one
_FRESH = 5.0
#: seconds after which one answer reads no more ledgers, because Prometheus waits for ten
_ENOUGH = 2.0
#: how far what went out is looked at
_WINDOW = timedelta(hours=1)
_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600)
_TIMES = (1, 2, 3, 5, 10, 20)
_ACCOUNT = ("site", "account", "network")
#: name → what it is, its labels
GAUGES = {
    "crosspost_deliveries": ("Deliveries in each state; held and unknown ones are in doubt", (*_ACCOUNT, "state")),
    "crosspost_due": ("Deliveries that are due now", _ACCOUNT),
    "crosspost_oldest_due_seconds": ("For how long the oldest of them has been due", _ACCOUNT),
    "crosspost_account_paused": ("1 while nothing is sent there: rate, auth, voice or trouble", (*_ACCOUNT, "reason")),
    "crosspost_account_failures": ("Failures in a row since the last success", _ACCOUNT),
    "crosspost_token_end_timestamp_seconds": ("When the token ends, where that is known", _ACCOUNT),
    "crosspost_leases": ("Deliveries that are worked on, by machine and worker", ("site", "owner")),
    "crosspost_leases_over": ("Leases that have run out: whoever had them is gone", ("site", "owner")),
    "crosspost_alerts": ("Matters that need a person, see `crosspost status`", ("site",)),
    "crosspost_last_run_timestamp_seconds": ("When a run or a worker last looked", ("site",)),
    "crosspost_ledger_up": ("Whether the ledger could be read when that was tried last", ("site",)),
}
HISTOGRAMS = {
    "crosspost_delivery_seconds": ("From the first try until it was out, of the last hour", _SECONDS),
    "crosspost_request_seconds": ("From the publishing request until it was out, of the last hour", _SECONDS),
    "crosspost_delivery_attempts": ("Tries it took, of what went out in the last hour", _TIMES),
}
#: of this process alone
OWN = {
    "crosspost_ledger_errors": "How often this process could not read the ledger for an answer",
    "crosspost_ready": "1 while this process may be given work",
    "crosspost_info": "The version of this process",
}

#: label values → value
Samples = dict[tuple[str, ...], float]


class Metrics:
    """Answers scrapes.

    :param apps: gives every site of the config as it is now: its name, and its app or what is wrong
    :param ready: whether this process may be given work
    :param clock: seconds that pass steadily
    """

    def __init__(
        self,
        apps: "Callable[[], Sequence[tuple[str, App | ConfigError]]]",
        ready: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._apps, self._ready, self._clock = apps, ready, clock
        self._turns = Turns(self._read_ledger, enough=_ENOUGH, clock=clock)
        self._reading = threading.Lock()
        self._errors: dict[str, int] = {}
        self._read: tuple[float, Reading] = (float("-inf"), Reading())

    def text(self) -> bytes:
        """The answer to a scrape.

        :raises ConfigError: when the library for it is not installed
        """
        try:
            import prometheus_client
        except ImportError:
            from crosspost.config.installer import adding

            raise ConfigError(f"/metrics needs one more package: {adding('metrics')}") from None
        registry = prometheus_client.CollectorRegistry(auto_describe=False)
        registry.register(self)
        return bytes(prometheus_client.generate_latest(registry))

    def collect(self) -> Iterator[Any]:
        """What Prometheus' library asks for at each scrape."""
        from prometheus_client import core

        reading = self._now()
        for name, (about, labels) in GAUGES.items():
            gauge = core.GaugeMetricFamily(name, about, labels=labels)
            for values, value in sorted(reading.gauges.get(name, {}).items()):
                gauge.add_metric(values, value)
            yield gauge
        for name, (about, bounds) in HISTOGRAMS.items():
            # not a gauge histogram, although it may fall: text has no such type, and `_gsum` is nothing to Prometheus
            family = core.HistogramMetricFamily(name, about, labels=("site", "network"))
            for values, seen in sorted(reading.histograms.get(name, {}).items()):
                buckets, total = _buckets(seen, bounds)
                family.add_metric(values, buckets, total)
            yield family
        errors = core.CounterMetricFamily("crosspost_ledger_errors", OWN["crosspost_ledger_errors"], labels=("site",))
        for site, number in sorted(self._errors.items()):
            errors.add_metric((site,), number)
        yield errors
        yield core.GaugeMetricFamily("crosspost_ready", OWN["crosspost_ready"], value=float(self._ready()))
        yield core.InfoMetricFamily("crosspost", OWN["crosspost_info"], value={"version": __version__})

    def _now(self) -> "Reading":
        with self._reading:
            at, reading = self._read
            if self._clock() - at > _FRESH:
                reading = self._measured()
                self._read = self._clock(), reading
            return reading

    def _measured(self) -> "Reading":
        try:
            apps = self._apps()
        except CrosspostError:
            return Reading()  # crosspost_ready says so
        usable = {name: app for name, app in apps if not isinstance(app, ConfigError)}
        self._errors = dict.fromkeys(usable, 0) | self._errors
        together = Reading()
        for reading in self._turns.see(usable).values():
            together.join(reading)
        return together

    def _read_ledger(self, name: str, app: "App") -> "Reading":
        reading = Reading()
        try:
            reading.add(name, app)
            up = 1.0
        except CrosspostError:
            self._errors[name] += 1
            up = 0.0
        reading.set("crosspost_ledger_up", up, name)
        return reading


class Reading:
    """What was read of the ledger of one site, or of several."""

    def __init__(self) -> None:
        self.gauges: dict[str, Samples] = {}
        self.histograms: dict[str, dict[tuple[str, str], list[float]]] = {}

    def set(self, name: str, value: float, *labels: str) -> None:
        """Set one sample of a gauge."""
        self.gauges.setdefault(name, {})[labels] = value

    def join(self, other: "Reading") -> None:
        """Add what was read of another site."""
        for name, samples in other.gauges.items():
            self.gauges.setdefault(name, {}).update(samples)
        for name, seen in other.histograms.items():
            self.histograms.setdefault(name, {}).update(seen)

    def add(self, site: str, app: "App") -> None:
        """Read the ledger of one site.

        :raises CrosspostError: when it cannot be read
        """
        from crosspost.app.ledger_access import no_ledger_yet, open_ledger
        from crosspost.app.running import last_run

        if no_ledger_yet(app):
            return
        ledger = open_ledger(app, read_only=True)
        try:
            self._accounts(site, app, ledger)
            self._leases(site, ledger)
            self._out(site, ledger)
            self.set("crosspost_alerts", ledger.metering.notices(), site)
            if (at := last_run.looked(app, ledger)) is not None:
                self.set("crosspost_last_run_timestamp_seconds", at.timestamp(), site)
        finally:
            ledger.close()

    def _accounts(self, site: str, app: "App", ledger: "Ledger") -> None:
        counts, states, now = ledger.counts(), ledger.account_states(), ledger.clock()
        ends = ledger.metering.token_ends()
        known = {name: account.network for name, account in app.accounts().items()}
        for name in dict.fromkeys([*known, *(name for name, _ in counts)]):
            labels = site, name, known.get(name) or ledger.metering.network(name)
            for word, number in ((word, number) for (owner, word), number in counts.items() if owner == name):
                self.set("crosspost_deliveries", number, *labels, word)
            if name not in known:
                continue  # nothing is sent there any more
            due = ledger.metering.due(name)
            self.set("crosspost_due", due.number, *labels)
            self.set("crosspost_oldest_due_seconds", _age(due.oldest, now), *labels)
            if (state := states.get(name)) is None:
                continue
            self.set("crosspost_account_failures", state.failures, *labels)
            if state.rests(now):
                self.set("crosspost_account_paused", 1, *labels, state.paused_for)
            if (end := ends.get(name)) is not None:
                self.set("crosspost_token_end_timestamp_seconds", end.timestamp(), *labels)

    def _leases(self, site: str, ledger: "Ledger") -> None:
        now = ledger.clock()
        for name in ("crosspost_leases", "crosspost_leases_over"):
            self.gauges.setdefault(name, {})
        for lease in ledger.metering.leases():
            over = lease.until is not None and lease.until < now
            samples = self.gauges["crosspost_leases_over" if over else "crosspost_leases"]
            samples[site, lease.owner] = samples.get((site, lease.owner), 0) + 1

    def _out(self, site: str, ledger: "Ledger") -> None:
        for one in ledger.metering.out(ledger.clock() - _WINDOW):
            values = one.seconds, one.request, float(one.attempts)
            for name, value in zip(HISTOGRAMS, values, strict=True):
                if value is not None:
                    self.histograms.setdefault(name, {}).setdefault((site, one.network), []).append(value)


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0


def _buckets(seen: list[float], bounds: Sequence[float]) -> tuple[list[tuple[str, float]], float]:
    """How many are at most each bound, and the sum of all."""
    counts = [(f"{float(bound):g}", float(sum(value <= bound for value in seen))) for bound in bounds]
    return [*counts, ("+Inf", float(len(seen)))], sum(seen)
