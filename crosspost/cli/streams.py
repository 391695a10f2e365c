"""Makes up for what a process was not handed: open streams, and a locale in which every name and sentence fits."""

import os
import sys


def mend() -> None:
    """Open what is closed, read file names as UTF-8, and let no output fail because a character is missing there.

    Under a locale such as ``de_DE.ISO-8859-1`` Python reads ``übung.md`` as ``Ã¼bung.md``: another post, with an
    address that leads nowhere. The process then begins again in Python's UTF-8 mode, and does not return from here;
    what it writes stays in the encoding of the terminal. Source: https://docs.python.org/3/library/os.html#utf8-mode
    """
    _open_closed()
    if sys.getfilesystemencoding() != "utf-8" and _can_begin_again():
        spoken = {"PYTHONIOENCODING": f"{sys.stdout.encoding}:replace", **os.environ}
        os.execve(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]], spoken)  # noqa: S606  # ourselves
    for stream in (sys.stdout, sys.stderr):
        if stream.encoding != "utf-8":
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # a process begins with no other kind


def _open_closed() -> None:
    """Open a closed standard stream on nothing, so that no file that is opened later takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # until the end


def _can_begin_again() -> bool:
    return bool(sys.executable) and not sys.flags.utf8_mode and not getattr(sys, "frozen", False)
