"""The only way to print text that may contain control characters: file names, titles, messages from servers.

A title may clear the screen, set the clipboard (OSC 52) or overwrite the line that reports its result; a
right-to-left override reverses words; a line feed in a file name starts a line that looks like our own. This shows
such characters as visible symbols instead.
"""

import re

#: every character a terminal acts on, except line breaks and tabs
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def printable(name: str) -> str:
    """A name, or any single line of text, with every control character made visible (``␊``, ``<U+202E>``).

    Bytes of a file name that are not UTF-8, which Python keeps as lone surrogates, are shown as ``<E9>``.
    """
    return _NOT_IN_A_LINE.sub(shown, name)


def shown(found: re.Match[str]) -> str:
    """The visible symbol for a control character."""
    code = ord(found[0])
    if code < 32:
        return chr(0x2400 + code)
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383
        return f"<{code - 0xDC00:02X}>"
    return "␡" if code == 127 else f"<U+{code:04X}>"
