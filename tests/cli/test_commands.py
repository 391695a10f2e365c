"""The commands as a user meets them: what they print, what they change, how they end."""

import os
import sqlite3
from pathlib import Path

import pytest

from crosspost.ledger import run_lock
from crosspost.testing.harness import NETWORKS, Place

FILE = "site/_posts/2026-11-20-gruesse.md"


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)


def ledger_bytes(place: Place) -> bytes | None:
    file = place.root / "config/state/ledger.sqlite3"
    return file.read_bytes() if file.exists() else None


# ── publish ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_published_once_however_often(place: Place) -> None:
    first = place.crosspost(FILE)
    assert (first.code, first.err) == (0, "")
    assert first.out.count("sent ") == 3
    again = place.crosspost("publish", FILE)
    assert again.code == 0
    assert again.out.count("already sent") == 3
    for _ in range(3):
        assert place.crosspost("run").code == 0
    assert len(place.sandbox.posts()) == 3


def test_first_a_file_by_hand_then_cron_leaves_old_posts_alone(place: Place) -> None:
    place.new_post("2026-01-01-alt")
    place.crosspost(FILE)
    place.crosspost("run")
    place.crosspost("run")
    assert len(place.sandbox.posts()) == 3


def test_an_old_post_is_sent_when_asked_for(place: Place) -> None:
    place.crosspost("run")
    assert place.sandbox.posts() == []
    assert place.crosspost(FILE).code == 0
    assert len(place.sandbox.posts()) == 3


def test_only_to_one_account(place: Place) -> None:
    assert place.crosspost(FILE, "--to", "mastodon").code == 0
    assert [post["network"] for post in place.sandbox.posts()] == ["mastodon"]


def test_an_unknown_account_names_the_nearest(place: Place) -> None:
    ran = place.crosspost(FILE, "--to", "mastdon")
    assert ran.code == 2
    assert "did you mean mastodon?" in ran.err
    assert place.sandbox.posts() == []


def test_publish_as_json(place: Place) -> None:
    place.sandbox.fault("facebook", "expired-token")
    ran = place.crosspost(FILE, "--json")
    assert ran.code == 1
    rows = {row["account"]: row for row in ran.json["deliveries"]}
    assert set(rows) == set(NETWORKS)
    assert set(rows["x"]) == {"post", "account", "part", "state", "url", "error", "warnings", "people_in_doubt"}
    assert (rows["x"]["state"], rows["x"]["post"]) == ("sent", "gruesse")
    assert rows["facebook"]["error"]


def test_a_file_that_is_no_post_stops_only_itself(place: Place) -> None:
    place.new_post("2026-11-21-kaputt", "---\ntitle: A: B\n---\n\nT\n")
    place.new_post("2999-01-01-zukunft")
    ran = place.crosspost(
        "site/_posts/2026-11-21-kaputt.md", FILE, "site/_posts/2999-01-01-zukunft.md", "site/_config.yml", "none.md"
    )
    assert ran.code == 1
    assert len(place.sandbox.posts()) == 3
    assert "2026-11-21-kaputt.md:2" in ran.err
    assert "2999-01-01-zukunft.md" in ran.err
    assert "_config.yml" in ran.err
    assert "none.md" in ran.err
    assert "Traceback" not in ran.err


def test_neither_command_nor_file(place: Place) -> None:
    ran = place.crosspost("previw")
    assert ran.code == 2
    assert "did you mean `crosspost preview`?" in ran.err


# ── run ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_first_run_says_so_then_new_posts_go_out(place: Place) -> None:
    first = place.crosspost("run")
    assert "First run" in first.out
    place.new_post("2026-11-21-neu")
    second = place.crosspost("run")
    assert second.code == 0
    assert second.out.count("sent ") == 3
    assert len(place.sandbox.posts()) == 3


