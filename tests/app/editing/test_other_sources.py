"""Sites whose posts are not Markdown files with YAML front matter: their files are never touched."""

from pathlib import Path

import pytest

from crosspost.app.editing import compose, editable, edits
from crosspost.app.editing.edit_words import Edit
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.testing.harness import Place
from crosspost.web import serving
from tests.web.client import Client

ANN = Person(name="ann")
PAGE = """<!doctype html><html lang="de"><head><title>Neu</title>
<link rel="canonical" href="https://tal.example.org/neu/"><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-11-21T10:00:00+01:00"></head>
<body><article><h1>Neu</h1><p>Ein langer Tag im Tal, an dem alle halfen und viel geschah.</p></article></body></html>
"""
TOML = '+++\ntitle = "Neu"\ndate = 2026-11-21T10:00:00+01:00\n+++\n\nText.\n'


@pytest.fixture
def built(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    text = place.config.read_text("utf-8").replace(
        "[site]", '[site]\nsource = "built"\nurl = "https://tal.example.org"'
    )
    place.config.write_text(text, "utf-8")
    place.write("site/public/index.html", '<!doctype html><title>Tal</title><a href="/neu/">Neu</a>')
    file = place.write("site/public/neu/index.html", PAGE)
    place.crosspost("run")
    return file


def test_a_built_page_is_changed_in_the_ledger_only(place: Place, built: Path) -> None:
    assert not editable.look(place.app, built, "x").writable
    with pytest.raises(CrosspostError, match="`--in-ledger` keeps the change"):
        edits.propose(place.app, built, "x", Edit(text="Hallo"), "file")
    ran = place.crosspost("edit", str(built), "--account", "x", "--text", "Hallo", "--yes")
    assert ran.code == 0, ran.err
    assert built.read_text("utf-8") == PAGE
    assert editable.look(place.app, built, "x").meant.text == "Hallo"


def test_no_short_post_is_written_there(place: Place, built: Path) -> None:
    before = sorted((place.root / "site").rglob("*"))
    with pytest.raises(CrosspostError, match="read as it was built"):
        compose.new(place.app, compose.Note(text="Hallo"), ANN)
    with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
        client = Client(port)
        client.post("/enter", ticket=serving.sessions_of(place.app).link())
        page = client.get("/note").text
    assert "read as it was built" in page
    assert "<textarea" not in page
    assert built in before
    assert sorted((place.root / "site").rglob("*")) == before


def test_toml_front_matter_is_left_alone_and_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.config.write_text(place.config.read_text("utf-8").replace("[site]", '[site]\nsource = "hugo"'), "utf-8")
    place.write("site/hugo.toml", 'baseURL = "https://tal.example.org/"\n')
    file = place.write("site/content/posts/neu.md", TOML)
    place.crosspost("run")
    with pytest.raises(CrosspostError, match="TOML"):
        edits.propose(place.app, file, "x", Edit(text="Hallo"), "file")
    assert file.read_text("utf-8") == TOML
    assert place.crosspost("edit", str(file), "--account", "x", "--text", "Hallo", "--yes", "--in-ledger").code == 0
