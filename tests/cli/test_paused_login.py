"""A run that cannot say anything on an account, because its login was refused, says so each time."""

import pytest

from crosspost.testing import Place


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    secrets = place.secrets.read_text("utf-8")
    wrong = [f"{line}x" if "_MASTODON_" in line else line for line in secrets.splitlines()]
    place.secrets.write_text("\n".join(wrong), "utf-8")
    place.new_post("2026-11-22-neu")
    place.clock.pass_by(days=1)  # an identity is asked for anew
    assert place.crosspost("run").code == 1
    return place


def test_each_run_says_so_until_there_is_another_token(place: Place) -> None:
    for _ in range(2):
        place.clock.pass_by(minutes=5)
        ran = place.crosspost("run")
        said = " ".join(ran.out.split())
        assert ran.code == 3, "something waits for a person"
        assert "Nothing else is due." in said
        assert "mastodon (sandbox) is paused, because its login was refused: " in said
        assert said.endswith(". 1 post waits for it. `crosspost accounts renew mastodon` logs in again.")
    place.secrets.write_text(place.secrets.read_text("utf-8").replace("x\n", "\n").rstrip("x"), "utf-8")
    ran = place.crosspost("run")
    assert (ran.code, "paused" in ran.out) == (0, False), ran.out + ran.err


def test_where_no_post_waits_it_is_told_and_all_is_done(place: Place) -> None:
    place.crosspost("cancel", str(place.root / "site/_posts/2026-11-22-neu.md"), "--to", "mastodon")
    ran = place.crosspost("run")
    assert ran.code == 0, ran.out
    assert "Nothing is due." in ran.out
    assert "mastodon (sandbox) is paused, because its login was refused" in ran.out
