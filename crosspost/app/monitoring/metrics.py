"""``/metrics`` in Prometheus' text form.

What is about deliveries comes from the ledger as it is at each scrape, so every process of every machine says the same,
and one that dies takes no figure with it. A ledger that nobody has changed since is not read again. Labels are sites,
networks, accounts and states, of which there are few; never a post. Names and units follow
https://prometheus.io/docs/practices/naming/.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from crosspost import __version__
from crosspost.app.monitoring.ledger_basis import Bases
from crosspost.app.monitoring.site_figures import Reading
from crosspost.app.monitoring.turns import Turns
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App

#: seconds for which what was read counts: two scrapers cost as much as one
_FRESH = 5.0
#: seconds after which one answer reads no more ledgers, because Prometheus waits for ten
_ENOUGH = 2.0
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
        self._turns = Turns(self._read_ledger, known=self._unchanged, enough=_ENOUGH, clock=clock)
        self._bases = Bases({})
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

    def _now(self) -> Reading:
        with self._reading:
            at, reading = self._read
            if self._clock() - at > _FRESH:
                reading = self._measured()
                self._read = self._clock(), reading
            return reading

    def _measured(self) -> Reading:
        try:
            apps = self._apps()
        except CrosspostError:
            return Reading()  # crosspost_ready says so
        usable = {name: app for name, app in apps if not isinstance(app, ConfigError)}
        self._errors = dict.fromkeys(usable, 0) | self._errors
        together = Reading()
        self._bases = Bases(usable)
        try:
            readings = self._turns.see(usable)
        finally:
            self._bases.close()
        for reading in readings.values():
            together.join(reading)
        return together

    def _unchanged(self, name: str, app: "App", seen: Reading) -> Reading | None:
        """What was read of a ledger, with the figures of now, if nobody changed it since; else None."""
        return seen if seen.goes_on(name, app, self._bases) else None

    def _read_ledger(self, name: str, app: "App") -> Reading:
        reading = Reading()
        try:
            reading.add(name, app, self._bases)
            up = 1.0
        except CrosspostError:
            self._errors[name] += 1
            up = 0.0
        reading.set("crosspost_ledger_up", up, name)
        return reading


def _buckets(seen: list[float], bounds: Sequence[float]) -> tuple[list[tuple[str, float]], float]:
    """How many are at most each bound, and the sum of all."""
    counts = [(f"{float(bound):g}", float(sum(value <= bound for value in seen))) for bound in bounds]
    return [*counts, ("+Inf", float(len(seen)))], sum(seen)
