"""`crosspost accounts` as it is typed: at a pipe, with answers beforehand, and in a real browser."""

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.testing import Place

ROOT = Path(__file__).parents[2]
EMPTY = '[site]\npath = "../site"\n'


@pytest.fixture
def place(place: Place) -> Place:
    place.config.write_text(EMPTY, "utf-8")
    place.secrets.unlink()
    return place


def started(place: Place, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "crosspost", "accounts", *arguments],
        cwd=place.root,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(place: Place, *arguments: str, typed: str = "") -> tuple[int, str]:
    process = started(place, *arguments)
    out, _ = process.communicate(typed, timeout=60)
    return process.returncode, out


def config(place: Place) -> str:
    return str(place.config)


def bluesky(place: Place) -> tuple[str, ...]:
    secret = place.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    answers = ("handle=verein.test", f"app_password={secret}", "name=sky")
    given = tuple(part for answer in answers for part in ("--answer", answer))
    return ("add", "bluesky", "--base-url", place.sandbox.url, "--config", config(place), *given)


def test_every_answer_may_be_given_beforehand(place: Place) -> None:
    code, out = said(place, *bluesky(place), "--json")
    assert code == 0, out
    assert '"account": "sky"' in out
    assert "[accounts.sky]" in place.config.read_text("utf-8")
    secret = place.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    assert secret not in out


def test_every_answer_may_come_from_a_pipe(place: Place) -> None:
    secret = place.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    typed = f"verein\nverein.test\nwrong\n{secret}\n\n"
    code, out = said(place, "add", "bluesky", "--base-url", place.sandbox.url, "--config", config(place), typed=typed)
    assert code == 0, out
    assert "Not yet: a handle is a domain" in out
    assert "Never give the main" in out
    assert "bluesky is in the config now" in out
    assert secret not in out


def test_a_wrong_answer_that_nobody_can_correct_ends_it(place: Place) -> None:
    code, out = said(place, *bluesky(place)[:-4], "--answer", "app_password=geheim")
    assert code == 2
    assert "Never give the main password" in " ".join(out.split())
    assert "Traceback" not in out
    assert "geheim" not in out
    assert place.config.read_text("utf-8") == EMPTY
    assert not place.secrets.exists()


def test_accounts_are_listed_tested_and_removed(place: Place) -> None:
    assert said(place, *bluesky(place))[0] == 0
    code, out = said(place, "list", "--config", config(place))
    assert code == 0
    assert re.search(r"sky on bluesky \(sandbox\) +\S*secrets.env", out), out
    code, out = said(place, "test", "--config", config(place))
    assert (code, "sky: @verein.test on Bluesky" in out) == (0, True), out
    code, out = said(place, "remove", "sky", "--config", config(place), typed="\n")
    assert (code, "Nothing was changed." in out) == (1, True), out
    code, out = said(place, "remove", "sky", "--yes", "--config", config(place))
    assert code == 0, out
    assert place.config.read_text("utf-8").strip() == EMPTY.strip()
    assert "BLUESKY" not in place.secrets.read_text("utf-8")
    assert "SKY" not in place.secrets.read_text("utf-8")


def test_an_account_that_is_not_there_is_told_with_the_nearest(place: Place) -> None:
    assert said(place, *bluesky(place))[0] == 0
    code, out = said(place, "remove", "ski", "--yes", "--config", config(place))
    assert (code, "did you mean sky" in " ".join(out.split()) or "sky" in out) == (2, True), out


def test_a_renewed_account_keeps_its_name_and_settings(place: Place) -> None:
    assert said(place, *bluesky(place))[0] == 0
    text = place.config.read_text("utf-8") + '# mine\nlink = "none"\n'
    place.config.write_text(text, "utf-8")
    secret = place.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    place.secrets.write_text("CROSSPOST_SKY_HANDLE=x\nCROSSPOST_SKY_APP_PASSWORD=old\n", "utf-8")
    answers = ("--answer", "handle=verein.test", "--answer", f"app_password={secret}")
    code, out = said(place, "renew", "sky", *answers, "--config", config(place))
    assert code == 0, out
    assert place.config.read_text("utf-8") == text
    assert "old" not in place.secrets.read_text("utf-8")
    assert said(place, "test", "sky", "--config", config(place))[0] == 0


def test_a_login_made_elsewhere_is_one_line_to_paste(place: Place, tmp_path: Path) -> None:
    here = bluesky(place)
    code, out = said(place, "add", "bluesky", "--print", "--base-url", place.sandbox.url, *here[6:-2])
    assert code == 0, out
    line = next(line for line in out.splitlines() if line.startswith("crosspost-login:"))
    typed = f"{line[:40]}\n{line}\n\n"
    code, out = said(place, "add", "bluesky", "--elsewhere", "--config", config(place), typed=typed)
    assert code == 0, out
    assert "a part of the line is missing" in out
    assert said(place, "test", "--config", config(place))[0] == 0


@pytest.mark.parametrize("network", ["mastodon", "facebook"])
def test_the_way_through_the_browser(place: Place, network: str) -> None:
    """The page opens, the person agrees, the answer comes back by itself."""
    access = place.sandbox.accounts()[network]
    answers = {
        "mastodon": {"server": place.sandbox.url},
        "facebook": {"instagram": "no", "way": "browser", "page": "Verein Beispiel"}
        | {key: access[key] for key in ("app_id", "app_secret") if key in access},
    }
    given = [part for key, value in answers[network].items() for part in ("--answer", f"{key}={value}")]
    process = started(
        place, "add", network, "--no-browser", "--base-url", place.sandbox.url, *given, "--answer",
        f"name={network}", "--config", config(place),
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[str] = []
    while not (address := next((line.strip() for line in lines if line.startswith("http")), "")):
        lines.append(process.stdout.readline())
        assert lines[-1], "".join(lines)
    landed = _agree_in_chromium(address)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    assert "crosspost has the answer" in landed
    assert f"{network} is in the config now" in out


def _agree_in_chromium(address: str) -> str:
    """Press "Authorise" in a real browser: the text of the page it lands on."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("playwright is not installed")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    found: list[Any] = []

    def visit() -> None:  # its event loop must not meet the test's
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.goto(address)
            page.get_by_role("button", name="Authorise").click()
            page.wait_for_load_state()
            found.append(page.inner_text("body"))
            browser.close()

    thread = threading.Thread(target=visit)
    thread.start()
    thread.join(60)
    return str(found[0]) if found else ""


@pytest.mark.parametrize("command", ["add", "renew", "remove"])
def test_who_did_it_is_kept(place: Place, command: str) -> None:
    place.name_the_ledger()
    open_ledger(place.app).close()
    assert said(place, *bluesky(place), "--as", "Ben")[0] == 0
    secret = place.sandbox.accounts()["bluesky"]["credentials"]["app_password"]
    more = {"renew": ("--answer", "handle=verein.test", "--answer", f"app_password={secret}"), "remove": ("--yes",)}
    if command in more:
        code, out = said(place, command, "sky", *more[command], "--config", config(place), "--as", "Ann")
        assert code == 0, out
    done = [(row["by"], row["action"]) for row in place.crosspost("history", "--changes", "--json").json]
    assert done[-1] == ("Ben", "account add")
    assert done[:-1] == ([("Ann", f"account {command}")] if command in more else [])
