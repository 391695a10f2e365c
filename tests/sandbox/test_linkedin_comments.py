"""How strict the LinkedIn stand-in is about comments and figures."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.linkedin.oauth import ADMINISTRATOR, ORGANIZATION, OAuth
from tests.sandbox.conftest import Clock
from tests.sandbox.linkedin_member import HEADERS, Member


@pytest.fixture
def page(sandbox: Sandbox, clock: Clock) -> Iterator[Member]:
    """An organisation's administrator."""
    stand_in = sandbox.networks["linkedin"]
    assert isinstance(stand_in, OAuth)
    with Member(sandbox, "organization_token") as session:
        token = stand_in.issue("verein", ORGANIZATION | ADMINISTRATOR, clock())["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


@pytest.fixture
def post(page: Member) -> str:
    return page.post().headers["x-restli-id"]


def figures(page: Member, value: str, name: str = "shares") -> int:
    of = quote(page.author, safe="")
    path = f"organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={of}&{name}={value}"
    return page.ask("GET", path).status_code


def test_figures_want_a_bare_list_of_encoded_urns(page: Member, post: str) -> None:
    encoded = quote(post, safe="")
    assert figures(page, f"List({encoded})") == 200
    assert figures(page, f"List({post})") == 400
    assert figures(page, quote(f"List({post})", safe="")) == 400
    assert figures(page, encoded) == 400
    assert figures(page, f"List({encoded})", "ugcPosts") == 400


def test_figures_are_for_administrators_of_the_organisation(page: Member, post: str, sandbox: Sandbox) -> None:
    with Member(sandbox, "organization_token") as narrow:
        assert figures(narrow, f"List({quote(post, safe='')})") == 403
    page.author = "urn:li:organization:1"
    assert figures(page, f"List({quote(post, safe='')})") == 403


def test_comments_want_version_scope_and_an_encoded_urn(page: Member, post: str, sandbox: Sandbox) -> None:
    path = f"socialActions/{quote(post, safe='')}/comments"
    assert page.ask("GET", path).status_code == 200
    assert page.ask("GET", f"socialActions/{post}/comments").status_code == 400
    assert page.ask("GET", f"{path}?count=101").status_code == 400
    assert page.ask("GET", f"{path}?page=1").status_code == 400
    assert page.get(f"{page.base}/rest/{path}", timeout=10).status_code == 400, "without the version"
    assert page.get(f"{page.base}/rest/{path}", headers=HEADERS, timeout=10).status_code == 200
    with Member(sandbox) as person:
        assert person.ask("GET", path).status_code == 403
    with Member(sandbox, "organization_token", "zweitkonto") as other:
        assert other.ask("GET", path).status_code == 403, "it is another organisation's post"


def test_comments_come_page_by_page(page: Member, post: str) -> None:
    path = f"socialActions/{quote(post, safe='')}/comments"
    for number in range(3):
        body = {"actor": page.author, "object": post, "message": {"text": f"Nr. {number}"}}
        assert page.ask("POST", path, json=body).status_code == 201
    told = page.ask("GET", f"{path}?start=0&count=2").json()
    assert (len(told["elements"]), told["paging"]["total"]) == (2, 3)
    assert told["paging"]["links"][0]["rel"] == "next"
    rest = page.ask("GET", f"{path}?start=2&count=2").json()
    assert (len(rest["elements"]), rest["paging"]["links"]) == (1, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"message": {}},
        {"message": {"text": "x" * 1251}},
        {"actor": "urn:li:person:x"},
        {"text": "Da"},
        {"parentComment": "urn:li:comment:(urn:li:activity:1,2)"},
    ],
)
def test_a_wrong_comment_is_refused(page: Member, post: str, wrong: dict[str, object]) -> None:
    body = {"actor": page.author, "object": post, "message": {"text": "Da"}} | wrong
    assert page.ask("POST", f"socialActions/{quote(post, safe='')}/comments", json=body).status_code in (400, 403)
