"""What is out follows the site, as each account's settings say; never a second post."""

import contextlib
import os
from pathlib import Path

import pytest
from PIL import Image

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock
from tests.delivery.followed import EVERY, FILE, Followed

pytestmark = pytest.mark.long


# ── edits ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_asked_about_once_and_changes_nothing(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY)
    before = {network: site.posts(network) for network in EVERY}
    site.say("viel Regen", "viel Sonne 🌞")
    told = site.changes()
    assert {account for account, change in told.items() if change == ("edit", "asked")} == {
        "mastodon", "facebook", "linkedin", "telegram", "signal",
    }  # fmt: skip
    assert {account for account, change in told.items() if change == ("edit", "left")} == {"x", "bluesky", "newsletter"}
    assert site.run().out == "Nothing is due.\n", "told once"
    assert {network: site.posts(network) for network in EVERY} == before
    status = site.place.crosspost("status")
    assert status.code == 3
    assert f"crosspost update {FILE}" in status.out


def test_update_edits_where_the_network_can_and_posts_nothing_anew(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY, on_edit="update")
    before = {network: site.posts(network) for network in EVERY}
    site.say("viel Regen", "viel Sonne 🌞")
    told = site.changes()
    for network in EVERY:
        (old,), (new,) = before[network], site.posts(network)
        assert new["id"] == old["id"], "never a second post"
        if site.place.network(network).abilities.edit:
            assert told[network] == ("edit", "done")
            assert new["text"] == old["text"].replace("viel Regen", "viel Sonne 🌞")
            for same in ("images", "language", "visibility"):
                assert new[same] == old[same], same
        else:
            assert told[network] == ("edit", "left")
            assert new["text"] == old["text"]
    assert site.changes() == {}
    diff = site.place.crosspost("preview", "--diff", "--json", "--to", "mastodon", FILE).json
    assert diff[0]["accounts"][0]["changed"] == [], "what was sent is what is out now"


def test_ignore_says_and_does_nothing_and_a_post_may_say_otherwise(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "x", "mastodon", "facebook", on_edit="ignore")
    site.say("viel Regen", "viel Sonne")
    assert site.changes() == {}
    site.front("crosspost: {on_edit: ask, mastodon: {on_edit: update}}")
    assert site.changes() == {"x": ("edit", "left"), "mastodon": ("edit", "done"), "facebook": ("edit", "asked")}
    assert "Sonne" in site.posts("mastodon")[0]["text"]


def test_a_change_that_is_taken_back_before_anybody_answers_is_forgotten(
    root: Path, sandbox: Sandbox, clock: Clock
) -> None:
    site = Followed(root, sandbox, clock, "mastodon", "facebook")
    site.say("viel Regen", "viel Sonne")
    site.run()
    site.say("viel Sonne", "viel Regen")
    assert site.changes() == {}
    assert site.place.crosspost("status").code == 0


def test_what_no_reader_sees_is_no_change(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY, on_edit="update")
    site.front("layout: breit")
    os.utime(site.picture, (1_700_000_000, 1_700_000_000))
    asked = len(sandbox.requests)
    assert site.changes() == {}
    assert len(sandbox.requests) == asked, "nobody is asked"


def test_another_picture_under_the_same_name(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY, on_edit="update")
    before = {network: site.posts(network)[0] for network in EVERY}
    Image.effect_noise((330, 210), 60).convert("RGB").save(site.picture)
    told = site.changes()
    assert told["mastodon"] == told["telegram"] == told["signal"] == ("edit", "done")
    assert told["facebook"] == told["linkedin"] == told["x"] == ("edit", "left")
    for network in ("mastodon", "telegram"):
        (old,), (new,) = before[network]["images"], site.posts(network)[0]["images"]
        assert (new["width"], new["height"]) == (330, 210)
        assert new["id"] != old["id"]
        assert new["alt"] == old["alt"]
        assert site.posts(network)[0]["text"] == before[network]["text"]
    assert site.posts("facebook")[0]["images"] == before["facebook"]["images"]
    assert site.changes() == {}


