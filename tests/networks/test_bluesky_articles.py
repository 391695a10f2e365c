"""``standard_site``: each article has a record of its own, to which the card refers, and no post suffers from it."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.errors import NotSent, Rejected, Unsupported
from crosspost.model import Prepared, Receipt, Site
from crosspost.networks.bluesky import Bluesky
from crosspost.networks.standard_site_record import (
    DOCUMENT,
    PUBLICATION,
    Article,
    document_record,
    key_of,
    publication_key,
    publication_record,
)
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Request
from crosspost.sandbox.networks.bluesky.article_record import check_article
from crosspost.sandbox.networks.bluesky.record import POST, check_key
from crosspost.sandbox.networks.bluesky.standin import Bluesky as StandIn
from crosspost.testing.harness import Clock, Place, Saved

ON = "standard_site = true\n"
SITE = Site(url="https://tal.example.org", title="Das Tal")
AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=("bluesky",), more=ON, clock=clock)


@pytest.fixture
def knowing(clock: Clock) -> Iterator[Sandbox]:
    """A server that knows the lexicon, and wants time stamps as keys."""
    with Sandbox(clock=clock, options={"bluesky": {"knows_articles": True}}) as sandbox:
        yield sandbox


def adapter(place: Place) -> Bluesky:
    network = place.network("bluesky")
    assert isinstance(network, Bluesky)
    return network


def records(place: Place, collection: str) -> dict[str, dict[str, Any]]:
    server = place.sandbox.networks["bluesky"]
    assert isinstance(server, StandIn)
    return server.articles(place.sandbox.store.accounts["bluesky", "verein"], collection)


def posted(place: Place) -> tuple[Receipt, dict[str, Any]]:
    network = adapter(place)
    receipt = network.publish(place.prepared(network))
    (post,) = place.sandbox.posts("bluesky")
    return receipt, post["extra"]["record"]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The collections of the records that are asked to be written, in order."""
    found: list[str] = []
    through = StandIn._call

    def noted(self: StandIn, request: Request, cost: int, *known: str) -> Any:
        me, fields = through(self, request, cost, *known)
        found.append(fields["collection"])
        return me, fields

    monkeypatch.setattr(StandIn, "_call", noted)
    return found


# ── before the post ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_card_refers_to_the_records_of_article_and_site(place: Place) -> None:
    receipt, record = posted(place)
    me = place.sandbox.store.accounts["bluesky", "verein"].id
    article, site = record["embed"]["external"]["associatedRefs"]
    assert article["uri"] == f"at://{me}/{DOCUMENT}/gruesse"
    assert site["uri"] == f"at://{me}/{PUBLICATION}/tal.example.org"
    assert records(place, PUBLICATION) == {
        "tal.example.org": {"$type": PUBLICATION, "url": "https://tal.example.org", "name": "Das Tal"}
    }
    said = records(place, DOCUMENT)["gruesse"]
    assert said["coverImage"] == record["embed"]["external"]["thumb"]
    assert {name: said[name] for name in ("site", "path", "title", "description")} == {
        "site": site["uri"],
        "path": "/2026/11/20/gruesse.html",
        "title": "Grüße aus dem Tal",
        "description": "Zwölf Leute, ein Beet – und viel Regen.",
    }
    assert receipt.notes == ()


