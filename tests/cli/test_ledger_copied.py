"""A copy of the ledger, or an older one put back: what went out since is found out, or waits for a person."""

import shutil
from pathlib import Path

import pytest

from crosspost.ledger import counter_marks
from crosspost.ledger import location as places
from crosspost.testing.harness import Place
from tests.cli.older_ledgers import BLIND, ONCE, READ, after_the_first_run, kept, put_back, settled, state, times


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    return after_the_first_run(place, monkeypatch)


@pytest.mark.parametrize("whole", [False, True], ids=["the file", "the folder"])
def test_an_older_one_put_back_says_nothing_twice(place: Place, whole: bool) -> None:
    copy = kept(place)
    place.new_post("2026-11-21-eins")
    assert place.crosspost("run").code == 0
    assert times(place, "eins") == ONCE
    place.clock.pass_by(minutes=30)
    put_back(place, copy, whole=whole)
    assert "is older than it was after the last run" in place.crosspost("status").err
    assert "is older" in place.crosspost("ledger", "verify").err
    ran = place.crosspost("run")
    assert "an older copy was put in its place" in ran.err
    assert ran.code == 3
    settled(place)
    assert times(place, "eins") == ONCE
    status = place.crosspost("status", "--json").json
    assert {row["account"] for row in status["open"] if row["state"] == "held"} == {"facebook", *BLIND} - {"facebook"}
    assert "may be out already" in place.crosspost("status").out
    rows = {row["account"]: row["sent"] for row in status["accounts"]}
    assert {name for name, number in rows.items() if number} == set(READ)
    place.new_post("2026-11-23-zwei", "---\ntitle: zwei\ndate: 2026-11-22 12:45:00 +0000\n---\n\nT\n")
    place.clock.pass_by(days=2)
    assert place.crosspost("run").err.count("older") == 0, "it is settled"
    assert times(place, "zwei") == ONCE


def test_a_person_settles_what_is_held_and_it_goes_its_way(place: Place) -> None:
    copy = kept(place)
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    place.clock.pass_by(minutes=30)
    put_back(place, copy, whole=False)
    place.crosspost("run")
    assert place.crosspost("settle", "eins@telegram", "--sent", "https://t.me/verein/1").code == 0
    assert place.crosspost("settle", "eins@newsletter", "--not-sent").code == 0
    settled(place)
    assert times(place, "eins") == ONCE | {"newsletter": 2}, "a person said so"


def test_what_a_person_said_is_not_out_may_have_gone_out_before_the_older_one_came_back(place: Place) -> None:
    """X is looked at and shows it; what cannot be looked at is asked about once more, and then believed."""
    place.sandbox.fault("telegram", "cut-before")
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    place.clock.pass_by(minutes=5)
    assert place.crosspost("settle", "eins@telegram", "--not-sent").code == 0
    copy = kept(place)
    place.clock.pass_by(minutes=10)
    place.crosspost("run")
    assert times(place, "eins") == ONCE
    place.clock.pass_by(minutes=10)
    put_back(place, copy, whole=False)
    settled(place)
    assert times(place, "eins") == ONCE
    for file in place.sandbox.store.posts:
        file.deleted = file.deleted or file.network == "telegram"
    assert place.crosspost("settle", "eins@telegram", "--not-sent").code == 0
    settled(place)
    assert times(place, "eins") == ONCE, "sent once more, because a person said so"


def test_a_person_says_that_nothing_is_missing(place: Place) -> None:
    copy = kept(place)
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    place.clock.pass_by(hours=2)
    put_back(place, copy, whole=False)
    for file in place.sandbox.store.posts:
        file.deleted = True
    assert "no longer doubted" in place.crosspost("ledger", "adopt").out
    assert place.crosspost("run").err == ""


def test_what_was_planned_and_not_out_is_sent_where_a_look_proves_it(place: Place) -> None:
    """A later post went out, the one before it did not: the copy still has it before it."""
    place.sandbox.fault("mastodon", "429", retry_after=86400)
    place.new_post("2026-11-21-eins")
    place.crosspost("run")
    copy = kept(place)
    place.new_post("2026-11-21-zwei")
    place.crosspost("run")
    place.clock.pass_by(days=2)
    put_back(place, copy, whole=False)
    settled(place)
    assert times(place, "eins") == ONCE
    assert times(place, "zwei") == ONCE


# ── two machines ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def elsewhere(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The folder, copied to a second machine: another home, another disk."""
    other = Place(tmp_path / "second", place.sandbox, networks=(*READ, *BLIND), clock=place.clock)
    shutil.rmtree(other.root / "site")
    shutil.copytree(place.root / "site", other.root / "site")
    other.config.write_text(place.config.read_text("utf-8"), "utf-8")
    shutil.copytree(state(place), state(other))
    return other


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]  # a function of a fixture
    def machine(name: str) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"home of {name}"))
        monkeypatch.setattr(places, "machine_id", lambda: name)
        monkeypatch.setattr(places, "_file", lambda path: f"{name}:{path.stat().st_ino}")

    return machine


