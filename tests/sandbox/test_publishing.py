"""How strict the stand-ins of dev.to, WordPress and Ghost are."""

from typing import Any

import pytest
import requests

from crosspost.networks.ghost import made_token
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.article import read


def forem(sandbox: Sandbox, account: str = "verein", **article: Any) -> requests.Response:
    key = sandbox.accounts(account)["forem"]["credentials"]["api_key"]
    headers = {"api-key": key, "Accept": "application/vnd.forem.api-v1+json"}
    known = {"title": "Beet", "body_markdown": "Text", "published": True}
    return requests.post(f"{sandbox.url}/api/articles", json={"article": known | article}, headers=headers, timeout=10)


@pytest.mark.parametrize(
    ("article", "why"),
    [
        ({"title": " "}, "can't be blank"),
        ({"title": "ä" * 129}, "Title is too long"),
        ({"body_markdown": "ä" * 409_601}, "Body markdown is too long"),
        ({"tags": list("abcde")}, "maximum of 4 tags"),
        ({"tags": ["ein-beet"]}, "alphanumeric"),
        ({"canonical_url": "https://a.example/a b"}, "must not have spaces"),
    ],
)
def test_dev_to_names_what_is_wrong(sandbox: Sandbox, article: dict[str, Any], why: str) -> None:
    refused = forem(sandbox, **article)
    assert (refused.status_code, why in refused.json()["error"]) == (422, True)
    assert sandbox.posts("forem") == []


def test_an_address_is_taken_once_on_the_whole_site(sandbox: Sandbox) -> None:
    address = "https://a.example/beet"
    assert forem(sandbox, canonical_url=address).status_code == 201
    assert "already been taken" in forem(sandbox, "zweitkonto", canonical_url=address).json()["error"]


def test_front_matter_in_an_article_goes_before_the_fields(sandbox: Sandbox) -> None:
    forem(sandbox, body_markdown="---\ntitle: Anders\n---\nText")
    (post,) = sandbox.posts("forem")
    assert (post["extra"]["title"], post["text"]) == ("Anders", "Anders\n\nText")


def wordpress(sandbox: Sandbox, **fields: Any) -> requests.Response:
    own = sandbox.accounts()["wordpress"]
    login = (own["credentials"]["username"], own["credentials"]["password"])
    return requests.post(f"{own['base_url']}/wp-json/wp/v2/posts", json=fields, auth=login, timeout=10)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "", "content": ""}, "empty_content"),
        ({"title": "a", "status": "sent"}, "rest_invalid_param"),
        ({"title": "a", "colour": "red"}, "rest_invalid_param"),
    ],
)
def test_wordpress_names_what_is_wrong(sandbox: Sandbox, fields: dict[str, Any], code: str) -> None:
    assert wordpress(sandbox, **fields).json()["code"] == code
    assert sandbox.posts("wordpress") == []


def test_wordpress_says_nothing_of_tags_and_pictures_that_are_not_there(sandbox: Sandbox) -> None:
    assert wordpress(sandbox, title="a", status="publish", tags=[9], featured_media=9).status_code == 201
    (post,) = sandbox.posts("wordpress")
    assert (post["extra"]["tags"], post["images"]) == ([], [])


def test_a_slug_that_is_taken_gets_a_number(sandbox: Sandbox) -> None:
    slugs = [wordpress(sandbox, title="a", slug="beet", status="publish").json()["slug"] for _ in range(3)]
    assert slugs == ["beet", "beet-2", "beet-3"]


def ghost(sandbox: Sandbox, method: str, path: str, token: str = "", **post: Any) -> requests.Response:
    own = sandbox.accounts()["ghost"]
    number, _, secret = own["credentials"]["admin_key"].partition(":")
    token = token or made_token(number, secret, int(sandbox.store.clock().timestamp()))
    headers = {"Authorization": f"Ghost {token}", "Accept-Version": "v5.0"}
    body = {"json": {"posts": [post]}} if post else {}
    return requests.request(method, f"{own['base_url']}/ghost/api/admin/{path}", headers=headers, timeout=10, **body)


def test_ghost_publishes_only_what_nobody_changed(sandbox: Sandbox) -> None:
    made = ghost(sandbox, "POST", "posts/?source=html", title="Beet", html="<p>Text</p>").json()["posts"][0]
    change = {"status": "published", "updated_at": made["updated_at"]}
    assert sandbox.posts("ghost") == []
    assert ghost(sandbox, "PUT", f"posts/{made['id']}/", **change).status_code == 200
    refused = ghost(sandbox, "PUT", f"posts/{made['id']}/", **change)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "UPDATE_COLLISION")
    assert [post["text"] for post in sandbox.posts("ghost")] == ["Beet\n\nText"]


def test_ghost_takes_no_token_that_is_old_foreign_or_broken(sandbox: Sandbox) -> None:
    number, _, secret = sandbox.accounts()["ghost"]["credentials"]["admin_key"].partition(":")
    now = int(sandbox.store.clock().timestamp())
    tokens = [made_token(number, secret, now - 400), made_token(number, "ab12", now), made_token("1", secret, now)]
    assert [ghost(sandbox, "GET", "posts/", token).status_code for token in tokens] == [401] * 3
    assert ghost(sandbox, "GET", "posts/", "x").status_code == 400  # as the real one answers what is not a token at all
    assert ghost(sandbox, "GET", "posts/").status_code == 200


def test_what_readers_see_of_an_article() -> None:
    text, pictures = read('<h2>A</h2><p>b <em>c</em>\nd <img src="x" alt="y"></p><ul><li>e</li></ul>')
    assert (text, pictures) == ("A\n\nb c d\n\ne", [("x", "y")])