def test_nothing_is_written_unless_it_is_asked_for(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8").replace(ON, ""), "utf-8")
    _, record = posted(place)
    assert "associatedRefs" not in record["embed"]["external"]
    assert records(place, DOCUMENT) == records(place, PUBLICATION) == {}


def test_parameters_in_the_link_are_not_in_the_path(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8") + 'utm = { utm_source = "bluesky" }\n', "utf-8")
    _, record = posted(place)
    assert record["embed"]["external"]["uri"].endswith("gruesse.html?utm_source=bluesky")
    assert records(place, DOCUMENT)["gruesse"]["path"] == "/2026/11/20/gruesse.html"


def test_preparing_again_writes_nothing_again(place: Place, written: list[str]) -> None:
    network = adapter(place)
    prepared = place.prepared(network)
    again = network.prepare(prepared, lambda *_: None)
    assert again.remote == prepared.remote
    place.prepared(network)  # and as if nothing were known
    assert written == [PUBLICATION, DOCUMENT]


def test_one_request_of_a_delivery_is_a_post_whatever_else_is_written(place: Place, written: list[str]) -> None:
    posted(place)
    assert written == [PUBLICATION, DOCUMENT, POST]


# ── a record that cannot be written ───────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_wants_other_keys_gets_an_ordinary_card_and_that_is_told(
    tmp_path: Path, knowing: Sandbox, clock: Clock
) -> None:
    place = Place(tmp_path, knowing, networks=("bluesky",), more=ON, clock=clock)
    receipt, record = posted(place)
    assert "associatedRefs" not in record["embed"]["external"]
    (note,) = receipt.notes
    assert note.startswith("out with an ordinary card, because its article has no record: bluesky: Bluesky says:")
    assert "Invalid TID string" in note


def test_a_server_that_is_ill_is_waited_for_an_hour(place: Place) -> None:
    network = adapter(place)
    network.me()
    kept = Saved()
    draft = network.draft(place.the_post())

    def prepare() -> Prepared:
        place.sandbox.fault("bluesky", "503-before")
        return network.prepare(Prepared(draft=draft, handle="h", remote=dict(kept)), kept)

    with pytest.raises(NotSent):
        prepare()
    place.clock.pass_by(minutes=59)
    with pytest.raises(NotSent):
        prepare()
    place.clock.pass_by(minutes=2)
    prepared = prepare()
    assert "503" in prepared.remote["article"]["why"]
    assert "associatedRefs" not in prepared.remote["record"]["embed"]["external"]


def test_an_article_with_the_slug_of_another_is_left_alone(place: Place) -> None:
    posted(place)
    before = records(place, DOCUMENT)
    network, post = adapter(place), place.the_post()
    other = msgspec.structs.replace(post, url="https://tal.example.org/2027/gruesse/")
    with pytest.raises(Rejected, match=r"another article has the record .*/2026/11/20/gruesse\.html; give one of them"):
        network.keep_article(other, "")
    assert records(place, DOCUMENT) == before


# ── after the post, and after an edit ─────────────────────────────────────────────────────────────────────────────────


def test_the_record_names_the_post_and_has_the_whole_text(place: Place, written: list[str]) -> None:
    receipt, _ = posted(place)
    adapter(place).keep_article(place.the_post(), receipt.id)
    said = records(place, DOCUMENT)["gruesse"]
    assert said["bskyPostRef"]["uri"] == receipt.id
    assert said["textContent"] == "Ein langer Tag."
    assert said["tags"] == ["Garten", "Erneuerbare Energien"]
    assert "updatedAt" not in said
    del written[:]
    adapter(place).keep_article(place.the_post(), receipt.id)
    assert written == []


def test_an_edit_is_followed_and_dated_and_what_others_wrote_stays(place: Place) -> None:
    receipt, _ = posted(place)
    network = adapter(place)
    network.keep_article(place.the_post(), receipt.id)
    records(place, DOCUMENT)["gruesse"]["contributors"] = [{"did": "did:plc:x"}]
    place.clock.pass_by(days=1)
    place.post.write_text(place.post.read_text("utf-8").replace("Ein langer Tag.", "Ein *kurzer* Tag."), "utf-8")
    network.keep_article(place.the_post(), receipt.id)
    said = records(place, DOCUMENT)["gruesse"]
    assert said["textContent"] == "Ein kurzer Tag."
    assert said["updatedAt"] == "2026-11-23T12:00:00.000Z"
    assert said["contributors"] == [{"did": "did:plc:x"}]
    assert len(place.sandbox.posts("bluesky")) == 1


def test_a_record_is_removed_once_and_only_as_it_was_written(place: Place) -> None:
    receipt, _ = posted(place)
    network = adapter(place)
    kept = network.keep_article(place.the_post(), receipt.id)
    network.remove_article(kept["uri"], "bafyother")
    assert "gruesse" in records(place, DOCUMENT)
    network.remove_article(kept["uri"], kept["cid"])
    assert records(place, DOCUMENT) == {}
    network.remove_article(kept["uri"], kept["cid"])


# ── what stands in the records ────────────────────────────────────────────────────────────────────────────────────────


LONG = ("👨‍👩‍👧‍👦" * 2000, "ä 語\n" * 30_000, ["x" * 129, "##a"], AT)


@example(*LONG)
@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.lists(st.text(max_size=10), max_size=4),
    st.datetimes(min_value=datetime(2, 1, 1), timezones=st.timezones()),  # noqa: DTZ001  # hypothesis adds the zone
)
def test_whatever_an_article_says_the_lexicon_takes_it(title: str, text: str, tags: list[str], date: datetime) -> None:
    article = Article(
        url="https://tal.example.org/a/",
        title=title,
        date=date,
        description=title * 2,
        text=text,
        tags=tuple(tags),
        labels=("nudity",),
    )
    uri = "at://did:plc:x/site.standard.publication/tal.example.org"
    record = document_record(article, SITE, uri, {}, now=AT)
    check_article(DOCUMENT, record)
    assert title.startswith(record["title"])
    assert text.startswith(record.get("textContent", ""))
    again = document_record(article, SITE, uri, record, now=AT)
    assert again == record


@given(slug=st.text(min_size=1, max_size=40).filter(lambda text: not set(text) & set("/?#\\") and text.strip()))
def test_whatever_the_slug_is_the_key_is_one_or_it_is_told(slug: str) -> None:
    with contextlib.suppress(Unsupported):
        check_key(key_of(f"https://tal.example.org/2026/{slug}/"), DOCUMENT, tid=False)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://a.example/2026/11/20/gruesse.html", "gruesse"),
        ("https://a.example/2026/gr%C3%BC%C3%9Fe/", "gr~C3~BC~C3~9Fe"),
        ("https://a.example/2026/grüße/", "gr~C3~BC~C3~9Fe"),
        ("https://a.example/a/index.html", "a"),
        ("https://a.example/a%20b+c!", "a~20b~20c~21"),
        ("https://a.example/v1.2?x=1#y", "v1.2"),
    ],
)
def test_the_key_is_the_slug(url: str, key: str) -> None:
    assert key_of(url) == key


@pytest.mark.parametrize("url", ["https://a.example", "https://a.example/", "https://a.example/index.html", "/a/", ""])
def test_an_address_without_a_slug_has_no_key(url: str) -> None:
    with pytest.raises(Unsupported):
        key_of(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://a.example/", "a.example"),
        ("https://a.example/blog", "a.example:blog"),
        ("http://127.0.0.1:4000", "127.0.0.1:4000"),
        ("https://grüße.example", "xn--gre-6ka8l.example"),
    ],
)
def test_the_key_of_a_site_is_its_host_and_path(url: str, key: str) -> None:
    assert publication_key(url) == key
    check_article(PUBLICATION, publication_record(Site(url=url, title="x" * 6000), {}))


def test_a_site_without_an_address_and_an_article_elsewhere_are_told() -> None:
    with pytest.raises(Unsupported, match="set `url` in its own config"):
        publication_record(Site(), {})
    with pytest.raises(Unsupported, match=r"is not on the site https://tal\.example\.org"):
        document_record(Article(url="https://tal.example.org.evil.example/a", title="", date=AT), SITE, "", {}, now=AT)
