"""A site whose articles have records of their own: they follow it, and no post suffers from them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.faults import KINDS
from crosspost.sandbox.networks.bluesky.standin import Bluesky
from crosspost.testing.harness import Clock, Place, Ran, served

DOCUMENT, PUBLICATION = "site.standard.document", "site.standard.publication"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path, sandbox, networks=("bluesky",), more="standard_site = true\n", clock=clock)
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    return place


def records(place: Place, collection: str = DOCUMENT) -> dict[str, dict[str, Any]]:
    server = place.sandbox.networks["bluesky"]
    assert isinstance(server, Bluesky)
    return server.articles(place.sandbox.store.accounts["bluesky", "verein"], collection)


def run(place: Place) -> Ran:
    ran = place.crosspost("run", "--backfill")
    assert ran.code == 0, ran.err
    return ran


def test_an_article_that_goes_out_has_a_whole_record_that_names_the_post(place: Place) -> None:
    run(place)
    (post,) = place.sandbox.posts("bluesky")
    assert records(place)["gruesse"]["bskyPostRef"] == {"uri": post["id"], "cid": post["extra"]["cid"]}
    assert records(place)["gruesse"]["textContent"] == "Ein langer Tag."


def test_a_single_file_has_one_too(place: Place) -> None:
    ran = place.crosspost(str(place.post))
    assert ran.code == 0, ran.err
    assert "bskyPostRef" in records(place)["gruesse"]


def test_a_run_without_news_asks_the_server_nothing(place: Place) -> None:
    run(place)
    place.sandbox.requests.clear()
    run(place)
    assert place.sandbox.requests_to("bluesky") == []


def test_an_edit_is_followed_and_no_post_goes_out(place: Place) -> None:
    run(place)
    place.clock.pass_by(minutes=10)
    place.post.write_text(place.post.read_text("utf-8").replace("Ein langer Tag.", "Ein kurzer Tag."), "utf-8")
    run(place)
    assert records(place)["gruesse"]["textContent"] == "Ein kurzer Tag."
    assert records(place)["gruesse"]["updatedAt"] == "2026-11-22T12:10:00.000Z"
    assert len(place.sandbox.posts("bluesky")) == 1


def test_what_is_taken_back_has_no_record_any_more(place: Place) -> None:
    run(place)
    assert place.crosspost("unpublish", str(place.post), "--yes").code == 0
    place.clock.pass_by(minutes=10)
    place.crosspost("run")
    assert place.sandbox.posts("bluesky") == []
    assert records(place) == {}


def test_a_site_that_moves_takes_its_records_along(place: Place) -> None:
    run(place)
    place.write("site/_config.yml", "url: https://neu.example.org\ntitle: Das Tal\nlang: de\ntimezone: Europe/Berlin\n")
    place.clock.pass_by(minutes=10)
    assert run(place).err == ""
    (document,) = records(place).values()
    assert document["site"].endswith("/neu.example.org")
    assert len(place.sandbox.posts("bluesky")) == 1


def test_an_article_with_another_slug_has_one_record(place: Place) -> None:
    run(place)
    place.post.write_text(place.post.read_text("utf-8").replace("lang: de", "slug: anders\nlang: de"), "utf-8")
    place.clock.pass_by(minutes=10)
    run(place)
    assert list(records(place)) == ["anders"]
    assert "bskyPostRef" in records(place)["anders"]


def test_articles_that_are_out_already_get_theirs(place: Place) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("standard_site = true\n", ""), "utf-8")
    run(place)
    assert records(place) == {}
    place.config.write_text(text, "utf-8")
    place.clock.pass_by(minutes=10)
    run(place)
    assert "bskyPostRef" in records(place)["gruesse"]
    assert len(place.sandbox.posts("bluesky")) == 1


def test_a_run_writes_a_part_and_the_next_goes_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.app.article_records.MOST", 1)
    place.config.write_text("[run]\nmax_per_run = 9\n" + place.config.read_text("utf-8"), "utf-8")
    place.new_post("2026-11-21-zweiter")
    run(place)
    assert sum("bskyPostRef" in one for one in records(place).values()) == 1
    run(place)  # no stamp of rest keeps it from going on
    assert sum("bskyPostRef" in one for one in records(place).values()) == 2


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"delay", "delay-after"}))
@pytest.mark.parametrize("requests", [1, 2, 3, 4])
def test_no_fault_makes_a_post_doubtful_lost_or_twofold(place: Place, kind: str, requests: int) -> None:
    """Whichever request is hit first: the site's record, the article's, the post's, the article's again."""
    place.sandbox.fault("bluesky", kind, times=requests)
    for _ in range(12):
        place.crosspost("run", "--backfill")
        assert place.sandbox.wait_idle(5)
        place.clock.pass_by(hours=1)
    assert len(place.sandbox.posts("bluesky", deleted=True)) == 1
    assert place.crosspost("status", "--json").json["open"] == []
    assert "bskyPostRef" in records(place)["gruesse"]


def test_two_articles_with_one_slug_are_told_once_and_both_are_out(place: Place) -> None:
    run(place)
    place.new_post("2026-11-21-gruesse")
    place.clock.pass_by(minutes=10)
    ran = place.crosspost("run")
    assert len(place.sandbox.posts("bluesky")) == 2
    said = "another article has the record"
    assert said in ran.err
    assert records(place)["gruesse"]["path"] == "/2026/11/20/gruesse.html"
    status = place.crosspost("status")
    assert "Articles without a record:" in status.out
    place.clock.pass_by(minutes=10)
    assert said not in place.crosspost("run").err


# ── what the site says ────────────────────────────────────────────────────────────────────────────────────────────────


def test_links_prints_the_addresses_that_are_written_later(place: Place) -> None:
    said = place.crosspost("links", "--json").json
    (one,) = said["publications"]
    run(place)
    me = place.sandbox.store.accounts["bluesky", "verein"].id
    assert one["uri"] == f"at://{me}/{PUBLICATION}/{next(iter(records(place, PUBLICATION)))}"
    assert one["documents"] == f"at://{me}/{DOCUMENT}/"
    assert one["page"] == "https://tal.example.org/.well-known/site.standard.publication"
    printed = place.crosspost("links").out
    assert f'href="{one["documents"]}{{{{ key }}}}"' in printed
    assert 'include: [".well-known"]' in printed


def test_a_site_below_a_path_is_named_at_the_root_of_its_host(place: Place) -> None:
    place.write("site/_config.yml", "url: https://tal.example.org\nbaseurl: /blog\ntitle: Das Tal\n")
    (one,) = place.crosspost("links", "--json").json["publications"]
    assert one["page"] == "https://tal.example.org/.well-known/site.standard.publication/blog"
    assert "put it into the site that is there" in place.crosspost("links").out


def test_nothing_to_add_is_told(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8").replace("standard_site = true", ""), "utf-8")
    assert "There is nothing to add" in place.crosspost("links").out


@pytest.fixture
def both(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    clock.now = datetime.now(UTC)
    return Place(tmp_path, sandbox, networks=("mastodon", "bluesky"), more="standard_site = true\n", clock=clock)


def told(place: Place, *, document: str = "", creator: str = "", known: str = "") -> list[tuple[str, str]]:
    """What doctor says of a site with this in its page's head, and this as its well-known file; {} is what is right."""
    with served(place.root / "site") as url:
        place.write("site/_config.yml", f"url: {url}\ntitle: Das Tal\nlang: de\ntimezone: Europe/Berlin\n")
        wanted = place.crosspost("links", "--json").json
        one = wanted["publications"][0]
        head = f'<link rel="site.standard.document" href="{document.format(one["documents"])}">' if document else ""
        head += f'<meta name="fediverse:creator" content="{creator.format(wanted["creators"]["mastodon"])}">'
        page = f"<html><head><title>Grüße aus dem Tal</title><meta charset=utf-8>{head}</head></html>"
        place.write("site/2026/11/20/gruesse.html", page)
        if known:
            place.write(f"site/{one['file']}", known.format(one["uri"]))
        found = place.crosspost("doctor", "--json").json["findings"]
    return [(one["state"], one["said"]) for one in found if one["about"] == "links"]


def test_doctor_says_when_all_is_right(both: Place) -> None:
    found = told(both, document="{}gruesse", creator="{}", known="{}\n")
    assert [state for state, _ in found] == ["ok", "ok", "ok"]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"document": "", "known": "{}", "creator": "{}"}, ("warn", "is missing, but its record is")),
        ({"document": "{}other", "known": "{}", "creator": "{}"}, ("fail", "/other, but its record is")),
        ({"document": "{}gruesse", "known": "", "creator": "{}"}, ("warn", "the site does not name its record")),
        ({"document": "{}gruesse", "known": "at://x", "creator": "{}"}, ("fail", "says “at://x”, but the record is")),
        (
            {"document": "{}gruesse", "known": "{}", "creator": "@a@b.example"},
            ("warn", "is @a@b.example, but the account"),
        ),
        ({"document": "{}gruesse", "known": "{}", "creator": ""}, ("ok", "names no author for Mastodon")),
    ],
)
def test_doctor_says_what_is_wrong(both: Place, page: dict[str, str], said: tuple[str, str]) -> None:
    assert any(state == said[0] and said[1] in text for state, text in told(both, **page))
