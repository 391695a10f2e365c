"""What the ledger knows about each post: where its file is, and its content when it was last compared."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.changes import undecided
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import chunks, listed, moment
from crosspost.ledger.schema import OUT
from crosspost.ledger.write_requests import Row
from crosspost.model import Overrides, Value


class Image(Value, frozen=True, kw_only=True):
    """A picture that is out with a post: its public name, its file, and the file's state.

    ``changed`` (modification time in nanoseconds) and ``size`` (bytes) are a quick check whether it is the same file;
    ``digest`` is a reliable one.
    """

    name: str
    path: str
    changed: int
    size: int
    digest: str


class Looked(Value, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The last known state of a post's file.

    ``file`` is the fingerprint at the last comparison with what is out ("" for never), ``seen`` that of the last
    listing. ``name`` is the source's id of the file if it differs from the post's id (it was renamed), ``date`` the
    post's date. ``pictures`` are those that are out (None: not stored yet). ``overrides`` are kept if they decide what
    happens when the file is gone, because then they can no longer be read.
    """

    file: str = ""
    seen: str = ""
    name: str = ""
    date: datetime | None = None
    pictures: tuple[Image, ...] | None = None
    overrides: Overrides = Overrides()


class KnownPost(Value, frozen=True, kw_only=True, gc=False):  # a run holds thousands
    """A post in the ledger. ``gone_at`` is since when the site does not have it any more; None while it does."""

    id: str
    path: str
    url: str
    title: str
    looked: Looked = Looked()
    gone_at: datetime | None = None

    @property
    def name(self) -> str:
        """The source's id for its file."""
        return self.looked.name or self.id


class Posts(LedgerPart):
    """The table of posts."""

    def any(self) -> bool:
        """Whether the ledger knows any post."""
        return bool(self._all("SELECT id FROM posts LIMIT 1"))

    def known(self) -> dict[str, KnownPost]:
        """Every post by id."""
        return self._those("1 = 1", {})

    def there(self, made: Callable[[KnownPost], KnownPost] | None = None) -> dict[str, KnownPost]:
        """The posts that the site has, by id; what is gone may be many times as much.

        :param made: what becomes of each before the next one is read
        """
        return self._those("gone_at IS NULL", {}, made)

    def missing(self, since: datetime) -> dict[str, KnownPost]:
        """Posts that are gone since this moment, and those gone before of which something is out that nobody has
        decided about.
        """
        values = {"since": since}
        return self._those("gone_at >= :since", values) | self._those(_UNDECIDED, values)

    def _those(
        self, where: str, values: Mapping[str, Any], made: Callable[[KnownPost], KnownPost] | None = None
    ) -> dict[str, KnownPost]:
        query = f"SELECT {_COLUMNS} FROM posts WHERE {where}{self._database.AS_ADDED}"
        with translate_errors(self.path):
            make = _as_known if made is None else lambda row: made(_as_known(row))
            found = self._database.each(make, query, values)
            return {post.id: post for post in found}

    def out(self, posts: Sequence[str]) -> dict[str, bool]:
        """Those of the posts that are or may be out somewhere → whether all their deliveries are settled, so they can
        be compared.
        """
        found: dict[str, bool] = {}
        for some in chunks(posts):
            text, values = listed("post", some)
            for post, state in self._all(f"{_OUT} AND post IN {text}", values):
                found[post] = found.get(post, True) and state == "sent"
        return found

    def note(self, seen: Mapping[str, KnownPost]) -> None:
        """Store where posts are now and the state of their files; they do not count as gone."""
        now = self.clock()
        rows = [
            {
                "id": post,
                "path": known.path,
                "url": known.url,
                "title": known.title,
                "fingerprint": msgspec.json.encode(known.looked).decode(),
                "now": now,
            }
            for post, known in seen.items()
        ]
        if rows:
            self._change_many(_NOTE, rows)

    def looked(self, found: Mapping[str, Looked]) -> None:
        """Store the states of posts' files after everything that is out was compared with them.

        :param found: post → how its file was
        """
        if found:
            rows = [{"state": msgspec.json.encode(one).decode(), "id": post} for post, one in found.items()]
            self._change_many("UPDATE posts SET fingerprint = :state WHERE id = :id", rows)

    def gone(self, missing: Collection[str]) -> None:
        """Record that from now on the site does not have these posts any more."""
        now = self.clock()
        if missing:
            rows = [{"id": post, "now": now} for post in missing]
            self._change_many("UPDATE posts SET gone_at = :now WHERE id = :id", rows)


_COLUMNS = "id, path, url, title, fingerprint, gone_at"
_OUT = f"""SELECT post, state FROM deliveries WHERE {OUT}
    AND state IN ('sent', 'planned', 'sending', 'unknown', 'held')"""
_UNDECIDED = f"""gone_at < :since
    AND EXISTS (SELECT 1 FROM deliveries WHERE post = posts.id AND part = 1 AND state = 'sent' AND {OUT})
    AND {undecided("posts.id")}"""
_NOTE = """UPDATE posts SET path = :path, url = :url, title = :title, fingerprint = :fingerprint, seen_at = :now,
    gone_at = NULL WHERE id = :id"""


def _as_known(row: Row) -> KnownPost:
    post, path, url, title, seen, gone_at = row
    return KnownPost(id=post, path=path, url=url, title=title, looked=_looked(seen), gone_at=moment(gone_at))


def _looked(text: str) -> Looked:
    """Decode the state; what an older version wrote is ignored."""
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError:
        return Looked()


_DECODER = msgspec.json.Decoder(Looked)
