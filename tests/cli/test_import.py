"""``crosspost import``: files as other tools keep them, in shapes people really have."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.app.importing.records import read
from crosspost.errors import ConfigError
from crosspost.testing.harness import Place

SITE = "https://tal.example.org"
SUN = f"{SITE}/2026/11/20/sonne.html"
WIND = f"{SITE}/2026/11/21/wind.html"


@pytest.fixture
def home(place: Place) -> Place:
    """Two posts, and accounts on Mastodon, X and Facebook that have said nothing yet."""
    place.post.unlink()
    place.new_post("2026-11-20-sonne", "---\ntitle: Sonne vom Balkon für alle\n---\n\nText.\n")
    place.new_post("2026-11-21-wind", "---\ntitle: Wind\n---\n\nText.\n")
    return place


def links(place: Place, account: str) -> str:
    """An address on the server of an account."""
    return f"{place.sandbox.url}/@verein/111222333" if account == "mastodon" else "https://x.com/verein/status/4711"


def found(place: Place, file: Path, *more: str) -> dict[tuple[str, str], str]:
    """Post and account → the address, of what would be noted."""
    said = place.crosspost("import", str(file), "--dry-run", "--json", *more)
    assert said.code in (0, 1), said.err
    return {(one["post"], one["account"]): one["url"] for one in said.json["found"]}


def database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("CREATE TABLE toots (id INTEGER, feed_link TEXT, toot_url TEXT, sent_at INTEGER)")
        made.execute("INSERT INTO toots VALUES (1, ?, ?, 1795900000)", (SUN, "https://x.com/v/status/1"))
        made.execute("CREATE TABLE empty (x TEXT)")


def text(said: str, encoding: str = "utf-8") -> Callable[[Path], Any]:
    return lambda file: file.write_text(said, encoding)


def data(said: Any) -> Callable[[Path], Any]:
    return text(json.dumps(said))


X = "https://x.com/verein/status/4711"
TOLD = ("sonne", "x")
#: name of the file → what makes it, what is named by --to, and what is found in it
FILES: dict[str, tuple[Callable[[Path], Any], tuple[str, ...], dict[tuple[str, str], str]]] = {
    "by-address.json": (data({SUN: {"twitter": X}, WIND: {"facebook": True}}), (), {TOLD: X, ("wind", "facebook"): ""}),
    "flags.json": (data({SUN: {"x": True, "mastodon": False}}), (), {TOLD: ""}),
    "by-network.json": (data({"twitter": {SUN: X}}), (), {TOLD: X}),
    "lists.json": (
        data({"done": [SUN, WIND]}), ("mastodon",), {("sonne", "mastodon"): "", ("wind", "mastodon"): ""}
    ),
    "seen.txt": (text(f"{SUN}\n\nhttps://elsewhere.example/x\n"), ("mastodon",), {("sonne", "mastodon"): ""}),
    "rows.jsonl": (text(json.dumps({"url": SUN, "tweet": X}) + "\n" + json.dumps({"url": "z"})), (), {TOLD: X}),
    "syndication.yml": (text(f"/2026/11/20/sonne.html:\n  - {X}\n"), (), {TOLD: X}),
    "state.yaml": (text(f"posts:\n  _posts/2026-11-20-sonne.md:\n    twitter: {X}\n"), (), {TOLD: X}),
    "cache.db": (database, (), {TOLD: "https://x.com/v/status/1"}),
    "export.csv": (
        text(f"Date,Text,Network,Link\n2026-11-20 10:00,Neu: {SUN}?utm_source=x,Twitter,{X}\n"), (), {TOLD: X}
    ),
    "semicolons.csv": (text(f"Text;Profil\nNeu {SUN} #Sonne;twitter\n"), (), {TOLD: ""}),
    "titles.csv": (text('Content,Service\n"Sonne vom Balkon für alle – https://t.co/abc",twitter\n'), (), {TOLD: ""}),
    "moved.json": (data([{"url": "http://www.old.example/2026/11/20/sonne.html", "posted_to": "x"}]), (), {TOLD: ""}),
    "slash.json": (data([{"url": "http://www.tal.example.org/2026/11/20/sonne/#c", "on": "x"}]), (), {TOLD: ""}),
    "excel.csv": (text(f"Text\tService\nNeu {SUN}\tX\n", "utf-16"), (), {TOLD: ""}),
    "posts.json": (
        data([
            {"content": f"Neu {SUN}", "state": "PUBLISHED", "integration": {"name": "x"}, "releaseURL": X},
            {"content": f"Neu {WIND}", "state": "QUEUE", "integration": {"name": "x"}},
            {"content": f"Neu {WIND}", "state": "ERROR", "integration": {"name": "x"}},
        ]),
        (),
        {TOLD: X},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_shows_is_found(home: Place, tmp_path: Path, name: str) -> None:
    make, to, wanted = FILES[name]
    make(tmp_path / name)
    assert found(home, tmp_path / name, *(word for one in to for word in ("--to", one))) == wanted
    assert not (home.root / "config/state/ledger.sqlite3").exists(), "a look changes nothing"


def test_what_was_said_is_not_said_again_and_everything_else_is(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({SUN: {"mastodon": links(home, "mastodon")}}), "utf-8")
    done = home.crosspost("import", str(file), "--yes")
    assert done.code == 0, done.err
    assert "1 post noted as sent" in done.out
    home.crosspost("run", "--backfill")
    said = [post["text"] for post in home.sandbox.posts("mastodon")]
    assert len(said) == 1
    assert "Wind" in said[0]
    assert len(home.sandbox.posts("x")) == 2
    rows = {row["post"]: row for row in home.crosspost("history", "--json").json if row["account"] == "mastodon"}
    assert rows["sonne"]["url"] == links(home, "mastodon")
    assert "import" in home.crosspost("history", "--changes").out


def test_twice_is_once(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({SUN: {"twitter": X}}), "utf-8")
    assert "1 post noted" in home.crosspost("import", str(file), "--yes").out
    assert "0 posts noted" in home.crosspost("import", str(file), "--yes").out


def test_what_the_ledger_knows_better_stays(home: Place, tmp_path: Path) -> None:
    home.sandbox.fault("facebook", "cut-before")
    home.crosspost("run", "--backfill")
    before = home.crosspost("ledger", "export").out
    file = tmp_path / "state.json"
    file.write_text(json.dumps({SUN: {"facebook": "https://facebook.com/1/posts/2"}, WIND: {"x": X}}), "utf-8")
    home.crosspost("import", str(file), "--yes")

    def deliveries(text: str) -> list[Any]:
        return [row for row in map(json.loads, text.splitlines()) if "account" in row and "due_at" in row]

    assert deliveries(home.crosspost("ledger", "export").out) == deliveries(before)


def test_where_a_file_does_not_say_where_it_asks_for_to(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "seen.txt"
    file.write_text(SUN, "utf-8")
    done = home.crosspost("import", str(file), "--yes")
    assert done.code == 1
    assert "--to ACCOUNT" in done.err
    assert home.crosspost("import", str(file), "--to", "x", "--yes").code == 0


def test_without_yes_it_asks(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "seen.txt"
    file.write_text(SUN, "utf-8")
    assert home.crosspost("import", str(file), "--to", "x", "--json").code == 2
    assert not (home.root / "config/state/ledger.sqlite3").exists()


def test_a_profile_is_no_post(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps([{"url": SUN, "author": "https://x.com/verein"}]), "utf-8")
    assert found(home, file) == {}


@pytest.mark.parametrize("shape", [list, dict])
def test_of_what_was_said_and_what_failed_only_the_first_counts(home: Place, tmp_path: Path, shape: type) -> None:
    messages: Any = [
        {"platform": "x", "status": "published", "url": X},
        {"platform": "mastodon", "status": "failed"},
        {"platform": "facebook", "status": "published"},
    ]
    if shape is dict:
        messages = {one.pop("platform"): one for one in messages}
    post = {"title": "Sonne vom Balkon für alle", "url": SUN, "status": "scheduled", "crossposts": messages}
    file = tmp_path / "export.json"
    for whole in ({"posts": [post]}, [post, {"title": "Wind", "url": WIND, "crossposts": []}], post):
        file.write_text(json.dumps(whole), "utf-8")
        assert found(home, file) == {("sonne", "x"): X, ("sonne", "facebook"): ""}


def test_a_table_need_not_name_its_columns(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"
    row = '"November 20, 2026 at 10:00AM",@verein,{},{}\n'
    file.write_text(row.format(SUN, X) + row.format(WIND, X.replace("4711", "12")), "utf-8")
    assert found(home, file) == {("sonne", "x"): X, ("wind", "x"): X.replace("4711", "12")}


def test_an_object_about_several_posts_says_nothing_of_each(home: Place, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"twitter": f"{SUN} {WIND}"}), "utf-8")
    assert found(home, file) == {}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"{", "is not JSON"),
        ("deep.json", b"[" * 20_000 + b"]" * 20_000, "has lists in lists without an end"),
        ("deep.yml", b"[" * 2_000 + b"]" * 2_000, "has lists in lists without an end"),
        ("a.yml", b"a: [", "is not YAML"),
        ("a.db", b"SQLite format 3\x00" + b"x" * 200, "cannot be read as a database"),
        ("a.bin", b"\x00\x81\x8d\x8f\x90", "neither text nor a database"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(home: Place, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = home.crosspost("import", str(tmp_path / name))
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_missing_file_is_told(home: Place) -> None:
    assert "cannot be read" in home.crosspost("import", "/nowhere.json").err


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.sampled_from([SUN, X, "state"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.just(SUN), inner, max_size=3),
    max_leaves=12,
)


@given(value=_VALUES)
@settings(max_examples=200)
def test_any_json_can_be_read(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_text(json.dumps(value), "utf-8")
    for record in read(file):
        assert all(isinstance(word, str) for pair in record.said for word in pair)


@given(raw=st.binary(max_size=200), suffix=st.sampled_from([".json", ".csv", ".yml", ".txt", ".db", ""]))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(raw: bytes, suffix: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / f"any{suffix}"
    file.write_bytes(raw)
    with suppress(ConfigError):
        for record in read(file):
            assert record.place.startswith(str(file))
