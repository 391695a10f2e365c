"""Which post of the site a record is about, where it was said, and when."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from crosspost.app.importing.records import STATE_KEYS, Record, plain_key
from crosspost.config.settings import Account
from crosspost.model import Entry, Value
from crosspost.text.lazy_pattern import lazy

#: how other tools and people call a network, beside its own name
_OTHER_NAMES = {
    "x": ("twitter",), "mastodon": ("fediverse", "pixelfed", "gotosocial"), "facebook": ("fb",), "instagram": ("ig",),
    "bluesky": ("bsky", "atproto"), "newsletter": ("mail", "email"), "misskey": ("sharkey", "firefish"),
}  # fmt: skip
#: where the posts of a network stand, when it has one place for all
_HOSTS = {
    "x": ("x.com", "twitter.com"), "facebook": ("facebook.com", "fb.com"), "linkedin": ("linkedin.com",),
    "instagram": ("instagram.com",), "threads": ("threads.com", "threads.net"), "bluesky": ("bsky.app",),
    "telegram": ("t.me",), "discord": ("discord.com",), "matrix": ("matrix.to",), "slack": ("slack.com",),
}  # fmt: skip
#: what a tool calls a post that it has not said
_NOT_SAID = {
    "draft", "scheduled", "queue", "queued", "pending", "buffered", "planned", "approval", "needs_approval",
    "failed", "failure", "error", "rejected", "skipped", "deleted", "cancelled", "canceled",
}  # fmt: skip
_TIME_KEY = lazy(r"(date|time|_at$|At$|published|posted|sent)", re.IGNORECASE)
_ADDRESS = lazy(r"https?://[^\s<>\"'()\[\]{}|\\^`]+")
#: a shorter title may stand in many texts
_TITLE = 12
How = Literal["address", "path", "file", "title", "text"]


class Match(Value, frozen=True, kw_only=True):
    """A post that was said on an account. ``url`` is where ("" when unknown), ``how`` what gave the post away."""

    entry: Entry
    account: str
    how: How
    url: str = ""
    at: datetime | None = None


class Matcher:
    """Finds the posts of a site in records.

    :param entries: the site's posts
    :param accounts: the accounts of the config
    :param to: only these; they are also meant where a record does not say where it was
    :param now: a post cannot have been said later
    """

    def __init__(
        self, entries: Iterable[Entry], accounts: Mapping[str, Account], to: Iterable[str], now: datetime
    ) -> None:
        self._accounts = {name: one for name, one in accounts.items() if not to or name in to}
        self._named, self._now = bool(to), now
        self._addresses, self._paths, self._files = {}, defaultdict(list), defaultdict(list)
        self._titles: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.url:
                host, path = _place(entry.url)
                self._addresses[host, path] = entry
                self._paths[path].append(entry)
            self._files[entry.path.rpartition("/")[2]].append(entry)
            if len(entry.title) >= _TITLE:
                self._titles[_plain(entry.title)].append(entry)
        self.unsaid = 0
        """How many records are of posts that the other tool had not said."""
        self.homeless: dict[str, None] = {}
        """The posts of which no record says on which account they were."""

    def matches(self, record: Record) -> Iterator[Match]:
        """What a record says was said; nothing when it is about no post, or about several."""
        found = self._post(record)
        if found is None:
            return
        entry, how = found
        if any(plain_key(key) in STATE_KEYS and value.strip().casefold() in _NOT_SAID for key, value in record.said):
            self.unsaid += 1
            return
        at, links = self._when(record), self._links(record)
        named = links or dict.fromkeys(self._by_name(record), "")
        if not named and self._named:
            named = dict.fromkeys(self._accounts, "")
        if not named:
            self.homeless[entry.id] = None
        for account, url in named.items():
            yield Match(entry=entry, account=account, how=how, url=url, at=at)

    # ── which post ────────────────────────────────────────────────────────────────────────────────────────────────

    def _post(self, record: Record) -> tuple[Entry, How] | None:
        for how, look in (
            ("address", self._by_address),
            ("path", self._by_path),
            ("file", self._by_file),
            ("title", self._by_title),
        ):
            found = {entry.id: entry for _, value in record.said for entry in look(value)}
            if len(found) == 1:
                return next(iter(found.values())), how  # type: ignore[return-value]  # one of the words above
            if found:
                return None
        return None

    def _by_address(self, value: str) -> Iterator[Entry]:
        for address in _ADDRESS.findall(value):
            if (entry := self._addresses.get(_place(address))) is not None:
                yield entry

    def _by_path(self, value: str) -> list[Entry]:
        """The same path on another host, as after a move, or the path alone."""
        path = _place(value)[1] if "://" in value else value if value.startswith("/") else ""
        return self._paths.get(_tidy(path), []) if path.strip("/") else []

    def _by_file(self, value: str) -> list[Entry]:
        name = value.strip().rpartition("/")[2]
        return self._files.get(name, []) if re.search(r"\.\w{2,8}$", name) else []

    def _by_title(self, value: str) -> Iterator[Entry]:
        text = _plain(value)
        for title, entries in self._titles.items():
            if title in text:
                yield from entries

    # ── where and when ────────────────────────────────────────────────────────────────────────────────────────────

    def _links(self, record: Record) -> dict[str, str]:
        """Account → the address of the post there."""
        found: dict[str, str] = {}
        for key, value in record.said:
            for address in _ADDRESS.findall(value):
                parts = urlsplit(address)
                if not re.search(r"/|\d", parts.path.strip("/")):  # a profile
                    continue
                for name in self._at_host(parts.hostname or "", key):
                    found.setdefault(name, address.rstrip(".,;"))
        return found

    def _at_host(self, host: str, key: str) -> list[str]:
        """The accounts whose posts stand on a server; of several the one that the key names."""
        host = host.removeprefix("www.").removeprefix("m.")
        mine = []
        for name, account in self._accounts.items():
            own = (urlsplit(account.base_url).hostname or "").removeprefix("www.")
            if host == own or host in _HOSTS.get(account.network, ()):
                mine.append(name)
        return mine if len(mine) == 1 else [name for name in mine if plain_key(name) == plain_key(key)]

    def _by_name(self, record: Record) -> list[str]:
        """The accounts that a key or a short value names: by their own names, else by their network's."""
        words = {plain_key(word) for pair in record.said for word in pair if 0 < len(word) <= 40}
        own = [name for name in self._accounts if plain_key(name) in words]
        if own:
            return own
        found = [n for n, one in self._accounts.items() if words & {one.network, *_OTHER_NAMES.get(one.network, ())}]
        several = {account.network for name, account in self._accounts.items() if name in found}
        return found if len(found) == len(several) else []

    def _when(self, record: Record) -> datetime | None:
        times = [_time(value) for key, value in record.said if _TIME_KEY.search(key)]
        return max((time for time in times if time is not None and time <= self._now), default=None)


def _place(address: str) -> tuple[str, str]:
    """Host and path, without what does not make it another page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return (parts.hostname or "").removeprefix("www."), _tidy(parts.path)


def _tidy(path: str) -> str:
    return unquote(path).removesuffix("index.html").removesuffix(".html").rstrip("/.,;") or "/"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _time(value: str) -> datetime | None:
    """A time in ISO 8601, RFC 5322 or seconds (or milliseconds) since 1970."""
    from email.utils import parsedate_to_datetime

    text = value.strip()
    try:
        if re.fullmatch(r"\d{10}(\.\d+)?|\d{13}", text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if len(text) == 13 else number, UTC)
        found = datetime.fromisoformat(text) if re.match(r"\d{4}-\d{2}-\d{2}", text) else parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
