"""A worker and a daemon as whoever watches them sees them: JSON lines, probes, metrics, and how they drain."""

import json
import signal
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crosspost.cli.json_log import FIELDS
from crosspost.cli.progress_printer import ENDING
from crosspost.testing.harness import Place
from tests.workers.conftest import Site
from tests.workers.watching import Watched, held, until, watched

pytestmark = pytest.mark.long


def drains(one: Watched, gate: Path) -> None:
    """It is ready; with SIGTERM it is not any more while it ends what it sends, and then ends with 0."""
    until(lambda: one.get("/readyz")[0] == 200)
    assert one.get("/livez") == (200, '{"ok": true}\n')
    until(lambda: any(told["event"] == "delivery.begin" and told["account"] == "mastodon" for told in one.told))
    one.process.send_signal(signal.SIGTERM)
    until(lambda: one.get("/readyz")[0] == 503)
    assert json.loads(one.get("/readyz")[1])["draining"] is True
    assert one.get("/livez")[0] == 200
    until(lambda: any(told.get("message") == ENDING for told in one.told))
    gate.touch()
    assert one.end() == 0


def test_a_worker(site: Site, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    site.place.new_post("2026-11-01-p0")
    words = ("worker", "--every", "1", "--concurrency", "1", "--account", "mastodon")
    with watched(site.place.config, *words, before=held(gate)) as worker:
        until(lambda: site.count("sending") == 1)
        text = worker.get("/metrics")[1]
        found = {
            sample.name: (sample.labels, sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        labels, number = found["crosspost_leases"]
        assert number == 1
        assert "-worker-1" in labels["owner"]
        drains(worker, gate)
    assert (site.count("sent"), site.count("sending")) == (1, 0)
    (begun,) = [one for one in worker.told if one["event"] == "delivery.begin"]
    (ended,) = [one for one in worker.told if one["event"] == "delivery.end"]
    assert (begun["delivery"], begun["account"], begun["post"]) == (ended["delivery"], "mastodon", "p0")
    assert (ended["state"], ended["command"]) == ("sent", "worker")
    assert ended["seconds"] > 0
    assert {key for one in worker.told for key in one} <= set(FIELDS)
    assert [one for one in worker.told if one["level"] == "error"] == []


def test_a_daemon(place: Place, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    place.name_the_ledger()
    place.crosspost("run")
    place.new_post("2026-11-20-eins")
    with watched(place.config, "daemon", "--every", "86400", before=held(gate)) as daemon:
        drains(daemon, gate)
    ended = {one["account"]: one["state"] for one in daemon.told if one["event"] == "delivery.end"}
    assert ended["mastodon"] == "sent"