def test_another_alt_text_needs_no_new_upload(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", "telegram", on_edit="update")
    (old,) = site.posts("mastodon")[0]["images"]
    site.say("![Ein Hochbeet im Regen]", "![Ein Hochbeet in der Sonne]")
    assert site.changes() == {"mastodon": ("edit", "done")}, "Telegram has no alternative texts"
    (new,) = site.posts("mastodon")[0]["images"]
    assert (new["id"], new["alt"]) == (old["id"], "Ein Hochbeet in der Sonne")


def test_a_site_that_moved_changes_nothing(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY, on_edit="update")
    (root / "site").rename(root / "anderswo")
    text = site.place.config.read_text("utf-8")
    site.place.config.write_text(text.replace('path = "../site"', 'path = "../anderswo"'), "utf-8")
    assert site.changes() == {}
    assert site.changes() == {}


def test_a_renamed_file_changes_the_link_and_nothing_goes_out_anew(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY, on_edit="update")
    site.file.rename(site.file.with_name("2026-11-20-umbenannt.md"))
    told = site.changes()
    assert told["mastodon"] == ("edit", "done")
    assert told["x"] == ("edit", "left")
    for network in EVERY:
        (post,) = site.posts(network)
        moved = "umbenannt" in post["text"]
        assert moved == site.place.network(network).abilities.edit
    assert site.changes() == {}
    for command in (("run", "--dry-run", "--json"), ("run", "--json")):
        assert site.place.crosspost(*command).json["deliveries"] == []
    assert site.place.crosspost("plan", "--json").json == []
    clock.pass_by(minutes=1)
    again = site.place.crosspost("site/_posts/2026-11-20-umbenannt.md")
    assert again.out.count("already sent") == len(EVERY)


def test_publishing_a_renamed_file_by_hand_at_once_is_no_second_post(
    root: Path, sandbox: Sandbox, clock: Clock
) -> None:
    site = Followed(root, sandbox, clock, "x", "mastodon")
    file = site.file.rename(site.file.with_name("2026-11-19-umbenannt.md"))
    clock.pass_by(minutes=1)
    assert site.place.crosspost(str(file)).out.count("already sent") == 2
    assert site.changes()["mastodon"] == ("edit", "asked")


def test_a_post_in_parts_is_left_and_told(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update", long="thread")
    long = site.place.new_post("2026-11-21-lang", "---\ntitle: Lang\n---\n\n" + "Ein ganzer Satz über das Beet. " * 40)
    site.run()
    before = site.posts("mastodon")
    assert len(before) > 3
    long.write_text(long.read_text("utf-8").replace("ganzer", "halber"), "utf-8")
    ran = site.run()
    assert "a thread cannot be changed" in ran.out
    assert site.posts("mastodon") == before


def test_a_ledger_that_never_saw_the_files_changes_nothing(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update", on_delete="unpublish")
    _forget_fingerprints(root)
    site.say("viel Regen", "viel Sonne")
    assert site.changes() == {}
    site.say("viel Sonne", "viel Wind")
    assert site.changes() == {"mastodon": ("edit", "done")}
    _forget_fingerprints(root)
    site.file.unlink()
    for _ in range(3):
        assert site.changes() == {}
        clock.pass_by(minutes=11)


def _forget_fingerprints(root: Path) -> None:
    import sqlite3

    with contextlib.closing(sqlite3.connect(root / "config/state/ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE posts SET fingerprint = ''")
    ledger.close()


def test_settings_and_front_matter_are_checked(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    site.front("crosspost: {mastodon: {on_edit: maybe}}")
    ran = site.run()
    assert ran.code == 1
    assert "gruesse.md:7" in ran.err
    assert "should be update, ask or ignore" in ran.err
    with site.place.config.open("a") as config:
        config.write('on_delete = "weg"\n')
    ran = site.run()
    assert ran.code == 2
    assert "crosspost.toml:" in ran.err
    assert "on_delete" in ran.err


def test_a_change_of_every_file_is_worked_through_in_several_runs(
    root: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosspost.delivery.change_detector.MOST", 2)
    site = Followed(root, sandbox, clock, "mastodon")
    files = [site.place.new_post(f"2026-11-21-neu{n}") for n in range(3)]
    site.run()
    for file in files:
        file.write_text(file.read_text("utf-8").replace("Text", "Anderer Text"), "utf-8")
    told = [len(site.place.crosspost("run", "--json").json["changes"]) for _ in range(3)]
    assert told == [2, 1, 0]
