"""What a Mastodon client reads, and polls: served as documented, or refused; nothing is taken and dropped."""

from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock, picture

POLL = {"options": ["Ja", "Nein"], "expires_in": 3600}


def told(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [post["id"] for post in answer.json()]


@pytest.fixture
def thread(http: Caller, clock: Clock) -> list[str]:
    ids: list[str] = []
    for text in ("eins #Garten", "zwei", "drei #garten"):
        answered = {"in_reply_to_id": ids[-1]} if ids else {}
        ids.append(http.toot(text, **answered).json()["id"])
        clock.pass_by(seconds=1)
    return ids


def test_a_thread_has_the_posts_above_and_below(http: Caller, sandbox: Sandbox, thread: list[str]) -> None:
    def context(status: str) -> tuple[list[str], list[str]]:
        told = http.mastodon("GET", f"v1/statuses/{status}/context").json()
        return [p["id"] for p in told["ancestors"]], [p["id"] for p in told["descendants"]]

    assert context(thread[0]) == ([], thread[1:])
    assert context(thread[1]) == (thread[:1], thread[2:])
    assert context(thread[2]) == (thread[:2], [])
    with Caller(sandbox, "zweitkonto") as other:
        private = other.toot("geheim", in_reply_to_id=thread[2], visibility="private").json()["id"]
        assert told(other.mastodon("GET", "v1/timelines/home")) == [private]
    assert context(thread[2]) == (thread[:2], []), "what others say to their followers is not seen"
    assert http.mastodon("GET", f"v1/statuses/{private}/context").status_code == 404
    assert http.mastodon("GET", f"v1/statuses/{private}").status_code == 404


def test_every_version_of_a_post_is_kept(http: Caller, clock: Clock) -> None:
    status = http.toot("eins", spoiler_text="Achtung").json()["id"]
    assert [v["content"] for v in http.mastodon("GET", f"v1/statuses/{status}/history").json()] == ["<p>eins</p>"]
    clock.pass_by(minutes=1)
    http.mastodon("PUT", f"v1/statuses/{status}", json={"status": "zwei", "poll": POLL})
    first, second = http.mastodon("GET", f"v1/statuses/{status}/history").json()
    assert (first["content"], first["spoiler_text"], second["content"]) == ("<p>eins</p>", "Achtung", "<p>zwei</p>")
    assert first["created_at"] < second["created_at"]
    assert second["poll"]["options"][0]["title"] == "Ja"
    assert "poll" not in first


def test_timelines_and_their_pages(http: Caller, sandbox: Sandbox, thread: list[str]) -> None:
    with Caller(sandbox, "zweitkonto") as other:
        foreign = other.toot("Grüße #Garten").json()["id"]
        other.toot("leise", visibility="unlisted")
    one, two, three = thread
    assert told(http.mastodon("GET", "v1/timelines/home")) == [three, two, one]
    assert told(http.mastodon("GET", "v1/timelines/public")) == [foreign, three, two, one]
    assert told(http.mastodon("GET", "v1/timelines/public?remote=true")) == []
    assert told(http.mastodon("GET", "v1/timelines/tag/GARTEN")) == [foreign, three, one]
    assert told(http.mastodon("GET", "v1/timelines/tag/nichts?any[]=garten&none[]=gruß")) == [foreign, three, one]
    page = http.mastodon("GET", "v1/timelines/public?limit=2")
    assert told(page) == [foreign, three]
    assert told(http.get(page.links["next"]["url"], headers=page.request.headers)) == [two, one]
    assert told(http.mastodon("GET", f"v1/timelines/public?min_id={one}&limit=1")) == [two], "the page right above"
    assert told(http.mastodon("GET", f"v1/timelines/public?since_id={one}&limit=1")) == [foreign], "the newest"


def test_an_accounts_posts_are_chosen(http: Caller, thread: list[str]) -> None:
    me = http.mastodon("GET", "v1/accounts/verify_credentials").json()["id"]
    media = http.mastodon("POST", "v2/media", files={"file": ("b.png", picture(), "image/png")}).json()["id"]
    shown = http.toot("Bild", media_ids=[media]).json()["id"]

    def chosen(query: str) -> list[str]:
        return told(http.mastodon("GET", f"v1/accounts/{me}/statuses?{query}"))

    assert chosen("exclude_replies=true&exclude_reblogs=true") == [shown, thread[0]]
    assert chosen("only_media=true") == [shown]
    assert chosen("tagged=garten") == [thread[2], thread[0]]
    assert chosen("pinned=true") == []


def test_the_search_finds_posts_accounts_and_hashtags(http: Caller, thread: list[str]) -> None:
    def found(**query: str) -> dict[str, int]:
        answer = http.mastodon("GET", "v2/search", params=query)
        assert answer.status_code == 200, answer.text
        return {kind: len(things) for kind, things in answer.json().items()}

    assert found(q="garten") == {"accounts": 0, "statuses": 2, "hashtags": 1}
    assert found(q="@verein", type="accounts") == {"accounts": 1, "statuses": 0, "hashtags": 0}
    url = http.mastodon("GET", f"v1/statuses/{thread[1]}").json()["url"]
    assert found(q=url, resolve="true") == {"accounts": 0, "statuses": 1, "hashtags": 0}
    for wrong in ({}, {"q": " "}, {"q": "x", "type": "toots"}, {"q": "x", "limit": "41"}, {"q": "x", "colour": "1"}):
        assert http.mastodon("GET", "v2/search", params=wrong).status_code == 400


def test_accounts_are_looked_up(http: Caller) -> None:
    looked = http.mastodon("GET", "v1/accounts/lookup?acct=@zweitkonto").json()
    assert http.mastodon("GET", f"v1/accounts/{looked['id']}").json() == looked
    assert http.mastodon("GET", "v1/accounts/lookup?acct=niemand").status_code == 404
    assert http.mastodon("GET", "v1/accounts/1").status_code == 404


def test_a_poll_is_shown_and_voted_on_once(http: Caller, sandbox: Sandbox, clock: Clock) -> None:
    status = http.toot("Kommt ihr?", poll=POLL).json()
    poll = status["poll"]
    assert [option["title"] for option in poll["options"]] == ["Ja", "Nein"]
    assert (poll["expires_at"], poll["multiple"], poll["votes_count"]) == ("2026-11-22T13:00:00.000Z", False, 0)
    assert "Ja" in http.get(status["url"]).text, "the page shows it"
    with Caller(sandbox, "zweitkonto") as other:

        def vote(caller: Caller, *choices: int) -> int:
            answer = caller.mastodon("POST", f"v1/polls/{poll['id']}/votes", json={"choices": list(choices)})
            return answer.status_code

        assert [vote(http, 0), vote(other, 2), vote(other, 0, 1), vote(other)] == [422] * 4
        assert (vote(other, 1), vote(other, 0)) == (200, 422)
        assert http.mastodon("GET", f"v1/polls/{poll['id']}").json()["options"][1]["votes_count"] == 1
        second = http.toot("Und ihr?", poll=POLL).json()["poll"]["id"]
        clock.pass_by(hours=1)
        late = other.mastodon("POST", f"v1/polls/{second}/votes", json={"choices": [0]})
        assert (late.status_code, "ended" in late.text) == (422, True)
    assert http.mastodon("GET", "v1/polls/1").status_code == 404


def test_a_poll_from_a_form(http: Caller, sandbox: Sandbox) -> None:
    form = [("status", "Wann?"), ("poll[options][]", "Mo"), ("poll[options][]", "Di"), ("poll[expires_in]", "300")]
    form += [("poll[multiple]", "true"), ("poll[hide_totals]", "1")]
    poll = http.mastodon("POST", "v1/statuses", data=form).json()["poll"]
    assert ([o["title"] for o in poll["options"]], poll["multiple"]) == (["Mo", "Di"], True)
    assert poll["options"][0]["votes_count"] is None, "totals are hidden until it ends"


@pytest.mark.parametrize(
    "wrong",
    [
        {"options": ["Ja"]},
        {"options": list("abcde")},
        {"options": ["Ja", "Ja"]},
        {"options": ["Ja", " "]},
        {"options": ["Ja", "x" * 51]},
        {"options": "Ja"},
        {"expires_in": 299},
        {"expires_in": 2_629_747},
        {"expires_in": None},
        {"colour": "blue"},
    ],
)
def test_an_invalid_poll(http: Caller, sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    assert http.toot("Kommt ihr?", poll=POLL | wrong).status_code == 422
    assert sandbox.posts() == []


def test_a_poll_and_pictures_exclude_each_other(http: Caller, sandbox: Sandbox) -> None:
    media = http.mastodon("POST", "v2/media", files={"file": ("b.png", picture(), "image/png")}).json()["id"]
    assert http.toot("Kommt ihr?", poll=POLL, media_ids=[media]).status_code == 422
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "v1/statuses", {"status": "Hallo", "quoted_status_id": "1"}),
        ("POST", "v1/statuses", {"status": "Hallo", "content_type": "text/markdown"}),
        ("POST", "v1/statuses", {"status": "Hallo", "spoiler": "Achtung"}),
        ("GET", "v1/timelines/public", {"limti": "5"}),
        ("GET", "v1/timelines/home", {"limit": "41"}),
    ],
)
def test_nothing_is_taken_and_dropped(
    http: Caller, sandbox: Sandbox, method: str, path: str, said: dict[str, str]
) -> None:
    sent = {"json": said} if method == "POST" else {"params": said}
    assert http.mastodon(method, path, **sent).status_code in (400, 422)
    assert sandbox.posts() == []


def test_a_form_that_nests_without_end_is_refused(http: Caller) -> None:
    assert http.mastodon("POST", "v1/statuses", data={"a" + "[b]" * 10_000: "c"}).status_code == 400


def test_the_focus_of_a_picture_is_kept(http: Caller) -> None:
    def upload(**said: str) -> Any:
        return http.mastodon("POST", "v2/media", files={"file": ("b.png", picture(), "image/png")}, data=said)

    assert upload(focus="-0.5,1.0").json()["meta"]["focus"] == {"x": -0.5, "y": 1.0}
    assert [upload(focus=wrong).status_code for wrong in ("2,0", "0", "x,y")] == [422] * 3
    assert upload(descripton="Zelt").status_code == 422


def test_an_edit_cannot_change_who_sees_it(http: Caller) -> None:
    status = http.toot("Hallo").json()["id"]
    change = {"status": "Neu", "visibility": "private"}
    assert http.mastodon("PUT", f"v1/statuses/{status}", json=change).status_code == 422
