"""Every log-in whose browser comes back to this computer, in a terminal and in Chromium: what is wrong on the page."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.sandbox.core import consent
from crosspost.testing import Place
from tests.app.accounts.walk import EMPTY, WAYS, Way, begun
from tests.manual.session.browser import Browser, chromium
from tests.manual.session.terminal import PATIENCE, Terminal

pytest.importorskip("playwright")
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium on this machine"),
]
BROWSER = [way for way in WAYS if way.name == "in the browser" or way.network == "misskey"]
#: newer ones, whose pages are walked in the manual's session; here only what is not agreed to
LATER = [way for way in WAYS if way.network in ("mobilizon", "tumblr", "pinterest", "google_business")]
WAITS = "paste the whole address of the page you land on."


@contextmanager
def adding(way: Way, folder: Path) -> Iterator[tuple[Place, Browser, Terminal]]:
    """As far as the page of consent: everything that is asked before is answered beforehand."""
    with begun(way, folder) as (place, person), Browser(folder) as browser:
        answers = ({"instagram": "no"} if way.network == "facebook" else {}) | dict(person.right)
        given = " ".join(f"--answer {key}={shlex.quote(answer)}" for key, answer in answers.items())
        base = place.sandbox.accounts()[way.network]["base_url"]
        command = f"crosspost accounts add {way.network} --base-url {base} --config {place.config} {given}"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        with Terminal(command, place.root, {**os.environ, "PATH": path, "TERM": "xterm"} | browser.environment) as one:
            yield place, browser, one


def refused(place: Place, terminal: Terminal) -> str:
    """What was said at the end, when nothing was written."""
    lines, code = terminal.done(PATIENCE)
    assert code == 2, lines
    assert place.config.read_text("utf-8") == EMPTY
    assert not place.secrets.exists(), "nothing half-written"
    return " ".join(lines)


@pytest.mark.parametrize("way", [*BROWSER, *LATER], ids=lambda way: way.network)
def test_who_says_no_on_the_page_changes_nothing(way: Way, tmp_path: Path) -> None:
    with adding(way, tmp_path) as (place, browser, terminal):
        browser.agree("Deny")
        said = refused(place, terminal)
        assert "Nothing was connected" in said or "was not accepted" in said


@pytest.mark.parametrize("way", [way for way in BROWSER if way.network != "misskey"], ids=lambda way: way.network)
def test_a_wrong_address_is_told_and_asked_for_again(way: Way, tmp_path: Path) -> None:
    with adding(way, tmp_path) as (place, browser, terminal):
        terminal.expect(WAITS)
        terminal.type("https://tal.example.org/")
        terminal.expect("Not yet: this is not the address of the page you landed on")
        terminal.type("https://tal.example.org/?code=1&state=2")
        terminal.expect("Not yet: this address belongs to an earlier try")
        browser.agree("Deny")
        refused(place, terminal)


def spoil(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """The first code that comes back from a page is good no more when it is exchanged."""
    redeem, spoilt = consent.Consents.redeem, []

    def refusing(self: consent.Consents, code: str, **asked: object) -> object:
        if code != "none" and not spoilt:  # with that one crosspost asks X whether it knows the app
            spoilt.append(code)
            if fault == "used":
                redeem(self, code, **asked)  # type: ignore[arg-type]  # as it was called
            else:
                asked["now"] += timedelta(hours=2)  # type: ignore[operator]  # a datetime
        return redeem(self, code, **asked)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(consent.Consents, "redeem", refusing)


@pytest.mark.parametrize("fault", ["used", "expired"])
@pytest.mark.parametrize("way", [way for way in BROWSER if way.network != "misskey"], ids=lambda way: way.network)
def test_a_code_that_is_good_no_more_leads_to_the_page_again(
    way: Way, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with adding(way, tmp_path) as (place, browser, terminal):
        spoil(monkeypatch, fault)
        browser.agree()
        terminal.expect("Not yet: ")
        terminal.expect("agree again on the page that is opened now")
        assert place.config.read_text("utf-8") == EMPTY
        assert not place.secrets.exists(), "nothing half-written"
        browser.agree()
        terminal.expect("A name for it in the config?")
        terminal.type("")
        lines, code = terminal.done(PATIENCE)
        assert code == 0, lines
        assert f"[accounts.{way.network}]" in place.config.read_text("utf-8")
