"""The interface of every source of posts: list cheaply, load one post fully."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from crosspost.errors import SourceError
from crosspost.model import Entry, Post
from crosspost.sources.keys import Keys
from crosspost.sources.post_record import Check

if TYPE_CHECKING:  # few commands need them
    from crosspost.sources.field_origins import Origin
    from crosspost.sources.new_posts import NewPosts


class Source(ABC):
    """Where posts come from. Creating one does no I/O; the current time is a parameter, never read inside.

    :cvar whole: whether a listing has every post of the site. A feed has only its newest, so a post that is missing
        there was not deleted.
    :cvar nothing: why there may be no posts, a clause
    :cvar front_matter: whether posts are files whose YAML front matter may be changed
    :ivar keys: the front matter keys for picture and description
    :ivar turn: the next moment at which the listing just made would say something else by itself, apart from the posts'
        dates; None for none
    :ivar check: finds mistakes in a valid ``crosspost:`` mapping, such as an unknown account
    """

    whole: bool = True
    front_matter: bool = False
    nothing: str = "no files like 2024-01-31-name.md were found"
    keys: Keys = Keys()
    check: Check = Check()
    turn: datetime | None = None

    @property
    def of_the_site(self) -> "Source":
        """The source of the site itself, without what crosspost keeps beside it."""
        return self

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders in which everything stands that a listing depends on; empty where that cannot be told."""
        return ()

    @property
    @abstractmethod
    def url(self) -> str:
        """Address of the site with its base path, without a slash at the end; "" when it has none."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Name of the site."""

    @property
    @abstractmethod
    def lang(self) -> str:
        """Language of the site, such as ``de-DE``; "" when it says none."""

    @abstractmethod
    def scan(self) -> Iterator[Entry]:
        """List every file that is or might be a post, oldest first by file name, without reading its text fully.

        A file the site does not publish is listed as ``skipped`` with a reason, a file that cannot be understood as
        ``refused``; neither stops the others. A folder that cannot be read is ``refused``, too; its path ends with a
        slash.

        :raises SourceError: when the site itself cannot be read
        """

    @abstractmethod
    def entry(self, path: Path) -> Entry:
        """The same listing for one file.

        :raises SourceError: when ``path`` is not a file of this source
        """

    @abstractmethod
    def load(self, entry: Entry) -> Post:
        """Read one listed post fully: description, pictures, body.

        :raises PostRefused: when it cannot be understood
        """

    # ── what most sources need not change ─────────────────────────────────────────────────────────────────────────

    @property
    def where(self) -> str:
        """Where the posts are read from: a folder, or an address."""
        return ""

    @property
    def zone(self) -> tzinfo:
        """The site's time zone, for dates without one.

        :raises SourceError: when the site cannot be read
        """
        return UTC

    @property
    def timezone(self) -> str:
        """The name of the time zone that was chosen, such as ``Europe/Berlin``; "" when nobody chose one."""
        return ""

    def has_front_matter(self, path: Path) -> bool:  # noqa: ARG002  # a source of sources asks which it is
        """Whether the post of a file is one whose YAML front matter may be changed."""
        return self.front_matter

    @property
    def new_posts(self) -> "NewPosts":
        """Where a new post's Markdown file is found.

        :raises SourceError: when the site cannot be read, or where no such file can be written
        """
        raise SourceError("no short post can be written here; write this one as your site wants it")

    @property
    def warnings(self) -> tuple[str, ...]:
        """Mistakes of the whole site that do not prevent its use, as sentences without a full stop."""
        return ()

    def need_url(self) -> None:  # noqa: B027  # most sources know the address once they are read
        """Check that the site's address is known.

        :raises SourceError: when it is not, with what to do
        """

    def paths(self) -> Iterable[Entry]:
        """List like :meth:`scan`, but for a site without an address: posts have relative addresses (``/2024/x``)."""
        return self.scan()

    def origin(self, entry: Entry) -> "Origin":
        """Find where a post's picture and description come from, and its front matter keys.

        :raises PostRefused: when it cannot be understood
        """
        post = self.load(entry)
        from crosspost.sources.field_origins import Origin

        return Origin(post.id, post.path, post.picture_from, post.description_from, ())


class SourceClass(Protocol):
    """What the entry point of another package leads to, in the group ``crosspost.sources``: a class of :class:`Source`.

    ``source`` under ``[site]`` names it. It is handed what the config says there.
    """

    def __call__(
        self,
        root: Path,
        *,
        now: datetime,
        url: str,
        timezone: str,
        lang: str,
        keys: Keys,
        baseurl: str | None,
        posts: str,
    ) -> Source:
        """Make the source; nothing is read yet.

        :param root: the site's folder
        :param now: posts of later are not ready
        :param url: the site's address, "" where the config names none; ``baseurl`` is the path below it
        :param timezone: name of the site's time zone; "": as the source finds it
        :param lang: its language, such as ``de-DE``; "": as the source finds it
        :param keys: the front matter keys for picture and description
        :param posts: the folder of the posts below ``root``, "" where the config names none
        """
