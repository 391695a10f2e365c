"""Who may or may not have a mail: shown and told until a person says so, and written to once at most."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, Ran

PEOPLE = [f"person{number}@example.org" for number in range(6)]


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    made = Place(tmp_path, sandbox, networks=["newsletter"], clock=clock)
    made.write("config/people.csv", "\n".join(PEOPLE))
    text = made.config.read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("to =")]
    made.config.write_text("\n".join([*lines, 'recipients = "people.csv"', ""]), "utf-8")
    return made


def got(place: Place) -> list[str]:
    return sorted(post["extra"]["to"] for post in place.sandbox.posts("newsletter"))


def doubted(place: Place) -> tuple[str, int]:
    """Lose the answer to one mail, and let the rest go out: who is in doubt, and the number of the delivery."""
    place.sandbox.fault("newsletter", "cut-before")
    for _ in range(3):
        place.crosspost("publish", str(place.post))
        place.clock.pass_by(minutes=10)
    (row,) = place.crosspost("publish", str(place.post), "--json").json["deliveries"]
    (who,) = row["people_in_doubt"]
    assert (row["state"], who) == ("sent", next(iter(set(PEOPLE) - set(got(place)))))
    (opened,) = place.crosspost("status", "--json").json["open"]
    assert opened["people_in_doubt"] == [who]
    number = int(place.crosspost("status").out.partition("crosspost settle ")[2].split()[0])
    return who, number


def shown(ran: Ran) -> str:
    return " ".join(ran.out.split())


def test_who_is_in_doubt_is_shown_everywhere_with_what_to_type(place: Place) -> None:
    who, number = doubted(place)
    how = f"crosspost settle {number} --recipient ADDRESS --sent` or `--not-sent`"
    for command in (["status"], ["history"], ["publish", str(place.post)], ["doctor", "--offline"]):
        said = shown(place.crosspost(*command))
        assert who in said, command
        assert how in said, command
        assert "account" not in said.partition("May or may not")[2].partition("`crosspost")[0], "mail has no account"
    assert place.crosspost("status").code == 3
    assert place.crosspost("publish", str(place.post)).code == 3
    assert place.crosspost("history", "--json").json[0]["people_in_doubt"] == [who]
    assert who in place.crosspost("history", "--csv").out


def test_not_sent_writes_to_that_person_only_and_once(place: Place) -> None:
    who, number = doubted(place)
    place.write("config/people.csv", "\n".join([*PEOPLE, "new@example.org", "another@example.org"]))
    place.post.write_text(place.post.read_text("utf-8").replace("Grüße", "Andere Grüße"), "utf-8")
    ran = place.crosspost("settle", str(number), "--recipient", who, "--not-sent")
    assert (ran.code, "with the next run" in ran.out) == (0, True)
    for _ in range(3):
        assert place.crosspost("run").code == 0
        place.clock.pass_by(hours=1)
    assert got(place) == PEOPLE
    assert len({post["extra"]["subject"] for post in place.sandbox.posts()}) == 1, "what others have is not worded anew"
    assert place.crosspost("status").code == 0
    assert place.crosspost("status", "--json").json["open"] == []


def test_after_a_month_it_still_goes_to_that_person_only(place: Place) -> None:
    who, number = doubted(place)
    place.clock.pass_by(days=50)
    place.crosspost("settle", str(number), "--recipient", who, "--not-sent")
    place.crosspost("run")
    assert got(place) == PEOPLE


def test_sent_ends_the_doubt_and_writes_to_nobody(place: Place) -> None:
    who, number = doubted(place)
    before = got(place)
    assert place.crosspost("settle", str(number), "--recipient", who.upper(), "--sent").code == 0
    place.crosspost("run")
    assert got(place) == before
    ran = place.crosspost("status")
    assert (ran.code, who in ran.out) == (0, False)


def test_another_doubt_about_the_same_person_is_shown_again(place: Place) -> None:
    who, number = doubted(place)
    place.crosspost("settle", str(number), "--recipient", who, "--not-sent")
    place.sandbox.fault("newsletter", "cut-before")
    for _ in range(3):
        place.crosspost("run")
        place.clock.pass_by(hours=1)
    assert place.crosspost("history", "--json").json[0]["people_in_doubt"] == [who]
    assert who not in got(place)


def test_a_refusal_for_the_moment_is_tried_again_for_that_person(place: Place) -> None:
    who, number = doubted(place)
    place.clock.pass_by(days=10)
    place.crosspost("settle", str(number), "--recipient", who, "--not-sent")
    place.sandbox.fault("newsletter", "refuse-recipient-later", times=2)
    for _ in range(4):
        place.crosspost("run")
        place.clock.pass_by(hours=1)
    assert got(place) == PEOPLE


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--recipient", "stranger@example.org", "--sent"], "is not in doubt", 2),
        (["--recipient", "WHO", "--skip"], "--not-sent", 2),
        (["--recipient", "WHO", "--sent", "https://example.org/x"], "without an address", 2),
        (["--sent"], "nothing waits there", 1),
    ],
)
def test_what_cannot_be_settled_is_refused(place: Place, arguments: list[str], said: str, code: int) -> None:
    who, number = doubted(place)
    before: Any = got(place)
    ran = place.crosspost("settle", str(number), *(who if one == "WHO" else one for one in arguments))
    assert ran.code == code
    assert said in ran.err
    place.crosspost("run")
    assert got(place) == before


def test_who_left_the_list_gets_no_mail_but_can_be_settled(place: Place) -> None:
    who, number = doubted(place)
    place.write("config/people.csv", "\n".join(one for one in PEOPLE if one != who))
    assert "not in the recipients file now" in shown(place.crosspost("status"))
    ran = place.crosspost("settle", str(number), "--recipient", who, "--not-sent")
    assert (ran.code, "gets no mail" in ran.err) == (2, True)
    assert place.crosspost("settle", str(number), "--recipient", who, "--sent").code == 0
    assert place.crosspost("status").code == 0


def test_a_long_list_is_written_to_the_end(place: Place) -> None:
    """Each run writes to a few and leaves the rest: that many attempts are no sign of a mistake."""
    many = [f"person{number}@example.org" for number in range(20)]
    place.write("config/people.csv", "\n".join(many))
    place.config.write_text(place.config.read_text("utf-8") + "at_once = 1\n", "utf-8")
    for _ in range(25):
        place.crosspost("publish", str(place.post))
        place.clock.pass_by(minutes=10)
    assert got(place) == sorted(many)


def test_a_server_that_breaks_off_each_time_does_not_put_everybody_in_doubt(place: Place) -> None:
    many = [f"person{number}@example.org" for number in range(30)]
    place.write("config/people.csv", "\n".join(many))
    place.sandbox.fault("newsletter", "cut-after", times=100)
    for _ in range(40):
        ran = place.crosspost("publish", str(place.post))
        place.clock.pass_by(minutes=10)
    assert "waits for you" in ran.out
    assert "look at the account" not in shown(ran)
    number = shown(ran).partition("newsletter #")[2].split()[0]
    assert len(got(place)) <= 15
    place.sandbox.faults.clear()
    assert place.crosspost("settle", number, "--not-sent").code == 0, "the rest of the list"
    for _ in range(3):
        place.crosspost("publish", str(place.post))
        place.clock.pass_by(minutes=10)
    assert len(got(place)) == len(set(got(place))), "who had it gets it no second time"
    (row,) = place.crosspost("publish", str(place.post), "--json").json["deliveries"]
    assert set(got(place)) | set(row["people_in_doubt"]) == set(many)


def test_it_is_told_once_and_over_when_it_is_settled(place: Place) -> None:
    from crosspost.app.running.run_notifications import alerts

    who, number = doubted(place)
    ledger = Ledger(place.app.ledger_path(), place.clock)
    (matter,) = alerts(place.app, ledger, ())
    assert matter.key == f"people:{number}"
    assert who in matter.says
    assert f"crosspost settle {number} --recipient ADDRESS --sent" in matter.todo
    ledger.close()
    place.crosspost("settle", str(number), "--recipient", who, "--sent")
    ledger = Ledger(place.app.ledger_path(), place.clock)
    assert alerts(place.app, ledger, ()) == []
    ledger.close()


def test_who_was_refused_is_told_too(place: Place) -> None:
    from crosspost.app.running.run_notifications import alerts

    place.sandbox.fault("newsletter", "refuse-recipient")
    ran = place.crosspost("publish", str(place.post))
    (refused,) = set(PEOPLE) - set(got(place))
    assert f"refused: {refused}" in ran.out
    assert refused in place.crosspost("history").out
    ledger = Ledger(place.app.ledger_path(), place.clock)
    (matter,) = alerts(place.app, ledger, ())
    assert refused in matter.says
    ledger.close()
