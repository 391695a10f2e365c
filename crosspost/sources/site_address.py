"""The address that a site's own configuration names, checked as ``url`` under ``[site]`` is."""

import re
from pathlib import Path

from crosspost.config.small_file import read_small
from crosspost.errors import SourceError
from crosspost.text.printable import printable


def refuse(address: str, file: Path, key: str) -> None:
    """Refuse what no link can begin with, such as a word or an address without ``https://``.

    :param address: as it stands in the site's configuration
    :param file: the configuration
    :param key: what it is called there
    :raises SourceError: with the line, when links would lead nowhere
    """
    from crosspost.config.server_address import of_site  # most commands need no site

    place = f"{file}{_line(file, key)}"
    try:
        whole = of_site(address)
    except ValueError as error:
        raise SourceError(f"{place}: {key}: {error}") from None
    if not re.match(r"(?i)https?://", address.strip()):
        raise SourceError(f"{place}: {key}: “{printable(address)}” is not a whole address; write {whole}")


def _line(file: Path, key: str) -> str:
    """``:12``, where a line of the file begins with the key; "" where none does."""
    try:
        lines = read_small(file).decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    begin = re.compile(rf"""\s*["']?{key}["']?\s*[:=]""", re.IGNORECASE)
    return next((f":{number}" for number, line in enumerate(lines, 1) if begin.match(line)), "")
