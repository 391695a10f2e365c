"""More sites than a person reads a screenful of each: what is the same is said once, what needs one comes first."""

import json
import sys
from io import StringIO

import pytest

from crosspost.cli import layout
from crosspost.cli.many_sites import Parts
from crosspost.testing.harness import Place
from crosspost.text.told_alike import FEW
from tests.several_sites import Sites, run

NAMES = tuple(f"s{number}" for number in range(FEW + 1))


@pytest.fixture
def many(place: Place, monkeypatch: pytest.MonkeyPatch) -> Sites:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    made = Sites(place, dict.fromkeys(NAMES, 'accounts = ["mastodon"]\nlive_check = false\ntimezone = "UTC"'))
    assert place.crosspost("run").code == 0
    return made


def test_sites_that_say_the_same_are_named_together(many: Sites) -> None:
    many.post("s3", "new")
    out = many.place.crosspost("run").out
    assert out.index("━━ s3\nnew\n") < out.index("━━ s0, s1, s2, s4, s5\nNothing is due.\n")
    assert out.count("Nothing is due.") == 1
    assert many.place.crosspost("plan").out == f"━━ {', '.join(NAMES)}\nNothing is planned for the next 14 days.\n"


def test_status_shows_what_needs_a_person_and_counts_the_rest(many: Sites) -> None:
    well = many.place.crosspost("status")
    assert well.code == 0
    assert well.out.startswith("6 sites: nothing needs you.\n\nIn all of them: 0 deliveries sent, 0 planned, 6 old.")
    many.add("odd", "acounts = []")
    many.ledger("s1").write_bytes(b"no ledger" * 1000)
    many.ledger("s2").write_bytes(b"no ledger" * 1000)
    (many.place.root / "s4").rename(many.place.root / "away")
    ran = many.place.crosspost("status")
    assert ran.code == 1, "a ledger that cannot be read goes before a table that is wrong"
    assert ran.out.startswith("7 sites: 4 need you, 3 do not.\n")
    assert "odd: " in ran.out
    assert "did you mean `accounts`?" in ran.out
    assert "s1, s2: " in ran.out
    assert "sites/NAME/ledger.sqlite3" in ran.out
    assert "s4: there is no such folder" in ran.out
    assert set(json.loads(many.place.crosspost("status", "--json").out)) == {*NAMES, "odd"}


def test_status_says_what_waits_on_a_line_of_the_site(many: Sites) -> None:
    many.place.config.write_text(
        many.place.config.read_text("utf-8").replace("[accounts.mastodon]", "[accounts.mastodon]\napprove = true"),
        "utf-8",
    )
    many.post("s2", "new")
    run(many)
    ran = many.place.crosspost("status")
    assert ran.code == 3
    assert ran.out.startswith("6 sites: 1 needs you, 5 do not.\n")
    assert "\ns2  1 waits for you\n" in ran.out


def test_doctor_says_once_what_several_sites_have(many: Sites) -> None:
    many.add("odd", "acounts = []")
    (many.place.root / "s4").rename(many.place.root / "away")
    ran = many.place.crosspost("doctor", "--offline")
    assert ran.code == 1
    assert ran.out.startswith("7 sites: 2 fail, ")
    assert "(odd)" in ran.out
    assert "(s4)" in ran.out
    assert ran.out.count("none is installed with crosspost") == 1
    assert "ok  " not in ran.out
    assert set(json.loads(many.place.crosspost("doctor", "--offline", "--json").out)) == {*NAMES, "odd"}


def test_one_mistake_of_several_sites_is_told_once(many: Sites) -> None:
    for name in NAMES:
        many.ledger(name).write_bytes(b"no ledger" * 1000)
    err = many.place.crosspost("plan").err
    assert err.count("the ledger is damaged") == 2
    assert "Error: s0: " in err
    assert "Error: s1, s2, s3, s4, s5, too: " in err


def test_a_warning_about_all_of_them_is_told_once(many: Sites, capsys: pytest.CaptureFixture[str]) -> None:
    notify = '\n[notify]\nmail_to = "a@example.org"\nmail_from = "b@example.org"\nsmtp = "smtp://127.0.0.1:9"\n'
    many._rest += f'{notify}login = false\ntls = "none"\n'
    many.write()
    for name in NAMES:
        many.post(name, "bad", said="crosspost: {mastodon: {visiblity: unlisted}}\n")
    err = many.place.crosspost("run").err
    assert err.count("nobody was told by mail") == 2
    assert "Warning: 5 more sites, too: nobody was told by mail" in err
    for name in NAMES:
        many.post(name, "again", said="crosspost: {mastodon: {visiblity: unlisted}}\n")
    lines = [json.loads(line) for line in many.place.crosspost("run", "--log", "json").err.splitlines()]
    told = [one for one in lines if "nobody was told by mail" in one.get("message", "")]
    assert len(told) == 2
    assert told[1]["message"].startswith("5 more sites, too: nobody was told by mail")
    layout.complain("again", "Warning")
    layout.complain("again", "Warning")
    assert capsys.readouterr().err.count("again") == 2, "elsewhere each is told"


@pytest.mark.parametrize("command", ["lint", "doctor", "status", "run", "backlog", "accounts list"])
def test_a_site_that_does_not_exist_is_a_mistake_in_the_command(many: Sites, command: str) -> None:
    ran = many.place.crosspost(*command.split(), "--site", "chor")
    assert (ran.code, ran.out) == (2, "")
    assert "has no site “chor”; known: s0, s1, s2, s3, s4, s5" in ran.err


def test_lint_takes_files_of_several_sites(many: Sites) -> None:
    wrong = many.post("s4", "wrong", said="crosspost: {mastodon: {visiblity: unlisted}}\n")
    ran = many.place.crosspost("lint", str(many.post("s1", "new")), str(wrong))
    assert ran.code == 1
    assert ran.out.count("error:") == 1
    assert "s4/_posts/2026-11-20-wrong.md:3:" in ran.out
    assert "did you mean `visibility`?" in ran.out
    stray = many.place.write("elsewhere.md", "---\ntitle: a\n---\n\nText.\n")
    (one,) = json.loads(many.place.crosspost("lint", str(stray), "--format", "json").out)
    assert one["path"].endswith("elsewhere.md"), "not the config, which is right"
    assert (one["rule"], one["line"]) == ("post", 1)
    assert "is in none of the sites of" in one["said"]


def test_what_a_site_says_comes_at_once_from_its_second_line_on() -> None:
    out = StringIO()
    parts = Parts(out)
    with parts.of("a"):
        parts.write("one\n")
        assert out.getvalue() == ""
        parts.write("two\n")
        assert out.getvalue().endswith("one\ntwo\n")
    assert parts.isatty() is False
    assert sys.stdout is not parts


def test_a_database_that_is_away_is_told_once(many: Sites) -> None:
    many._rest += '\n[state]\ndatabase = "postgresql://127.0.0.1:9/posts"\n'
    many.write()
    away = "the database cannot be reached"
    assert many.place.crosspost("status").out.count(away) == 1
    assert many.place.crosspost("doctor", "--offline").out.replace("\n", " ").count(away) == 1
    assert many.place.crosspost("plan").err.count(away) == 2, "the first site, and all the others"
