"""Two accounts of one network: independent of each other, and never the same words where that is forbidden."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.config.credentials import variable
from crosspost.ledger import Delivery
from crosspost.model import Prepared, Receipt
from crosspost.networks.mastodon import Mastodon
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.delivery.engine_runs import Runs


def two(root: Path, sandbox: Sandbox, clock: Clock, network: str) -> Place:
    """Accounts ``verein`` and ``zweitkonto`` of one network, in this order."""
    tables = "".join(
        f'[accounts.{name}]\nnetwork = "{network}"\nbase_url = "{sandbox.url}"\ntimeout = 5\n'
        for name in ("verein", "zweitkonto")
    )
    place = Place(root, sandbox, clock=clock, networks=(), more=tables)
    lines = [
        f"{variable(name, field)}={value}"
        for name in ("verein", "zweitkonto")
        for field, value in sandbox.accounts(name)[network]["credentials"].items()
        if field != "bearer_token"
    ]
    place.secrets.write_text("\n".join(lines), "utf-8")
    return place


def out(sandbox: Sandbox) -> list[str]:
    return sorted(post["account"] for post in sandbox.posts())


# ── one account never delays another ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def toots(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Runs]:
    made = Runs(two(tmp_path, sandbox, clock, "mastodon"))
    yield made
    made.ledger.close()


def test_both_accounts_say_it(toots: Runs, sandbox: Sandbox) -> None:
    toots.run()
    assert out(sandbox) == ["verein", "zweitkonto"], "where it is allowed, the same words are no matter"


def test_an_expired_account_pauses_alone(toots: Runs, sandbox: Sandbox) -> None:
    text = toots.place.secrets.read_text("utf-8")
    toots.place.secrets.write_text(text.replace("CROSSPOST_VEREIN_ACCESS_TOKEN=", "CROSSPOST_VEREIN_ACCESS_TOKEN=x"))
    toots.run()
    assert toots.states() == {"verein": "planned", "zweitkonto": "sent"}
    assert (toots.ledger.account("verein").paused_for, toots.ledger.account("zweitkonto").paused_for) == ("auth", "")
    assert out(sandbox) == ["zweitkonto"]


def test_a_limited_account_waits_alone(toots: Runs, sandbox: Sandbox, clock: Clock) -> None:
    say(toots, "crosspost:\n  only: verein")
    sandbox.fault("mastodon", "429", retry_after=3600)
    toots.run()
    assert toots.states() == {"verein": "planned"}
    toots.place.new_post("2026-11-21-neu")
    toots.run()
    assert out(sandbox) == ["zweitkonto"], "at once: the clock has not moved"
    clock.pass_by(hours=2)
    toots.run()
    assert out(sandbox) == ["verein", "verein", "zweitkonto"]


def test_an_account_without_a_server_fails_alone(toots: Runs, sandbox: Sandbox) -> None:
    text = toots.place.config.read_text("utf-8")
    toots.place.config.write_text(text.replace(sandbox.url, "http://127.0.0.1:9", 1), "utf-8")
    toots.run()
    assert toots.states() == {"verein": "planned", "zweitkonto": "sent"}


def test_an_account_that_hangs_holds_up_nobody(toots: Runs, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first account's request returns only after the second account's post is out."""
    second_is_out, publish = threading.Event(), Mastodon.publish
    waited: list[bool] = []

    def slowly(network: Mastodon, prepared: Prepared) -> Receipt:
        if network.account == "verein":
            waited.append(second_is_out.wait(20))
        receipt = publish(network, prepared)
        if network.account == "zweitkonto":
            second_is_out.set()
        return receipt

    monkeypatch.setattr(Mastodon, "publish", slowly)
    toots.run()
    assert waited == [True]
    assert out(sandbox) == ["verein", "zweitkonto"]


# ── never the same words where the network forbids it ─────────────────────────────────────────────────────────────


@pytest.fixture
def tweets(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Iterator[Runs]:
    made = Runs(two(tmp_path, sandbox, clock, "x"))
    yield made
    made.ledger.close()


def refused(delivery: Delivery | None) -> bool:
    assert delivery is not None
    return delivery.state == "failed" and "rules forbid" in delivery.error and "`text`" in delivery.error


def say(runs: Runs, own: str) -> None:
    post = runs.place.post
    post.write_text(post.read_text("utf-8").replace("lang: de", f"lang: de\n{own}"), "utf-8")


def test_the_second_account_is_refused_and_told_what_helps(tweets: Runs, sandbox: Sandbox) -> None:
    settled = tweets.run()
    assert out(sandbox) == ["verein"]
    assert refused(settled["zweitkonto"])
    assert "verein says the same" in settled["zweitkonto"].error
    assert not [r for r in sandbox.requests_to("x", "POST /2/media/upload") if r["account"] == "zweitkonto"]


def test_words_of_its_own_are_said(tweets: Runs, sandbox: Sandbox) -> None:
    say(tweets, "crosspost:\n  zweitkonto:\n    text: Ganz anders gesagt")
    tweets.run()
    assert out(sandbox) == ["verein", "zweitkonto"]


def test_another_link_parameter_is_not_another_text(tweets: Runs, sandbox: Sandbox) -> None:
    config = tweets.place.config
    config.write_text(config.read_text("utf-8") + 'utm = { utm_source = "zwei" }\n', "utf-8")
    tweets.run()
    assert out(sandbox) == ["verein"]


def test_a_post_that_skips_the_first_account_goes_to_the_second(tweets: Runs, sandbox: Sandbox) -> None:
    say(tweets, "crosspost:\n  verein:\n    skip: true")
    tweets.run()
    assert out(sandbox) == ["zweitkonto"]


def test_what_is_in_doubt_on_the_first_account_counts(tweets: Runs, sandbox: Sandbox) -> None:
    say(tweets, "crosspost:\n  zweitkonto:\n    at: 2026-11-22 14:00")
    sandbox.fault("x", "cut-before")
    tweets.run()
    assert tweets.states()["verein"] == "unknown"
    tweets.place.clock.pass_by(minutes=90)
    sandbox.fault("x", "500-before", match="GET /2/users/*/tweets", times=9)
    assert refused(tweets.run().get("zweitkonto"))


def test_the_first_account_is_refused_when_the_second_has_said_it(tweets: Runs, sandbox: Sandbox) -> None:
    say(tweets, "crosspost:\n  verein:\n    at: 2026-11-22 14:00\n    text: Erst später")
    tweets.run()
    assert out(sandbox) == ["zweitkonto"]
    post = tweets.place.post
    post.write_text(post.read_text("utf-8").replace("    text: Erst später\n", ""), "utf-8")
    tweets.place.clock.pass_by(hours=2)
    assert refused(tweets.run()["verein"])
    assert out(sandbox) == ["zweitkonto"]


def test_the_preview_warns(tweets: Runs) -> None:
    ran = tweets.place.crosspost("preview", str(tweets.place.post), "--json")
    first, second = ran.json[0]["accounts"]
    assert not any("rules forbid" in warning for warning in first["warnings"])
    assert any("rules forbid" in warning for warning in second["warnings"])
    say(tweets, "crosspost:\n  verein:\n    skip: true")
    assert "rules forbid" not in tweets.place.crosspost("preview", str(tweets.place.post)).out
