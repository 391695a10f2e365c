"""Which user an account is: swapped, moved and renamed accounts say nothing before a person has said what is meant."""

from pathlib import Path

import pytest

from crosspost.app.application import App
from crosspost.config import registry
from crosspost.config.credentials import variable
from crosspost.delivery import network_users
from crosspost.ledger import Ledger
from crosspost.model import NetworkUser
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place

BOTH = ("verein", "zweitkonto")


@pytest.fixture(params=["mastodon", "bluesky", "x"])
def network(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Two accounts of a network, each the sandbox's of that name, after a first post; ``backfill`` is left on."""
    made = Place(tmp_path, sandbox, networks=(), clock=clock, more="[run]\nbackfill = true\n")
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    monkeypatch.chdir(tmp_path)
    accounts(made, network, {"one": "verein", "two": "zweitkonto"})
    first(made, "two")
    assert made.crosspost("run").code == 0
    assert out(made) == list(BOTH)
    return made


def first(place: Place, other: str) -> None:
    """The first post, which says something else on one account."""
    text = f"---\ntitle: Erstes\ncrosspost: {{{other}: {{text: Andere Worte}}}}\n---\n\nT\n"
    place.write("site/_posts/2026-11-20-gruesse.md", text)


def accounts(place: Place, network: str, speaking: dict[str, str]) -> None:
    """Configure accounts: name → who of the sandbox answers."""
    head = place.config.read_text("utf-8").partition("[accounts.")[0]
    tables = "".join(
        f'[accounts.{name}]\nnetwork = "{network}"\nbase_url = "{place.sandbox.url}"\ntimeout = 5\n'
        for name in speaking
    )
    place.config.write_text(head + tables, "utf-8")
    lines = [
        f"{variable(name, field)}={value}"
        for name, who in speaking.items()
        for field, value in place.sandbox.accounts(who)[network]["credentials"].items()
        if field != "bearer_token"
    ]
    place.secrets.write_text("\n".join(lines), "utf-8")


def out(place: Place) -> list[str]:
    return sorted(post["account"] for post in place.sandbox.posts())


def new(place: Place, name: str, other: str = "two") -> None:
    """A post that says something else on one account, because some networks take the same words only once."""
    place.new_post(
        f"2026-11-21-{name}", f"---\ntitle: {name}\ncrosspost: {{{other}: {{text: Andere Worte {name}}}}}\n---\n\nT\n"
    )


def states(place: Place) -> dict[str, str]:
    """Account → why it says nothing."""
    return {row["account"]: row["paused_why"] for row in place.crosspost("status", "--json").json["accounts"]}


def test_swapped_tokens_say_nothing_until_they_are_put_back(place: Place, network: str) -> None:
    accounts(place, network, {"one": "zweitkonto", "two": "verein"})
    new(place, "zwei")
    ran = place.crosspost("run")
    assert ran.code == 1
    assert out(place) == list(BOTH), "nothing went out"
    assert "until now one was @verein" in states(place)["one"]
    assert "crosspost ledger account two --accept" in states(place)["two"]
    looked = place.crosspost("doctor")
    assert looked.code == 1
    assert looked.out.count("now lead to") >= 2
    assert place.crosspost("site/_posts/2026-11-21-zwei.md").code == 1, "by hand neither"
    accounts(place, network, {"one": "verein", "two": "zweitkonto"})
    assert place.crosspost("run").code == 0
    assert out(place) == sorted(BOTH * 2)
    assert "id " in place.crosspost("doctor").out


def test_a_person_accepts_another_voice_and_nothing_is_repeated(place: Place, network: str) -> None:
    accounts(place, network, {"one": "zweitkonto"})
    first(place, "one")
    new(place, "zwei", "one")
    assert place.crosspost("run").code == 1
    said = place.crosspost("ledger", "account", "one", "--accept")
    assert "@zweitkonto" in said.out
    for _ in range(2):
        assert place.crosspost("run").code == 0
    assert out(place) == ["verein", "zweitkonto", "zweitkonto"], "the new post only"


def test_a_renamed_account_is_recognised_and_repeats_nothing(place: Place, network: str) -> None:
    accounts(place, network, {"eins": "verein", "two": "zweitkonto"})
    new(place, "zwei")
    ran = place.crosspost("run")
    assert "was called one until now" in ran.err
    assert out(place) == ["verein", "zweitkonto", "zweitkonto"]
    assert "was called one" in states(place)["eins"]
    assert "was called one" in place.crosspost("doctor").out
    wrong = place.crosspost("ledger", "account", "eins", "--was", "two")
    assert wrong.code == 2
    assert "belongs to eins now" in place.crosspost("ledger", "account", "eins", "--was", "one").out
    for _ in range(2):
        ran = place.crosspost("run")
        assert (ran.code, ran.err) == (0, "")
    assert out(place) == sorted(BOTH * 2), "what was new meanwhile, and nothing twice"


def test_a_new_name_may_begin_anew_and_repeats_nothing_either(place: Place, network: str) -> None:
    accounts(place, network, {"eins": "verein", "two": "zweitkonto"})
    place.crosspost("run")
    place.crosspost("ledger", "account", "eins", "--accept")
    for _ in range(2):
        assert place.crosspost("run").code == 0
    assert out(place) == list(BOTH)
    new(place, "zwei")
    assert place.crosspost("run").code == 0
    assert out(place) == sorted(BOTH * 2)


def test_two_names_of_one_account_are_told(place: Place, network: str) -> None:
    accounts(place, network, {"one": "verein", "two": "zweitkonto", "three": "verein"})
    new(place, "zwei")
    ran = place.crosspost("run")
    assert "and so is one: every post would appear there twice" in ran.err
    assert out(place) == sorted(BOTH * 2)
    assert "and so is one" in states(place)["three"]


def test_a_new_account_of_a_known_network_is_asked_who_it_is_and_begins(place: Place, network: str) -> None:
    ledger = Ledger(place.root / "config/state/ledger.sqlite3", place.clock)
    ledger.rename_account("two", "gone")
    ledger.note("gone", voice=NetworkUser(network=network, id="somebody else"))
    ledger.close()
    accounts(place, network, {"one": "verein", "three": "zweitkonto"})
    first(place, "three")
    text = place.config.read_text("utf-8").replace("backfill = true", "backfill = false")
    place.config.write_text(text, "utf-8")
    ran = place.crosspost("run")
    assert (ran.code, ran.err) == (0, "")
    assert "First run for three" in ran.out
    assert place.crosspost("ledger", "account", "three").out.startswith("three is @zweitkonto")


# ── the sandbox and the real thing ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("network", ["mastodon"])
def test_a_trial_has_a_ledger_of_its_own(trial: None, place: Place) -> None:
    assert place.app.on_trial()
    assert place.app.ledger_path().name == "sandbox.sqlite3"
    place.crosspost("run")
    assert (place.root / "config/state/sandbox.sqlite3").exists()
    real = place.config.read_text("utf-8").replace(place.sandbox.url, "https://social.example")
    place.config.write_text(real, "utf-8")
    assert place.app.ledger_path().name == "ledger.sqlite3"
    place.config.write_text(real.replace("https://social.example", place.sandbox.url, 1), "utf-8")
    assert place.app.ledger_path().name == "ledger.sqlite3", "one account is real"
    place.config.write_text(
        real.replace("https://social.example", place.sandbox.url) + '[state]\nledger = "x.sqlite3"\n'
    )
    assert place.app.ledger_path().name == "x.sqlite3", "a person has named it"


@pytest.mark.parametrize("network", ["mastodon"])
def test_what_the_sandbox_got_never_counts_for_the_real_account(
    place: Place, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one ledger, because an earlier version did that, or a person wants it so."""
    new(place, "zwei")
    with Sandbox(clock=clock) as real:
        monkeypatch.setattr(network_users, "on_this_machine", lambda _: False)  # this second one is not on this machine
        place.sandbox = real
        accounts(place, "mastodon", {"one": "verein", "two": "zweitkonto"})
        assert place.crosspost("run").code == 1
        assert real.posts() == []
        for name in ("one", "two"):
            assert place.crosspost("ledger", "account", name, "--accept").code == 0
        for _ in range(2):
            assert place.crosspost("run").code == 0
        assert out(place) == list(BOTH), "only what is new since, never what the sandbox got"
        ran = place.crosspost("site/_posts/2026-11-20-gruesse.md")
        assert "already sent" not in ran.out
        assert out(place) == sorted(BOTH * 2), "what a person asks for is said where it never was"


def test_the_networks_that_are_often_on_this_machine_are_known_without_loading_them() -> None:
    assert {name for name in registry.names() if registry.load(name).at_home} == set(registry.AT_HOME)


def test_a_signal_daemon_on_this_machine_is_no_trial(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, trial: None
) -> None:
    place = Place(tmp_path, sandbox, networks=("signal", "newsletter"), clock=clock)
    assert not place.app.on_trial()
    assert isinstance(place.app, App)
