"""The session of the tutorial works today, step by step, and the manual shows it as it is."""

import re

import pytest

from tests.manual.networks import ours
from tests.manual.pages import MANUAL, pages
from tests.manual.session.browser import chromium
from tests.manual.session.pages import FIGURES, stale, wanted
from tests.manual.session.recording import recorded
from tests.manual.session.terminal import COLUMNS

pytestmark = pytest.mark.long

pytest.importorskip("playwright")


def test_the_session_works_and_the_manual_shows_it_as_it_is_now() -> None:
    """One test, because a session takes a minute."""
    if chromium() is None:
        pytest.skip("there is no Chromium on this machine")
    made = recorded()
    for network, cls in ours().items():
        word = "waits for you" if cls.by_hand else "sent    "
        assert any(f"{word}  {network} (sandbox)" in line for line in made.parts["publish"]), network
        assert made.figures[network].questions > 0
    said = "\n".join(line for lines in made.parts.values() for line in lines)
    shown = re.sub(r"sandbox-[a-z_]+-app-client-id", "", said)  # the id of an app is in the address of its log-in, too
    assert "sandbox-" not in shown, "a token is on the screen"
    long = [line for line in said.splitlines() if len(line) > COLUMNS and "://" not in line and "? " not in line]
    assert long == []
    assert list(stale(made)) == [], "run `make docs`"


def test_each_part_of_the_session_stands_somewhere() -> None:
    shown = [part for page in pages() for part in wanted(page.read_text("utf-8"))]
    assert {*ours(), "install", "init", "publish", "run", "schedule", "status", FIGURES} <= set(shown)
    for network in ours():
        assert network in wanted((MANUAL / "networks" / f"{network}.md").read_text("utf-8"))
