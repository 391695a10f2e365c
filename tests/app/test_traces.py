"""Traces: what each span tells, that no secret is in any, and where they go."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from crosspost import __version__, tracing
from crosspost.app.monitoring import traces
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place

ROOT = Path(__file__).parents[2]


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Every span that was ended meanwhile."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces.started(provider)
    yield exporter
    tracing.end()
    provider.shutdown()


def named(spans: InMemorySpanExporter, name: str, **said: Any) -> list[ReadableSpan]:
    wanted = {f"crosspost.{key}": value for key, value in said.items()}
    return [one for one in spans.get_finished_spans() if one.name == name and wanted.items() <= attributes(one).items()]


def attributes(span: ReadableSpan) -> Mapping[str, Any]:
    return span.attributes or {}


def parent(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


def test_a_run_is_one_trace_from_the_plan_to_each_request(place: Place, spans: InMemorySpanExporter) -> None:
    place.crosspost("run", "--backfill")
    (run,) = named(spans, "run")
    (plan,) = named(spans, "plan")
    assert run.context is not None
    assert parent(plan) == run.context.span_id
    assert {one.context.trace_id for one in spans.get_finished_spans() if one.context} == {run.context.trace_id}
    (delivery,) = named(spans, "delivery", account="mastodon")
    assert delivery.context is not None
    said = dict(attributes(delivery))
    number = said.pop("crosspost.delivery")
    assert said == {
        "crosspost.account": "mastodon",
        "crosspost.network": "mastodon",
        "crosspost.post": "gruesse",
        "crosspost.part": 1,
        "crosspost.attempt": 1,
        "crosspost.state": "sent",
    }
    assert parent(delivery) == run.context.span_id, "although another thread works on it"
    (publish,) = named(spans, "publish", delivery=number)
    (prepare,) = named(spans, "prepare", delivery=number)
    assert publish.context is not None
    assert parent(publish) == parent(prepare) == delivery.context.span_id
    (request,) = [one for one in named(spans, "POST", delivery=number) if parent(one) == publish.context.span_id]
    assert request.kind.name == "CLIENT"
    assert dict(attributes(request)) == {
        "crosspost.delivery": number,
        "crosspost.account": "mastodon",
        "http.request.method": "POST",
        "server.address": "127.0.0.1",
        "http.response.status_code": 200,
    }


def test_what_goes_wrong_is_a_type_and_no_message(place: Place, spans: InMemorySpanExporter) -> None:
    place.sandbox.fault("mastodon", "cut-before", match="POST /api/v1/statuses")
    place.crosspost("run", "--backfill")
    (publish,) = named(spans, "publish", account="mastodon")
    assert publish.status.status_code.name == "ERROR"
    assert publish.status.description is None
    assert "error.type" in attributes(publish)
    assert not publish.events
    place.clock.pass_by(hours=1)


def test_no_token_post_or_path_is_in_any_span(tmp_path: Path, spans: InMemorySpanExporter) -> None:
    with Sandbox() as sandbox:
        place = Place(tmp_path, sandbox, networks=("telegram", "mastodon", "bluesky", "x"))
        place.crosspost("run", "--backfill")
        tokens = [
            value
            for access in sandbox.describe()["networks"].values()
            for field, value in access["credentials"].items()
            if field not in ("username", "handle") and len(value) > 8
        ]
    told = "".join(one.to_json() for one in spans.get_finished_spans())
    assert named(spans, "POST", account="telegram")
    assert [token for token in tokens if token in told] == []
    assert [word for word in ("/bot", "/api/", "?", "Zwölf", "Gr\\u00fc", "Authorization") if word in told] == []


@pytest.mark.parametrize(
    ("variables", "goes"),
    [
        ({}, [("otlp", {"timeout": 3})]),
        ({"OTEL_TRACES_EXPORTER": " otlp "}, [("otlp", {"timeout": 3})]),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "7"}, [("otlp", {})]),
        ({"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "7"}, [("otlp", {})]),
        ({"OTEL_TRACES_EXPORTER": "console"}, [("console", {"out": "standard error"})]),
        ({"OTEL_TRACES_EXPORTER": "none"}, []),
    ],
)
def test_the_usual_variables_say_where_they_go(
    variables: dict[str, str], goes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server is waited for as long as they say, else not for long: cron waits for the end of a run."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    http, sdk = "opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk.trace.export"
    monkeypatch.setattr(f"{http}.OTLPSpanExporter", lambda **given: ("otlp", given))
    monkeypatch.setattr(f"{sdk}.ConsoleSpanExporter", lambda **given: ("console", given))
    for kind in ("Batch", "Simple"):
        monkeypatch.setattr(f"{sdk}.{kind}SpanProcessor", lambda exporter: exporter)
    added: list[Any] = []
    goes = [
        (kind, {key: sys.stderr if key == "out" else value for key, value in given.items()}) for kind, given in goes
    ]
    traces._export(cast("TracerProvider", SimpleNamespace(add_span_processor=added.append)), "crosspost.toml:3")
    assert added == goes


def test_they_are_begun_once_and_only_where_they_are_wanted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Provider(TracerProvider):
        def __init__(self, **given: Any) -> None:
            made.append(given)
            super().__init__(**given)

        def get_tracer(self, *names: Any, **more: Any) -> Any:
            made.append(names)
            return super().get_tracer(*names, **more)

    ends: list[Any] = []
    monkeypatch.setattr("opentelemetry.sdk.trace.TracerProvider", Provider)
    monkeypatch.setattr("atexit.register", ends.append)
    monkeypatch.setattr(traces, "_quieten", lambda warn: warn("quiet"))
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    said: list[str] = []
    traces.begin(place.app.settings, said.append)
    traces.begin(None, said.append)
    assert (made, tracing.begun()) == ([], False)
    place.config.write_text(f"{place.config.read_text('utf-8')}\n[telemetry]\ntraces = true\n", "utf-8")
    try:
        for _ in range(2):
            traces.begin(place.app.settings, said.append)
        assert tracing.begun()
    finally:
        tracing.end()
    (given, tracer) = made
    assert given["shutdown_on_exit"] is False
    attributes = given["resource"].attributes
    assert (attributes["service.name"], attributes["service.version"]) == ("crosspost", __version__)
    assert tracer == ("crosspost", __version__)
    assert (len(ends), said) == (1, ["quiet"])
    ends[0]()
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mine")
    try:
        traces.begin(place.app.settings, said.append)
    finally:
        tracing.end()
    assert made[2]["resource"].attributes["service.name"] == "mine"
    ends[1]()


def test_what_gets_lost_is_told_once_and_without_a_library_s_words() -> None:
    said: list[str] = []
    for arguments, told in (
        (("batch %s\n lost: %s", "1", "no room"), "traces get lost, posts do not: batch 1 lost: no room. OTEL_"),
        (("due to timeout.",), "posts do not: due to timeout. OTEL_"),
        (("%s", "x" * 400), f"posts do not: {'x' * 300}. OTEL_"),
        (("failed: %s", ConnectionError("HTTPConnectionPool")), "posts do not: no connection to where they go. OTEL_"),
    ):
        log = logging.Logger("opentelemetry.sdk")
        log.addHandler(traces._Once(said.append))
        log.info("not worth a word")
        log.warning(*arguments)
        log.error("again")
        assert told in said[-1]
    assert len(said) == 4


def test_the_tokens_of_a_server_of_traces_are_secrets() -> None:
    environ = {
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=s3cr3t, team = news",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=b=c,d",
    }
    assert traces._header_values(environ) == ["s3cr3t", "news", "b=c"]
    assert traces._header_values({}) == []


def test_switched_off_nothing_of_it_is_imported(place: Place) -> None:
    place.name_the_ledger()
    program = "import sys; from crosspost import cli\ntry: cli.main()\nexcept SystemExit: pass\nprint([*sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program, "run", "--backfill", "--config", str(place.config)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "crosspost.tracing" in done.stdout
    assert "opentelemetry" not in done.stdout
    assert "prometheus_client" not in done.stdout


def test_a_span_that_nobody_wants_costs_next_to_nothing() -> None:
    first, second = tracing.span("delivery"), tracing.span("publish", {"crosspost.delivery": 1})
    assert first is second
    with first as note:
        note("crosspost.state", "sent")
    assert tracing.carried(len) is len
