"""The one way to show what may hold control characters: names of files, titles, words of servers.

A title may clear the screen, set the clipboard (OSC 52) or write over the line that says what became of it; a
right-to-left override turns words around; a line feed in the name of a file begins a line that looks like ours. They
are shown as what they are instead.
"""

import re

#: everything a terminal obeys but line breaks and tabs
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def printable(name: str) -> str:
    """A name, or any text that is one line, with every control character shown (``␊``, ``<U+202E>``).

    Bytes of a file name that are no UTF-8, which Python keeps as lone surrogates, are shown as ``<E9>``.
    """
    return _NOT_IN_A_LINE.sub(shown, name)


def shown(found: re.Match[str]) -> str:
    """What stands for a control character."""
    code = ord(found[0])
    if code < 32:
        return chr(0x2400 + code)
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383
        return f"<{code - 0xDC00:02X}>"
    return "␡" if code == 127 else f"<U+{code:04X}>"
