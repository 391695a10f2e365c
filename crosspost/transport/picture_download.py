"""Downloads pictures that are only on the web, because networks take uploads, not addresses."""

import contextlib
import hashlib
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from crosspost.media.picture_store import PictureStore
    from crosspost.transport.addresses import Resolve
    from crosspost.transport.session import Session

#: status codes worth a retry
_AGAIN = frozenset((408, 425, 429))


class Fetched(NamedTuple):
    """The file of a picture, or the reason why there is none; ``again``: a later attempt may succeed."""

    path: str = ""
    reason: str = ""
    again: bool = False


def stored(url: str, folder: Path) -> str:
    """The file of a picture that was downloaded before; "" when it was not."""
    file = _file(url, folder)
    return str(file) if file.is_file() else ""


def fetch(
    url: str,
    folder: Path,
    *,
    session: "Session",
    allowed_hosts: Collection[str] = (),
    resolve: "Resolve | None" = None,
    store: "PictureStore | None" = None,
) -> Fetched:
    """Download a picture into the folder, unless it is there already.

    Only public addresses are fetched, also after a redirect (see :func:`crosspost.transport.addresses.judged`), and
    only files that are pictures by their first bytes are kept. The session limits time and size.

    :param session: made by :func:`crosspost.transport.page_check.live_session`
    :param allowed_hosts: the site's own host names; they may be in the local network
    :param store: where another machine may have put it; it is asked first, and gets what the web gave
    """
    if path := stored(url, folder):
        return Fetched(path=path)
    from crosspost.transport import page_check

    if store is not None and (data := store.fetched(url)) is not None and page_check.is_picture(data):
        return _keep(data, url, folder)
    import socket

    got = page_check.get(url, session, allowed_hosts, resolve or socket.getaddrinfo, elsewhere=True)
    if isinstance(got, page_check.NotYet):
        status = session.last.status if session.last is not None else None
        return Fetched(reason=got.reason, again=status is None or status >= 500 or status in _AGAIN)
    if not page_check.is_picture(got[2]):
        return Fetched(reason=f"{url} answers, but not with a picture")
    if store is not None:
        store.keep_fetched(url, got[2])
    return _keep(got[2], url, folder)


def _keep(data: bytes, url: str, folder: Path) -> Fetched:
    """Write the file of a picture, completely or not at all."""
    file = _file(url, folder)
    part = file.with_name(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        return Fetched(reason=f"{file} cannot be written: {error.strerror or error}", again=True)
    return Fetched(path=str(file))


def _file(url: str, folder: Path) -> Path:
    """Where a picture is stored: under its own file name, so that its public address ends with the same name."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    digest = hashlib.sha256(url.encode()).hexdigest()[:24]
    return folder / digest / (name if re.fullmatch(r"[^/\\\0]{1,100}", name) and name.strip(".") else "picture")
