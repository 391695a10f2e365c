"""Traces of a whole process: they reach a collector, or are missed quietly."""

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from crosspost.testing.harness import Place

ROOT = Path(__file__).parents[2]


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what OTLP over HTTP sends."""

    took: list[bytes]

    def do_POST(self) -> None:
        self.took.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def run(place: Place, **environ: str) -> subprocess.CompletedProcess[str]:
    """A run as a process of its own, with traces."""
    place.name_the_ledger()
    if "[telemetry]" not in (text := place.config.read_text("utf-8")):
        place.config.write_text(f"{text}\n[telemetry]\ntraces = true\n", "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "crosspost", "run", "--backfill", "--config", str(place.config)],
        env={key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
        | {"PYTHONPATH": str(ROOT)}
        | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.long
def test_they_reach_a_collector_as_the_usual_variables_say(place: Place) -> None:
    handler = type("Handler", (Collector,), {"took": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,))
        thread.start()
        try:
            at = f"http://127.0.0.1:{server.server_address[1]}"
            done = run(place, OTEL_EXPORTER_OTLP_ENDPOINT=at, OTEL_RESOURCE_ATTRIBUTES="team=news")
        finally:
            server.shutdown()
            thread.join()
    assert (done.returncode, done.stderr) == (0, "")
    (batch,) = [ExportTraceServiceRequest.FromString(body) for body in handler.took]
    (told,) = batch.resource_spans
    resource = {one.key: one.value.string_value for one in told.resource.attributes}
    assert (resource["service.name"], resource["team"]) == ("crosspost", "news")
    names = [span.name for scope in told.scope_spans for span in scope.spans]
    assert {"run", "plan", "delivery", "prepare", "publish", "POST"} <= set(names)


@pytest.mark.long
def test_without_a_collector_posts_go_out_and_it_is_told_once(place: Place) -> None:
    done = run(place, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_EXPORTER_OTLP_HEADERS="api-key=s3cr3t-k3y")
    assert done.returncode == 0
    assert len(place.sandbox.posts()) == 3
    assert done.stderr.startswith("Warning: traces get lost, posts do not: ")
    assert "ConnectionPool" not in done.stderr, "that is a part of a library"
    assert done.stderr.count("\n") == 1, done.stderr
    assert "s3cr3t-k3y" not in done.stderr
    wrong = run(place, OTEL_TRACES_EXPORTER="zipkin")
    assert wrong.returncode == 2
    assert "OTEL_TRACES_EXPORTER can be otlp, console or none, and is “zipkin”" in wrong.stderr
