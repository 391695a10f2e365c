"""``write_back = "front-matter"``: the post's own file says where it went, and every other byte stays."""

from pathlib import Path

import pytest
import yaml

from crosspost.testing.harness import Place
from tests.app.write_back.conftest import Ask

NAME = "2026-11-22-neu"
TEXT = "---\r\ntitle:   'Neu'  # a comment\r\ntags: [a,b]\r\n---\r\n\r\nEin Text.\r\n"
FIELDS = '{ mastodon = { comments = { host = "{host}", id = "{id}" } }, x = { x_post = "{url}" } }'


def sent(place: Place, text: str = TEXT) -> Path:
    """Publish a new post: its file."""
    place.crosspost("run")
    file = place.root / f"site/_posts/{NAME}.md"
    file.write_bytes(text.encode())
    place.clock.pass_by(minutes=5)
    assert place.crosspost("run").code == 0
    return file


def front(file: Path) -> dict[str, object]:
    said: dict[str, object] = yaml.safe_load(file.read_bytes().decode().split("---")[1])
    return said


def test_every_address_is_listed_and_every_other_byte_stays(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter")
    file = sent(place)
    urls = front(file)["syndication"]
    assert isinstance(urls, list)
    assert len(urls) == 3
    assert all(url.startswith("http://127.0.0.1") for url in urls)
    kept = [
        line for line in file.read_bytes().split(b"\r\n") if b"syndication" not in line and b"127.0.0.1" not in line
    ]
    assert kept == TEXT.encode().split(b"\r\n")


def test_no_edit_and_no_second_post_follows(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter", write_back_fields=FIELDS)
    file = sent(place)
    before = file.read_bytes(), file.stat().st_mtime_ns
    for _ in range(3):
        place.clock.pass_by(minutes=30)
        ran = place.crosspost("run")
        assert (ran.code, ran.out, ran.err) == (0, "Nothing is due.\n", "")
    assert len(place.sandbox.posts()) == 3
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert place.crosspost("status", "--json").json["changes"] == []


def test_what_got_lost_is_written_again(place: Place, ask: Ask) -> None:
    """A machine that is new each time has an older file when a push failed."""
    ask(write_back="front-matter")
    file = sent(place)
    before = file.read_bytes()
    file.write_bytes(TEXT.encode())
    place.crosspost("run")
    assert file.read_bytes() == before


def test_an_edit_of_a_person_is_still_noticed(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter")
    file = sent(place)
    place.clock.pass_by(minutes=30)
    file.write_bytes(file.read_bytes().replace(b"'Neu'", b"'Ganz neu'"))
    place.crosspost("run")
    assert {one["kind"] for one in place.crosspost("status", "--json").json["changes"]} == {"edit"}


def test_templates_fill_more_keys(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter", write_back_fields=FIELDS)
    said = front(sent(place))
    assert said["comments"]["host"].startswith("127.0.0.1")  # type: ignore[index]
    assert said["comments"]["id"]  # type: ignore[index]
    assert said["x_post"] in said["syndication"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        ("syndication: https://news.example.org/1\n", "https://news.example.org/1"),
        ("syndication:\n  - https://news.example.org/1  # by hand\n", "https://news.example.org/1"),
        ("syndication:\n  news: https://news.example.org/1\n", "https://news.example.org/1"),
    ],
)
def test_what_a_person_wrote_there_stays(place: Place, ask: Ask, there: str, kept: str) -> None:
    ask(write_back="front-matter")
    said = front(sent(place, f"---\ntitle: Neu\n{there}---\n\nText.\n"))["syndication"]
    assert kept in (said.values() if isinstance(said, dict) else said)  # type: ignore[operator]
    assert len(said) == 4  # type: ignore[arg-type]


def test_what_is_taken_back_leaves_the_file(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter")
    file = sent(place, "---\ntitle: Neu\n---\n\nText.\n")
    place.crosspost("unpublish", str(file), "--yes", "--to", "mastodon")
    place.crosspost("run")
    assert len(front(file)["syndication"]) == 2  # type: ignore[arg-type]
    place.crosspost("unpublish", str(file), "--yes")
    place.crosspost("run")
    assert file.read_text("utf-8") == "---\ntitle: Neu\n---\n\nText.\n"


def test_a_file_that_changes_meanwhile_wins_and_is_written_next_time(
    place: Place, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(write_back="front-matter")
    from crosspost.sources import front_matter_edit

    usual = front_matter_edit.propose

    def slow(path: str, *given: object) -> object:
        found = usual(path, *given)  # type: ignore[arg-type]
        Path(path).write_text("---\ntitle: Neu\n---\n\nEin anderer Text.\n", "utf-8")
        return found

    with monkeypatch.context() as patch:
        patch.setattr("crosspost.app.write_back.write_back_round.front_matter_edit.propose", slow)
        file = sent(place)
    assert file.read_text("utf-8") == "---\ntitle: Neu\n---\n\nEin anderer Text.\n"
    place.crosspost("run")
    assert len(front(file)["syndication"]) == 3  # type: ignore[arg-type]
    assert file.read_text("utf-8").endswith("---\n\nEin anderer Text.\n")


def test_a_template_that_cannot_be_filled_is_told_before_anything_is_written(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter", write_back_fields='{ mastodon = { comments = "{server}" } }')
    said = " ".join(place.crosspost("run").err.split())
    before = place.new_post(NAME).read_bytes()
    place.crosspost("run")
    assert (place.root / f"site/_posts/{NAME}.md").read_bytes() == before
    assert "`comments` has {server}; a template may use: {network}" in said


def test_a_hugo_site(place: Place, ask: Ask) -> None:
    ask(write_back="front-matter", source="hugo")
    place.write("site/hugo.toml", 'baseURL = "https://tal.example.org/"\n')
    place.write("site/content/posts/alt.md", "---\ntitle: Alt\ndate: 2026-11-01\n---\n\nText.\n")
    place.crosspost("run")
    file = place.write("site/content/posts/neu.md", "---\ntitle: Neu\ndate: 2026-11-22\n---\n\nText.\n")
    toml = place.write("site/content/posts/toml.md", '+++\ntitle = "T"\ndate = 2026-11-22\n+++\n\nText.\n')
    place.clock.pass_by(hours=14)
    ran = place.crosspost("run")
    assert len(front(file)["syndication"]) == 3  # type: ignore[arg-type]
    assert "Where it went is not written into it" in " ".join(ran.err.split())
    assert "syndication" not in toml.read_text("utf-8")
    for _ in range(2):
        place.clock.pass_by(minutes=30)
        ran = place.crosspost("run")
        assert (ran.out, ran.err) == ("Nothing is due.\n", ""), "told once"
    assert str(toml) in "".join(place.crosspost("status").out.split())
    assert len(place.sandbox.posts()) == 6
