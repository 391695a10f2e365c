"""The contract and Ghost's quirks against a real site. Not part of ``make test``: run ``make test-ghost``."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from crosspost.errors import Rejected, Unknown
from crosspost.networks.ghost import made_token
from crosspost.networks.refusals import specific
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, NetworkContract, Place
from tests.ghost_node.relay import RealSandbox, Site, opened
from tests.ghost_node.server import running

#: when nothing of these tests was changed
STALE = "2020-01-01T00:00:00.000Z"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with running() as url:
        made = opened(url)
        yield made
        made.owner.close()


@pytest.fixture
def clock() -> Clock:
    """Now: a token is good for minutes, by the clock of the real server."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def sandbox(site: Site, clock: Clock) -> Iterator[RealSandbox]:
    with RealSandbox(site, clock=clock) as server:
        yield server
    assert server.errors == []


def patient(place: Place) -> Place:
    """With time enough for a busy machine."""
    place.config.write_text(place.config.read_text("utf-8").replace("timeout = 5\n", "timeout = 90\n"), "utf-8")
    return place


@pytest.fixture
def place(tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
    return patient(Place(tmp_path, sandbox, networks=("ghost",), clock=clock))


class TestRealGhost(NetworkContract):
    key = "ghost"
    uploads = "POST /press/ghost/api/admin/images/upload/"
    tells_by_id = True

    @pytest.fixture
    def place(self, tmp_path: Path, sandbox: RealSandbox, clock: Clock) -> Place:
        return patient(Place(tmp_path, sandbox, networks=("ghost",), clock=clock))

    def published(self, place: Place) -> int:
        """How often an article was published: the request is the same as that of a change."""
        return len(place.sandbox.posts())


def test_readers_see_the_article_and_search_engines_its_original(place: Place) -> None:
    more = "## Beete\n\nVor *dem* [Plan](/plan.html) & <details><summary>mehr</summary>Text</details>.\n"
    place.post.write_text(place.post.read_text("utf-8") + more, "utf-8")
    network = place.network("ghost")
    receipt = network.publish(place.prepared(network))
    (post,) = place.sandbox.posts()
    assert [image["alt"] for image in post["images"]] == ["Ein Hochbeet im Regen"]
    assert post["extra"]["tags"] == ["Garten", "Erneuerbare Energien"]
    assert (post["extra"]["email"], post["extra"]["newsletter"]) == (None, None)
    page = requests.get(receipt.url, timeout=60).text
    assert f'<link rel="canonical" href="{place.the_post().url}">' in page
    assert 'alt="Ein Hochbeet im Regen"' in page
    (href,) = re.findall(r'<a href="([^"]*)">Plan</a>', page)
    link = urlsplit(html.unescape(href))
    assert f"{link.scheme}://{link.netloc}{link.path}" == f"{place.url}/plan.html"
    assert list(parse_qs(link.query)) == ["ref"], "Ghost says where a reader comes from, and changes nothing else"


def test_a_draft_that_somebody_changed_is_doubt(place: Place, site: Site) -> None:
    network = place.network("ghost")
    prepared = place.prepared(network)
    change = {"title": "Anders", "updated_at": prepared.remote["updated_at"]}
    stale = prepared.remote | {"updated_at": STALE}
    site.ask("PUT", f"posts/{prepared.remote['post']}/", json={"posts": [change]})
    with pytest.raises(Unknown, match="Someone else is editing"):
        network.publish(type(prepared)(draft=prepared.draft, handle=prepared.handle, remote=stale))
    assert network.find(prepared, place.clock()) is None
    assert place.sandbox.posts() == []


def test_an_article_is_mailed_only_with_a_newsletter_that_is_there(place: Place) -> None:
    plain = place.post.read_text("utf-8")
    network = place.network("ghost")

    def mailed_with(slug: str) -> None:
        said = f"---\ncrosspost: {{ghost: {{newsletter: {slug}}}}}\n"
        place.post.write_text(plain.replace("---\n", said, 1), "utf-8")

    mailed_with("daily")
    with pytest.raises(Rejected, match=r"no newsletter “daily”\. There is: “default-newsletter”"):
        place.prepared(network)
    mailed_with("default-newsletter")
    network.publish(place.prepared(network))
    (post,) = place.sandbox.posts()
    assert post["extra"]["email"]["status"] in ("pending", "submitting", "submitted", "failed")


def test_publishing_twice_is_one_article_and_found(place: Place) -> None:
    network = place.network("ghost")
    prepared = place.prepared(network)
    receipt = network.publish(prepared)
    found = network.find(prepared, place.clock())
    assert found is not None
    assert (found.id, found.url) == (receipt.id, receipt.url)
    assert place.prepared(network).remote["post"] == receipt.id
    assert len(place.sandbox.posts()) == 1


def test_the_stand_in_refuses_in_the_same_words(sandbox: RealSandbox, clock: Clock) -> None:
    with Sandbox(clock=clock) as stand_in:
        real, ours = (_refusals(server, clock) for server in (sandbox, stand_in))
    states = [403, 401, 400, 401, 401, 401, 404, 404, 404, 422, 422, 409, 422, 415, 400, 500]
    assert [told["status"] for told in real] == states
    assert ours == real


def _refusals(server: Sandbox, clock: Clock) -> list[dict[str, Any]]:
    """What is said of requests that nobody should send."""
    access = server.accounts()["ghost"]
    number, _, secret = access["credentials"]["admin_key"].partition(":")
    now = int(clock().timestamp())
    good = f"Ghost {made_token(number, secret, now)}"

    def ask(method: str, path: str, who: str = good, **more: Any) -> requests.Response:
        headers = {"Accept-Version": "v5.0"} | ({"Authorization": who} if who else {})
        url = f"{access['base_url']}/ghost/api/admin/{path}"
        return requests.request(method, url, headers=headers, timeout=60, **more)

    made = ask("POST", "posts/", json={"posts": [{"title": "Fest", "status": "draft"}]}).json()["posts"][0]
    here = f"posts/{made['id']}/"
    strangers = ["", "Bearer x", "Ghost x.y.z", f"Ghost {made_token('0' * 24, secret, now)}"]
    strangers += [f"Ghost {made_token(number, '00', now)}", f"Ghost {made_token(number, secret, now - 4000)}"]
    change = {"posts": [{"status": "published", "updated_at": STALE}]}
    answers = [ask("GET", "posts/", who) for who in strangers]
    answers += [ask("GET", f"posts/{'0' * 24}/"), ask("PUT", f"posts/{'0' * 24}/", json=change)]
    answers += [ask("DELETE", f"posts/{'0' * 24}/"), ask("POST", "posts/", json={"posts": [{"status": "draft"}]})]
    answers += [ask("PUT", here, json={"posts": [{"status": "published"}]})]
    answers += [ask("PUT", here, json=change), ask("POST", "images/upload/")]
    files = [("a.txt", b"x", "text/plain"), ("a.png", b"x", "image/png")]
    answers += [ask("POST", "images/upload/", files={"file": file}) for file in files]
    fresh = {"posts": [{"status": "published", "updated_at": made["updated_at"]}]}
    answers += [ask("PUT", f"{here}?newsletter=daily", json=fresh)]
    same = ("message", "context", "type", "code")
    return [
        {"status": one.status_code, "told": specific(one.json())} | {key: one.json()["errors"][0][key] for key in same}
        for one in answers
    ]
