"""Whatever stands in a file: it is read, or a sentence names the file; the other posts go on."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from crosspost.app.application import App
from crosspost.app.loading import load
from crosspost.config import registry
from crosspost.config.credentials import Credentials
from crosspost.config.vault import Vault
from crosspost.errors import ConfigError, CrosspostError, LedgerError, MediaError, NotSent, PostRefused, SourceError
from crosspost.ledger.rows import as_identity
from crosspost.media import fit
from crosspost.model import Entry, ImageLimits
from crosspost.sources.filenames import Name
from crosspost.sources.jekyll import JekyllSource
from crosspost.sources.listing_cache import ListingCache
from tests.fuzz.profile import EXAMPLES
from tests.fuzz.strategies import BODIES, texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)
fuzzed = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
raw = (
    texts().map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=300) | st.sampled_from(BODIES)
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text("url: https://tal.example.org\ntitle: Das Tal\n", "utf-8")
    (tmp_path / "_posts/2026-01-02-gut.md").write_text("---\ntitle: Gut\n---\n\nText.\n", "utf-8")
    return tmp_path


def house_of(site: Path) -> App:
    return App(settings=None, site=site, credentials=Credentials({}), clock=lambda: NOW)


def everything_is_read_or_refused(site: Path, file: Path) -> None:
    """List, load and compose a hostile post on every network; a good one beside it goes on."""
    place = house_of(site)
    source: JekyllSource = place.source()
    entries = {Path(entry.path).name: entry for entry in source.scan()}
    assert entries["2026-01-02-gut.md"].state == "ready"
    entry = entries[file.name]
    assert entry.state == "ready" or file.name in entry.reason or entry.state == "skipped"
    try:
        post = source.load(entry)
    except PostRefused as error:
        assert file.name in str(error)
        return
    for name in registry.NETWORKS:
        try:
            draft = place.network(name).draft(post)
        except CrosspostError as error:
            assert str(error)
        else:
            draft.text.encode("utf-8")
            stored = msgspec.json.encode(draft)
            assert msgspec.json.encode(msgspec.json.decode(stored, type=type(draft))) == stored


@fuzzed
@given(front=raw, body=raw, closed=st.booleans())
def test_a_post(site: Path, front: bytes, body: bytes, closed: bool) -> None:
    file = site / "_posts/2026-01-01-boese.md"
    file.write_bytes(b"---\n" + front + (b"\n---\n" if closed else b"\n") + body)
    everything_is_read_or_refused(site, file)


KEYS = st.sampled_from(
    ["title", "description", "excerpt", "date", "tags", "tag", "categories", "category", "permalink", "slug", "lang",
     "author", "thumbnail", "thumbnail_alt", "published", "layout", "crosspost", "image"]
)  # fmt: skip
VALUES = texts(8) | st.sampled_from(
    ("[a, [b, {c: d}]]", "{a: {b: c}}", "&x [*x]", "!!binary AAA=", "1e999", "0x1F", "~", "2026-13-45", "- - - a")
)


@fuzzed
@given(pairs=st.lists(st.tuples(KEYS, VALUES), max_size=6), quoted=st.booleans())
def test_a_front_matter_of_known_keys(site: Path, pairs: list[tuple[str, str]], quoted: bool) -> None:
    lines = [f"{key}: {msgspec.json.encode(_whole(value)).decode() if quoted else value}" for key, value in pairs]
    file = site / "_posts/2026-01-01-boese.md"
    file.write_text("\n".join(["---", *lines, "---", "", "Text."]), "utf-8", "surrogatepass")
    everything_is_read_or_refused(site, file)


def _whole(text: str) -> str:
    return re.sub("[\ud800-\udfff]", "", text)


@fuzzed
@given(raw)
def test_a_site_configuration(site: Path, config: bytes) -> None:
    (site / "_config.yml").write_bytes(config)
    try:
        list(JekyllSource(site, now=NOW, url="https://tal.example.org").scan())
    except SourceError as error:
        assert str(site) in str(error)
    finally:
        (site / "_config.yml").write_text("url: https://tal.example.org\n", "utf-8")


def _settings(file: Path) -> object:
    place = load(config=file, site=file.parent, environ={}, clock=lambda: NOW)
    return [place.checked(name) for name in place.accounts()], place.schedules(), place.source()


def _secrets(file: Path) -> object:
    return Credentials({}, file).get("mastodon", "access_token")


def _vault(file: Path) -> object:
    return Vault(file.parent).get(file.stem)


def _remembered(file: Path) -> object:
    return ListingCache(file, "").entry(str(file), lambda _: Entry(id="a", path="a.md"), Name(id="a", path="a.md"))


READERS: dict[str, Callable[[Path], object]] = {
    "crosspost.toml": _settings,
    "secrets.env": _secrets,
    "mastodon.json": _vault,
    "posts.cache": _remembered,
}
TOML = st.lists(
    st.sampled_from(
        ["[site]", "[run]", "[secrets]", "[state]", "[accounts.x]", "[accounts.mastodon]", "[[accounts]]", "path=", "=",
         "url=", "'", '"', "[", "]", "{", "}", ",", "1", "-1", "1e9", "true", "2026-01-01", "network=", "base_url=",
         "'http://['", "slots=", "['Mon']", "template=", "'{{'", "timeout=", "enabled=", "digest=", "a.b=", "export",
         "#", "CROSSPOST_MASTODON_ACCESS_TOKEN=", "CROSSPOST_MASTODON_ACCESS_TOKEN_FILE=/dev/zero"]
    )
    | st.just("\n")
    | st.text(max_size=4),
    max_size=30,
).map(lambda pieces: " ".join(pieces).encode("utf-8", "surrogatepass"))  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_a_file_beside_the_config(name: str, tmp_path: Path) -> None:
    file = tmp_path / name

    @fuzzed
    @given(raw | TOML)
    def fuzz(data: bytes) -> None:
        file.write_bytes(data)
        try:
            READERS[name](file)
        except (ConfigError, NotSent, SourceError) as error:
            assert str(error)
            assert name in str(error) or "CROSSPOST_MASTODON" in str(error) or str(tmp_path) in str(error)

    fuzz()


@pytest.mark.parametrize("name", ["crosspost.toml", "secrets.env", "mastodon.json"])
@pytest.mark.parametrize("text", [b"a = " + b"[" * 5000, b"a = " + b"9" * 10_000, b"#" * 2_000_000, b"\0" * 100])
def test_a_file_that_is_too_much(name: str, text: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(text)
    try:
        READERS[name](tmp_path / name)
    except (ConfigError, NotSent) as error:
        assert name in str(error)


def test_a_token_file_without_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a pipe, a socket or a device"):
        Credentials({"CROSSPOST_X_ACCESS_TOKEN_FILE": "/dev/zero"}).get("x", "access_token")


def test_a_token_file_that_is_much_too_long(tmp_path: Path) -> None:
    file = tmp_path / "image.iso"
    with file.open("wb") as written:
        written.truncate(3_000_000)
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        Credentials({"CROSSPOST_X_ACCESS_TOKEN_FILE": str(file)}).get("x", "access_token")


@given(raw)
def test_what_a_server_once_said_of_itself(stored: bytes) -> None:
    found = as_identity(stored)
    assert found is None or found.id is not None


def test_a_damaged_row_names_the_delivery() -> None:
    from crosspost.ledger.rows import COLUMNS, as_delivery

    for draft, remote in ((b'{"text": 1}', "{}"), (None, "[1]"), (None, "[" * 100_000), (b"\xff", "{}")):
        now = "2026-11-22T12:00:00.000000+00:00"
        row = {"id": 7, "post": "regen", "account": "verein", "due_at": now, "updated_at": now}
        row |= {"draft": draft, "remote": remote}
        with pytest.raises(LedgerError, match=r"delivery 7 .regen to verein. cannot be read"):
            as_delivery(tuple(row.get(name) for name in COLUMNS.split(", ")))


PICTURES = ("JPEG", "PNG", "GIF", "WEBP")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("pictures")
    for kind in PICTURES:
        Image.effect_noise((40, 30), 60).convert("RGB").save(folder / kind, kind)
    return {kind: (folder / kind).read_bytes() for kind in PICTURES}


@fuzzed
@given(kind=st.sampled_from(PICTURES), at=st.integers(0, 3000), put=st.binary(max_size=8), cut=st.integers(0, 3000))
def test_a_picture(tmp_path: Path, whole: dict[str, bytes], kind: str, at: int, put: bytes, cut: int) -> None:
    data = whole[kind]
    at %= len(data)
    changed = data[:at] + put + data[at + len(put) :]
    file = tmp_path / "bild"
    file.write_bytes(changed[: len(changed) - cut % len(changed)] if cut % 3 == 0 else changed)
    try:
        fit(str(file), ImageLimits(count=1, formats=("JPEG", "PNG"), bytes=1_000_000, max_width=30))
    except MediaError as error:
        assert "bild" in str(error)
