"""The address of a PostgreSQL database, as libpq understands it, without the password."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

#: parameters of libpq that are secrets (postgresql.org/docs/current/libpq-connect.html)
_SECRET = ("password", "sslpassword", "oauth_client_secret")
_SCHEMES = ("postgresql", "postgres")


class Address:
    """A database, and where this machine keeps what stands beside the ledger.

    :param url: ``postgresql://USER@HOST/DATABASE``; what is left out, libpq takes from its environment or usual places
    :param beside: names the folder of the marks, the lock and the caches of this machine; no file is there itself
    :param password: "" leaves it to libpq: ``~/.pgpass``, ``PGPASSWORD``, or a server that asks for none
    :raises ValueError: with what is wrong, in one clause without the address: it may have a secret in it
    """

    def __init__(self, url: str, beside: Path, password: str = "") -> None:
        _check(url)
        self.url, self.beside = url, beside
        self._password = password

    def password(self) -> str | None:
        """For libpq alone."""
        return self._password or None

    def named_schema(self) -> str:
        """The one schema that the address names; "" when it leaves that to the server, or names several."""
        options = dict(parse_qsl(urlsplit(self.url).query)).get("options", "")
        found = re.fullmatch(r'-c\s*search_path="?([^",\s]+)"?', options)
        return found[1] if found else ""

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return f"Address({self.url!r})"

    def __reduce__(self) -> str:
        raise TypeError("an Address must not be pickled: it knows a password")


def is_address(text: str) -> bool:
    """Whether a text is meant as the address of a database rather than as the name of a file."""
    return re.match(r"postgres(ql)?:", text, re.IGNORECASE) is not None


def _check(url: str) -> None:
    if not url.isprintable() or " " in url:
        raise ValueError("has a space, a line break or the like in it")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("cannot be read; look at its brackets") from None
    if parts.scheme not in _SCHEMES or not url.partition(":")[2].startswith("//"):
        raise ValueError("does not begin with postgresql://")
    if parts.password is not None or any(name.lower() in _SECRET for name, _ in parse_qsl(parts.query)):
        raise ValueError("has a password in it, which whoever sees the address would know")
    if parts.fragment or "@" in parts.netloc.rpartition("@")[0]:
        raise ValueError("has a # or a second @ in it; write %23 or %40")
