"""What the ledger knows of each post: where its file is, and what it was when it was last looked at."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa

from crosspost.ledger.access import Access, chunks
from crosspost.ledger.tables import deliveries, posts
from crosspost.model import Overrides, Value


class Image(Value, frozen=True, kw_only=True):
    """A picture that is out with a post: its public name, its file, and what that file was.

    ``changed`` (nanoseconds) and ``size`` (bytes) tell at a glance that it is the same; ``digest`` tells for sure.
    """

    name: str
    path: str
    changed: int
    size: int
    digest: str


class Looked(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What a post's file was.

    ``file`` is the fingerprint for which everything that is out was compared ("" for never), ``seen`` that of the last
    listing. ``name`` is the source's id of the file where it is not the post's id (it was renamed), ``date`` the
    post's. ``pictures`` are those that are out (None: not noted yet); ``overrides`` are kept when they say what becomes
    of the post when its file is gone, because then nobody can read them any more.
    """

    file: str = ""
    seen: str = ""
    name: str = ""
    date: datetime | None = None
    pictures: tuple[Image, ...] | None = None
    overrides: Overrides = Overrides()


class KnownPost(Value, frozen=True, kw_only=True):
    """A post of the ledger. ``gone_at``: since when the site does not have it."""

    id: str
    path: str
    url: str
    title: str
    looked: Looked = Looked()
    gone_at: datetime | None = None

    @property
    def name(self) -> str:
        """The source's id of its file."""
        return self.looked.name or self.id


class Posts(Access):
    """The table of posts."""

    def any(self) -> bool:
        """Whether the ledger knows a post."""
        return bool(self._all(sa.select(posts.c.id).limit(1)))

    def known(self) -> dict[str, KnownPost]:
        """Every post by id."""
        c = posts.c
        rows = self._all(sa.select(c.id, c.path, c.url, c.title, c.fingerprint, c.gone_at))
        return {
            post: KnownPost(id=post, path=path, url=url, title=title, looked=_looked(seen), gone_at=gone_at)
            for post, path, url, title, seen, gone_at in rows
        }

    def out(self) -> dict[str, bool]:
        """Posts that are out somewhere, or may be → whether all of that is settled, so that it can be compared."""
        c = deliveries.c
        doubtful = c.publishing_at.is_not(None) & c.state.in_(("planned", "sending", "unknown", "held"))
        found: dict[str, bool] = {}
        for post, state in self._all(sa.select(c.post, c.state).where((c.state == "sent") | doubtful)):
            found[post] = found.get(post, True) and state == "sent"
        return found

    def note(self, seen: Mapping[str, KnownPost]) -> None:
        """Write down where posts are now and what their files are; they are not gone."""
        change = (
            sa.update(posts)
            .where(posts.c.id == sa.bindparam("post"))
            .values(
                path=sa.bindparam("path"),
                url=sa.bindparam("url"),
                title=sa.bindparam("title"),
                fingerprint=sa.bindparam("fingerprint"),
                seen_at=sa.bindparam("seen_at"),
                gone_at=None,
            )
        )
        now = self.clock()
        rows = [
            {
                "post": post,
                "path": one.path,
                "url": one.url,
                "title": one.title,
                "fingerprint": msgspec.json.encode(one.looked).decode(),
                "seen_at": now,
            }
            for post, one in seen.items()
        ]
        self._change_many(change, rows)

    def looked(self, post: str, looked: Looked) -> None:
        """Write down what a post's file is, now that everything that is out was compared with it."""
        said = msgspec.json.encode(looked).decode()
        self._change(sa.update(posts).where(posts.c.id == post).values(fingerprint=said))

    def gone(self, missing: Collection[str]) -> None:
        """Write down that the site does not have these posts any more, from now on."""
        for some in chunks(list(missing)):
            self._change(sa.update(posts).where(posts.c.id.in_(some)).values(gone_at=self.clock()))


def _looked(text: str) -> Looked:
    """What an older version wrote counts as nothing."""
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError:
        return Looked()


_DECODER = msgspec.json.Decoder(Looked)
