"""What goes to the terminal does nothing there, and tells no secret: see :mod:`crosspost.text.printable`."""

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from crosspost.cli.layout import columns_of, fitted
from crosspost.config.secrecy import concealed
from crosspost.text.printable import OBEYED, shown

if TYPE_CHECKING:
    import logging

_COLOUR = r"\x1b\[[0-9;]*m"
_COLOURS = re.compile(_COLOUR)
# what our own lines do: colours, clearing the rest of a line, going back to its beginning
_OWN = re.compile(rf"(\A(?:\r(?:\x1b\[K)?)+|{_COLOUR}|\x1b\[K\r?\Z|\r\Z)")


#: where `--log json` was asked for: what takes events, and what is done when the program ends
_log: list[tuple[Callable[..., None], Callable[[], None]]] = []
#: the site of several that the whole process is for
_only = [""]


def logs() -> bool:
    """Whether what happens is written as JSON, see :mod:`crosspost.cli.json_log`."""
    return bool(_log)


def only_about(site: str) -> None:
    """The process is for this site of several, so that all it logs is about it; "" for all of them."""
    _only[:] = [site]


def current_site() -> str:
    """The site that is worked on; "" for the only one, and for what is about all of them."""
    from crosspost import tracing  # only a log asks

    return tracing.present().get("site") or _only[0]


def event(name: str, level: str = "info", **fields: Any) -> bool:
    """Write an event, if that is wanted.

    :param fields: of :data:`crosspost.cli.json_log.FIELDS`
    :returns: whether it was written: else a sentence for a person is wanted
    """
    for write, _ in _log:
        write(name, level, **fields)
    return bool(_log)


def log_to(write: Callable[..., None], *, end: Callable[[], None]) -> None:
    """From now on until the program ends, :func:`event` writes there.

    :param end: called when the program ends
    """
    _log.append((write, end))


def harmless(text: str, *, ours: bool = False) -> str:
    """The text with every control character shown (``␛``, ``<U+202E>``); line breaks and tabs stay.

    :param ours: leave what crosspost itself writes for a terminal: colours, and going back in the passing line
    """
    if not OBEYED.search(text):
        return text
    pieces = _OWN.split(text) if ours else [text]
    return "".join(piece if number % 2 else OBEYED.sub(shown, piece) for number, piece in enumerate(pieces))


class Harmless:
    """A text stream whose writer does nothing to the terminal behind it and tells no secret (the last line of defence:
    tracebacks, libraries that print); everything else is the stream's own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._plain = bool(os.environ.get("NO_COLOR"))  # no-color.org: set, and not empty

    def write(self, text: str) -> int:
        """Write, see :func:`harmless`; on a terminal lines are broken between words."""
        text = harmless(concealed(text), ours=self._stream.isatty())
        text = _COLOURS.sub("", text) if self._plain else text
        return int(self._stream.write(fitted(text, columns_of(self._stream))))

    def writelines(self, lines: Any) -> None:
        """Write each of them."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def steer(sequence: str) -> None:
    """Move the cursor, or wipe: for crosspost's own lines, on a terminal only. Nothing else gets through unchanged."""
    stream: Any = sys.stdout
    while (inner := getattr(stream, "_stream", None)) is not None:  # ours, one around the other
        stream = inner
    stream.write(sequence)


@contextlib.contextmanager
def quiet_terminal() -> Iterator[None]:
    """Inside, nothing written to standard output and standard error does anything to the terminal."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Harmless(out), Harmless(err)
    try:
        yield
    finally:
        while _log:
            _log.pop()[1]()
        sys.stderr = err
        if sys.stdout is not None:  # gone when the reader has gone
            sys.stdout = out


@contextlib.contextmanager
def quiet_logs() -> Iterator[None]:
    """Inside, no log has a secret, whatever level a library's logger was set to."""
    import logging

    make = logging.getLogRecordFactory()
    logging.setLogRecordFactory(lambda *given, **named: _discreet(make(*given, **named)))
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)


def _discreet(record: "logging.LogRecord") -> "logging.LogRecord":
    import traceback

    with contextlib.suppress(Exception):  # a message that cannot be formatted is the handler's to complain of
        record.msg, record.args = concealed(record.getMessage()), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = concealed("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return record
