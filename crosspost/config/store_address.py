"""Where ``[pictures]`` may put pictures: a folder, or the address of an object store."""

import re
from collections.abc import Callable
from typing import Protocol

from crosspost.config import server_address
from crosspost.errors import ConfigError

#: what fsspec calls things that no other machine has, or that cannot be written to
_USELESS = ("file", "local", "memory", "http", "https", "data", "zip", "tar")


class Pictures(Protocol):
    """The settings that are looked at; see :class:`crosspost.config.settings.Pictures`."""

    @property
    def store(self) -> str: ...

    @property
    def endpoint(self) -> str: ...

    @property
    def public(self) -> str: ...


def is_folder(written: str) -> bool:
    """Whether it is the path of a folder, not an address."""
    return "://" not in written and "::" not in written


def check(said: Pictures, where: Callable[..., str]) -> None:
    """Refuse what cannot be meant.

    :param where: file and line of a key
    :raises ConfigError: naming the key, without what may be a secret
    """
    if said.store and (why := _wrong(said.store)):
        raise ConfigError(f"{where('store')}: `store` {why}")
    for key in ("public", "endpoint"):
        if not (written := getattr(said, key)):
            continue
        if not said.store:
            raise ConfigError(f"{where(key)}: `{key}` needs `store`; add it, or remove this line")
        try:
            server_address.of_site(written)
        except ValueError as error:
            raise ConfigError(f"{where(key)}: `{key}`: {error}") from None
        if "://" not in written:  # nobody who is given it puts anything before it
            raise ConfigError(f"{where(key)}: `{key}` is an address, which begins with https:// or http://")
    if said.endpoint and not said.store.startswith("s3://"):
        raise ConfigError(f"{where('endpoint')}: `endpoint` is for s3:// only; remove this line")


def _wrong(written: str) -> str:
    """Why it is no place for pictures; "" when it is one."""
    if not written.isprintable():
        return "has a control character in it"
    if is_folder(written):
        return ""
    scheme, _, rest = written.partition("://")
    bucket = rest.partition("/")[0]
    if "@" in bucket or "?" in rest or "#" in rest:
        return (
            "is to be a bucket and a prefix only, such as s3://my-bucket/crosspost. Keys go where tokens are: "
            "CROSSPOST_PICTURES_KEY and CROSSPOST_PICTURES_SECRET"
        )
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) or scheme in _USELESS or "::" in written:
        return "begins with nothing that pictures can be put into; write s3://BUCKET/PREFIX, or the path of a folder"
    if not bucket or ".." in rest.split("/"):
        return "names no bucket; write s3://BUCKET/PREFIX"
    return ""