def test_a_copy_on_a_second_machine_says_nothing_twice_until_it_is_adopted(place: Place, elsewhere: Place, on) -> None:  # type: ignore[no-untyped-def]
    on("one")
    place.crosspost("ledger", "adopt")
    place.new_post("2026-11-21-eins")
    shutil.copy(place.root / "site/_posts/2026-11-21-eins.md", elsewhere.root / "site/_posts")
    place.crosspost("run")
    shutil.copytree(state(place), state(elsewhere), dirs_exist_ok=True)
    place.new_post("2026-11-22-zwei")
    shutil.copy(place.root / "site/_posts/2026-11-22-zwei.md", elsewhere.root / "site/_posts")
    place.crosspost("run")
    place.clock.pass_by(minutes=30)
    on("two")
    for _ in range(3):
        ran = elsewhere.crosspost("run")
        assert "never here" in ran.err
        assert "[state] moves = true" in ran.err
        place.clock.pass_by(hours=1)
    assert times(place, "eins") == ONCE
    assert times(place, "zwei") == ONCE
    held = [row["account"] for row in elsewhere.crosspost("status", "--json").json["open"] if row["state"] == "held"]
    assert sorted(held) == sorted(BLIND)
    elsewhere.crosspost("ledger", "adopt")
    elsewhere.new_post("2026-11-22-drei")
    assert elsewhere.crosspost("run").err == ""
    assert times(place, "drei") == ONCE


def test_two_machines_that_take_turns_are_adopted_once(place: Place, elsewhere: Place, on) -> None:  # type: ignore[no-untyped-def]
    on("one")
    place.crosspost("ledger", "adopt")
    shutil.copytree(state(place), state(elsewhere), dirs_exist_ok=True)
    on("two")
    elsewhere.crosspost("ledger", "adopt")
    for number, (name, here, there) in enumerate((("two", elsewhere, place), ("one", place, elsewhere)) * 2):
        on(name)
        for one in (here, there):
            one.new_post(f"2026-11-21-post{number}")
        ran = here.crosspost("run")
        assert (ran.code, ran.err) == (0, "")
        assert times(place, f"post{number}") == ONCE
        shutil.rmtree(state(there))
        shutil.copytree(state(here), state(there))


@pytest.mark.parametrize("how", ["CI", "moves", "shared"])
def test_a_build_service_is_another_machine_each_time_and_asks_nothing(
    place: Place,
    on,
    how: str,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    if how == "CI":
        monkeypatch.setenv("CI", "true")
    else:
        place.config.write_text(place.config.read_text("utf-8") + f"[state]\n{how} = true\n", "utf-8")
    for number in range(3):
        on(f"runner {number}")
        branch = kept(place)  # only the folder comes along
        shutil.rmtree(state(place))
        branch.rename(state(place))
        place.new_post(f"2026-11-21-post{number}")
        ran = place.crosspost("run")
        assert (ran.code, ran.err) == (0, "")
        assert times(place, f"post{number}") == ONCE


def test_without_a_home_a_copy_beside_the_ledger_is_known(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter_marks, "folder", lambda _: None)
    place.new_post("2026-11-21-eins")
    copied = tmp_path / "blog copied"
    place.crosspost("ledger", "adopt")
    shutil.copytree(place.root, copied)
    place.crosspost("run")
    place.clock.pass_by(minutes=30)
    original, place.root = place.root, copied
    place.config = copied / "config/crosspost.toml"
    ran = place.crosspost("run")
    assert "is a copy of" in ran.err
    assert str(original) in ran.err
    assert times(place, "eins") == ONCE


@pytest.mark.parametrize("to", ["postgre://ann:geheim@db/club", "MySQL://db/club", "sqlite:///club.sqlite3"])
def test_an_address_that_is_none_of_a_database_is_no_name_of_a_file(place: Place, to: str) -> None:
    before = sorted(place.root.rglob("*"))
    refused = place.crosspost("ledger", "copy", "--to", to)
    assert refused.code == 2
    assert f"begins with {to.partition('://')[0]}:// is none of a database that crosspost knows" in refused.err
    assert "geheim" not in refused.out + refused.err
    assert sorted(place.root.rglob("*")) == before
    assert place.crosspost("run").code == 0, "the ledger is still the one that is sent from"


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("postgresql//ann:geheim@db/club", "looks like a database"),
        (" postgresql://ann:geheim@db/club", "looks like a database"),
        ("'postgresql://ann:geheim@db/club'", "looks like a database"),
        ("ann:geheim@db/club", "looks like a database"),
        ("db.example.org:5432/club", "looks like a database"),
        ("host=db dbname=club password=geheim", "looks like a database"),
        ("db.example.org/club", "looks like a database"),
        (" ", "it is empty"),
        ("", "it is empty"),
    ],
)
def test_a_mistyped_address_is_no_name_of_a_file(place: Place, to: str, words: str) -> None:
    before = sorted(place.root.rglob("*"))
    refused = place.crosspost("ledger", "copy", "--to", to)
    assert refused.code == 2
    assert words in " ".join(refused.err.split())
    assert "postgresql://USER@HOST/DATABASE" in refused.err.replace("\n  ", " ")
    assert "geheim" not in refused.out + refused.err
    assert sorted(place.root.rglob("*")) == before


def test_a_file_may_have_a_name_like_an_address(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    assert place.crosspost("ledger", "copy", "--to", "./back@home.sqlite3").code == 0
    assert (place.root / "back@home.sqlite3").is_file()
