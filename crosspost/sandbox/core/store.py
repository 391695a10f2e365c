"""The sandbox's memory while it runs: accounts, pictures and posts of every network."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crosspost.sandbox.core import links

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time, with a time zone."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Account:
    """One account on one network. ``credentials`` are the throw-away tokens a client needs."""

    network: str
    name: str
    id: str
    handle: str
    display_name: str
    credentials: dict[str, str]


@dataclass
class Picture:
    """An uploaded picture: its bytes as received, what they really are, and its alternative text."""

    id: str
    account: str
    data: bytes
    format: str
    width: int
    height: int
    time: datetime
    alt: str = ""
    used: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Post:
    """One post as its network received it. ``path`` is where the sandbox shows it; ``extra`` is the network's own."""

    id: str
    network: str
    account: str
    text: str
    time: datetime
    path: str
    link: str = ""
    pictures: list[Picture] = field(default_factory=list)
    language: str = ""
    visibility: str = "public"
    idempotency_key: str = ""
    deleted: bool = False
    edited: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    also_at: tuple[str, ...] = ()
    """Further paths of the same page, where the network has several."""


class Store:
    """The memory of one sandbox. Callers must hold ``lock`` to read or change it; a commit is one append."""

    def __init__(self, clock: Clock = utc_now, *, fixed_tokens: bool = False) -> None:
        self.lock = threading.RLock()
        self.shared: Path | None = None
        """A store of pictures, whose folder ``public`` the sandbox serves; see :func:`public_picture`."""
        self.clock = clock
        self._fixed = fixed_tokens
        self._tokens: dict[tuple[str, str, str], str] = {}
        self.accounts: dict[tuple[str, str], Account] = {}
        self.clear()

    def clear(self) -> None:
        """Forget every post, picture and counter; accounts and their tokens stay."""
        with self.lock:
            self.posts: list[Post] = []
            self.pictures: dict[str, Picture] = {}
            self.memory: dict[Any, Any] = {}
            self._number = 0

    def token(self, network: str, account: str, kind: str) -> str:
        """A throw-away credential: random, or the same at every start when tokens are fixed.

        Asked again it is the same: one Page token serves Facebook and Instagram.
        """
        made = f"sandbox-{network}-{account}-{kind}-" + ("fixed" if self._fixed else secrets.token_hex(12))
        return self._tokens.setdefault((network, account, kind), made)

    def new_id(self, *, small: bool = False) -> str:
        """A unique id that grows with time, as long as those of the networks.

        :param small: for networks that tell it as a JSON number: JavaScript rounds those above 2⁵³
        """
        with self.lock:
            self._number += 1
            return str((118_000_000_000_000 if small else 118_000_000_000_000_000) + self._number)

    def account(self, network: str, **credential: str) -> Account | None:
        """The account of ``network`` that owns the given credential (``access_token="…"``), or None."""
        ((kind, value),) = credential.items()
        for account in self.accounts.values():
            known = account.credentials.get(kind, "")
            if account.network == network and known and secrets.compare_digest(known.encode(), value.encode()):
                return account
        return None

    def timeline(self, network: str, account: str = "") -> list[Post]:
        """The posts of a network (of one account) that are not deleted, oldest first."""
        return [p for p in self.posts if p.network == network and not p.deleted and account in ("", p.account)]

    def post(self, network: str, post_id: str) -> Post | None:
        """A post that is not deleted, or None."""
        return next((p for p in self.posts if p.network == network and p.id == post_id and not p.deleted), None)

    def picture(self, account: Account, picture_id: str) -> Picture | None:
        """A picture of this account, or None."""
        picture = self.pictures.get(picture_id)
        return picture if picture and picture.account == f"{account.network}/{account.name}" else None

    def keep(
        self, account: Account, data: bytes, shape: tuple[str, int, int], alt: str = "", *, number: str = ""
    ) -> Picture:
        """Remember an uploaded picture; ``shape`` is (format, width, height) in pixels, ``number`` an id it has."""
        owner = f"{account.network}/{account.name}"
        picture = Picture(number or self.new_id(), owner, data, *shape, time=self.clock(), alt=alt)
        with self.lock:
            self.pictures[picture.id] = picture
        return picture

    def commit(self, post: Post) -> Post:
        """Publish a post, the only irreversible step."""
        with self.lock:
            found = links.find(post.text)
            post.link = post.link or (found[0].url if found else "")
            for picture in post.pictures:
                picture.used = True
            self.posts.append(post)
        return post

    def quota(self, key: tuple[str, ...], limit: int, window: int, cost: int = 1) -> tuple[int, datetime]:
        """Count one request against ``limit`` per ``window`` seconds: (remaining, time of reset).

        ``remaining`` is -1 when the limit was used up before this request.
        """
        with self.lock:
            now = self.clock()
            reset, used = self.memory.get(("quota", *key), (now, 0))
            if now >= reset:
                reset, used = now + timedelta(seconds=window), 0
            self.memory["quota", *key] = (reset, min(used + cost, limit + 1))
            return max(limit - used - cost, -1), reset


def as_json(post: Post, base_url: str) -> dict[str, Any]:
    """A post as ``GET /_sandbox/posts`` returns it."""
    return {
        "network": post.network,
        "account": post.account,
        "id": post.id,
        "url": base_url + post.path,
        "text": post.text,
        "link": post.link,
        "images": [
            {
                "id": picture.id,
                "alt": picture.alt,
                "bytes": len(picture.data),
                "width": picture.width,
                "height": picture.height,
                "format": picture.format,
                "url": picture.extra.get("url") or f"{base_url}/_sandbox/pictures/{picture.id}",
            }
            for picture in post.pictures
        ],
        "language": post.language,
        "visibility": post.visibility,
        "time": post.time.isoformat(),
        "edited": post.edited.isoformat() if post.edited else None,
        "deleted": post.deleted,
        "idempotency_key": post.idempotency_key,
        "extra": post.extra,
    }