def test_quiet_says_nothing_when_nothing_is_due(place: Place) -> None:
    place.crosspost("run")
    place.new_post("2026-11-21-kaputt", "---\ntitle: A: B\n---\n\nT\n")
    ran = place.crosspost("run", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_backfill_sends_existing_posts(place: Place) -> None:
    assert place.crosspost("run", "--backfill", "--json").json["deliveries"][0]["state"] == "sent"
    assert len(place.sandbox.posts()) == 3


@pytest.mark.parametrize("command", [("run", "--dry-run", "--backfill"), (FILE, "--dry-run"), ("preview", FILE)])
def test_a_dry_run_touches_neither_ledger_nor_network(place: Place, command: tuple[str, ...]) -> None:
    assert place.crosspost(*command).code == 0
    assert not (place.root / "config/state").exists()
    place.crosspost("run")
    before = ledger_bytes(place), sorted((place.root / "config/state").iterdir()), len(place.sandbox.requests)
    place.new_post("2026-11-21-neu")
    ran = place.crosspost(*command)
    assert ran.code == 0
    assert ran.out
    assert (ledger_bytes(place), sorted((place.root / "config/state").iterdir()), len(place.sandbox.requests)) == before


def test_dry_run_names_what_would_be_sent(place: Place) -> None:
    place.crosspost("run")
    place.new_post("2026-11-21-neu")
    rows = place.crosspost("run", "--dry-run", "--json").json["deliveries"]
    assert {(row["post"], row["account"], row["state"]) for row in rows} == {
        ("neu", name, "would-send") for name in NETWORKS
    }


def test_a_second_run_leaves_the_first_alone(place: Place) -> None:
    place.crosspost("run")
    place.new_post("2026-11-21-neu")
    with run_lock(place.root / "config/state/ledger.sqlite3.lock"):
        ran = place.crosspost("run")
        assert ran.code == 0
        assert "Another run is at work" in ran.out
        assert place.crosspost("run", "--json").json["busy"]
        assert place.crosspost("run", "--quiet").out == ""
    assert place.sandbox.posts() == []


def test_held_is_exit_code_3_and_status_says_why(place: Place) -> None:
    place.sandbox.fault("facebook", "500-before")
    ran = place.crosspost(FILE)
    assert ran.code == 3
    assert "waits for you" in ran.out
    status = place.crosspost("status")
    assert status.code == 3
    assert "crosspost settle" in status.out
    rows = {row["account"]: row for row in place.crosspost("status", "--json").json["accounts"]}
    assert rows["facebook"]["held"] == 1
    assert rows["x"]["sent"] == 1


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_preview_shows_what_will_be_sent(place: Place) -> None:
    shown = place.crosspost("preview", FILE, "--json").json
    assert [set(post) for post in shown] == [{"post", "path", "url", "accounts"}]
    keys = {"account", "network", "text", "length", "limit", "unit", "link", "card", "images", "language", "lost"}
    for account in shown[0]["accounts"]:
        assert keys <= set(account)
        assert {"path", "alt", "bytes", "width", "height", "format"} <= set(account["images"][0])
        assert account["images"][0]["alt"] == "Ein Hochbeet im Regen"
    place.crosspost(FILE)
    sent = {post["network"]: post["text"] for post in place.sandbox.posts()}
    assert sent == {account["network"]: account["text"] for account in shown[0]["accounts"]}
    assert "Grüße aus dem Tal" in place.crosspost("preview", FILE).out


def test_posts_lists_every_file_with_its_reason(place: Place) -> None:
    place.new_post("2999-01-01-zukunft")
    place.new_post("2026-11-21-kaputt", "---\ntitle: A: B\n---\n\nT\n")
    place.new_post("2026-11-21-weg", "---\ntitle: weg\npublished: false\n---\n\nT\n")
    place.write("site/_posts/notizen.md", "---\ntitle: x\n---\n")
    place.write("site/_posts/2026-11-21-x.md~", "---\ntitle: x\n---\n")
    rows = {Path(row["path"]).name: row for row in place.crosspost("posts", "--json").json}
    assert {name: row["state"] for name, row in rows.items()} == {
        "2026-11-20-gruesse.md": "ready",
        "2026-11-21-kaputt.md": "refused",
        "2026-11-21-weg.md": "skipped",
        "2026-11-21-x.md~": "skipped",
        "2999-01-01-zukunft.md": "skipped",
        "notizen.md": "skipped",
    }
    assert all(row["reason"] for row in rows.values() if row["state"] != "ready")
    ready = rows["2026-11-20-gruesse.md"]
    assert ready["url"] == "https://tal.example.org/2026/11/20/gruesse.html"
    assert ready["id"] == "gruesse"
    assert ready["tags"] == ["Garten", "Erneuerbare Energien"]
    assert set(ready) == {
        "id",
        "path",
        "url",
        "date",
        "title",
        "tags",
        "state",
        "reason",
        "out",
        "picture_from",
        "description_from",
    }


def test_status_before_anything(place: Place) -> None:
    assert "Nothing has been sent yet" in place.crosspost("status").out


# ── bad input ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_key_names_file_line_and_the_nearest(place: Place) -> None:
    place.config.write_text(place.config.read_text().replace("timeout = 5", "timeot = 5", 1))
    ran = place.crosspost("run")
    assert ran.code == 2
    assert "crosspost.toml:5" in ran.err
    assert "did you mean `timeout`?" in ran.err


def test_a_setting_of_another_network_is_refused(place: Place) -> None:
    place.config.write_text(place.config.read_text().replace("[accounts.x]", '[accounts.x]\nvisibility = "public"'))
    ran = place.crosspost("run")
    assert ran.code == 2
    assert "visibility" in ran.err


def test_no_config(place: Place) -> None:
    place.config.rename(place.root / "elsewhere.toml")
    ran = place.crosspost("run")
    assert ran.code == 2
    assert "crosspost init" in ran.err


def test_a_missing_token_is_told_and_the_rest_goes_on(place: Place) -> None:
    text = place.secrets.read_text()
    place.secrets.write_text("\n".join(line for line in text.splitlines() if "MASTODON" not in line))
    ran = place.crosspost(FILE)
    assert ran.code == 1
    assert "CROSSPOST_MASTODON_ACCESS_TOKEN" in ran.out
    assert {post["network"] for post in place.sandbox.posts()} == {"x", "facebook"}


def test_no_server_is_told_and_tried_again(place: Place) -> None:
    place.sandbox.stop()
    ran = place.crosspost(FILE)
    assert ran.code == 1
    assert ran.out.count("nothing is listening") == 1, "what is so everywhere is said once"
    assert ran.out.count("as x") == 2
    place.sandbox.start()
    assert place.crosspost(FILE).code == 0
    assert len(place.sandbox.posts()) == 3


def test_a_damaged_ledger_is_refused_and_not_touched(place: Place) -> None:
    place.crosspost("run")
    file = place.root / "config/state/ledger.sqlite3"
    damaged = b"SQLite format 3\0" + os.urandom(4000)
    file.write_bytes(damaged)
    ran = place.crosspost(FILE)
    assert ran.code == 1
    assert str(file) in ran.err
    assert "damaged" in ran.err
    assert file.read_bytes() == damaged
    assert place.sandbox.posts() == []
    file.write_bytes(b"this is no database at all, but a text")
    assert "damaged" in place.crosspost("run").err


def test_a_ledger_of_a_newer_version_is_refused(place: Place) -> None:
    place.crosspost("run")
    file = place.root / "config/state/ledger.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    ran = place.crosspost(FILE)
    assert ran.code == 1
    assert "newer crosspost" in ran.err
    assert place.sandbox.posts() == []


def test_a_foreign_database_is_refused(place: Place) -> None:
    file = place.root / "config/state/ledger.sqlite3"
    file.parent.mkdir()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    assert "another program" in place.crosspost("run").err


def test_the_ledger_and_the_secrets_are_the_owners_only(place: Place) -> None:
    place.crosspost("run")
    assert (place.root / "config/state/ledger.sqlite3").stat().st_mode & 0o077 == 0


# ── init ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_init_without_a_sandbox_or_a_site(place: Place) -> None:
    place.config = place.root / "neu/crosspost.toml"
    assert "no sandbox" in place.crosspost("init", "--site", "site", "--sandbox", "http://127.0.0.1:1").err
    assert "not a folder" in place.crosspost("init", "--site", "nowhere").err
    assert not place.config.exists()


def test_a_full_disk_is_told_and_nothing_is_sent(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from crosspost.ledger import connection

    place.crosspost("run")
    for number in range(40):
        place.new_post(f"2026-11-21-p{number}", f"---\ntitle: {'lang ' * 200}{number}\n---\n\nText.\n")
    configure = connection._configure

    def full(made: sqlite3.Connection, record: object) -> None:
        configure(made, record)
        made.execute(f"PRAGMA max_page_count = {made.execute('PRAGMA page_count').fetchone()[0]}")

    monkeypatch.setattr(connection, "_configure", full)
    ran = place.crosspost("run")
    assert ran.code == 1
    assert "disk is full" in ran.err
    assert place.sandbox.posts() == []
    monkeypatch.undo()
    monkeypatch.chdir(place.root)
    assert place.crosspost("run").code == 0
    assert len(place.sandbox.posts("x")) == 3


def test_demo_ends_well_with_samples_and_with_a_site_of_ones_own(place: Place) -> None:
    place.config = place.root / "demo/crosspost.toml"
    ran = place.crosspost("demo")
    assert ran.code == 0, ran.err
    assert "each once" in ran.out
    ran = place.crosspost("demo", "--site", "site")
    assert ran.code == 0, ran.err
    assert "Grüße aus dem Tal" in ran.out


def test_reading_commands_work_on_a_site_without_a_config(place: Place) -> None:
    place.config.unlink()
    place.config = None  # type: ignore[assignment]  # no --config at all
    assert place.crosspost("posts", "--site", "site", "--json").json[0]["id"] == "gruesse"
    shown = place.crosspost("preview", "--json", "--site", "site", FILE).json
    assert {account["network"] for account in shown[0]["accounts"]} >= set(NETWORKS)
    assert place.crosspost("preview", "--json", FILE).json == shown
