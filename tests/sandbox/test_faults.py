"""Every fault on every network: what the client sees, and whether the post is out."""

import socket

import pytest
import requests

from crosspost.sandbox import Sandbox
from tests.sandbox.conftest import Caller, Clock

NETWORKS = ("mastodon", "x", "facebook")


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    ("kind", "status", "out"),
    [
        ("429", {"facebook": 403, "": 429}, 0),
        ("500 before", {"": 500}, 0),
        ("500_after_committing", {"": 500}, 1),
        ("503-before", {"": 503}, 0),
        ("html-503", {"": 503}, 0),
        ("redirect", {"": 307}, 0),
        ("expired token", {"facebook": 400, "": 401}, 0),
        ("bad-json", {"": 200}, 1),
    ],
)
def test_faults_with_an_answer(
    http: Caller, sandbox: Sandbox, network: str, kind: str, status: dict[str, int], out: int
) -> None:
    sandbox.fault(network, kind)
    answer = http.say(network, "Hallo")
    assert answer.status_code == status.get(network, status[""])
    assert len(sandbox.posts(network)) == out
    assert sandbox.faults.list() == []
    assert http.say(network, "Welt").ok, "one fault is for one request"


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(("kind", "out"), [("cut-before", 0), ("cut-after", 1), ("half-answer", 1)])
def test_faults_without_an_answer(http: Caller, sandbox: Sandbox, network: str, kind: str, out: int) -> None:
    sandbox.fault(network, kind)
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        http.say(network, "Hallo")
    assert len(sandbox.posts(network)) == out
    (entry,) = sandbox.requests
    assert (entry["answered"], entry["fault"], entry["network"]) == (False, kind, network)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", ["delay", "delay-after"])
def test_delays(http: Caller, sandbox: Sandbox, network: str, kind: str) -> None:
    sandbox.fault(network, kind, seconds=0.01)
    assert http.say(network, "Hallo").ok
    assert sandbox.requests[-1]["fault"] == kind


def test_a_delay_after_the_commit_is_a_time_out_with_a_post(http: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("mastodon", "delay-after", seconds=60)
    token = sandbox.accounts()["mastodon"]["credentials"]["access_token"]
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(
            f"{sandbox.url}/api/v1/statuses",
            data={"status": "Hallo"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=(5, 0.3),
        )
    assert [post["text"] for post in sandbox.posts()] == ["Hallo"]


def test_what_was_asked_for_by_somebody_who_left_is_waited_for(sandbox: Sandbox) -> None:
    sandbox.fault("mastodon", "delay", seconds=1)
    token = sandbox.accounts()["mastodon"]["credentials"]["access_token"]
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(
            f"{sandbox.url}/api/v1/statuses",
            data={"status": "Hallo"},
            headers={"Authorization": f"Bearer {token}"},
            timeout=(5, 0.2),
        )
    assert sandbox.posts() == []
    assert sandbox.wait_idle()
    assert [post["text"] for post in sandbox.posts()] == ["Hallo"]


def test_a_client_that_stays_is_told_about(sandbox: Sandbox) -> None:
    assert sandbox.wait_idle()
    with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))):
        assert not sandbox.wait_idle(0.2)
    assert sandbox.wait_idle()


def test_the_rate_limit_answers_of_each_network(http: Caller, sandbox: Sandbox, clock: Clock) -> None:
    for network in NETWORKS:
        sandbox.fault(network, "429", retry_after=120)
    toot, tweet, face = (http.say(network, "Hallo") for network in NETWORKS)
    assert toot.headers["X-RateLimit-Reset"] == "2026-11-22T12:02:00.000000Z"
    assert tweet.headers["x-rate-limit-reset"] == str(int(clock.now.timestamp()) + 120)
    assert face.json()["error"]["code"] == 32
    assert '"estimated_time_to_regain_access": 2' in face.headers["X-Business-Use-Case-Usage"]
    assert all("Retry-After" not in answer.headers for answer in (toot, tweet, face))


def test_a_fault_after_the_commit_waits_for_a_request_that_is_accepted(http: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("mastodon", "500-after")
    assert http.toot("x" * 501).status_code == 422
    assert http.toot("Hallo").status_code == 500
    assert len(sandbox.posts()) == 1


def test_faults_strike_only_what_matches(http: Caller, sandbox: Sandbox) -> None:
    sandbox.fault("x", "500-before", times=2, match="GET /2/users/*/tweets")
    me = http.x("GET", "users/me").json()["data"]["id"]
    assert http.toot("Hallo").status_code == 200
    assert http.tweet("Hallo").status_code == 201
    assert [http.x("GET", f"users/{me}/tweets").status_code for _ in range(3)] == [500, 500, 200]


def test_faults_are_ordered_listed_and_forgotten_over_http(http: Caller, sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/_sandbox/faults"
    order = '{"network": "mastodon", "fault": "500 after committing", "times": 2}'
    made = http.post(url, data=order, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (made.status_code, made.json()) == (201, http.get(url).json())
    assert [(f["fault"], f["times"], f["match"]) for f in made.json()] == [("500-after", 2, "POST /api/v1/statuses")]
    assert http.delete(url).json() == []
    assert http.toot("Hallo").status_code == 200


@pytest.mark.parametrize(
    "order",
    [
        {"network": "mastodon", "fault": "earthquake"},
        {"network": "nowhere", "fault": "429"},
        {"network": "mastodon", "fault": "402"},
        {"network": "x", "fault": "429", "times": 0},
        {"network": "x", "fault": "delay", "seconds": "long"},
        {"network": "x", "fault": "429", "when": "now"},
        {},
    ],
)
def test_an_order_that_makes_no_sense_is_explained(http: Caller, sandbox: Sandbox, order: dict[str, object]) -> None:
    refused = http.post(f"{sandbox.url}/_sandbox/faults", json=order)
    assert refused.status_code == 400
    assert "cut-after" in refused.json()["kinds"]["mastodon"]
    assert "402" in refused.json()["kinds"]["x"]
    assert refused.json()["error"]


def test_another_web_page_may_not_order_faults(http: Caller, sandbox: Sandbox) -> None:
    order = {"network": "x", "fault": "429"}
    for origin, status in (("https://example.org", 403), ("null", 403), (sandbox.url, 201)):
        answer = http.post(f"{sandbox.url}/_sandbox/faults", json=order, headers={"Origin": origin})
        assert answer.status_code == status
