"""Marks what crosspost wrote, so that it can be found again, and so that changes by a person are noticed."""

import hashlib
import re
from datetime import UTC, datetime
from typing import NamedTuple

from crosspost.errors import ConfigError


class Marked(NamedTuple):
    """What was found.

    :ivar before: what stands above
    :ivar body: what was written between the marks, as it is now
    :ivar after: what stands below
    :ivar since: when it was written
    :ivar changed: whether a person changed it since
    """

    before: str
    body: str
    after: str
    since: datetime | None
    changed: bool


def block(owner: str, body: str, now: datetime) -> str:
    """The body between two lines that say whose it is."""
    return f"{_first(owner, body, now)}{body}# crosspost end {owner}\n"


def find_block(text: str, owner: str, where: str) -> Marked | None:
    """A block in a longer text; None when there is none.

    :param where: the text's name in messages
    :raises ConfigError: when its first line is there and its last one is not, or it is there twice
    """
    begin, end = f"# crosspost begin {owner} (", f"# crosspost end {owner}\n"
    number = len(re.findall(f"^{re.escape(begin)}", text, re.MULTILINE))
    if not number:
        return None
    found = re.search(f"^{re.escape(begin)}([^\n]*)\n(.*?)^{re.escape(end)}", text, re.MULTILINE | re.DOTALL)
    if found is None or number > 1:
        what = "is there twice" if number > 1 else f"has lost its last line, “{end.strip()}”"
        raise ConfigError(f"{where}: the part that begins with “{begin.strip(' (')}” {what}; put that right by hand")
    since, changed = _judged(found[1], found[2])
    return Marked(text[: found.start()], found[2], text[found.end() :], since, changed)


def whole(owner: str, body: str, now: datetime) -> str:
    """A file of its own, whose first line says whose it is."""
    return f"{_first(owner, body, now)}{body}"


def find_whole(text: str) -> tuple[str, Marked] | None:
    """Whose a file is, and what it says; None when crosspost did not write it."""
    found = re.match(r"# crosspost begin (.+) \(([^\n]*)\n", text)
    if found is None:
        return None
    body = text[found.end() :]
    since, changed = _judged(found[2], body)
    return found[1], Marked("", body, "", since, changed)


def _first(owner: str, body: str, now: datetime) -> str:
    return f"# crosspost begin {owner} ({now.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {_sum(body)})\n"


def _judged(head: str, body: str) -> tuple[datetime | None, bool]:
    """When it was written, and whether it has changed since."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC, (\w+)\)\s*", head)
    if found is None:
        return None, True
    try:
        since = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None, True
    return since, found[2] != _sum(body)


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogateescape")).hexdigest()[:10]
