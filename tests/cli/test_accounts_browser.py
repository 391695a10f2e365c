"""Instagram and Threads in a terminal and in Chromium, by way of one's own site: a wrong value at every question."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crosspost.testing import Place
from tests.cli.test_accounts_refused import spoil
from tests.manual.session.browser import Browser, chromium
from tests.manual.session.terminal import PATIENCE, Terminal

pytest.importorskip("playwright")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium on this machine"),
]

EMPTY = '[site]\npath = "../site"\n'
SITE = "https://verein.example.org/"
LANDING = "Then paste the whole address of the page you land on:"
APP = {
    "instagram": "The Instagram app ID of your app at Meta?",
    "threads": "The Threads App ID of your app at Meta?",
}


@pytest.fixture
def place(place: Place) -> Place:
    """A site without https, so that the address of a page is asked for, and no account yet."""
    place.write("site/_config.yml", "url: http://tal.example.org\ntitle: Das Tal\n")
    place.config.write_text(EMPTY, "utf-8")
    place.secrets.unlink()
    return place


@contextmanager
def adding(network: str, place: Place, browser: Browser) -> Iterator[Terminal]:
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "TERM": "xterm"}
    command = f"crosspost accounts add {network} --base-url {place.sandbox.url} --config {place.config}"
    with Terminal(command, place.root, environment | browser.environment) as terminal:
        yield terminal


def to_the_app(terminal: Terminal, network: str) -> None:
    """As far as the app's id; a number that is not in the list first."""
    if network == "instagram":
        wrong(terminal, "Number?", "9", "there is no “9” in this list; type a number from 1 to 2")
        answer(terminal, "Number?", "2")
    wrong(terminal, "Number?", "7", "there is no “7” in this list; type a number from 1 to 2")
    answer(terminal, "Number?", "2")


def wrong(terminal: Terminal, question: str, value: str, why: str) -> None:
    answer(terminal, question, value)
    terminal.expect(f"Not yet: {why}")


def answer(terminal: Terminal, question: str, value: str) -> None:
    terminal.expect(question)
    terminal.type(value)


@pytest.mark.parametrize("network", ["instagram", "threads"])
def test_a_wrong_value_at_every_question_in_the_browser(place: Place, network: str, tmp_path: Path) -> None:
    access = place.sandbox.accounts()[network]
    other = place.sandbox.accounts()["facebook"]["app_id"]
    the_id = APP[network]
    with Browser(tmp_path) as browser, adding(network, place, browser) as terminal:
        to_the_app(terminal, network)
        wrong(terminal, the_id, "Verein", "an app’s id is a number")
        answer(terminal, the_id, other)  # of another app: only the page knows
        wrong(terminal, "The secret beside it?", "", "it is empty")
        answer(terminal, "The secret beside it?", access["app_secret"])
        wrong(terminal, "that begins with https://?", "http://verein.example.org", "it must begin with https://")
        answer(terminal, "that begins with https://?", SITE)
        assert "It may be the id of the Facebook app" in browser.shown()
        wrong(terminal, LANDING, "", f"you cannot agree on the page as long as {other} is not the")
        answer(terminal, the_id, access["app_id"])
        answer(terminal, "The secret beside it?", "another-secret")
        answer(terminal, "that begins with https://?", SITE)
        landing = browser.agree()
        wrong(terminal, LANDING, "nothing", "this is not the address of the page you landed on")
        wrong(terminal, LANDING, f"{SITE}?code=1&state=2", "this address belongs to an earlier try")
        answer(terminal, LANDING, landing)
        terminal.expect("Not yet: this is not the secret beside the")
        assert place.config.read_text("utf-8") == EMPTY
        assert not place.secrets.exists(), "nothing half-written"
        answer(terminal, "The secret beside it?", access["app_secret"])
        wrong(terminal, "A name for it in the config?", "two words", "a name has only letters")
        answer(terminal, "A name for it in the config?", "")
        lines, code = terminal.done(PATIENCE)
    assert code == 0, lines
    assert any(f"{network} is in the config now" in line for line in lines)
    assert "another-secret" not in "".join(lines)
    assert f"[accounts.{network}]" in place.config.read_text("utf-8")


@pytest.mark.parametrize("network", ["instagram", "threads"])
def test_who_says_no_in_the_browser_changes_nothing(place: Place, network: str, tmp_path: Path) -> None:
    access = place.sandbox.accounts()[network]
    with Browser(tmp_path) as browser, adding(network, place, browser) as terminal:
        to_the_app(terminal, network)
        answer(terminal, APP[network], access["app_id"])
        answer(terminal, "The secret beside it?", access["app_secret"])
        answer(terminal, "that begins with https://?", SITE)
        answer(terminal, LANDING, browser.agree("Deny"))
        lines, code = terminal.done(PATIENCE)
    assert code == 2, lines
    assert "Nothing was connected" in " ".join(lines)
    assert place.config.read_text("utf-8") == EMPTY
    assert not place.secrets.exists()


@pytest.mark.parametrize("fault", ["used", "expired"])
@pytest.mark.parametrize("network", ["instagram", "threads"])
def test_a_code_that_is_good_no_more_leads_to_the_page_again(
    place: Place, network: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = place.sandbox.accounts()[network]
    with Browser(tmp_path) as browser, adding(network, place, browser) as terminal:
        to_the_app(terminal, network)
        answer(terminal, APP[network], access["app_id"])
        answer(terminal, "The secret beside it?", access["app_secret"])
        answer(terminal, "that begins with https://?", SITE)
        spoil(monkeypatch, fault)
        answer(terminal, LANDING, browser.agree())
        terminal.expect("agree again on the page that is opened now")
        assert place.config.read_text("utf-8") == EMPTY
        assert not place.secrets.exists(), "nothing half-written"
        answer(terminal, LANDING, browser.agree())
        answer(terminal, "A name for it in the config?", "")
        lines, code = terminal.done(PATIENCE)
    assert code == 0, lines
    assert f"[accounts.{network}]" in place.config.read_text("utf-8")
