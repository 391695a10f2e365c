"""The store of pictures as the config names it: what is refused, what doctor finds, and Instagram fetches from it."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from crosspost.app import configured_picture_store
from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.errors import ConfigError, NotSent
from crosspost.media import picture_store
from crosspost.media.picture_store import PictureStore
from crosspost.media.storage import Folder, StorageAway
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, served
from crosspost.transport import picture_download
from tests import object_store


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('store = "s3://"', "names no bucket"),
        ('store = "s3://AKIA:geheim@bucket"', "Keys go where tokens are: CROSSPOST_PICTURES_KEY"),
        ('store = "simplecache::s3://bucket"', "begins with nothing that pictures can be put into"),
        ('store = "https://bucket.example/x"', "begins with nothing that pictures can be put into"),
        ('store = "s3://bucket/../x"', "names no bucket"),
        ('endpoint = "https://s3.example.org"', "`endpoint` needs `store`"),
        ('public = "https://s3.example.org"', "`public` needs `store`"),
        ('store = "../kept"\nendpoint = "https://s3.example.org"', "`endpoint` is for s3:// only"),
        ('store = "../kept"\npublic = "ftp://example.org"', "must begin with https://"),
        ('stor = "../kept"', "store"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(place: Place, lines: str, said: str) -> None:
    place.config.write_text(f"{place.config.read_text('utf-8')}\n[pictures]\n{lines}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"crosspost\.toml:\d+: ") as refused:
        _ = place.app
    assert said in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_without_a_store_accounts_cannot_have_their_pictures_there(tmp_path: Path, sandbox: Sandbox) -> None:
    place = Place(tmp_path, sandbox, networks=["instagram"], more='host = "store"\n')
    with pytest.raises(ConfigError, match=r'host = "store" needs `store` and `public` under \[pictures\]'):
        place.network("instagram")


@pytest.mark.parametrize(("address", "says"), [("s3://a-b", r"crosspost\[s3\]"), ("gs://a-b", "^no package for gs://")])
def test_a_package_that_is_missing_is_named_where_we_know_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    place.config.write_text(f"{place.config.read_text('utf-8')}\n[pictures]\nstore = '{address}'\n", "utf-8")
    store = place.app.picture_store()
    assert store is not None
    with pytest.raises(StorageAway, match=says):
        store.storage.read("a", 1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[object_store.Server]:
    with object_store.running(tmp_path / "s3") as running:
        yield running


@pytest.fixture
def shared(tmp_path: Path, sandbox: Sandbox, clock: Clock, server: object_store.Server) -> Iterator[Place]:
    """Instagram fetches pictures from the store; its folder ``public`` is on a web server."""
    public = server.bucket / "x/public"
    public.mkdir(parents=True)
    with served(public) as url:
        pictures = f"""
            [pictures]
            store = "s3://{object_store.BUCKET}/x"
            endpoint = "{server.url}"
            public = "{url}"
        """
        place = Place(tmp_path, sandbox, networks=["instagram"], more=f'host = "store"\n{pictures}', clock=clock)
        keys = f"CROSSPOST_PICTURES_KEY={object_store.KEY}\nCROSSPOST_PICTURES_SECRET={object_store.SECRET}\n"
        place.secrets.write_text(place.secrets.read_text("utf-8") + keys, "utf-8")
        Image.effect_noise((3000, 100), 60).convert("RGB").save(place.root / "site/images/beet.jpg")
        yield place


@pytest.mark.long
def test_instagram_fetches_the_picture_from_the_store(shared: Place, server: object_store.Server) -> None:
    """Nothing has to be written into the site, which is not on the web here."""
    network = shared.network("instagram")
    network.publish(shared.prepared(network))
    ((image,),) = [post["images"] for post in shared.sandbox.posts()]
    assert (image["format"], image["width"]) == ("JPEG", 1440)
    (copy,) = (server.bucket / "x/public").glob("*.jpeg")
    assert copy.read_bytes() == network.fitted(network.draft(shared.the_post()).images[0]).data
    assert len(list((server.bucket / "x/fitted").rglob("*"))) == 2, "a folder, and the picture for other machines"
    assert (
        shared.crosspost("images", str(shared.post)).out
        == "No account needs a picture from the site for these posts.\n"
    )


@pytest.mark.long
def test_what_others_cannot_read_is_not_sent(shared: Place, server: object_store.Server) -> None:
    config = shared.config.read_text("utf-8")
    shared.config.write_text(config.replace('public = "http', f'public = "{server.url}/x/public" #'), "utf-8")
    with pytest.raises(NotSent, match=r"from the store, and .* is not there \(HTTP 403\): let everybody read"):
        shared.prepared(shared.network("instagram"))
    shared.config.write_text(config.replace(f"s3://{object_store.BUCKET}", "s3://nowhere"), "utf-8")
    with pytest.raises(NotSent, match=r"cannot be put into s3://nowhere/x: there is no bucket “nowhere”"):
        shared.prepared(shared.network("instagram"))
    assert shared.sandbox.posts() == []


@pytest.mark.long
def test_doctor_says_whether_it_can_be_used_and_read(shared: Place, server: object_store.Server) -> None:
    said = shared.crosspost("doctor")
    assert f"pictures are kept in s3://{object_store.BUCKET}/x, which can be read and written" in _line(said.out)
    assert "everybody can read http://127.0.0.1" in _line(said.out)
    config = shared.config.read_text("utf-8")
    shared.config.write_text(config.replace('public = "http', f'public = "{server.url}/x/public" #'), "utf-8")
    said = shared.crosspost("doctor")
    assert said.code == 1
    assert "cannot be fetched (HTTP 403)" in _line(said.out)
    shared.secrets.write_text(shared.secrets.read_text("utf-8").replace(object_store.SECRET, "rotated-away"), "utf-8")
    said = shared.crosspost("doctor")
    assert "cannot be used: it refuses the keys, or they lack a right" in _line(said.out)
    assert "rotated-away" not in said.out + said.err
    assert "Traceback" not in said.err


def test_all_threads_get_the_same_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two would each be asked while the store is away, and each tell it."""
    both, made = threading.Barrier(2), list[PictureStore]()

    def slowly(storage: Folder, *, public: str) -> PictureStore:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.2)  # where two may be here at the same time, they are
        made.append(PictureStore(storage, public=public))
        return made[-1]

    monkeypatch.setattr(picture_store, "PictureStore", slowly)
    config = tmp_path / "crosspost.toml"
    config.write_text(f'[site]\npath = "."\n[pictures]\nstore = "{tmp_path.as_posix()}/shared"\n', "utf-8")
    settings, credentials = settings_file.read(config), Credentials({}, tmp_path / "secrets.env")
    with ThreadPoolExecutor(2) as pool:
        found = [
            work.result()
            for work in [pool.submit(configured_picture_store.of, settings, credentials) for _ in range(2)]
        ]
    assert found == [made[0], made[0]]
    assert len(made) == 1


def _line(text: str) -> str:
    return " ".join(text.split())


def test_a_picture_that_one_machine_fetched_is_not_fetched_again(place: Place, tmp_path: Path) -> None:
    """Another machine has it although the web has another one now, or none."""
    place.config.write_text(f"{place.config.read_text('utf-8')}\n[pictures]\nstore = '../kept'\n", "utf-8")
    url, data = "http://127.0.0.1:9/beet.jpg", (place.root / "site/images/beet.jpg").read_bytes()
    store = place.app.picture_store()
    assert store is not None
    store.keep_fetched(url, data)
    from crosspost.transport import page_check

    session = page_check.live_session()
    found = picture_download.fetch(url, tmp_path / "own", session=session, store=store)
    assert Path(found.path).read_bytes() == data
    store.keep_fetched(url, b"<html>no picture</html>")
    assert picture_download.fetch(url, tmp_path / "other", session=session, store=store).reason
