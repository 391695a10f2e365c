"""What programs ask a dashboard: probes without a login, metrics with one, and neither ends up anywhere else."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crosspost.testing.harness import Place
from crosspost.web import serving
from tests.web.client import Client

ROOT = Path(__file__).parents[2]


def test_probes_answer_everybody_by_any_name_and_say_no_more_than_which_check_failed(stranger: Client) -> None:
    live = stranger.get("/livez", Host="10.1.2.3:8788")
    ready = stranger.get("/readyz", Host="10.1.2.3:8788")
    assert (live.status, json.loads(live.text)) == (200, {"ok": True})
    fine = dict.fromkeys(("config", "ledger", "schema", "clock"), "ok")
    assert (ready.status, json.loads(ready.text)) == (200, {"ok": True, "draining": False, **fine})
    assert ready.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.post("/readyz").status == 405
    assert stranger.get("/deliveries", Host="10.1.2.3:8788").status == 400, "pages are for known names only"


def test_metrics_are_for_those_who_may_log_in(stranger: Client, client: Client, doubted: Place) -> None:
    refused = stranger.get("/metrics")
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "mastodon" not in refused.text
    assert client.get("/metrics").status == 200, "with the cookie of a session"
    users = serving.users_of(doubted.app)
    users.put("prometheus", "reader")
    token = users.new_token("prometheus")
    try:
        answer = stranger.get("/metrics", Authorization=f"Bearer {token}", Host="10.1.2.3:8788")
        assert answer.status == 200
        names = {family.name for family in text_string_to_metric_families(answer.text)}
        assert {"crosspost_deliveries", "crosspost_due", "crosspost_ready"} <= names
        assert token not in answer.text
        for wrong in (f"Bearer {token}x", "Bearer ", f"Basic {token}", f"Bearer {token[:-1]}"):
            assert stranger.get("/metrics", Authorization=wrong).status == 401
    finally:
        users.remove("prometheus")
    assert stranger.get("/metrics", Authorization=f"Bearer {token}").status == 401


@pytest.mark.long
def test_after_sigterm_it_is_not_ready_answers_on_and_ends_well(place: Place) -> None:
    place.name_the_ledger()
    command = [sys.executable, "-m", "crosspost", "web", "--port", "0", "--drain", "6", "--log", "json"]
    server = subprocess.Popen(
        [*command, "--config", str(place.config)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        told = [json.loads(server.stderr.readline()) for _ in range(2)]
        assert told[0]["event"] == "start"
        assert "ticket" not in told[1]["message"]
        client = Client(int(told[1]["message"].rstrip("/").rpartition(":")[2]))
        until = time.monotonic() + 30
        while True:
            try:
                ready = client.get("/readyz")
                break
            except ConnectionError:
                assert time.monotonic() < until
                time.sleep(0.05)
        assert ready.status == 200
        server.send_signal(signal.SIGTERM)
        while (ready := client.get("/readyz")).status == 200:
            assert time.monotonic() < until
        assert json.loads(ready.text)["draining"] is True
        assert client.get("/livez").status == 200
        assert client.get("/login").status == 200, "who comes still gets a page"
        _, rest = server.communicate(timeout=30)
        assert server.returncode == 0
        assert [json.loads(line) for line in rest.splitlines()] == [], "nothing went wrong"
    finally:
        server.kill()
        server.communicate()
