"""``--log json``: what happens is one JSON object on a line of standard error, and nothing else is written there.

What a command would say to a person becomes the ``message`` of a line, so that no line is anything but JSON, whoever
wrote it. msgspec, which is here anyway, writes the JSON: structlog and python-json-logger know the records of
``logging`` only, and most of what is told here is not such a record.
"""

import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from crosspost import __version__, tracing
from crosspost.cli import terminal
from crosspost.config.secrecy import concealed
from crosspost.text.printable import OBEYED, printable

#: what starts a sentence of ours, and its level
_LEVELS = {"Error": "error", "Refused": "error", "Warning": "warning"}
_LEAD = re.compile(rf"({'|'.join(_LEVELS)}): ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[mK]")
#: bytes of a file's name that are not UTF-8, which JSON has no place for
_SURROGATE = re.compile("[\ud800-\udfff]")
#: fields that hold a word of ours: no secret can be in them, and one that looks like such a word hides none
_OURS = frozenset({"time", "level", "event", "command", "state", "kind", "network", "logger"})
#: every field, in the order of a line, and what it is; the manual has the same table
FIELDS = {
    "time": "when it happened, in UTC",
    "level": "`debug`, `info`, `warning` or `error`",
    "event": "what happened, see below",
    "command": "`run`, `daemon`, `worker` or `web`",
    "host": "the machine's name",
    "process": "the number of the process",
    "site": "the site's name, where the config has several",
    "delivery": "the number of the delivery, the same in the ledger and in `--json`",
    "account": "the account's name in the config",
    "network": "the network's key",
    "post": "the post's id",
    "part": "the part of a thread, from 1",
    "state": "the state that the delivery or the change has now",
    "kind": "of a change: `edit` or `delete`",
    "attempts": "how often it was tried",
    "due": "when it was to go out",
    "sent": "when it went out",
    "seconds": "how long it took",
    "url": "where it is",
    "why": "what it waits for",
    "error": "what went wrong",
    "path": "the file of a post",
    "deliveries": "of a run: how many deliveries ended in each state",
    "exit_code": "of a run, see [the exit codes](cli.md#exit-codes)",
    "version": "crosspost's version",
    "message": "a sentence for a person",
    "logger": "of a library's record: who wrote it",
    "exception": "the traceback, when there is one",
}


class JsonLog:
    """Writes events to a stream, each with its time.

    :param command: the name of the command
    """

    def __init__(self, stream: Any, command: str) -> None:
        self._stream, self._command, self._host = stream, command, socket.gethostname()
        self._writing = threading.Lock()

    def event(self, name: str, level: str = "info", **fields: Any) -> None:
        """Write an event; fields that are None or "" are left out.

        :param fields: of :data:`FIELDS`; what they do not say it is about is known from the work at hand
        """
        fields = {**tracing.present(), **fields, "site": fields.get("site") or terminal.current_site()}
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said: dict[str, Any] = {
            "time": now,
            "level": level,
            "event": name,
            "command": self._command,
            "host": self._host,
        }
        said |= {"process": os.getpid(), **{key: fields[key] for key in FIELDS if fields.get(key) not in (None, "")}}
        line = as_line(said)
        with self._writing:
            buffer = getattr(self._stream, "buffer", None)  # UTF-8, whatever the locale says
            if buffer is not None:
                buffer.write(line.encode() + b"\n")
                buffer.flush()
            else:
                self._stream.write(f"{line}\n")


def as_line(fields: Mapping[str, Any]) -> str:
    """The fields as one line of JSON without a secret; what a terminal would act on is escaped as JSON does."""
    clean = {key: value if key in _OURS else _clean(value) for key, value in fields.items()}
    return OBEYED.sub(_escaped, msgspec.json.encode(clean).decode())


def begin(command: str) -> None:
    """From now on until the program ends, everything is written as JSON; see :func:`crosspost.cli.terminal.event`."""
    if terminal.logs():
        return
    out, err = (getattr(stream, "_stream", stream) for stream in (sys.stdout, sys.stderr))
    log = JsonLog(err, command)
    handler = _Handler(log)
    ours, root = logging.getLogger("crosspost"), logging.getLogger()
    debugging = [each for each in ours.handlers if isinstance(each, logging.StreamHandler)]
    for each in debugging:  # of --debug: its level stays, and its text becomes lines
        ours.removeHandler(each)
    root.addHandler(handler)
    spoken = sys.stdout, sys.stderr = _Spoken(out, log, "info"), _Spoken(err, log, "warning")

    unfollow = tracing.follow()

    def end() -> None:
        unfollow()
        root.removeHandler(handler)
        for stream in spoken:
            stream.finish()

    terminal.log_to(log.event, end=end)
    log.event("start", version=__version__)


class _Spoken:
    """A text stream that makes a line of the log of each text that is written to it.

    Every text ends with a line break sooner or later; what does not yet is kept, for each thread by itself.
    """

    def __init__(self, stream: Any, log: JsonLog, level: str) -> None:
        self._real, self._log, self._level = stream, log, level
        self._kept = threading.local()

    def write(self, text: str) -> int:
        """Take a text."""
        whole = getattr(self._kept, "text", "") + text
        self._kept.text = ""
        if not whole.endswith("\n"):
            self._kept.text = whole
        elif said := _COLOUR.sub("", whole).strip():
            lead = _LEAD.match(said)
            level = _LEVELS[lead[1]] if lead else self._level
            self._log.event("message", level, message=said[lead.end() :] if lead else said)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Take each of them."""
        for line in lines:
            self.write(line)

    def finish(self) -> None:
        """Nothing more comes from this thread: what it began and did not end is a text too."""
        if getattr(self._kept, "text", ""):
            self.write("\n")

    def isatty(self) -> bool:
        """Nobody looks at it: no colours, no lines that are wiped out."""
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)  # `buffer` is where --json goes


class _Handler(logging.Handler):
    """What libraries, and crosspost, write to Python's log."""

    def __init__(self, log: JsonLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        try:
            thrown = record.exc_text or self.format_exception(record)
            level = record.levelname.lower() if record.levelno < logging.CRITICAL else "error"
            self._log.event("log", level, message=record.getMessage(), logger=record.name, exception=thrown)
        except Exception:  # as every handler of the standard library does
            self.handleError(record)

    @staticmethod
    def format_exception(record: logging.LogRecord) -> str:
        """The traceback; "" when there is none."""
        return logging.Formatter().formatException(record.exc_info) if record.exc_info else ""


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        hidden = concealed(value)
        return printable(hidden) if _SURROGATE.search(hidden) else hidden
    if isinstance(value, Mapping):
        return {_clean(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value


def _escaped(found: "re.Match[str]") -> str:
    return f"\\u{ord(found[0]):04x}"
