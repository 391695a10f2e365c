"""Real runs, one after the other, over days: what reaches the person's mailbox."""

from pathlib import Path

import pytest

from crosspost.cli import common
from crosspost.testing.harness import Place
from tests.notifications.receiving import Receiver, configure, mails, told_by_mail

pytestmark = pytest.mark.long


@pytest.fixture
def place(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(common, "now", place.clock)
    configure(place, told_by_mail(place))
    assert place.crosspost("run", "--quiet").code == 0
    return place


def token(place: Place, new: str) -> None:
    """Another access token for Mastodon, as a person writes it down."""
    lines = place.secrets.read_text("utf-8").splitlines()
    name = "CROSSPOST_MASTODON_ACCESS_TOKEN="
    place.secrets.write_text(
        "\n".join([line for line in lines if not line.startswith(name)] + [name + new, ""]), "utf-8"
    )


def fail(place: Place, *accounts: str) -> None:
    """A post these accounts refuse for good: its picture has no alt text."""
    text = place.config.read_text("utf-8")
    for account in accounts:
        text = text.replace(f"[accounts.{account}]\n", f"[accounts.{account}]\nrequire_alt = true\n")
    place.config.write_text(text, "utf-8")
    place.new_post("2026-11-21-neu", "---\ntitle: Neu\nthumbnail: /images/beet.jpg\n---\n\nEin Text.\n")


def test_a_dead_token_for_a_fortnight(place: Place) -> None:
    """40 runs: one message, one reminder, and one when it works again."""
    good = place.sandbox.accounts()["mastodon"]["credentials"]["access_token"]
    token(place, "von-gestern")
    place.new_post("2026-11-21-neu")
    for _ in range(40):
        place.crosspost("run", "--quiet")
        place.clock.pass_by(hours=8)
    first, second = mails(place)
    assert first["subject"] == "Das Tal: crosspost needs you"
    assert "The login of mastodon is refused" in first["text"]
    assert "Set CROSSPOST_MASTODON_ACCESS_TOKEN again" in first["text"]
    assert "1 post is waiting" in first["text"]
    assert "Still so:" in second["text"]
    assert "(since 2026-11-22)" in second["text"]
    said = place.crosspost("status").out
    assert "since 2026-11-22 (told 2026-11-29): The login of mastodon is refused" in said
    token(place, good)
    for _ in range(3):
        place.crosspost("run", "--quiet")
        place.clock.pass_by(hours=8)
    assert len(place.sandbox.posts("mastodon")) == 1
    assert [mail["subject"] for mail in mails(place)[2:]] == ["Das Tal: crosspost works again"]
    assert "mastodon works again: its login is accepted." in mails(place)[2]["text"]
    assert place.crosspost("status", "--json").json["told"] == []


def test_several_matters_are_one_message_and_later_ones_wait_an_hour(place: Place) -> None:
    fail(place, "x", "mastodon", "facebook")
    place.crosspost("run", "--quiet")
    assert [mail["subject"] for mail in mails(place)] == ["Das Tal: 3 things need you"]
    place.clock.pass_by(minutes=30)
    place.write("site/_posts/2026-11-22-kaputt.md", "---\ntitle: [\n---\nText\n")
    place.crosspost("run", "--quiet")
    assert len(mails(place)) == 1
    place.clock.pass_by(minutes=30)
    place.crosspost("run", "--quiet")
    place.crosspost("run", "--quiet")
    assert len(mails(place)) == 2
    assert "2026-11-22-kaputt.md:2" in mails(place)[1]["text"]
    assert "Not sent" not in mails(place)[1]["text"]


def test_what_was_old_at_the_first_run_is_no_matter(place: Place) -> None:
    broken = place.write("site/_posts/2026-11-01-alt.md", "---\ntitle: [\n---\nText\n")
    other = place.root / "other.sqlite3"
    place.config.write_text(place.config.read_text("utf-8") + f'[state]\nledger = "{other}"\n', "utf-8")
    assert "2026-11-01-alt.md" in place.crosspost("run").err
    place.crosspost("run", "--quiet")
    assert mails(place) == []
    assert broken.exists()


def test_nothing_counts_as_told_until_one_way_took_it(place: Place) -> None:
    fail(place, "x")
    place.sandbox.fault("newsletter", "5xx", times=2)
    for _ in range(2):
        assert "nobody was told by mail to rundbrief@lists.example.org" in place.crosspost("run", "--quiet").err
    assert mails(place) == []
    assert "(not told yet): Not sent" in place.crosspost("status").out
    assert place.crosspost("run", "--quiet").err == ""
    assert len(mails(place)) == 1


def test_a_way_that_failed_gets_the_message_later_and_the_other_not_twice(place: Place) -> None:
    hook = Receiver()
    try:
        configure(place, "apprise = true\n")
        with place.secrets.open("a") as file:
            file.write(f"CROSSPOST_NOTIFY_APPRISE=json://127.0.0.1:{hook.port}/geheimer-haken\n")
        hook.status = 500
        fail(place, "x")
        said = place.crosspost("run", "--quiet").err
        assert "nobody was told by Apprise address 1 (json)" in said
        assert "geheimer" not in said
        assert len(mails(place)) == 1
        hook.status = 200
        hook.requests.clear()
        for _ in range(2):
            assert place.crosspost("run", "--quiet").err == ""
        assert [told["title"] for told in hook.json()] == ["Das Tal: crosspost needs you"]
        assert "Not sent: neu on x" in hook.json()[0]["message"]
        assert len(mails(place)) == 1
    finally:
        hook.close()


def test_a_way_that_never_works_is_owed_for_three_days_only(place: Place) -> None:
    configure(place, "apprise = true\n")
    with place.secrets.open("a") as file:
        file.write("CROSSPOST_NOTIFY_APPRISE=geheim-ohne-alles\n")
    fail(place, "x")
    warned = []
    for _ in range(5):
        warned.append("Apprise address 1" in place.crosspost("run", "--quiet").err)
        place.clock.pass_by(hours=20)
    assert warned == [True, True, True, True, True]
    assert "Apprise" not in place.crosspost("run", "--quiet").err
    assert len(mails(place)) == 1


def test_silence_is_told_and_that_it_is_over(place: Place) -> None:
    """The site is never built: no account has an error a person would see."""
    (place.root / "site/_config.yml").write_text("url: http://127.0.0.1:9\ntitle: Das Tal\ntimezone: Europe/Berlin\n")
    place.new_post("2026-11-21-neu")
    for _ in range(9):
        place.crosspost("run", "--quiet")
        place.clock.pass_by(hours=12)
    texts = [mail["text"] for mail in mails(place)]
    assert len(texts) == 2
    assert "Not sent yet: neu waits for the page" in texts[0]
    assert texts[0].count("neu waits") == 1, "once, for all accounts that wait"
    assert "1 post was due, but nothing was sent for more than 3 days; none ever went out." in texts[1]
    configured = place.config.read_text("utf-8")
    place.config.write_text(configured.replace("[site]\n", "[site]\nlive_check = false\n"), "utf-8")
    place.crosspost("run", "--quiet")
    place.clock.pass_by(hours=2)
    place.crosspost("run", "--quiet")
    assert len(place.sandbox.posts("x")) == 1
    assert "Posts go out again." in mails(place)[2]["text"]
    assert len(mails(place)) == 3


def test_a_run_that_cannot_work_is_told_once(place: Place) -> None:
    site = place.root / "site/_config.yml"
    good = site.read_text("utf-8")
    site.write_text(good.replace("Europe/Berlin", "Europa/Berlin"), "utf-8")
    for _ in range(5):
        assert place.crosspost("run", "--quiet").code == 2
        place.clock.pass_by(hours=2)
    assert len(mails(place)) == 1
    assert "crosspost cannot work: " in mails(place)[0]["text"]
    assert "Europa/Berlin" in mails(place)[0]["text"]
    site.write_text(good, "utf-8")
    for _ in range(2):
        assert place.crosspost("run", "--quiet").code == 0
        place.clock.pass_by(hours=2)
    assert [mail["subject"] for mail in mails(place)[1:]] == ["Das Tal: crosspost works again"]


def test_without_notify_nothing_is_written_down(tmp_path: Path, place: Place) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(text[: text.index("[notify]")], "utf-8")
    fail(place, "x")
    assert place.crosspost("run", "--quiet").code == 1
    assert place.crosspost("status", "--json").json["told"] == []
    assert mails(place) == []
