"""What is left on a terminal's screen after a program wrote to it."""

import re

_STEER = re.compile(r"(\n|\r|\x1b\[\d*[AJK])")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def screen(written: str) -> list[str]:
    """The lines of the screen, colours still in them.

    It understands what crosspost does to a terminal: lines that pass by are wiped out and written anew.

    >>> screen("a\\n… b\\n\\x1b[1A\\r\\x1b[Jc\\n")
    ['a', 'c', '']
    """
    lines, at, anew = [""], 0, False
    for piece in _STEER.split(written):
        if piece == "\n":
            at += 1
            anew = False
            if at == len(lines):
                lines.append("")
        elif piece == "\r":
            anew = True
        elif piece.startswith("\x1b[") and piece.endswith("A") and _STEER.fullmatch(piece):
            at -= int(piece[2:-1] or 1)
        elif piece == "\x1b[J":
            del lines[at + 1 :]
            lines[at], anew = "", False
        elif piece == "\x1b[K":
            if anew:
                lines[at] = ""
        elif piece:
            lines[at] = piece if anew else lines[at] + piece
            anew = False
    return lines


def coloured(written: str) -> list[str]:
    """The same without empty lines at the end."""
    lines = screen(written)
    while lines and not COLOUR.sub("", lines[-1]).strip():
        lines.pop()
    return lines


def plain(written: str) -> list[str]:
    """The same without colours and without blanks at the ends of lines."""
    return [COLOUR.sub("", line).rstrip() for line in coloured(written)]
