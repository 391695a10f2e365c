"""How strict the Lemmy stand-in is, and a client of other people."""

from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    """The client of other people."""
    pytest.importorskip("pkg_resources", reason="plemmy wants setuptools, which newer Pythons do not bring")
    from plemmy import LemmyHttp

    own = sandbox.accounts()["lemmy"]
    token = LemmyHttp(sandbox.url).login(own["handle"], own["password"]).json()["jwt"]
    return LemmyHttp(sandbox.url, jwt=token)


def test_a_foreign_client_logs_in_posts_finds_changes_and_deletes(client: Any, sandbox: Sandbox) -> None:
    community = client.get_community(name="garten").json()["community_view"]["community"]["id"]
    made = client.create_post(community, "Grüße 🎉", url="https://example.org/a", body="Ein Text").json()
    number = made["post_view"]["post"]["id"]
    (post,) = sandbox.posts("lemmy")
    assert post["text"] == "Grüße 🎉\n\nEin Text\n\nhttps://example.org/a"
    client.edit_post(number, name="Neu", url="https://example.org/a")
    assert sandbox.posts("lemmy")[0]["extra"]["title"] == "Neu"
    client.delete_post(True, number)
    assert sandbox.posts("lemmy") == []


def call(sandbox: Sandbox, path: str, **fields: Any) -> requests.Response:
    token = sandbox.accounts()["lemmy"]["credentials"]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{sandbox.url}/api/v3/{path}", json=fields, headers=headers, timeout=10)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "ab"}, "invalid_post_title"),
        ({"name": "a" * 201}, "invalid_post_title"),
        ({"name": "abc\nd"}, "invalid_post_title"),
        ({"name": "abc", "body": "ä" * 50_001}, "invalid_body_field"),
        ({"name": "abc", "url": "ftp://a.example"}, "invalid_url"),
        ({"name": "abc", "community_id": 8}, "couldnt_find_community"),
        ({"name": "abc", "honeypot": "x"}, "honeypot_filled"),
    ],
)
def test_what_is_wrong_is_refused(sandbox: Sandbox, fields: dict[str, Any], code: str) -> None:
    refused = call(sandbox, "post", **({"community_id": 7} | fields))
    assert (refused.status_code, refused.json()["error"]) == (400, code)
    assert sandbox.posts("lemmy") == []


def test_log_ins_are_few_and_the_limit_has_the_status_of_a_mistake(sandbox: Sandbox) -> None:
    answers = [call(sandbox, "user/login", username_or_email="verein", password="x") for _ in range(4)]
    assert [one.status_code for one in answers] == [401, 401, 401, 400]
    assert answers[-1].json() == {"error": "rate_limit_error"}
