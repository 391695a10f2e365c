"""Where files lie that several machines share: a folder, or an object store that fsspec can speak to.

Sources: filesystem-spec.readthedocs.io (``cat_file``, ``pipe_file``), s3fs.readthedocs.io (keys, ``endpoint_url``).
"""

import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol

from crosspost.config import atomic_file
from crosspost.config.secrecy import hidden, message_of
from crosspost.config.small_file import read_small

#: seconds until a server is reached, and until it goes on answering; a picture is made in less
_CONNECT, _READ = 5, 20
_LONGEST = 160  # characters of what a library says
#: botocore.exceptions: a server that is not there, whose name nobody knows, that says nothing or hangs up
_UNREACHED = frozenset({"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"})


class StorageAway(Exception):
    """The storage cannot be used now; the message is one clause for people, without any secret."""


class Storage(Protocol):
    """A place for whole files, by their names: words with "/" between them."""

    where: str

    def read(self, name: str, most: int) -> bytes | None:
        """A file of at most so many bytes; None when there is none of that name, or a larger one.

        :raises StorageAway: when that cannot be known now
        """

    def write(self, name: str, data: bytes, mime: str) -> None:
        """Write a file, completely or not at all, in place of what has the name.

        :raises StorageAway: when it cannot be written now
        """


class Folder:
    """A folder, such as one on a drive that all machines have."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.where = folder, str(folder)

    def read(self, name: str, most: int) -> bytes | None:
        try:
            return read_small(self._folder / name, most)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageAway(error.strerror or type(error).__name__) from None

    def write(self, name: str, data: bytes, mime: str) -> None:  # noqa: ARG002  # a file's name says what it is
        file = self._folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # a web server may have to read it; and what a power cut takes is made again
            atomic_file.write(file, data, mode=atomic_file.usual_mode(), durable=False)
        except OSError as error:
            raise StorageAway(error.strerror or type(error).__name__) from None


class ObjectStore:
    """What an address such as ``s3://bucket/prefix`` names.

    :param key: the access key, for S3; "": the way the store's own programs find theirs (``AWS_…``, roles of a machine)
    :param endpoint: the address of an S3 server that is not Amazon's
    :param missing: the command that adds the package for S3
    """

    def __init__(self, address: str, *, key: str = "", secret: str = "", endpoint: str = "", missing: str = "") -> None:
        self.where = address
        self._protocol, _, self._root = address.rstrip("/").partition("://")
        self._key, self._secret, self._endpoint, self._missing = key, secret, endpoint, missing
        self._made: Any = None
        self._making = threading.Lock()

    def read(self, name: str, most: int) -> bytes | None:
        files = self._files()
        try:
            data: bytes = files.cat_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        except Exception as error:  # each store's library has its own
            raise self._away(error) from None
        return data if len(data) <= most else None

    def write(self, name: str, data: bytes, mime: str) -> None:
        files, more = self._files(), {"ContentType": mime} if self._protocol == "s3" else {}
        try:
            files.pipe_file(f"{self._root}/{name}", data, **more)
        except FileNotFoundError:
            raise StorageAway(f"there is no bucket “{self._root.partition('/')[0]}”: make it, or correct it") from None
        except Exception as error:
            raise self._away(error) from None

    def _files(self) -> Any:
        """The library's file system; importing it takes half a second, so that is done when a picture is needed."""
        with self._making:
            if self._made is None:
                try:
                    import fsspec  # an extra

                    self._made = fsspec.filesystem(self._protocol, **self._options())
                except (ImportError, ValueError):
                    raise StorageAway(self._missing or f"no package for {self._protocol}:// is installed") from None
                self._made.retries = 2  # s3fs tries five times, with pauses; a picture is made in less
            return self._made

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
        if self._protocol != "s3":
            return options
        options |= {"key": self._key, "secret": self._secret} if self._key else {}
        options |= {"endpoint_url": self._endpoint} if self._endpoint else {}
        patience = {"connect_timeout": _CONNECT, "read_timeout": _READ, "retries": {"max_attempts": 0}}
        return options | {"config_kwargs": patience}

    def _away(self, error: Exception) -> StorageAway:
        if isinstance(error, PermissionError):
            return StorageAway("it refuses the keys, or they lack a right")
        if type(error).__name__ == "NoCredentialsError":
            return StorageAway("no keys for it are set")
        if type(error).__name__ in _UNREACHED:
            return StorageAway("it cannot be reached, or does not answer in time")
        secrets: Collection[str] = [one for one in (self._key, self._secret) if one]
        said = " ".join(hidden(message_of(error), secrets).split())
        return StorageAway(f"{type(error).__name__}: {said[:_LONGEST]}" if said else type(error).__name__)
