"""How lines look. On a terminal they are broken between words; in a pipe each stays one line, whatever its length.

Never broken are words, links, file names and commands: what is too long for a line stands on a line of its own.
"""

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from crosspost.text.printable import printable

#: lines longer than this are hard to read, however wide the terminal is
HELP_WIDTH = _MOST = 100
_USUAL = 80
_LEAST = 20
#: in front of what does not fit beside something
_BELOW = "      "
# letters that take one cell each, and are by far the most: no library needs to be asked
_PLAIN = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u203a\u20a0-\u20bf\u2190-\u21ff]*"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# a command such as `crosspost settle 12 --sent` is copied as a whole, as long as a line can hold it
_WORD = re.compile(r"(?:[^\s`]*`[^`\n]+`[^\s`]*)|\S+")
#: the site that sentences are about
_site = [""]
#: while several sites are gone through: the warnings that were written, and by how many more sites they were given
_warned: dict[str, int] = {}
_counts = [False]
_PLACE = re.compile(r"/|\.\w{1,5}\W*$")


def columns(*, err: bool = False) -> int:
    """How wide lines may be; 0 in a pipe, where nothing is broken.

    :param err: for standard error instead of standard output
    """
    return columns_of(sys.stderr if err else sys.stdout)


def columns_of(stream: Any) -> int:
    """The same for any stream; None is one that is closed."""
    if stream is None or not stream.isatty():
        return 0
    return max(min(terminal_width(), _MOST), _LEAST)


def terminal_width() -> int:
    """What ``shutil.get_terminal_size`` says, without importing it and every archive format with it."""
    with contextlib.suppress(ValueError):
        if (wanted := int(os.environ.get("COLUMNS", ""))) > 0:
            return wanted
    with contextlib.suppress(AttributeError, ValueError, OSError):  # closed, or no terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _USUAL  # type: ignore[union-attr]
    return _USUAL


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for a Chinese character or an emoji, none for an accent."""
    text = _COLOUR.sub("", text)
    if _PLAIN.fullmatch(text):
        return len(text)
    from crosspost.compose.graphemes import graphemes

    return sum(_cells(cluster) for cluster in graphemes(text))


def _cells(cluster: str) -> int:
    import unicodedata

    if unicodedata.category(cluster[0]) in ("Mn", "Me", "Cf"):
        return 0
    wide = unicodedata.east_asian_width(cluster[0]) in "WF" or "\ufe0f" in cluster
    return 2 if wide else 1


def padded(text: str, width: int) -> str:
    """The text, filled up with blanks to a width in cells."""
    return text + " " * (width - cells(text))


def cut(text: str, width: int) -> str:
    """As much of the text as a line can hold: for progress lines, which are printed in full later."""
    if cells(text) <= width:
        return text
    from crosspost.compose.graphemes import graphemes

    kept, used = "", 1
    for cluster in graphemes(text):
        used += _cells(cluster)
        if used > width:
            break
        kept += cluster
    return f"{kept}…"


def wrapped(text: str, width: int, *, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most ``width`` cells; 0: one line for each of its own.

    :param first: stands before the first line
    :param rest: stands before the others; None: as many blanks as ``first`` takes
    """
    indent = " " * cells(first) if rest is None else rest
    lines: list[str] = []
    for written in text.split("\n"):
        lead = first if not lines else indent
        if not width or cells(lead) + cells(written) <= width:
            lines.append(f"{lead}{written}".rstrip())
            continue
        lines += _lines(written, width, lead, indent)
    return lines


def fitted(text: str, width: int) -> str:
    """What is about to be written, with every line that is too long broken between words, the rest of it indented."""
    if not width or (len(text) <= width and text.isascii()):  # most of all
        return text
    lines = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip(" "))]
        short = cells(line) <= width
        lines += [line] if short else wrapped(line.lstrip(" "), width, first=indent, rest=f"{indent}  ")
    return "\n".join(lines)


def _lines(text: str, width: int, lead: str, indent: str) -> list[str]:
    lines, line, used = [], lead, cells(lead)
    empty = True
    for word, joined in _words(text, width - cells(indent)):
        size = cells(word)
        gap = 0 if empty or joined else 1
        if not empty and used + gap + size > width:
            lines.append(line.rstrip())
            line, used, gap = indent, cells(indent), 0
        line, used, empty = f"{line}{' ' * gap}{word}", used + gap + size, False
    return [*lines, line.rstrip()]


def _words(text: str, room: int) -> Iterable[tuple[str, bool]]:
    """The words, and whether each hangs together with the one before it, as in languages without blanks."""
    for found in _WORD.finditer(text):
        pieces = [found[0]] if cells(found[0]) <= room else found[0].split()
        for word in pieces:
            yield from _parts(word, room)


