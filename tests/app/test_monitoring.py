"""Metrics and probes: what they say of a ledger, to every process the same, and when something is wrong."""

import contextlib
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crosspost.app.application import App
from crosspost.app.ledger_access import open_ledger
from crosspost.app.monitoring import Metrics, metrics
from crosspost.errors import ConfigError
from crosspost.model import Identity
from crosspost.testing.harness import Place

MANUAL = Path(metrics.__file__).parents[2] / "manual" / "past-one-machine.md"
BOUNDS = ("1", "2.5", "5", "30", "+Inf")
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(autouse=True)
def _always_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_FRESH", -1.0)
    monkeypatch.setattr("crosspost.app.monitoring.probes._FRESH", -1.0)


def read(text: bytes) -> Samples:
    """Every sample, by its name and labels, as Prometheus' own parser reads it."""
    found: Samples = {}
    for family in text_string_to_metric_families(text.decode()):
        endings = ("_bucket", "_sum", "_count") if family.type == "histogram" else ("", "_total", "_info")
        for sample in family.samples:
            assert family.type != "unknown", "each belongs to a family that says what it is"
            assert sample.name in {f"{family.name}{ending}" for ending in endings}
            found[sample.name, frozenset(sample.labels.items())] = sample.value
    return found


def value(samples: Samples, name: str, **labels: str) -> float | None:
    """The one sample that has these labels; None when there is none."""
    found = [one for (each, given), one in samples.items() if each == name and labels.items() <= set(given)]
    assert len(found) <= 1, (name, labels)
    return found[0] if found else None


def measured(app: App, *, ready: bool = True) -> Samples:
    return read(Metrics(lambda: [("", app)], lambda: ready).text())


def test_they_say_what_is_out_due_in_doubt_and_failed(place: Place) -> None:
    place.crosspost("run", "--backfill")
    place.new_post("2026-11-21-neu")
    place.sandbox.fault("x", "429", retry_after=3600)
    place.sandbox.stop()
    place.crosspost("run")
    ledger = open_ledger(place.app)
    row = next(row for row in ledger.deliveries(states=["planned"]) if row.account == "mastodon")
    held = ledger.claim(row, "host-ab12-worker-1:99")
    assert held is not None
    ledger.close()
    assert value(measured(place.app), "crosspost_leases", owner="host-ab12-worker-1") == 1
    place.clock.now = row.due_at + timedelta(hours=30)
    seen = measured(place.app)
    for account in ("x", "facebook"):
        assert value(seen, "crosspost_deliveries", account=account, network=account, state="sent") == 1
        assert value(seen, "crosspost_deliveries", account=account, state="planned") == 1
        assert value(seen, "crosspost_due", account=account) == 1
        age = value(seen, "crosspost_oldest_due_seconds", account=account)
        assert age is not None
        assert 28 * 3600 < age < 31 * 3600, "its next try is counted from"
    assert value(seen, "crosspost_due", account="mastodon") == 0
    assert value(seen, "crosspost_deliveries", account="mastodon", state="sending") == 1
    assert value(seen, "crosspost_leases") is None
    assert value(seen, "crosspost_leases_over", owner="host-ab12-worker-1") == 1, "whose it was, without its process"
    assert (value(seen, "crosspost_account_failures", account="x") or 0) >= 1
    assert value(seen, "crosspost_ledger_up") == 1
    assert value(seen, "crosspost_ledger_errors_total") == 0
    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as changed, changed:
        changed.execute("UPDATE deliveries SET state = 'held' WHERE account = 'x' AND state = 'planned'")
        changed.execute("UPDATE deliveries SET state = 'failed' WHERE account = 'facebook' AND state = 'planned'")
    seen = measured(place.app)
    assert value(seen, "crosspost_deliveries", account="x", state="held") == 1
    assert value(seen, "crosspost_deliveries", account="facebook", state="failed") == 1


def test_times_are_those_of_the_last_hour(place: Place) -> None:
    place.crosspost("run", "--backfill")
    ledger = open_ledger(place.app)
    (row,) = ledger.deliveries(states=["sent"], account="x")
    ledger.close()
    at = row.sent_at
    assert at is not None
    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as changed, changed:
        changed.execute(
            "UPDATE deliveries SET attempts = 3, tried_at = ?, publishing_at = ? WHERE id = ?",
            [(at - timedelta(seconds=20)).isoformat(), (at - timedelta(seconds=2)).isoformat(), row.id],
        )
    place.clock.now = at + timedelta(minutes=59)
    seen = measured(place.app)
    said = {
        name: {bound: value(seen, f"{name}_bucket", network="x", le=bound) for bound in BOUNDS}
        for name in ("crosspost_delivery_seconds", "crosspost_request_seconds")
    }
    assert said["crosspost_delivery_seconds"] == dict(zip(BOUNDS, (0, 0, 0, 1, 1), strict=True))
    assert said["crosspost_request_seconds"] == dict(zip(BOUNDS, (0, 1, 1, 1, 1), strict=True))
    assert value(seen, "crosspost_delivery_seconds_sum", network="x") == pytest.approx(20)
    assert value(seen, "crosspost_delivery_seconds_count", network="x") == 1
    tries = [value(seen, "crosspost_delivery_attempts_bucket", network="x", le=le) for le in ("1", "2", "3")]
    assert tries == [0, 0, 1], "those that went out at the first try can be told apart"
    for name, unit in (("delivery_seconds", "seconds"), ("request_seconds", "seconds"), ("delivery_attempts", "tries")):
        ends = {float(dict(labels)["le"]) for each, labels in seen if each == f"crosspost_{name}_bucket"}
        told = f"{', '.join(f'{end:g}' for end in sorted(ends)[:-1])} {unit}"
        assert told in MANUAL.read_text("utf-8"), "boards are made of them"
    place.clock.now = at + timedelta(minutes=61)
    assert value(measured(place.app), "crosspost_delivery_seconds_count", network="x") is None


