"""The store of pictures, in a folder and on a real S3 server: what is there saves work, and nothing depends on it."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from crosspost.media import fitting
from crosspost.media.fitted import Fitted
from crosspost.media.fitting import fit
from crosspost.media.picture_store import PictureStore
from crosspost.media.storage import Folder, ObjectStore, Storage, StorageAway
from crosspost.model import ImageLimits
from tests import object_store
from tests.media.pictures import encode, photo, write

LIMITS = ImageLimits(formats=("JPEG",), max_width=100)


class Place:
    """A storage, and the folder in which its files lie."""

    def __init__(self, storage: Storage, files: Path) -> None:
        self.storage, self.files = storage, files

    def store(self) -> PictureStore:
        return PictureStore(self.storage)

    def kept(self) -> list[Path]:
        return sorted(one for one in self.files.rglob("*") if one.is_file() and "meta" not in str(one))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object_store.Server]:
    with object_store.running(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.long)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Place(Folder(tmp_path / "store"), tmp_path / "store")
    server: object_store.Server = request.getfixturevalue("server")
    prefix = tmp_path.name
    address = f"s3://{object_store.BUCKET}/{prefix}"
    made = ObjectStore(address, key=object_store.KEY, secret=object_store.SECRET, endpoint=server.url)
    return Place(made, server.bucket / prefix)


@pytest.fixture(autouse=True)
def _machine() -> Iterator[None]:
    """Nothing is left in the memory of this process, as on a machine that has just begun."""
    fitting._kept.clear()
    yield
    fitting._kept.clear()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write(tmp_path, "beet.jpg", encode(photo(), "JPEG", quality=90))


def another_machine_fits(picture: Path, store: PictureStore, limits: ImageLimits = LIMITS) -> Fitted:
    fitting._kept.clear()
    return fit(picture, limits, store=store)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each picture that is drawn."""
    calls: list[object] = []
    really = fitting._drawn

    def counting(*arguments: object) -> Fitted:
        calls.append(arguments)
        return really(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fitting, "_drawn", counting)
    return calls


def test_another_machine_takes_what_one_has_fitted(place: Place, picture: Path, drawn: list[object]) -> None:
    first = another_machine_fits(picture, place.store())
    again = another_machine_fits(picture, place.store())
    assert len(drawn) == 1
    assert again == first == fit(picture, LIMITS)
    assert again.width == 100


def test_other_limits_or_another_file_are_another_picture(place: Place, picture: Path, drawn: list[object]) -> None:
    another_machine_fits(picture, place.store())
    assert another_machine_fits(picture, place.store(), ImageLimits(formats=("JPEG",), max_width=90)).width == 90
    picture.write_bytes(encode(photo().rotate(180), "JPEG", quality=90))
    another_machine_fits(picture, place.store())
    assert len(drawn) == len(place.kept()) == 3


def test_a_picture_that_fits_as_it_is_is_not_kept(place: Place, picture: Path) -> None:
    assert another_machine_fits(picture, place.store(), ImageLimits(formats=("JPEG",))).untouched
    assert place.kept() == []


