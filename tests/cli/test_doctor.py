"""``crosspost doctor`` as a user meets it: what is wrong, and what to do."""

import os
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crosspost.app.doctor.checks import clock
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import NETWORKS, POST, Clock, Place, served


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    clock.now = datetime.now(UTC)  # the doctor compares the real clock with that of the servers
    return Place(tmp_path, sandbox, clock=clock, url="http://127.0.0.1:9")


def findings(place: Place, *arguments: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in place.crosspost("doctor", "--json", *arguments).json["findings"]:
        found.setdefault(finding["about"], []).append(finding)
    return found


def test_a_house_in_order(place: Place) -> None:
    place.crosspost("run")
    ran = place.crosspost("doctor")
    assert ran.code == 0
    assert ran.err == ""
    for name in NETWORKS:
        assert f"ok    {name:<12}" in ran.out
    assert f"Mastodon (sandbox) knows us: {place.network('mastodon').connect().handle} on " in ran.out
    assert "ok    time zone    Europe/Berlin" in ran.out
    assert "ok    pictures     those of the newest post can be used, and each has an alt text" in ran.out
    assert "ok    last run     " in ran.out
    assert "fail" not in ran.out
    assert place.sandbox.posts() == [], "nothing is sent"


def test_offline_asks_nobody(place: Place) -> None:
    before = len(place.sandbox.requests)
    found = findings(place, "--offline")
    assert len(place.sandbox.requests) == before
    assert "mastodon" not in found
    assert found["config"][0]["state"] == "ok"
    assert found["ledger"][0]["said"].endswith("does not exist yet")


def test_a_dead_token_fails_and_names_what_to_set(place: Place) -> None:
    text = place.secrets.read_text("utf-8")
    place.secrets.write_text(re.sub(r"(MASTODON_ACCESS_TOKEN)=.*", r"\1=revoked", text), "utf-8")
    ran = place.crosspost("doctor", "--json")
    assert (ran.code, ran.json["ok"]) == (1, False)
    (bad,) = [finding for finding in ran.json["findings"] if finding["state"] == "fail"]
    assert bad["about"] == "mastodon"
    renew, _, again = bad["todo"].partition("; ")
    assert renew == "`crosspost accounts renew mastodon`"
    assert again.startswith(f"or set it again in {place.secrets} or the environment: ")
    assert "CROSSPOST_MASTODON_ACCESS_TOKEN (an " in again


def test_a_missing_token_names_what_to_set(place: Place) -> None:
    lines = place.secrets.read_text("utf-8").splitlines()
    place.secrets.write_text("\n".join(line for line in lines if "MASTODON" not in line), "utf-8")
    found = findings(place)
    assert "CROSSPOST_MASTODON_ACCESS_TOKEN" in found["mastodon"][0]["said"]
    (missing,) = found["secrets"]
    assert missing["said"] == "mastodon has no token"
    assert place.secrets.name in missing["todo"]


def test_a_secrets_file_that_others_can_read(place: Place) -> None:
    place.secrets.chmod(0o644)
    found = findings(place)
    (exposed,) = found["secrets"]
    assert (exposed["state"], exposed["todo"]) == ("fail", f"chmod 600 {place.secrets}")
    assert not {"x", "mastodon", "facebook"} & set(found), "without the file there is nobody to be"


def test_a_server_that_is_down_fails_alone(place: Place) -> None:
    text = place.config.read_text("utf-8").replace(
        f'[accounts.x]\nbase_url = "{place.sandbox.accounts()["x"]["base_url"]}"',
        '[accounts.x]\nbase_url = "http://127.0.0.1:9"',
    )
    place.config.write_text(text, "utf-8")
    found = findings(place)
    assert (found["x"][0]["state"], found["mastodon"][0]["state"]) == ("fail", "ok")


def test_a_wrong_clock_is_seen_in_the_answers(place: Place, clock: Clock) -> None:
    clock.pass_by(hours=3)
    found = findings(place)["clock"]
    assert {finding["state"] for finding in found} == {"fail"}
    assert "this machine's clock is 2 hours behind that of" in found[0]["said"]


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, None), (59, None), (-59, None), (61, "warn"), (-299, "warn"), (301, "fail"), (-9e4, "fail")],
)
def test_how_wrong_a_clock_may_be(seconds: float, state: str | None) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    said = (now - timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    found = clock("x", SimpleNamespace(headers={"date": said}), now)
    assert [finding.state for finding in found] == ([state] if state else [])


@pytest.mark.parametrize("said", ["", "yesterday", "Sun, 99 Nov 2026 99:00:00 GMT"])
def test_a_date_nobody_understands_says_nothing(said: str) -> None:
    assert clock("x", SimpleNamespace(headers={"date": said}), datetime.now(UTC)) == []
    assert clock("x", None, datetime.now(UTC)) == []


def test_pictures_and_alt_texts(place: Place) -> None:
    place.new_post("2026-11-01-stumm", POST.replace("![Ein Hochbeet im Regen]", "![]"))
    (place.root / "site/images/kaputt.jpg").write_bytes(b"no picture")
    place.new_post("2026-11-02-kaputt", POST.replace("beet.jpg", "kaputt.jpg"))
    place.new_post("2026-11-03-fehlt", POST.replace("thumbnail: /images/beet.jpg", "thumbnail: /images/nix.jpg"))
    found = findings(place, "--offline")
    assert "pictures without one in 1 of 4 posts: 2026-11-01-stumm.md" in found["alt texts"][0]["said"]
    said = "\n".join(finding["said"] for finding in found["pictures"])
    assert "kaputt.jpg: the content is not a picture" in said
    assert "there is no file /images/nix.jpg" in said
    assert "time zone" in found


def test_refused_files_and_a_site_without_posts(place: Place) -> None:
    for number in range(7):
        place.new_post(f"2026-11-0{number + 1}-kaputt", "---\ntitle: [\n---\n")
    found = findings(place, "--offline")["site"]
    assert (found[0]["state"], len(found), found[-1]["said"]) == ("ok", 7, "2 more files are refused")
    place.post.unlink()
    assert findings(place, "--offline")["site"][0]["state"] == "fail"


def test_a_page_that_is_there_and_one_that_is_not(place: Place) -> None:
    with served(place.root / "site") as url:
        place.write("site/_config.yml", f"url: {url}\ntitle: Das Tal\n")
        found = findings(place)
        assert "404" in found["page"][0]["said"]
        place.write("site/2026/11/20/gruesse.html", "<title>Grüße aus dem Tal</title>")
        found = findings(place)
    assert found["page"][0]["said"].endswith("gruesse.html is on the web")
    assert found["time zone"][0]["todo"] == "set timezone under [site]"


def test_a_config_that_cannot_be_read(place: Place) -> None:
    place.config.write_text("[accounts.mastodon]\nvisiblity = 1\n", "utf-8")
    ran = place.crosspost("doctor")
    assert ran.code == 1
    assert "fail  config" in ran.out
    place.config.write_text("[accounts", "utf-8")
    assert place.crosspost("doctor").out.startswith("fail  config")


def test_the_ledger_what_waits_and_the_last_run(place: Place) -> None:
    place.crosspost("run", "--backfill")
    place.sandbox.fault("x", "cut-after")
    place.new_post("2026-11-21-neu")
    place.crosspost("run")
    path = place.root / "config/state/ledger.sqlite3"
    old = datetime.now(UTC) - timedelta(days=3)
    ledger = sqlite3.connect(path)
    ledger.execute("UPDATE facts SET value = ? WHERE name = 'last_run'", [old.isoformat()])
    ledger.commit()
    ledger.close()
    path.with_name(f"{path.name}.idle").unlink(missing_ok=True)  # a slow run leaves a stamp, which is newer
    found = findings(place, "--offline")
    assert "is whole" in found["ledger"][0]["said"]
    assert "no copy beside it" in found["ledger"][0]["said"]
    assert (found["last run"][0]["said"], found["last run"][0]["state"]) == ("3 days ago", "warn")
    place.crosspost("ledger", "backup", str(path.with_name("ledger-copy.sqlite3")))
    assert "newest copy beside it ledger-copy.sqlite3" in findings(place, "--offline")["ledger"][0]["said"]
    path.write_bytes(b"x" * 5000)
    os.utime(path.with_name(path.name + ".lock"), (old.timestamp(), old.timestamp()))
    found = findings(place, "--offline")
    assert found["ledger"][0]["state"] == "fail"
    assert found["last run"][0]["said"] == "3 days ago", "its lock tells as much"
