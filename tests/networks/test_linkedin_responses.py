"""What came back to an organisation's posts: page by page, as far as its token may read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crosspost.model import Receipt
from crosspost.model.response import Responses
from crosspost.networks import linkedin_responses
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.linkedin.oauth import ADMINISTRATOR, ORGANIZATION
from crosspost.testing.harness import Clock, Place
from crosspost.testing.readers import LinkedInReader
from tests.networks.linkedin_accounts import as_organisation, as_person

URN = "urn:li:share:7"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return as_organisation(tmp_path, sandbox, clock)


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("linkedin")


@pytest.fixture
def reader(place: Place) -> LinkedInReader:
    return LinkedInReader(place.sandbox)


@pytest.fixture
def receipt(network: Network, place: Place) -> Receipt:
    return network.publish(place.prepared(network))


def asked(network: Network, receipt: Receipt) -> Responses:
    found = network.responses(receipt)
    assert found is not None
    return found


# ── figures and comments ──────────────────────────────────────────────────────────────────────────────────────────


def test_all_figures_are_those_of_the_post(
    network: Network, place: Place, receipt: Receipt, reader: LinkedInReader
) -> None:
    reader.like(receipt.id)
    reader.answer(receipt.id, "Da")
    (post,) = place.sandbox.store.posts
    post.extra["impressions"] = 40
    found = asked(network, receipt).figures
    assert (found.likes, found.replies, found.reposts, found.views) == (1, 1, 0, 40)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_all_pages_are_read_also_below_comments(
    network: Network, receipt: Receipt, reader: LinkedInReader, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(linkedin_responses, "SIZE", size)
    first, *_ = [reader.answer(receipt.id, f"Nr. {number}") for number in range(3)]
    for number in range(3):
        reader.answer(first, f"Darunter {number}")
    found = asked(network, receipt)
    assert len({one.id for one in found.replies}) == len(found.replies) == 6
    assert sum(one.parent == first for one in found.replies) == 3
    assert found.whole


def test_a_list_that_takes_too_many_questions_is_not_whole(
    network: Network, receipt: Receipt, reader: LinkedInReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linkedin_responses, "SIZE", 1)
    monkeypatch.setattr(linkedin_responses, "QUESTIONS", 2)
    for number in range(3):
        reader.answer(receipt.id, f"Nr. {number}")
    found = asked(network, receipt)
    assert (len(found.replies), found.whole) == (2, False)


def test_only_comments_that_were_answered_are_asked_about(
    network: Network, place: Place, receipt: Receipt, reader: LinkedInReader
) -> None:
    """Each question counts against a limit of the day."""
    for text in ("eins", "zwei"):
        reader.answer(receipt.id, text)
    before = len(place.sandbox.requests_to("linkedin"))
    asked(network, receipt)
    assert len(place.sandbox.requests_to("linkedin")) == before + 2


def test_comments_are_not_little_text_and_name_nobody(
    network: Network, receipt: Receipt, reader: LinkedInReader
) -> None:
    reader.answer(receipt.id, r"a_b (c) \_ #d")
    (one,) = asked(network, receipt).replies
    assert (one.text, one.author, one.handle, one.url, one.mine) == (r"a_b (c) \_ #d", "", "", receipt.url, False)


def test_our_own_comment_is_known(network: Network, place: Place, receipt: Receipt) -> None:
    body = {"actor": network.me().id, "object": receipt.id, "message": {"text": "Danke"}}
    path = f"socialActions/{linkedin_responses.restli.key(receipt.id)}/comments"
    network._request("POST", path, body).raise_for_status()  # type: ignore[attr-defined]
    (one,) = asked(network, receipt).replies
    assert one.mine


# ── what may not be read ──────────────────────────────────────────────────────────────────────────────────────────


def test_without_the_scope_for_figures_comments_come_and_it_is_said(
    tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    place = as_organisation(tmp_path, sandbox, clock, scopes=ORGANIZATION)
    network = place.network("linkedin")
    receipt = network.publish(place.prepared(network))
    LinkedInReader(sandbox).answer(receipt.id, "Da")
    found = asked(network, receipt)
    assert [one.text for one in found.replies] == ["Da"]
    assert found.figures == type(found.figures)()
    assert found.whole
    assert "the figures of its posts: the token lacks rw_organization_admin" in found.unread
    assert "`crosspost accounts renew linkedin`" in found.unread
    assert "r_organization_social_feed" not in found.unread


def test_without_the_scope_for_comments_figures_come_and_nothing_counts_as_deleted(
    network: Network, place: Place, receipt: Receipt, reader: LinkedInReader
) -> None:
    reader.answer(receipt.id, "Da")
    place.sandbox.networks["linkedin"].settings["comment_scopes"] = ("r_organization_social_feed",)
    found = asked(network, receipt)
    assert (found.figures.replies, found.replies, found.whole) == (1, (), False)
    assert "the comments of its posts: the token lacks r_organization_social_feed" in found.unread
    assert ADMINISTRATOR.isdisjoint(found.unread.split())


def test_a_missing_scope_is_told_once_and_posts_go_out_all_the_same(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place = as_organisation(tmp_path, sandbox, clock, "responses = true\n", scopes=ORGANIZATION)
    sandbox.networks["linkedin"].settings["comment_scopes"] = ("r_organization_social_feed",)
    assert place.crosspost(str(place.post), "--yes").code == 0
    second = place.new_post("2026-11-21-neu")
    assert place.crosspost(str(second), "--yes").code == 0
    ran = place.crosspost("responses", "fetch", "--all")
    said = " ".join(ran.out.split())
    assert (ran.code, said.count("LinkedIn does not show")) == (0, 1)
    assert "the figures and comments of its posts" in said
    assert "rw_organization_admin and r_organization_social_feed" in said
    third = place.new_post("2026-11-22-neuer")
    assert place.crosspost(str(third), "--yes").code == 0
    assert len(sandbox.posts()) == 3


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (as_person, "LinkedIn tells no ordinary app what came back to a person’s posts"),
        (as_organisation, "daily limits for each post; `responses = true` in [accounts.linkedin]"),
    ],
)
def test_who_is_not_asked_is_told_why(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    account: Callable[..., Place], why: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    place = account(tmp_path, sandbox, clock)
    assert place.crosspost(str(place.post), "--yes").code == 0
    before = len(sandbox.requests_to("linkedin"))
    ran = place.crosspost("responses", "fetch", "--all")
    assert why in " ".join(ran.out.split())
    assert len(sandbox.requests_to("linkedin")) == before


# ── answers the sandbox does not give ─────────────────────────────────────────────────────────────────────────────


def read(answers: dict[str, tuple[int, Any]], urn: str = URN) -> tuple[Responses | None, list[str]]:
    """What is made of answers, by the beginning of their paths, and what was asked."""
    seen: list[str] = []

    def ask(path: str) -> tuple[int, Any]:
        seen.append(path.partition("/")[0].partition("?")[0])
        return answers[seen[-1]]

    receipt = Receipt(id=urn, url="https://www.linkedin.com/feed/update/x/", at=Clock()())
    return linkedin_responses.responses_of(receipt, "linkedin", "urn:li:organization:1", ask), seen


EMPTY = {"elements": [], "paging": {"links": [], "total": 0}}
QUIET = {"socialActions": (200, EMPTY), "organizationalEntityShareStatistics": (200, EMPTY)}


def test_a_post_of_which_there_are_no_figures_is_there_if_it_can_be_read() -> None:
    found, seen = read(QUIET | {"posts": (200, {})})
    assert found == Responses()
    assert seen[-1] == "posts"


@pytest.mark.parametrize("comments", [(200, EMPTY), (404, None)])
def test_a_post_that_is_not_there_is_gone(comments: tuple[int, Any]) -> None:
    found, _ = read(QUIET | {"socialActions": comments, "posts": (404, None)})
    assert found is None


def test_a_post_that_may_not_be_read_is_not_gone() -> None:
    found, _ = read(QUIET | {"socialActions": (404, None), "posts": (403, None)})
    assert found is not None
    assert not found.whole


def test_a_kind_of_post_without_figures_is_not_asked_for_them() -> None:
    found, seen = read(QUIET | {"posts": (200, {})}, "urn:li:activity:7")
    assert found == Responses()
    assert "organizationalEntityShareStatistics" not in seen


@pytest.mark.parametrize(
    "paging", [{"total": 3}, {"links": [{"rel": "next", "href": "/x"}], "total": 2}, {"total": 1, "links": None}]
)
def test_a_list_is_whole_only_if_it_has_all_that_is_counted(paging: dict[str, Any]) -> None:
    comment = {
        "actor": "urn:li:person:a", "commentUrn": "urn:li:comment:(urn:li:activity:7,1)", "created": {"time": 1},
        "message": {"text": "Da"}, "commentsSummary": {"aggregatedTotalComments": 0},
    }  # fmt: skip
    pages = iter([{"elements": [comment], "paging": paging}, {"elements": [], "paging": {"total": paging["total"]}}])
    ask: Callable[[str], tuple[int, Any]] = lambda _: (200, next(pages))  # noqa: E731
    listed = linkedin_responses.comments_of(URN, ask)
    assert listed.whole is (paging["total"] == 1)
    assert len(listed.rows) == 1
