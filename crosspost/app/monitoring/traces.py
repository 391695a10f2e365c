"""Traces by OpenTelemetry: where spans go, as the usual ``OTEL_…`` variables say.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crosspost import __version__, tracing
from crosspost.config.secrecy import conceal
from crosspost.errors import ConfigError
from crosspost.tracing import Note

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

    from crosspost.config.settings import Settings

#: seconds for which a batch of spans is tried, unless a variable says otherwise: cron waits for the end of a run
_PATIENCE = 3


def begin(settings: "Settings | None", warn: Callable[[str], None]) -> None:
    """Have spans made from now on, if the config wants it.

    Once more does nothing.

    :param warn: takes a sentence when traces get lost; called once at most
    :raises ConfigError: when a package is missing, or a variable asks for what is not there
    """
    if settings is None or not settings.telemetry.traces or tracing.begun():
        return
    place = settings.place("telemetry", "traces")
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
    except ImportError:
        from crosspost.config.installer import adding

        raise ConfigError(f"{place}: traces need more packages: {adding('otel')}") from None
    conceal(*_header_values(os.environ))
    resource = Resource.create({"service.version": __version__})
    if str(resource.attributes.get("service.name", "")).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "crosspost"}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    _export(provider, place)
    _quieten(warn)
    started(provider)
    import atexit

    atexit.register(provider.shutdown)  # what was not exported yet is now


def started(provider: "TracerProvider") -> None:
    """Make spans with this provider."""
    tracer = provider.get_tracer("crosspost", __version__)
    tracing.begin(lambda name, known, outside: _span(tracer, name, known, outside))


@contextlib.contextmanager
def _span(tracer: "Tracer", name: str, known: Mapping[str, Any], outside: bool) -> Iterator[Note]:
    from opentelemetry import trace

    # each can be found by its delivery
    said = {f"crosspost.{key}": value for key, value in tracing.present().items() if value} | dict(known)
    kind = trace.SpanKind.CLIENT if outside else trace.SpanKind.INTERNAL
    with tracer.start_as_current_span(
        name, kind=kind, attributes=said, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span.set_attribute
        except BaseException as error:  # its message may quote a post, an address or a server
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.StatusCode.ERROR)
            raise


def _export(provider: "TracerProvider", place: str) -> None:
    from opentelemetry.sdk.trace import export

    wanted = os.environ.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
    if wanted == "console":
        import sys

        provider.add_span_processor(export.SimpleSpanProcessor(export.ConsoleSpanExporter(out=sys.stderr)))
    elif wanted == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        said = any(f"OTEL_EXPORTER_OTLP_{kind}TIMEOUT" in os.environ for kind in ("", "TRACES_"))
        exporter = OTLPSpanExporter() if said else OTLPSpanExporter(timeout=_PATIENCE)
        provider.add_span_processor(export.BatchSpanProcessor(exporter))
    elif wanted != "none":
        raise ConfigError(f"{place}: OTEL_TRACES_EXPORTER can be otlp, console or none, and is “{wanted}”")


def _quieten(warn: Callable[[str], None]) -> None:
    """OpenTelemetry tells each batch that gets lost, with a traceback: a sentence is enough, and once."""
    heard = logging.getLogger("opentelemetry")
    heard.handlers[:], heard.propagate = [_Once(warn)], False


class _Once(logging.Handler):
    def __init__(self, warn: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._warn, self._told = warn, False

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the first one."""
        if not self._told:
            self._told = True
            args = record.args if isinstance(record.args, tuple) else ()
            unreached = any(isinstance(one, OSError) for one in args)  # its own words name a library's parts
            said = (
                "no connection to where they go"
                if unreached
                else " ".join(record.getMessage().split())[:300].rstrip(".")
            )
            self._warn(f"traces get lost, posts do not: {said}. OTEL_EXPORTER_OTLP_ENDPOINT says where they go")


def _header_values(environ: Mapping[str, str]) -> list[str]:
    """The tokens that go with traces."""
    written = [environ.get(f"OTEL_EXPORTER_OTLP_{kind}HEADERS", "") for kind in ("", "TRACES_")]
    return [value.strip() for one in written for pair in one.split(",") if (value := pair.partition("=")[2])]
