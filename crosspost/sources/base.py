"""The interface of every source of posts: list cheaply, load one post fully."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from crosspost.model import Entry, Post


class Source(ABC):
    """Where posts come from. Creating one does no I/O; the current time is a parameter, never read inside."""

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