def _parts(word: str, room: int) -> Iterable[tuple[str, bool]]:
    if cells(word) <= room or word.isascii() or _PLACE.search(word):
        yield word, False
        return
    from crosspost.compose.breaks import breaks

    start = 0
    for end in [*breaks(word), len(word)]:
        yield word[start:end], start > 0
        start = end


def paragraph(text: str, *, first: str = "", rest: str | None = None, colour: str = "", err: bool = False) -> None:
    """Write a text, broken to fit, see :func:`wrapped`.

    :param err: to standard error instead of standard output
    """
    for line in wrapped(text, columns(err=err), first=first, rest=rest):
        click.secho(line, fg=colour or None, err=err)


def complain(text: str, word: str = "Error") -> None:
    """Write what went wrong to standard error, each mistake on a line of its own."""
    from crosspost.text.mistakes import apart  # nothing goes wrong in most commands

    lines = "\n".join(map(printable, apart(of_this_site(text))))
    if word == "Warning" and warned_already(lines):
        return
    paragraph(lines, first=f"{word}: ", rest="  ", err=True)


def warned_already(text: str) -> bool:
    """Whether another site had this warning before, see :func:`each_warning_once`; it is counted."""
    if not _counts[0]:
        return False
    _warned[text] = _warned.get(text, -1) + 1
    return bool(_warned[text])


@contextlib.contextmanager
def each_warning_once() -> Iterator[None]:
    """Inside, where several sites are gone through, a warning that is the same for several is written once.

    What is wrong in the config for all of them would be told as often as there are sites. How many more had it is said
    at the end.
    """
    _counts[:] = [True]
    try:
        yield
    finally:
        _counts[:] = [False]
        speak_of("")
        for lines, more in _warned.items():
            if more:
                from crosspost.text.numbers import counted  # most commands are about one site

                complain(f"{counted(more, 'more site', 'more sites')}, too: {lines}", "Warning")
        _warned.clear()


def speak_of(site: str) -> None:
    """From now on sentences are about this site of several; "" for the only one."""
    _site[:] = [site]


def of_this_site(text: str) -> str:
    """A sentence with the name of the table that it is about."""
    if not _site[0]:
        return text
    from crosspost.config.sites import in_words_of  # few configs have several sites

    return in_words_of(_site[0], text)


def beside(lead: str, pieces: Iterable[str], width: int) -> list[str]:
    """A line such as "sent  mastodon  https://…": the pieces beside ``lead`` where they fit, else below it.

    A piece that fits on a line of its own is not broken; a link or a word never is, whatever its length.

    :param lead: the columns at the beginning
    :param pieces: what follows, two blanks between them; "" is left out
    :param width: see :func:`columns`
    """
    kept = [piece for piece in pieces if piece]
    if not width or cells(lead) + cells("  ".join(kept)) <= width:
        return [f"{lead}{'  '.join(kept)}".rstrip()]
    lines = [lead.rstrip()]
    for number, piece in enumerate(kept):
        whole = "://" in piece and " " not in piece
        longest = max((cells(word) for word, _ in _words(piece, width)), default=0)
        room = width - cells(lead)
        if number == 0 and (cells(piece) <= room or (not whole and longest <= room and room > width // 3)):
            lines = wrapped(piece, width, first=lead)
        elif number and cells(lines[-1]) + 2 + cells(piece) <= width:
            lines[-1] += f"  {piece}"
        else:
            lines += wrapped(piece, width, first=_BELOW if longest + len(_BELOW) <= width else "  ")
    return lines


def table(rows: Sequence[Sequence[str]]) -> None:
    """Columns, aligned, numbers at the right. Where they do not fit, the last one stands below the others.

    Where even those do not fit, each row is a line with its first cell, and the others below it.
    """
    if not rows:
        return
    widths = [max(cells(line[column]) for line in rows) for column in range(len(rows[0]) - 1)]
    if columns() and sum(widths) + 2 * len(widths) > columns():
        for line in rows:
            click.echo("\n".join([line[0], *beside(_BELOW, line[1:], columns())] if any(line[1:]) else [line[0]]))
        return
    numbers = [all(line[column].isdecimal() for line in rows[1:]) for column in range(len(widths))]
    for line in rows:
        lead = "".join(
            " " * (size - cells(cell)) + cell + "  " if number and rows[1:] else padded(cell, size) + "  "
            for cell, size, number in zip(line, widths, numbers, strict=False)
        )
        for text in beside(lead, [line[-1]], columns()):
            click.echo(text)
