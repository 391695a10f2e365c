"""What other tools got wrong with delivery, by name. Cases that concern texts stand with the text engine's tests."""

from datetime import timedelta

import pytest

from crosspost.delivery.backoff import pause
from crosspost.testing.harness import NETWORKS, Place
from tests.delivery.engine_runs import Runs


@pytest.fixture
def runs(place: Place) -> Runs:
    return Runs(place)


def titles(runs: Runs, network: str) -> list[str]:
    return sorted(post["text"].splitlines()[0] for post in runs.place.sandbox.posts(network))


def test_two_articles_between_two_runs_are_both_sent(runs: Runs) -> None:
    runs.run()
    for name in ("eins", "zwei"):
        runs.place.new_post(f"2026-11-21-{name}")
    runs.run()
    for network in NETWORKS:
        assert titles(runs, network) == ["Grüße aus dem Tal", "eins", "zwei"]


@pytest.mark.parametrize("fault", ["cut-after", "500-after", "cut-before"])
def test_trouble_with_the_second_of_three_repeats_neither_first_nor_second(runs: Runs, fault: str) -> None:
    runs.run()
    for name in ("eins", "zwei", "drei"):
        runs.place.new_post(f"2026-11-21-{name}")
    runs.place.sandbox.fault("mastodon", "delay", match="POST /api/v1/statuses", times=1)  # the first goes well
    runs.place.sandbox.fault("mastodon", fault, match="POST /api/v1/statuses", times=1)
    for _ in range(4):
        runs.run()
        runs.place.clock.pass_by(minutes=10)
    assert titles(runs, "mastodon") == ["Grüße aus dem Tal", "drei", "eins", "zwei"]


def test_one_network_fails_and_only_that_one_is_tried_again(runs: Runs) -> None:
    runs.place.sandbox.fault("mastodon", "503-before", match="GET /*", times=1)
    runs.place.sandbox.fault("mastodon", "503-before", times=1)
    runs.run()
    before = {name: len(runs.place.sandbox.requests_to(name)) for name in ("x", "facebook")}
    runs.place.clock.pass_by(minutes=30)
    runs.run()
    assert {name: len(runs.place.sandbox.posts(name)) for name in NETWORKS} == dict.fromkeys(NETWORKS, 1)
    assert {name: len(runs.place.sandbox.requests_to(name)) for name in ("x", "facebook")} == before


def test_the_pause_before_the_next_attempt_is_kept(runs: Runs) -> None:
    runs.place.config.write_text(
        runs.place.config.read_text("utf-8").replace(
            runs.place.sandbox.accounts()["x"]["base_url"], "http://127.0.0.1:9", 1
        ),
        "utf-8",
    )
    first = runs.run()["x"]
    assert first.state == "planned"
    assert first.due_at - runs.place.clock() == pause(first.id, 1)
    assert "x" not in runs.run(), "at once: nothing is tried"
    runs.place.clock.now = first.due_at - timedelta(seconds=1)
    assert "x" not in runs.run()
    runs.place.clock.pass_by(seconds=2)
    assert runs.run()["x"].attempts == 2


def test_what_the_site_does_not_show_is_never_sent(runs: Runs) -> None:
    runs.run()
    runs.place.new_post("2026-11-21-versteckt", "---\ntitle: versteckt\npublished: false\n---\nText.\n")
    runs.place.new_post("2999-01-01-morgen", "---\ntitle: morgen\n---\nText.\n")
    runs.place.write("site/_drafts/entwurf.md", "---\ntitle: Entwurf\n---\nText.\n")
    runs.run()
    assert all(titles(runs, network) == ["Grüße aus dem Tal"] for network in NETWORKS)
