"""The store of pictures that the config names, or none."""

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.config import store_address
from crosspost.config.credentials import Credentials
from crosspost.config.secrecy import conceal

if TYPE_CHECKING:
    from crosspost.config.settings import Settings
    from crosspost.media.picture_store import PictureStore

#: the store's keys among the credentials: CROSSPOST_PICTURES_KEY, CROSSPOST_PICTURES_SECRET
NAME, KEY, SECRET = "pictures", "key", "secret"
#: accounts are worked on at the same time, and each must get the same store: two would each tell that it is away
_MAKING = threading.Lock()


def of(settings: "Settings | None", credentials: Credentials) -> "PictureStore | None":
    """The store; the same one for each site and each run of a process, which so remembers that it is away.

    :raises ConfigError: when one of its keys cannot be read, or cannot be one
    """
    if settings is None or not (store := settings.pictures.store):
        return None
    public, endpoint = settings.pictures.public, settings.pictures.endpoint
    if store_address.is_folder(store):
        with _MAKING:
            return _folder(settings.beside(store), public)
    found = [credentials.get(NAME, field) for field in (KEY, SECRET)]
    key, secret = ("" if one is None else one.reveal() for one in found)
    conceal(*(one for one in (key, secret) if one))
    with _MAKING:
        return _object_store(store, public, endpoint, key, secret)


@lru_cache(maxsize=4)
def _folder(folder: Path, public: str) -> "PictureStore":
    from crosspost.media.picture_store import PictureStore
    from crosspost.media.storage import Folder

    return PictureStore(Folder(folder), public=public)


@lru_cache(maxsize=4)  # new keys make a new one
def _object_store(store: str, public: str, endpoint: str, key: str, secret: str) -> "PictureStore":
    from crosspost.config.installer import adding
    from crosspost.media.picture_store import PictureStore
    from crosspost.media.storage import ObjectStore

    missing = f"it needs one more package: {adding('s3')}" if store.startswith("s3://") else ""
    made = ObjectStore(store, key=key, secret=secret, endpoint=endpoint, missing=missing)
    return PictureStore(made, public=public)
