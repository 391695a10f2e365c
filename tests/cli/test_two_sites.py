"""Two sites with one account and posts of one name: each post is said, and nobody is answered with the other's."""

import shutil
from pathlib import Path

import pytest

from crosspost.delivery import idempotency_keys
from crosspost.errors import KeyTaken, Unknown
from crosspost.model import Prepared
from crosspost.networks.own_posts import is_ours, links_in
from crosspost.networks.post_search import plain
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

NETWORKS = ("x", "mastodon", "bluesky", "telegram", "newsletter", "listmonk", "facebook", "threads")
WILD = Path(__file__).parents[3] / "shared/conformance/wild/56-two-sites-same-slug"
_POST = "---\ntitle: Welcome\n---\n\nText of {name}.\n"


@pytest.fixture
def sites(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """Two sites after their first run, which differ in their address only."""
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    made = []
    for name in ("a", "b"):
        place = Place(tmp_path / name, sandbox, networks=NETWORKS, clock=clock, url=f"https://blog-{name}.example")
        assert place.crosspost("run").code == 0
        made.append(place)
    return made


def said(place: Place) -> dict[str, list[str]]:
    """Network → the sites whose post is out there."""
    found: dict[str, list[str]] = {}
    for post in place.sandbox.posts():
        site = "a" if "blog-a" in str(post) else "b" if "blog-b" in str(post) else "?"
        found.setdefault(post["network"], []).append(site)
    return {network: sorted(names) for network, names in found.items()}


def test_each_says_its_own(sites: list[Place]) -> None:
    for place in sites:
        place.new_post("2026-11-21-welcome", _POST.format(name=place.url))
        assert place.crosspost("run").code == 0
    for place in sites * 2:
        place.clock.pass_by(minutes=10)
        assert place.crosspost("run").code == 0
    assert said(sites[0]) == {network: ["a", "b"] for network in NETWORKS}


@pytest.mark.skipif(not WILD.is_dir(), reason="../shared is missing")
def test_the_two_of_the_wild(sites: list[Place]) -> None:
    for place, blog in zip(sites, ("blog-a", "blog-b"), strict=True):
        shutil.rmtree(place.root / "site")
        shutil.copytree(WILD / blog, place.root / "site")
        file = next((place.root / "site/_posts").iterdir())
        place.crosspost(str(file))
    assert said(sites[0]) == {network: ["a", "b"] for network in NETWORKS}


def test_a_key_of_an_earlier_version_that_both_have_does_not_swallow_a_post(sites: list[Place]) -> None:
    """Both were stopped between writing the key, which had no site in it, and sending."""
    from crosspost.ledger import Ledger

    for place in sites:
        place.sandbox.stop()
        place.new_post("2026-11-21-welcome", _POST.format(name=place.url))
    a, b = sites
    for place in sites:
        place.crosspost("run")
        ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
        for row in ledger.deliveries(states=["planned"]):
            held = ledger.claim(row, "machine:1")
            assert held is not None
            draft = place.network(row.account).draft(
                place.app.source().load(place.app.source().entry(place.root / "site/_posts/2026-11-21-welcome.md"))
            )
            ledger.again(ledger.freeze(held, draft, f"key-of-{row.account}"), "", place.clock())
        ledger.close()
    b.sandbox.start()
    for place in (a, b, a, b, a, b):
        place.clock.pass_by(minutes=15)
        place.crosspost("run")
    assert said(a) == {network: ["a", "b"] for network in NETWORKS}


def test_what_a_server_answers_with_is_checked_to_be_ours(sites: list[Place]) -> None:
    a, b = (place.network("mastodon") for place in sites)
    a.publish(sites[0].prepared(a))
    sites[0].clock.pass_by(minutes=10)
    with pytest.raises(KeyTaken, match="another post"):
        b.publish(sites[1].prepared(b))
    receipt = a.publish(sites[0].prepared(a))
    assert receipt.url, "one's own is answered with, too: an earlier attempt came through"
    assert len(sites[0].sandbox.posts("mastodon")) == 1


def test_one_that_is_posted_this_very_moment_is_in_doubt(sites: list[Place]) -> None:
    a, b = (place.network("mastodon") for place in sites)
    a.publish(sites[0].prepared(a))
    with pytest.raises(Unknown, match="another post"):
        b.publish(sites[1].prepared(b))


@pytest.mark.parametrize("key", ["bluesky", "listmonk"])
def test_under_a_key_that_is_taken_nothing_is_found(sites: list[Place], key: str) -> None:
    a, b = (place.network(key) for place in sites)
    a.publish(sites[0].prepared(a))
    prepared = sites[1].prepared(b)
    if key == "bluesky":
        with pytest.raises(KeyTaken):
            b.look_back(prepared, sites[1].clock())
    else:
        assert b.look_back(Prepared(draft=prepared.draft, handle=prepared.handle), sites[1].clock()) is None
        b.publish(prepared)
        assert len(sites[0].sandbox.posts(key)) == 2


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_of_site_post_account_and_part() -> None:
    made = [
        idempotency_keys.handle(site, post, account, part)
        for site in ("https://a.example", "https://b.example", "https://a.example/blog", "")
        for post in ("welcome", "other")
        for account in ("m", "n")
        for part in (1, 2)
    ]
    assert len(set(made)) == len(made)
    assert idempotency_keys.handle("http://A.example/", "p", "m") == idempotency_keys.handle(
        "https://a.example", "p", "m"
    ), "the same site"
    assert idempotency_keys.again(made[0]) not in made
    assert idempotency_keys.again(made[0]) == idempotency_keys.again(made[0])


@pytest.mark.parametrize(
    ("content", "ours"),
    [
        ('<p>Grüße</p><p><a href="https://blog-a.example/2026/11/20/gruesse.html">…</a></p>', True),
        ("<p>Other words <span>https://</span><span>blog-a.example/2026/11/20/gruesse.html</span></p>", True),
        ("<p>Grüße aus dem Tal</p><p>https://blog-b.example/2026/11/20/gruesse.html</p>", False),
        ("<p>Welcome to B</p>", False),
        (
            '<p>Grüße aus dem Tal – viel Regen <a class="mention hashtag" href="https://s.example/tags/x">#Garten</a> '
            '<a rel="tag" href="https://s.example/tags/y">#Energien</a> Zwölf Leute, ein Beet und Erneuerbare</p>',
            True,
        ),
    ],
)
def test_ours_is_told_by_the_link_else_by_the_words(sites: list[Place], content: str, ours: bool) -> None:
    draft = sites[0].network("mastodon").draft(sites[0].the_post())
    assert is_ours(plain(content), draft, links=links_in(content)) is ours
