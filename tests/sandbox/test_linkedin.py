"""How strict the LinkedIn stand-in is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.linkedin.text import read
from tests.sandbox.conftest import Clock, picture
from tests.sandbox.linkedin_member import Member


@pytest.fixture
def member(sandbox: Sandbox) -> Iterator[Member]:
    with Member(sandbox) as session:
        yield session


@pytest.fixture
def page(sandbox: Sandbox) -> Iterator[Member]:
    with Member(sandbox, "organization_token") as session:
        yield session


def code(answer: requests.Response) -> tuple[int, str]:
    said = answer.json()
    assert said["status"] == answer.status_code
    errors = said.get("errorDetails", {}).get("inputErrors", [{}])
    return answer.status_code, said.get("code") or errors[0]["code"]


# ── little text ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("little", "seen"),
    [
        (r"Fest \(mit Musik\)", "Fest (mit Musik)"),
        ("Fest (mit Musik)", "Fest "),
        ("a_b", "a"),
        ("Mail an info@example.org", "Mail an info"),
        ("#Fest und #1", "#Fest und "),
        (r"{hashtag|\#|Fest\_Tag} am", "#Fest_Tag am"),
        ("Mit @[Verein](urn:li:organization:1)!", "Mit Verein!"),
        ("https://example.org/a_b?utm_source=x#y @", "https://example.org/a_b?utm_source=x#y "),
        ("https://example.org/a(b)", "https://example.org/a"),
        ("日本語 #日本語 {", "日本語 #日本語 "),
    ],
)
def test_a_bare_reserved_character_cuts_the_text(member: Member, sandbox: Sandbox, little: str, seen: str) -> None:
    assert read(little) == seen
    assert member.post(little).status_code == 201
    assert sandbox.posts()[0]["text"] == seen


def test_three_thousand_units_as_the_reader_sees_them(member: Member) -> None:
    assert member.post(r"\(" * 3000).status_code == 201
    assert member.post("🎉" * 1500).status_code == 201
    assert code(member.post("🎉" * 1500 + "x")) == (400, "FIELD_LENGTH_TOO_LONG")


# ── headers, tokens, scopes ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "served", "unknown"),
    [
        ("2026-11-15", ["202511", "202610"], ["202510", "202611"]),
        ("2026-11-16", ["202512", "202611"], ["202511", "202612"]),
        ("2027-01-20", ["202602", "202701"], ["202601", "202702"]),
        ("2027-09-15", ["202609"], []),
        ("2027-09-16", [], ["202609", "202713", "202700", "2027-09", "202709x"]),
    ],
)
def test_a_months_version_is_served_for_a_year(
    member: Member, clock: Clock, day: str, served: list[str], unknown: list[str]
) -> None:
    clock.now = datetime.fromisoformat(f"{day}T12:00:00+00:00")

    def answered(version: str) -> int:
        body = member.body(f"mit {version}")
        return member.ask("POST", "posts", {"LinkedIn-Version": version}, json=body).status_code

    assert [answered(version) for version in served] == [201] * len(served)
    assert [answered(version) for version in unknown] == [426] * len(unknown)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"LinkedIn-Version": ""}, (400, "VERSION_MISSING")),
        ({"LinkedIn-Version": "202511"}, (426, "NONEXISTENT_VERSION")),
        ({"LinkedIn-Version": "202613"}, (426, "NONEXISTENT_VERSION")),
        ({"X-Restli-Protocol-Version": "1.0.0"}, (400, "ILLEGAL_ARGUMENT")),
        ({"Content-Type": "text/plain"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ({"Authorization": "Bearer wrong"}, (401, "INVALID_ACCESS_TOKEN")),
        ({"X-RestLi-Method": "PARTIAL_UPDATE"}, (400, "ILLEGAL_ARGUMENT")),
    ],
)
def test_what_the_headers_must_say(
    member: Member, sandbox: Sandbox, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert code(member.ask("POST", "posts", headers, json=member.body())) == expected
    assert sandbox.posts() == []


def test_each_token_speaks_for_its_author_only(member: Member, page: Member, sandbox: Sandbox) -> None:
    assert code(member.post(author=page.author)) == (403, "ACCESS_DENIED")
    assert code(page.post(author=member.author)) == (403, "ACCESS_DENIED")
    assert code(member.post(author=Member(sandbox, account="zweitkonto").author)) == (403, "ACCESS_DENIED")
    find = f"posts?q=author&author={member.author}"
    assert code(member.ask("GET", find, {"X-RestLi-Method": "FINDER"}))[0] == 403
    assert code(page.ask("GET", find, {"X-RestLi-Method": "FINDER"}))[0] == 403
    assert code(page.ask("GET", f"posts?q=author&author={page.author}")) == (400, "ILLEGAL_ARGUMENT")
    assert page.get(f"{sandbox.url}/v2/userinfo", timeout=10).status_code == 403
    image = member.upload(picture())
    assert code(member.ask("GET", f"images/{image}"))[0] == 403
    assert page.ask("GET", f"images/{page.upload(picture())}").json()["status"] == "AVAILABLE"
    made = page.post().headers["x-restli-id"]
    assert code(member.ask("DELETE", f"posts/{made}"))[0] == 403


def test_the_day_has_150_requests(member: Member, clock: Clock) -> None:
    answers = [member.ask("GET", "nothing").status_code for _ in range(3)]
    assert answers == [404] * 3, "what does not exist counts nothing"
    for number in range(150):
        assert member.post(str(number)).status_code == 201
    assert code(member.post("151")) == (429, "TOO_MANY_REQUESTS")
    clock.pass_by(hours=12)
    assert member.post("151").status_code == 201


# ── posts and images ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x"},
        {"visibility": "public"},
        {"lifecycleState": "DRAFT"},
        {"distribution": {}},
        {"distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [{"geoLocations": []}]}},
        {"distribution": {"feedDistribution": "MAIN_FEED", "colour": "blue"}},
        {"isReshareDisabledByAuthor": "no"},
        {"commentary": None},
        {"commentary": ""},
        {"content": {"media": {"id": "urn:li:image:none"}}},
        {"content": {"article": {"title": "Ohne Adresse"}}},
        {"content": {"article": {"source": "https://example.org"}}},
        {"content": {"article": {"source": "https://example.org", "title": "a", "thumbnailUrl": "x"}}},
        {"content": {"article": {"source": "https://example.org", "title": "a"}, "media": {"id": "x"}}},
        {"content": {"multiImage": {"images": []}}},
    ],
)
def test_what_is_refused(member: Member, sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    answer = member.ask("POST", "posts", json=member.body() | wrong)
    assert answer.status_code == (422 if wrong == {"content": {"media": {"id": "urn:li:image:none"}}} else 400)
    assert sandbox.posts() == []


def test_the_same_post_is_refused_for_ten_minutes_and_named(member: Member, sandbox: Sandbox, clock: Clock) -> None:
    first = member.post("Hallo").headers["x-restli-id"]
    member.ask("DELETE", f"posts/{first}")
    for _ in range(2):
        refused = member.post("Hallo")
        assert code(refused) == (422, "DUPLICATE_POST")
        assert refused.json()["message"] == f"Content is a duplicate of {first}"
    image, again = member.upload(picture()), member.upload(picture())
    assert member.post("Bild", content={"media": {"id": image}}).status_code == 201
    assert member.post("Bild", content={"media": {"id": image}}).status_code == 422
    assert member.post("Bild", content={"media": {"id": again}}).status_code == 201, "another picture"
    assert Member(sandbox, account="zweitkonto").post("Hallo").status_code == 201, "another author"
    clock.pass_by(minutes=10)
    assert member.post("Hallo").status_code == 201


def test_pictures_are_looked_at_while_they_are_processed(page: Member, sandbox: Sandbox) -> None:
    for bad in (b"none", picture("WEBP")):
        image = page.upload(bad)
        assert page.ask("GET", f"images/{image}").json()["status"] == "PROCESSING_FAILED"
        assert page.post(content={"media": {"id": image}}).status_code == 422
    image = page.upload(picture("GIF"))
    assert code(page.post(content={"media": {"id": image, "altText": "x" * 4087}})) == (400, "FIELD_LENGTH_TOO_LONG")
    other = Member(sandbox, "organization_token", "zweitkonto")
    assert other.post(content={"media": {"id": image}}).status_code == 422
    sandbox.fault("linkedin", "processing")
    slow = page.upload(picture())
    assert [page.ask("GET", f"images/{slow}").json()["status"] for _ in range(3)] == ["PROCESSING"] * 2 + ["AVAILABLE"]


def test_the_page_shows_it(member: Member, sandbox: Sandbox) -> None:
    article = {"source": "https://example.org/fest", "title": "Fest", "thumbnail": member.upload(picture())}
    member.post(r"Kommt \& seht", content={"article": article})
    (post,) = sandbox.posts()
    assert (post["link"], len(post["images"])) == ("https://example.org/fest", 1)
    assert requests.get(post["url"], timeout=10).status_code == 200
    assert 'href="https://example.org/fest"' in requests.get(sandbox.url, timeout=10).text
