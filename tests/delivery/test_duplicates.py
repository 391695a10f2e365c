"""No two accounts of a network that forbids it say the same: the one planned first does. And whose key is whose."""

from pathlib import Path

import msgspec
import pytest

from crosspost.delivery.idempotency_keys import again, anew, handle
from crosspost.errors import ConfigError, NotSent, Rejected, Unknown
from crosspost.model import Override, Overrides
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick, Scripted


@pytest.fixture
def two(tmp_path: Path, clock: Clock) -> Quick:
    quick = Quick(tmp_path, clock, "a", "b", same_text_once=True)
    quick.write()
    return quick


def out(quick: Quick) -> dict[str, int]:
    return {name: len(network.out) for name, network in quick.networks.items()}


def only(quick: Quick, account: str) -> dict[str, Scripted]:
    return {account: quick.networks[account]}


def test_of_two_that_say_the_same_the_second_is_refused(two: Quick) -> None:
    two.run()
    row = two.row(account="b")
    assert (out(two), row.state) == ({"a": 1, "b": 0}, "failed")
    assert row.error == (
        "b: Scripted's rules forbid the same post from several accounts (automation, duplicative content), and a says "
        "the same. Give this account words of its own: `text` under `crosspost: b:` in the post"
    )


def test_whichever_is_worked_on_first(two: Quick) -> None:
    two.networks["a"].next("connect", NotSent("a: no route"))
    two.run()
    assert (out(two), two.row(account="b").state) == ({"a": 0, "b": 0}, "failed")
    two.later(minutes=5)
    two.run()
    assert out(two) == {"a": 1, "b": 0}


def test_where_it_is_not_forbidden_both_say_it(tmp_path: Path, clock: Clock) -> None:
    quick = Quick(tmp_path, clock, "a", "b")
    quick.write()
    quick.run()
    assert out(quick) == {"a": 1, "b": 1}


def test_words_of_its_own_are_said_by_each(two: Quick) -> None:
    two.write(overrides=Overrides(targets={"b": Override(text="Was Eigenes {link}")}))
    two.run()
    assert out(two) == {"a": 1, "b": 1}


def test_another_post_of_the_same_words_is_another(two: Quick) -> None:
    two.write("other", overrides=Overrides(targets={"a": Override(skip=True)}))
    two.run()
    assert len(two.networks["b"].out) == 1


@pytest.mark.parametrize("of_network", [False, True])
def test_an_account_that_leaves_the_post_out_says_nothing(two: Quick, of_network: bool) -> None:
    two.run(most=0)
    but_b = {"scripted": Override(skip=True), "b": Override(skip=False)}
    two.write(overrides=Overrides(targets=but_b if of_network else {"a": Override(skip=True)}))
    two.run()
    assert out(two) == {"a": 0, "b": 1}


def test_an_account_that_is_not_in_this_run_says_nothing_yet(two: Quick) -> None:
    two.run(most=0)
    networks, two.networks = two.networks, only(two, "b")
    two.run()
    two.networks = networks
    assert two.row(account="b").state == "sent"


def test_an_account_that_cannot_say_it_now_does_not(two: Quick) -> None:
    two.run(most=0)
    two.networks["a"].next("compose", *[ConfigError("a: no such setting")] * 9)
    two.run()
    assert out(two) == {"a": 0, "b": 1}


@pytest.mark.parametrize("state", ["sending", "sent", "unknown", "held"])
def test_what_may_be_out_counts_whoever_was_planned_first(two: Quick, state: str) -> None:
    two.run(most=0)
    networks, two.networks = two.networks, only(two, "b")
    two.run()
    two.networks = networks
    with two.ledger._database.transaction() as connection:
        connection.change(
            "UPDATE deliveries SET state = :state, lease_until = :until WHERE account = 'b'",
            {"state": state, "until": "2026-11-22T12:10:00.000000+00:00"},
        )
    two.run()
    assert two.row(account="a").state == "failed"
    assert "and b says the same" in two.row(account="a").error


def test_what_was_refused_there_may_be_said_here(two: Quick) -> None:
    two.networks["a"].next("publish", Rejected("a: not allowed"))
    networks, two.networks = two.networks, only(two, "a")
    two.run()
    two.networks = networks
    two.run()
    assert out(two) == {"a": 0, "b": 1}


def test_what_is_said_once_more_after_a_doubt_is_not_refused_for_itself(two: Quick) -> None:
    two.networks["a"].next("publish", Unknown("a: no answer"))
    two.run()
    two.later(minutes=5)
    two.run()
    assert out(two) == {"a": 1, "b": 0}


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_never_changes_with_a_version_of_crosspost() -> None:
    """A ledger that is put back, or made anew, must meet what an earlier version has sent."""
    assert handle("https://tal.example", "beet", "m") == "946a7983-ae71-5ab8-8450-c6ab0e565353"
    assert handle("https://tal.example", "beet", "m", 2) == "8a198653-aca8-5823-a256-d2ba7280667d"
    assert again("k") == "88550ef4-72a1-5727-ad2d-c704f4ed1179"


def test_each_delivery_has_a_key_of_its_own() -> None:
    keys = {
        handle(site, post, account, part)
        for site in ("https://a.example", "https://b.example", "https://a.example/blog", "a folder")
        for post in ("eins", "zwei")
        for account in ("m", "x")
        for part in (1, 2, 3)
    }
    assert len(keys) == 4 * 2 * 2 * 3


def test_two_folders_are_two_sites() -> None:
    assert handle("C:\\tal", "beet", "m") != handle("D:\\tal", "beet", "m")


@pytest.mark.parametrize("site", ["https://a.example/", "http://a.example", "HTTPS://A.Example", "https://a.example"])
def test_a_site_stays_the_same_site(site: str) -> None:
    assert handle(site, "beet", "m") == handle("https://a.example", "beet", "m")
    assert handle(f"{site.rstrip('/')}/blog/", "beet", "m") == handle("https://a.example/blog", "beet", "m")


def test_what_is_said_anew_on_purpose_has_another_key_each_time(two: Quick) -> None:
    two.run()
    row = two.row(account="a")
    keys = [row.handle, anew(row, "ledger"), again(anew(row, "ledger"))]
    assert len(set(keys)) == 3
    assert anew(row, "another ledger") == again(row.handle), "who has a key needs no ledger"
    without = msgspec.structs.replace(row, handle="")
    made = {
        anew(msgspec.structs.replace(without, **differs), ledger)
        for ledger in ("one", "two")
        for differs in ({}, {"post": "p"}, {"account": "x"}, {"part": 2})
    }
    assert len(made) == 8
