"""``write_back = "data"``: one file says where each post went, and nothing follows from it."""

import json
from pathlib import Path

import pytest
import yaml

from crosspost.app.write_back.data_file import text
from crosspost.app.write_back.published_links import Link, Page
from crosspost.testing.harness import NETWORKS, Place
from tests.app.write_back.conftest import Ask

FILE = "site/_data/crosspost.yml"
PATH = "/2026/11/22/neu.html"


def sent(place: Place) -> Path:
    """Publish a new post: the data file."""
    place.crosspost("run")
    place.new_post("2026-11-22-neu")
    place.clock.pass_by(minutes=5)
    assert place.crosspost("run").code == 0
    return place.root / FILE


def test_the_file_has_every_link_of_a_page(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    said = yaml.safe_load(sent(place).read_text("utf-8"))
    assert list(said) == [PATH]
    links = {link["network"]: link for link in said[PATH]}
    assert sorted(links) == sorted(NETWORKS)
    one = links["mastodon"]
    (status,) = place.sandbox.posts("mastodon")
    assert str(one["id"]) in str(status)
    assert one["url"].startswith("http://127.0.0.1")
    assert one["host"] == one["url"].split("/")[2]
    assert one["when"] == "2026-11-22T12:05:00Z"
    assert all(link["username"] for link in links.values())


def test_nothing_is_written_unless_asked_for(place: Place) -> None:
    assert not sent(place).exists()


def test_no_edit_and_no_second_post_follows(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    file = sent(place)
    before = file.read_bytes(), file.stat().st_mtime_ns
    for _ in range(3):
        place.clock.pass_by(minutes=30)
        ran = place.crosspost("run")
        assert (ran.code, ran.out) == (0, "Nothing is due.\n")
    assert len(place.sandbox.posts()) == 3
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert place.crosspost("status", "--json").json["changes"] == []


def test_a_post_that_is_sent_by_hand_is_written_too(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    place.crosspost("publish", str(place.post))
    assert "/2026/11/20/gruesse.html" in (place.root / FILE).read_text("utf-8")


def test_what_is_taken_back_leaves_the_file(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    file = sent(place)
    assert place.crosspost("unpublish", "site/_posts/2026-11-22-neu.md", "--yes", "--to", "mastodon").code == 0
    place.crosspost("run")
    assert "mastodon" not in file.read_text("utf-8")
    place.crosspost("unpublish", "site/_posts/2026-11-22-neu.md", "--yes")
    place.crosspost("run")
    assert yaml.safe_load(file.read_text("utf-8")) == {}


def test_a_post_that_moves_takes_its_links_along(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    file = sent(place)
    post = place.root / "site/_posts/2026-11-22-neu.md"
    post.write_text(post.read_text("utf-8").replace("---\n", "---\npermalink: /anders/\n", 1), "utf-8")
    place.clock.pass_by(minutes=30)
    place.crosspost("run")
    assert list(yaml.safe_load(file.read_text("utf-8"))) == ["/anders/"]


def test_a_lost_file_is_written_again(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    file = sent(place)
    before = file.read_text("utf-8")
    file.unlink()
    place.crosspost("run")
    assert file.read_text("utf-8") == before
    file.write_text(before.partition("\n")[0] + "\n", "utf-8")  # an older one, as on a machine that is new each time
    place.crosspost("run")
    assert file.read_text("utf-8") == before


def test_a_file_of_a_person_is_left_alone_and_that_is_told(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    place.write(FILE, "mine: true\n")
    assert "crosspost did not write it" in " ".join(place.crosspost("run").err.split())
    place.new_post("2026-11-22-neu")
    ran = place.crosspost("run")
    assert (ran.code, ran.err) == (0, ""), "the post is out all the same, and it was told once"
    assert len(place.sandbox.posts()) == 3
    assert (place.root / FILE).read_text("utf-8") == "mine: true\n"
    assert "crosspost did not write it" in " ".join(place.crosspost("status").out.split())
    (place.root / FILE).unlink()
    place.crosspost("run")
    assert PATH in (place.root / FILE).read_text("utf-8")
    assert "did not write it" not in place.crosspost("status").out


@pytest.mark.parametrize(
    ("given", "said"),
    [("../out.yml", "is not in the site"), ("data/x.toml", "is neither .yml, .yaml nor .json")],
)
def test_a_file_that_cannot_be_is_told(place: Place, ask: Ask, given: str, said: str) -> None:
    ask(write_back="data", write_back_file=given)
    assert said in " ".join(place.crosspost("run").err.split())
    assert not (place.root / "out.yml").exists()


def test_a_file_that_cannot_be_written_is_tried_again(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    place.write("site/_data", "in the way")
    assert "cannot be" in place.crosspost("run").err
    place.new_post("2026-11-22-neu")
    assert place.crosspost("run").code == 0
    (place.root / "site/_data").unlink()
    place.crosspost("run")
    assert PATH in (place.root / FILE).read_text("utf-8")


def test_a_run_that_was_killed_is_taken_up(place: Place, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(write_back="data")

    def killed(_: Path) -> bytes:
        raise KeyboardInterrupt

    place.crosspost("run")
    place.new_post("2026-11-22-neu")
    with monkeypatch.context() as patch:  # between the new content and its place
        patch.setattr("crosspost.sources.whole_file._content", killed)
        assert place.crosspost("run").code == 130
    assert list((place.root / "site/_data").iterdir()) == []
    place.crosspost("run")
    assert PATH in (place.root / FILE).read_text("utf-8")
    assert len(place.sandbox.posts()) == 3


# ── its text ──────────────────────────────────────────────────────────────────────────────────────────────────────

LINK = Link(network="x", account="x", url="https://x.com/a/status/1", when="2026-11-22T12:00:00Z")


def page(url: str) -> Page:
    return Page(post=url, path="", url=url, links=(LINK,))


@pytest.mark.parametrize("ending", [".yml", ".json"])
def test_both_forms_say_the_same_and_any_address_survives(ending: str) -> None:
    pages = [page("https://e.org/a%20b/ü.html"), page("https://e.org/\"q\\'/#x"), page("https://e.org")]
    read = json.loads(text(pages, ending)) if ending == ".json" else yaml.safe_load(text(pages, ending))
    assert [key for key in read if key] == ["/a%20b/ü.html", "/\"q\\'/", "/"]
    assert read["/"] == [{"network": "x", "account": "x", "url": LINK.url, "when": LINK.when}]


def test_pages_of_two_hosts_with_one_path_stand_under_their_addresses() -> None:
    said = yaml.safe_load(
        text([page("https://de.e.org/a/"), page("https://en.e.org/a/"), page("https://e.org/b/")], "")
    )
    assert list(said) == ["https://de.e.org/a/", "https://en.e.org/a/", "/b/"]