@pytest.mark.parametrize("damage", ["half", "empty", "one letter", "another picture", "no picture"])
def test_what_is_not_whole_or_not_right_is_made_again(
    place: Place, picture: Path, drawn: list[object], damage: str
) -> None:
    first = another_machine_fits(picture, place.store())
    (there,) = place.kept()
    whole = there.read_bytes()
    if damage == "another picture":
        another_machine_fits(picture, place.store(), ImageLimits(formats=("JPEG",), max_width=90))
        (other,) = [one for one in place.kept() if one != there]
        wrong = other.read_bytes()
    else:
        wrong = {
            "half": whole[: len(whole) // 2],
            "empty": b"",
            "one letter": whole[:-1] + bytes([whole[-1] ^ 1]),
            "no picture": b"<html>404</html>",
        }[damage]
    place.storage.write(str(there.relative_to(place.files)), wrong, "image/jpeg")
    before = len(drawn)
    assert another_machine_fits(picture, place.store()) == first
    assert len(drawn) == before + 1
    assert there.read_bytes() == whole, "and it is whole again for the next"


def test_two_machines_at_once_have_the_same_picture(place: Place, picture: Path) -> None:
    source = picture.read_bytes()

    def one(_: int) -> Fitted:
        return place.store().fitted(source, "recipe", lambda: fit(picture, LIMITS))

    with ThreadPoolExecutor(6) as machines:
        assert len({found.data for found in machines.map(one, range(12))}) == 1
    assert len(place.kept()) == 1


def test_what_was_fetched_is_there_for_the_others(place: Place) -> None:
    place.store().keep_fetched("https://x.example/a.jpg", b"\xff\xd8\xff picture")
    assert place.store().fetched("https://x.example/a.jpg") == b"\xff\xd8\xff picture"
    assert place.store().fetched("https://x.example/b.jpg") is None


# ── away ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Away:
    """A storage that is never there; ``asked`` is how often that was found out."""

    where, asked = "nowhere", 0

    def read(self, *_: object) -> bytes:
        self.asked += 1
        raise StorageAway("no")


def test_a_storage_that_is_away_is_asked_once_in_five_minutes() -> None:
    clock, storage = Clock(), Away()
    store = PictureStore(storage, clock=clock)  # type: ignore[arg-type]  # nothing is written
    for now, asked in ((0, 1), (299, 1), (300, 2), (599, 2), (600, 3)):
        clock.now = now
        assert store.fetched("https://x.example/a.jpg") is None
        assert storage.asked == asked


def test_an_address_has_one_slash_before_the_name(tmp_path: Path) -> None:
    for public in ("https://x.example/X", "https://x.example/X/"):
        assert PictureStore(Folder(tmp_path), public=public).address("a.jpg") == "https://x.example/X/a.jpg"


@pytest.mark.long
def test_a_server_that_is_away_stops_nothing_and_is_told_once(
    tmp_path: Path, picture: Path, drawn: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    clock, nobody = Clock(), object_store.bound()
    keys = {"key": object_store.KEY, "endpoint": f"http://127.0.0.1:{nobody.getsockname()[1]}"}
    store = PictureStore(ObjectStore(f"s3://{object_store.BUCKET}/x", secret=object_store.SECRET, **keys), clock=clock)
    first = another_machine_fits(picture, store)
    assert another_machine_fits(picture, store) == first
    clock.now += 301
    assert another_machine_fits(picture, store) == first
    assert len(drawn) == 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert (
        f"s3://{object_store.BUCKET}/x cannot be used: it cannot be reached, or does not answer in time" in caplog.text
    )
    with object_store.running(tmp_path / "s3", nobody):
        assert another_machine_fits(picture, store) == first
        assert len(drawn) == 4, "nobody asks for five minutes"
        clock.now += 301
        for _ in range(3):
            assert another_machine_fits(picture, store) == first
        assert len(drawn) == 5, "now it is there"
        assert len(caplog.records) == 1
        store.storage = ObjectStore(f"s3://{object_store.BUCKET}/x", secret="rotated", **keys)
        another_machine_fits(picture, store)
        assert len(caplog.records) == 2, "away again is told again"


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "secret"),
    [(object_store.KEY, "another-secret-than-it-has"), ("AKIAOLDKEYROTATED", object_store.SECRET)],
)
def test_rotated_keys_stop_nothing_and_no_secret_is_told(
    server: object_store.Server, picture: Path, caplog: pytest.LogCaptureFixture, key: str, secret: str
) -> None:
    caplog.set_level(logging.DEBUG, "crosspost")
    storage = ObjectStore(f"s3://{object_store.BUCKET}/x", key=key, secret=secret, endpoint=server.url)
    assert another_machine_fits(picture, PictureStore(storage)).width == 100
    assert "it refuses the keys, or they lack a right" in caplog.text
    assert secret not in caplog.text
    assert key not in caplog.text


def test_a_bucket_that_is_not_there_is_told_by_name(server: object_store.Server) -> None:
    keys = {"key": object_store.KEY, "secret": object_store.SECRET, "endpoint": server.url}
    with pytest.raises(StorageAway, match="there is no bucket “nowhere”"):
        ObjectStore("s3://nowhere/x", **keys).write("a", b"b", "text/plain")


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, picture: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    store = PictureStore(Folder(tmp_path / "file"))
    assert another_machine_fits(picture, store).width == 100
    assert len(caplog.records) == 1


def test_a_store_is_asked_as_its_kind_wants_it_and_the_usual_ways_stay_open() -> None:
    usual, own = ObjectStore("s3://b/x"), ObjectStore("s3://b/x", key="k", secret="s", endpoint="https://s3.example")
    assert usual._options().keys() & {"key", "secret", "endpoint_url"} == set(), "the library finds them by itself"
    assert own._options() == usual._options() | {"key": "k", "secret": "s", "endpoint_url": "https://s3.example"}
    assert "config_kwargs" not in ObjectStore("gs://b/x")._options(), "other libraries know no such word"
    wrote: list[dict[str, str]] = []
    for address in ("s3://b/x/", "gs://b/x/"):
        store = ObjectStore(address)
        store._made = SimpleNamespace(pipe_file=lambda name, _, **more: wrote.append({"name": name, **more}))
        store.write("a.jpeg", b"...", "image/jpeg")
    assert wrote == [{"name": "b/x/a.jpeg", "ContentType": "image/jpeg"}, {"name": "b/x/a.jpeg"}]


def test_a_folder_that_refuses_says_so_in_the_disk_s_words(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(StorageAway, match="it is a folder, not a file"):
        Folder(tmp_path).read("a", 10)
    with pytest.raises(StorageAway, match=r"^Is a directory$"):
        Folder(tmp_path).write("a", b"...", "image/jpeg")
    assert Folder(tmp_path).read("b", 10) is None


def test_a_package_that_is_missing_is_told_by_the_command_that_adds_it() -> None:
    with pytest.raises(StorageAway, match=r"^pip install that$"):
        ObjectStore("gs://b/x", missing="pip install that").read("a", 1)
    with pytest.raises(StorageAway, match="no package for nosuch:// is installed"):
        ObjectStore("nosuch://b/x").read("a", 1)
