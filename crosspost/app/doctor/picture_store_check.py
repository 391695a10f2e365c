"""What `crosspost doctor` finds out about the store of pictures: can it be read and written, and do others see it?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, fail, ok
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.media.picture_store import PictureStore

_ABOUT = "store"
#: a file that any machine may write, the same on each
_NAME, _CONTENT = "crosspost.txt", b"crosspost keeps pictures here; see `crosspost help pictures`\n"


def findings(app: "App") -> Iterator[Finding]:
    """Nothing where the config names none."""
    if app.settings is None or not app.settings.pictures.store:
        return
    try:
        store = app.picture_store()
    except CrosspostError as error:
        yield fail(_ABOUT, str(error))
        return
    assert store is not None  # noqa: S101  # for the type checker: the config names one
    yield _usable(store)
    if store.public:
        yield _seen(app, store)


def _usable(store: "PictureStore") -> Finding:
    from crosspost.media.picture_store import PUBLIC
    from crosspost.media.storage import StorageAway

    name, where = f"{PUBLIC}/{_NAME}", store.storage.where
    try:
        store.publish(_NAME, _CONTENT, "text/plain")
        found = store.storage.read(name, len(_CONTENT))
        missing = store.storage.read("fitted/there-is-none-of-this-name", 1)
    except StorageAway as why:
        return fail(_ABOUT, f"{where} cannot be used: {why}", _UNTIL)
    if found != _CONTENT or missing is not None:
        return fail(_ABOUT, f"{where} gives back something else than was put there", "is it the right place?")
    return ok(_ABOUT, f"pictures are kept in {where}, which can be read and written")


def _seen(app: "App", store: "PictureStore") -> Finding:
    """Whether everybody can read what is public."""
    from crosspost.transport.page_check import live_session

    url = store.address(_NAME)
    try:
        status = live_session().get(url).status_code
    except CrosspostError as error:
        return fail(_ABOUT, f"{url} cannot be fetched: {error}", _TODO)
    place = app.settings.place("pictures", "public") if app.settings is not None else ""
    if status != 200:
        return fail(_ABOUT, f"{url} cannot be fetched (HTTP {status}), {place}", _TODO)
    return ok(_ABOUT, f"everybody can read {store.public}")


_UNTIL = (
    "correct `store` or `endpoint` under [pictures], or CROSSPOST_PICTURES_KEY and CROSSPOST_PICTURES_SECRET; until "
    "then every machine makes its pictures itself"
)
_TODO = "let everybody read the folder `public` of the store, or correct `public`"
