"""The preview page shows each network much as it shows itself: letters, bold titles, right-to-left texts."""

import re
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Clock, Place


def page(place: Place) -> str:
    file = place.root / "page.html"
    assert place.crosspost("preview", str(place.post), "--html", str(file)).code == 0
    return file.read_text("utf-8")


def section(html: str, network: str) -> str:
    found = re.search(rf'<section class="[a-z ]+" data-network="{network}">.*?</section>', html, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=["newsletter", "listmonk", "telegram", "x"], clock=clock)


def test_a_newsletter_is_a_letter(place: Place) -> None:
    html = page(place)
    letter = section(html, "newsletter")
    assert '<dt>Subject</dt><dd dir="auto">Grüße aus dem Tal</dd><dt>From</dt>' in letter
    assert "<dt>To</dt>" in letter
    assert "<strong>Grüße aus dem Tal</strong>" in letter
    assert "<li>subject" not in letter, "told once"
    assert "list 1" in section(html, "listmonk")
    assert "&lt;h1" not in html, "no markup is shown as text"


def test_messengers_show_the_title_in_bold_and_x_does_not(place: Place) -> None:
    html = page(place)
    assert "<strong>Grüße aus dem Tal</strong>" in section(html, "telegram")
    assert "<strong>Grüße aus dem Tal</strong>\n" not in section(html, "x")


def test_a_text_from_right_to_left_keeps_its_links_from_left_to_right(place: Place) -> None:
    place.post.write_text(POST.replace("Grüße aus dem Tal", "مرحبا بالعالم").replace("lang: de", "lang: ar"), "utf-8")
    html = section(page(place), "x")
    assert '<p class="text" dir="auto" lang="ar">' in html
    assert '<a dir="ltr" href="https://tal.example.org' in html


def test_before_the_first_run_the_site_stands_for_the_account(place: Place) -> None:
    place.write("site/_config.yml", "url: https://www.tal.example.org\n")
    html = section(page(place), "x")
    assert '<span class="avatar" aria-hidden="true">T</span>' in html
    assert '<strong dir="auto">tal.example.org</strong>' in html


@pytest.mark.parametrize(
    "network",
    ["bluesky", "facebook", "linkedin", "listmonk", "mastodon", "newsletter", "signal", "telegram", "x"],
)
def test_right_after_sending_nothing_differs(tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str) -> None:
    place = Place(tmp_path, sandbox, networks=[network], clock=clock)
    assert place.crosspost("publish", str(place.post)).code == 0
    said = place.crosspost("preview", str(place.post), "--diff").out
    assert "and says the same" in said
    assert "differs" not in said
