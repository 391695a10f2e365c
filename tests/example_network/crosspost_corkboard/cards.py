"""Posts as the village hall keeps them: ``2026-11-20 greetings.card``, a title in the first line, the text below it."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry, Post
from crosspost.sources.base import Source

_NAME = re.compile(r"(\d{4}-\d\d-\d\d) (\w+)\.card")


class Cards(Source):
    """A folder of cards; each is on the site as ``/cards/greetings``.

    :param more: what the config says and cards have no use for
    """

    nothing = "no files like “2026-11-20 greetings.card” were found"

    def __init__(self, root: Path, *, now: datetime, url: str, timezone: str, lang: str, **more: Any) -> None:
        del more
        self._root, self._now, self._url, self._lang = root, now, url, lang
        self._zone = ZoneInfo(timezone or "UTC")

    @property
    def url(self) -> str:
        return self._url

    @property
    def title(self) -> str:
        return "The village hall"

    @property
    def lang(self) -> str:
        return self._lang

    def scan(self) -> Iterator[Entry]:
        if not self._root.is_dir():
            raise SourceError(f"{self._root}: there is no such folder")
        for file in sorted(self._root.glob("*.card")):
            yield self.entry(file)

    def entry(self, path: Path) -> Entry:
        name = _NAME.fullmatch(path.name)
        if name is None or path.parent != self._root or not path.is_file():
            raise SourceError(f"{path} is not a card of {self._root}")
        date = datetime.fromisoformat(name[1]).replace(tzinfo=self._zone)
        raw = path.read_bytes()
        known: dict[str, Any] = {"id": name[2], "path": str(path), "url": f"{self._url}/cards/{name[2]}", "date": date}
        known["fingerprint"] = hashlib.blake2b(raw, digest_size=16).hexdigest()
        title = raw.decode("utf-8", "replace").partition("\n")[0].strip()
        if not title:
            return Entry(**known, state="refused", reason=f"{path}:1: write a title into the first line")
        if date > self._now:
            return Entry(**known, title=title, state="skipped", reason="its day is to come")
        return Entry(**known, title=title)

    def load(self, entry: Entry) -> Post:
        if entry.state == "refused" or entry.date is None:
            raise PostRefused(entry.path, "write a title into the first line", 1)
        body = Path(entry.path).read_text("utf-8").partition("\n")[2].strip()
        return Post(
            id=entry.id, path=entry.path, url=entry.url, title=entry.title, date=entry.date, body=body, lang=self._lang
        )
