"""What goes to the terminal does nothing there: titles, file names and servers' words may hold control characters.

A title may clear the screen, set the clipboard (OSC 52) or write over the line that says what became of it; a
right-to-left override turns words around. They are shown as what they are instead.
"""

import contextlib
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from crosspost.cli.layout import columns_of, fitted
from crosspost.secrecy import concealed

_COLOUR = r"\x1b\[[0-9;]*m"
# what our own lines do: colours, clearing the rest of a line, going back to its beginning
_OWN = re.compile(rf"(\A(?:\r(?:\x1b\[K)?)+|{_COLOUR}|\x1b\[K\r?\Z|\r\Z)")
_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def harmless(text: str, *, ours: bool = False) -> str:
    """The text with every control character shown (``␛``, ``<U+202E>``); line breaks and tabs stay.

    :param ours: leave what crosspost itself writes for a terminal: colours, and going back in the passing line
    """
    if not _BAD.search(text):
        return text
    pieces = _OWN.split(text) if ours else [text]
    return "".join(piece if number % 2 else _BAD.sub(_shown, piece) for number, piece in enumerate(pieces))


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 32:
        return chr(0x2400 + code)
    return "␡" if code == 127 else f"<U+{code:04X}>"


class Harmless:
    """A text stream whose writer does nothing to the terminal behind it and tells no secret (the last line of defence:
    tracebacks, libraries that print); everything else is the stream's own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, see :func:`harmless`; on a terminal lines are broken between words."""
        text = harmless(concealed(text), ours=self._stream.isatty())
        return int(self._stream.write(fitted(text, columns_of(self._stream))))

    def writelines(self, lines: Any) -> None:
        """Write each of them."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def steer(sequence: str) -> None:
    """Move the cursor, or wipe: for crosspost's own lines, on a terminal only. Nothing else gets through unchanged."""
    stream = sys.stdout
    (stream._stream if isinstance(stream, Harmless) else stream).write(sequence)  # noqa: SLF001  # its own module


def _discreet(record: logging.LogRecord) -> logging.LogRecord:
    with contextlib.suppress(Exception):  # a message that cannot be formatted is the handler's to complain of
        record.msg, record.args = concealed(record.getMessage()), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = concealed("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return record


@contextlib.contextmanager
def tamed() -> Iterator[None]:
    """Inside, nothing written to standard output and standard error does anything to the terminal, and no log has a
    secret, whatever level a library's logger was set to."""
    out, err = sys.stdout, sys.stderr
    make = logging.getLogRecordFactory()
    logging.setLogRecordFactory(lambda *given, **named: _discreet(make(*given, **named)))
    sys.stdout, sys.stderr = Harmless(out), Harmless(err)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make)
        sys.stderr = err
        if sys.stdout is not None:  # gone when the reader has gone
            sys.stdout = out
