"""The post card: any page can show it, whatever the post says, and how a network looks comes from its class."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.app import pages
from crosspost.app.pages.marked_text import marked
from crosspost.app.pages.post_card import looks, templates
from crosspost.app.pages.preview_page import document
from crosspost.app.preview_model import AccountPreview
from crosspost.config import registry
from crosspost.model import Draft, Entry, Look, Post
from crosspost.sandbox import Sandbox
from crosspost.sandbox import pages as sandbox_pages
from crosspost.testing.harness import Clock, Place

TITLES = (
    "<script>alert(1)</script> & „Grüße“ \"onload='x'",
    "</style></title><script>alert(1)</script>",
    "👩‍👩‍👧‍👦 今日は良い天気ですね",
    "مرحبا بالعالم",
    "{{ 7 * 7 }} {% raw %}",
)
DATE = datetime(2026, 11, 20, tzinfo=UTC)
OF_A_PAGE = """\
<style>{% include "post_card.css" %}{% include "look.css" %}</style>
{% from "post_card.html" import account %}
{{ account(post, shown) }}
"""


def of(place: Place, title: str, key: str = "telegram", look: Look | None = None) -> tuple[Post, AccountPreview]:
    network = place.network(key)
    if look is not None:
        network.look = look  # type: ignore[misc]  # as a network of somebody else would have it on its class
    post = Post(id="1", path="1.md", url="https://tal.example.org/1.html", title=title, date=DATE)
    draft = Draft(account=key, network=key, text=f"{title}\n\n#Tag", length=9, limit=10, unit="utf-16", title=title)
    return post, AccountPreview(network=network, draft=draft)


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, networks=["telegram", "x"], clock=clock)


@pytest.mark.parametrize("title", TITLES)
def test_whatever_a_title_says_it_is_shown_as_text(place: Place, title: str) -> None:
    post, shown = of(place, title)
    entry = Entry(id="1", path="1.md", title=title, url=post.url, state="ready")
    html = document([(post, entry, [shown])])
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = escaped.replace('"', "&#34;").replace("'", "&#39;")
    assert f"<title>{escaped} – preview</title>" in html
    assert f'<h1 dir="auto">{escaped}</h1>' in html
    assert f"<strong>{escaped}</strong>" in html
    assert "<script" not in html


def test_any_page_can_include_the_card(place: Place) -> None:
    post, shown = of(place, "Grüße")
    html = templates().from_string(OF_A_PAGE).render(post=post, shown=shown, looks=looks([shown]))
    assert '<section class="account chat" data-network="telegram">' in html
    assert '[data-network="telegram"] { --brand: #2aabee; --link: #168acd; --bubble: #ffffff; }' in html
    assert '<meter min="0" max="10" value="9" aria-label="length">9</meter>' in html


def test_a_network_of_somebody_else_looks_as_its_class_says(place: Place) -> None:
    look = Look(layout="photo", brand=("#123456", "#654321"), avatar="square", round_cards=True, bold_title=True)
    post, shown = of(place, "Grüße", look=look)
    html = templates().from_string(OF_A_PAGE).render(post=post, shown=shown, looks=looks([shown]))
    assert 'class="account photo"' in html
    assert "{ --brand: #123456; --avatar-corner: .5rem; --card-corner: .9rem; }" in html
    assert "{ --brand: #654321; }" in html
    plain = templates().from_string(OF_A_PAGE).render(post=post, shown=shown, looks={"telegram": Look()})
    assert '[data-network="telegram"] { }' in plain, "the page's own colours"


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345G", "#123456;}", "url(x)", ""])
def test_a_look_takes_nothing_but_colours(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        Look(brand=(colour, "#000000"))
    with pytest.raises(ValueError, match="#rrggbb"):
        Look(bubble=("#000000", colour))


@pytest.mark.parametrize(
    ("text", "title", "bold"),
    [
        ("Grüße\n\nhttps://a.example.org", "Grüße", "Grüße"),
        ("Grüße #Tag\n\nText", "Grüße #Tag", "Grüße #Tag"),
        ("https://a.example.org/x y", "https://a.example.org/x", "https://a.example.org/x"),
        ("https://a.example.org/x y", "example.org/x y", ""),  # begins inside a link, which stays whole
        ("Text", "", ""),
        ("Text", "Grüße", ""),
    ],
)
def test_the_title_is_marked_and_no_character_is_lost(text: str, title: str, bold: str) -> None:
    draft = Draft(account="a", network="a", text=text, length=0, limit=0, unit="utf-16", title=title)
    found = marked(draft, Look(bold_title=True))
    assert "".join(piece.text for piece in found.title) == bold
    assert "".join(piece.text for run in found for piece in run) == text
    assert marked(draft, Look()).title == []


def test_no_code_or_style_of_a_page_names_a_network() -> None:
    keys = "|".join(registry.NETWORKS)
    named = re.compile(rf"""(?<![\w-])(["'])({keys})\1|\.({keys})(?=[\s,:{{.])""")
    files = [file for room in (pages, sandbox_pages) for file in Path(str(room.__file__)).parent.rglob("*.*")]
    assert len(files) > 12
    for file in files:
        if file.suffix in (".py", ".css", ".html"):
            assert not named.search(file.read_text("utf-8")), file
