"""Says why a file that a post names is not found in the site: what is almost called so, or cannot be looked at."""

import os
import posixpath
import unicodedata
from collections.abc import Iterable

#: characters of an address that a message shows
_LONGEST = 100


def reason(written: str, wanted: Iterable[str]) -> str:
    """A clause that tells why a picture or video cannot be used.

    :param written: the address as the post has it
    :param wanted: the absolute paths at which it was looked for
    """
    if written[:5].lower() == "data:":
        return "it stands in the post itself (data:…), which no network takes; save it as a file and name that"
    written = written if len(written) <= _LONGEST else written[: _LONGEST - 1] + "…"
    for path in wanted:
        folder, name = posixpath.split(path)
        try:
            others = os.listdir(folder)  # noqa: PTH208  # a name is a text here
        except PermissionError:
            return f"{written} cannot be read (permission denied); check the permissions of its folder"
        except (OSError, ValueError):  # there is no such folder, or its name is one that none can have
            continue
        if posixpath.isdir(path):
            return f"{written} is a folder, not a file"
        if near := next((other for other in sorted(others) if _alike(other) == _alike(name)), ""):
            if unicodedata.normalize("NFC", near) == unicodedata.normalize("NFC", name):
                differs = "whose accents are stored in another way, as a Mac does; rename it"
                return f"there is no file {written} in the site, only one that looks the same, {differs}"
            return f"there is no file {written} in the site, only {near}; capital letters and accents count"
    return f"there is no file {written} in the site"


def _alike(name: str) -> str:
    """A name without the differences that people do not see: capitals, and how an accent is encoded (macOS)."""
    return unicodedata.normalize("NFC", name).casefold()