def test_the_network_is_that_of_the_config_or_of_what_was_sent_there(place: Place) -> None:
    place.crosspost("run", "--backfill")
    text = place.config.read_text("utf-8").replace("[accounts.x]", '[accounts.club]\nnetwork = "x"')
    place.config.write_text(text, "utf-8")
    seen = measured(place.app)
    networks = {(dict(labels)["account"], dict(labels)["network"]) for (_, labels) in seen if ("site", "") in labels
                and "account" in dict(labels)}  # fmt: skip
    assert {("club", "x"), ("x", "x")} <= networks, "club has no delivery yet, and x is in no config any more"


def test_why_an_account_pauses_is_told_as_long_as_it_does(place: Place) -> None:
    place.crosspost("run", "--backfill")
    with contextlib.closing(open_ledger(place.app)) as ledger:
        ledger.note("x", paused_until=place.clock() + timedelta(minutes=5), paused_for="rate")
    seen = measured(place.app)
    told = [dict(labels) for name, labels in seen if name == "crosspost_account_paused"]
    assert told == [{"site": "", "account": "x", "network": "x", "reason": "rate"}]
    place.clock.pass_by(minutes=6)
    assert value(measured(place.app), "crosspost_account_paused") is None


def test_when_a_token_ends_is_told(place: Place) -> None:
    place.crosspost("run", "--backfill")
    end = place.clock() + timedelta(days=12)
    with contextlib.closing(open_ledger(place.app)) as ledger:
        ledger.note("x", identity=Identity(id="1", handle="@x", expires_at=end))
        ledger.note("gone", identity=Identity(id="2", handle="@gone", expires_at=end))
    seen = measured(place.app)
    told = {dict(labels)["account"]: one for (name, labels), one in seen.items() if "token_end" in name}
    assert told == {"x": end.timestamp()}, "of the others nothing is known, or they are not in the config"


def test_no_post_is_a_label_and_every_name_is_in_the_manual(place: Place) -> None:
    place.new_post("2026-11-21-geheimnis")
    place.crosspost("run", "--backfill")
    text = Metrics(lambda: [("", place.app)], lambda: True).text().decode()
    assert "geheimnis" not in text
    assert "gruesse" not in text
    page = MANUAL.read_text("utf-8")
    names = [*metrics.GAUGES, *metrics.HISTOGRAMS, "crosspost_ledger_errors_total", "crosspost_ready", "crosspost_info"]
    assert [name for name in names if f"| `{name}` |" not in page] == []
    known = {family.name for family in text_string_to_metric_families(text)}
    assert {name.removesuffix("_total") for name in names} <= known | {"crosspost_info"}


def test_the_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ConfigError, match=r"^/metrics needs one more package: .*crosspost\[metrics\]"):
        Metrics(list, lambda: True).text()


def test_a_ledger_that_cannot_be_read_is_a_figure_and_never_an_error(place: Place) -> None:
    place.crosspost("run", "--backfill")
    asked = Metrics(lambda: [("", place.app)], lambda: False)
    place.app.ledger_path().write_bytes(b"this is no database at all, whatever its name is" * 100)
    for number in (1, 2):
        seen = read(asked.text())
        assert value(seen, "crosspost_ledger_up") == 0
        assert value(seen, "crosspost_ledger_errors_total") == number
        assert value(seen, "crosspost_ready") == 0
    assert value(seen, "crosspost_deliveries") is None


def test_each_site_has_its_own_figures(place: Place) -> None:
    place.crosspost("run", "--backfill")
    seen = read(
        Metrics(lambda: [("club", place.app), ("broken", ConfigError("no")), ("youth", place.app)], lambda: True).text()
    )
    for site in ("club", "youth"):
        assert value(seen, "crosspost_deliveries", site=site, account="x", state="sent") == 1
    assert not [labels for _, labels in seen if ("site", "broken") in labels]


def test_two_processes_on_one_database_say_the_same(shared: Place) -> None:
    shared.crosspost("run", "--backfill")
    one, other = measured(shared.app), measured(shared.app)
    assert one == other
    assert value(one, "crosspost_deliveries", account="x", state="sent") == 1


def test_a_scrape_reads_some_of_many_ledgers_and_keeps_what_it_read_of_the_others(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, looked, apps = [1000.0], list[str](), dict.fromkeys("abcde", place.app)

    def add(self: metrics.Reading, site: str, app: App, _bases: object) -> None:
        now[0] += 0.9
        looked.append(site)
        self.set("crosspost_alerts", len(looked), site)

    monkeypatch.setattr(metrics.Reading, "add", add)
    asked = Metrics(lambda: list(apps.items()), lambda: True, clock=lambda: now[0])
    said = [read(asked.text()) for _ in range(2)]
    assert "".join(looked) == "abcdea"
    assert value(said[0], "crosspost_alerts", site="d") is None
    assert value(said[0], "crosspost_ledger_errors_total", site="d") == 0
    assert [value(said[1], "crosspost_alerts", site=name) for name in "abcde"] == [6, 2, 3, 4, 5]
    del apps["c"]
    assert value(read(asked.text()), "crosspost_alerts", site="c") is None
