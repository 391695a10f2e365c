"""A short post becomes a page of a Hugo site, and is then a post like every other."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.app.editing.new_note import Note, new, why_not
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.testing.harness import Place
from tests.app.editing.test_new_note import files, photo

ANN = Person(name="ann")
OLD = "---\ntitle: Alt\ndate: 2026-11-20T10:00:00+01:00\n---\n\nText.\n"
HUGO = Path.home() / ".cache/crosspost-test-generators/py-hugo/bin/hugo"


def hugo(place: Place, config: str = "", **pages: str) -> Place:
    text = place.config.read_text("utf-8").replace("[site]", '[site]\nsource = "hugo"')
    place.config.write_text(text, "utf-8")
    place.write("site/hugo.toml", f'baseURL = "https://tal.example.org/blog/"\ntimeZone = "Europe/Berlin"\n{config}')
    for name, page in ({"posts/alt": OLD} | pages).items():
        place.write(f"site/content/{name}.md", page)
    place.crosspost("run")
    return place


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)


def test_it_is_said_word_for_word_and_has_a_page(place: Place) -> None:
    file = new(hugo(place).app, Note(text="Beet 3 ist fertig!\nKommt *vorbei*."), ANN)
    assert file.relative_to(place.root / "site").as_posix() == "content/posts/beet-3-ist-fertig.md"
    assert "draft" not in file.read_text("utf-8")
    assert place.app.source().entry(file).url == "https://tal.example.org/blog/posts/beet-3-ist-fertig/"
    place.crosspost("run")
    assert [post["text"] for post in place.sandbox.posts()] == ["Beet 3 ist fertig!\nKommt *vorbei*."] * 3


def test_its_picture_is_a_static_file(place: Place) -> None:
    hugo(place)
    note = Note(text="Seht", picture=photo(), alt="Ein Beet", accounts=("mastodon",))
    file = new(place.app, note, ANN)
    assert (place.root / "site/static/crosspost/seht.jpg").is_file()
    assert "![Ein Beet](/blog/crosspost/seht.jpg)" in file.read_text("utf-8")
    place.crosspost("run")
    (post,) = place.sandbox.posts()
    assert [picture["alt"] for picture in post["images"]] == ["Ein Beet"]


@pytest.mark.parametrize(
    ("config", "pages", "folder"),
    [
        ('[params]\nmainSections = ["news"]\n', {}, "content/news"),
        ("", {f"blog/{number}": OLD for number in range(3)}, "content/blog"),
        ('contentDir = "inhalt"\n', {"../inhalt/tagebuch/a": OLD}, "inhalt/tagebuch"),
    ],
)
def test_it_goes_into_the_section_of_the_posts(place: Place, config: str, pages: dict[str, str], folder: str) -> None:
    (place.root / "site/inhalt").mkdir()
    file = new(hugo(place, config, **pages).app, Note(text="Hallo"), ANN)
    assert file.parent.relative_to(place.root / "site").as_posix() == folder


def test_the_same_text_is_refused_on_the_same_day_only(place: Place) -> None:
    first = new(hugo(place).app, Note(text="Markt ist offen"), ANN)
    with pytest.raises(CrosspostError, match="says just this already"):
        new(place.app, Note(text="Markt ist offen"), ANN)
    place.clock.pass_by(days=7)
    second = new(place.app, Note(text="Markt ist offen"), ANN)
    assert [first.name, second.name] == ["markt-ist-offen.md", "markt-ist-offen-2.md"]


def test_what_the_site_would_not_publish_is_not_left_behind(place: Place) -> None:
    hugo(place, "[[cascade]]\nbuild = {render = 'never'}\n[cascade._target]\npath = '/posts/**'\n")
    before = files(place)
    with pytest.raises(CrosspostError, match="would not publish"):
        new(place.app, Note(text="Hallo", at=place.clock() + timedelta(days=1)), ANN)
    assert files(place) == before


def test_folders_that_are_mounted_otherwise_are_left_alone(place: Place) -> None:
    hugo(place, "[[module.mounts]]\nsource = 'inhalt'\ntarget = 'content'\n")
    assert "mounts other folders" in why_not(place.app)


@pytest.mark.skipif(not HUGO.exists(), reason="`make test-generators` fetches Hugo")
def test_hugo_shows_what_was_written_as_it_was_written(place: Place) -> None:
    said = "{{< x >}} {{% y %}} {{ .Site }} <script>alert(1)</script> & *nicht* kursiv"
    hugo(place)
    place.write("site/layouts/_default/single.html", "{{ .Content }}")
    new(place.app, Note(text=said, title="Neu", picture=photo(), alt="Ein [Beet]"), ANN)
    built = [HUGO, "--destination", "public"]
    subprocess.run(built, cwd=place.root / "site", capture_output=True, check=True)
    page = (place.root / "site/public/posts/neu/index.html").read_text("utf-8")
    assert "<script>" not in page
    assert "{{&lt; x &gt;}}" in page.replace("&#123;", "{").replace("&#125;", "}")
    assert 'alt="Ein [Beet]"' in page
    assert (place.root / "site/public/crosspost/neu.jpg").is_file()
