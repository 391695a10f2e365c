"""Sites whose posts are not Markdown files with YAML front matter: their files are never touched."""

from pathlib import Path

import pytest
from PIL import Image

from crosspost.app.editing import edit_proposal, editable, new_note
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
        edit_proposal.propose(place.app, built, "x", Edit(text="Hallo"), "file")
    ran = place.crosspost("edit", str(built), "--account", "x", "--text", "Hallo", "--yes")
    assert ran.code == 0, ran.err
    assert built.read_text("utf-8") == PAGE
    assert editable.look(place.app, built, "x").meant.text == "Hallo"


def test_a_short_post_goes_into_a_folder_of_its_own_and_out_once(place: Place, built: Path) -> None:
    before = {file: file.read_bytes() for file in (place.root / "site").rglob("*") if file.is_file()}
    with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
        client = Client(port)
        client.post("/enter", ticket=serving.sessions_of(place.app).link())
        assert "<textarea" in client.get("/note").text
        assert client.post("/note", text="Beet 3 ist fertig.", account="x").status == 303
        assert "Beet 3 ist fertig." in client.get("/posts").text
        (file,) = (place.config.parent / "short-posts").glob("*.md")
        assert "Beet 3 ist fertig." in client.get("/posts/short%3Abeet-3-ist-fertig").text
    assert {one: one.read_bytes() for one in (place.root / "site").rglob("*") if one.is_file()} == before
    shown = place.crosspost("preview", str(file)).out
    assert "Beet 3 ist fertig." in shown
    assert "→" not in shown, "it has no address"
    for _ in range(2):
        assert place.crosspost("run").code == 0
    assert [post["text"] for post in place.sandbox.posts("x")] == ["Beet 3 ist fertig."]
    assert editable.look(place.app, file, "x").writable
    said = place.crosspost("edit", str(file), "--account", "x", "--text", "Beet 3 ist voll.", "--yes")
    assert said.code == 0, said.err
    assert "Beet 3 ist voll." in file.read_text("utf-8")


def test_a_picture_that_is_only_here_is_told_where_it_must_be_on_the_web(place: Place, built: Path) -> None:
    account = f'\n[accounts.instagram]\nbase_url = "{place.sandbox.accounts()["instagram"]["base_url"]}"\n'
    place.config.write_text(place.config.read_text("utf-8") + account, "utf-8")
    picture = place.root / "beet.png"
    Image.effect_noise((400, 300), 60).save(picture)
    ran = place.crosspost("note", "Beet 3", "--picture", str(picture), "--alt", "Ein Beet", "--account", "instagram")
    assert ran.code != 0
    assert "instagram: Instagram does not accept a post without a picture" in ran.err
    assert "is not a file of the site that readers can open" in ran.err
    assert not list((place.config.parent / "short-posts").rglob("*.*")), "nothing is left behind"
    ran = place.crosspost("note", "Beet 3", "--picture", str(picture), "--alt", "Ein Beet", "--account", "mastodon")
    assert ran.code == 0, ran.err
    assert place.crosspost("run").code == 0
    assert [len(post["images"]) for post in place.sandbox.posts("mastodon")] == [1]


def test_the_same_words_again_on_one_day_are_refused_there_too(place: Place, built: Path) -> None:
    new_note.new(place.app, new_note.Note(text="Hallo"), ANN)
    with pytest.raises(CrosspostError, match="says just this already"):
        new_note.new(place.app, new_note.Note(text="Hallo"), ANN)


def test_the_folder_of_short_posts_is_only_for_a_site_that_takes_none(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8").replace("[site]", '[site]\nshort_posts = "x"'), "utf-8")
    with pytest.raises(CrosspostError, match=r":2: `short_posts`: this site’s posts are files"):
        place.app.source()


def test_toml_front_matter_is_left_alone_and_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.config.write_text(place.config.read_text("utf-8").replace("[site]", '[site]\nsource = "hugo"'), "utf-8")
    place.write("site/hugo.toml", 'baseURL = "https://tal.example.org/"\n')
    file = place.write("site/content/posts/neu.md", TOML)
    place.crosspost("run")
    with pytest.raises(CrosspostError, match="TOML"):
        edit_proposal.propose(place.app, file, "x", Edit(text="Hallo"), "file")
    assert file.read_text("utf-8") == TOML
    assert place.crosspost("edit", str(file), "--account", "x", "--text", "Hallo", "--yes", "--in-ledger").code == 0
