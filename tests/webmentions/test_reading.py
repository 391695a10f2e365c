"""What is read of other people's pages: any page at all, and the entries that people write."""

import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crosspost.app.webmentions.receiving import addresses
from crosspost.markup.h_entry import Said, links_to, said_of
from crosspost.markup.web_links import body_links, page_links, spelt

ME, THERE = "https://me.example/post.html", "https://b.example/note"
CLASSES = [
    "h-entry",
    "h-card",
    "h-cite",
    "p-author",
    "p-name",
    "u-url",
    "e-content",
    "u-like-of",
    "u-in-reply-to",
    "dt-published",
]


def said(html: str) -> Said:
    return said_of(LexborHTMLParser(html.replace("ME", ME)), THERE, ME)


def test_a_citation_is_not_the_entrys_own_author() -> None:
    found = said(
        """<div class="h-entry"><div class="u-in-reply-to h-cite"><a class="p-author h-card" href="https://me.example">Me</a>
        <a class="u-url" href="ME">my post</a></div><p class="p-author h-card"><a class="u-url" href="//b.example/zoe">
        <img alt="Zoe" src="z.png"></a></p><div class="e-content">No <b>way</b></div></div>"""
    )
    assert (found.kind, found.author, found.author_url, found.text) == (
        "reply",
        "Zoe",
        "https://b.example/zoe",
        "No way",
    )


def test_the_entry_with_the_link_is_meant_not_the_first_of_the_page() -> None:
    found = said(
        """<div class="h-entry"><p class="e-content">another</p></div><div class="h-entry"><a class="u-like-of"
        href="ME">x</a><a class="u-url" href="/likes/1">#</a></div>"""
    )
    assert (found.kind, found.url, found.text) == ("like", "https://b.example/likes/1", "")


def test_an_entry_cannot_say_that_it_is_somewhere_else() -> None:
    found = said('<div class="h-entry"><a class="u-url" href="https://bank.example/">x</a><a href="ME">x</a></div>')
    assert found.url == THERE


def test_an_address_that_is_no_web_page_is_left_out() -> None:
    found = said('<div class="h-entry"><a class="p-author" href="javascript:alert(1)">x</a><a href="ME">x</a></div>')
    assert (found.author, found.author_url) == ("x", "")


def test_an_article_that_mentions_is_its_summary_or_title_not_all_of_it() -> None:
    found = said(
        '<div class="h-entry"><h1 class="p-name">Title</h1><div class="e-content"><a href="ME">x</a> long</div></div>'
    )
    assert (found.kind, found.text) == ("mention", "Title")


@pytest.mark.parametrize("written", ["2026-11-20T10:00:00Z", "2026-11-20T11:00:00+01:00", "2026-11-20 10:00"])
def test_when_it_was_written(written: str) -> None:
    found = said(
        f'<div class="h-entry"><time class="dt-published" datetime="{written}"></time><a href="ME">x</a></div>'
    )
    assert found.at is not None
    assert found.at.timestamp() == 1795168800


def test_long_texts_are_cut() -> None:
    name, text = "a" * 9000, "b" * 9000
    found = said(
        f'<div class="h-entry"><a class="p-author">{name}</a><a class="u-in-reply-to" href="ME">x</a>'
        f'<p class="e-content">{text}</p></div>'
    )
    assert (len(found.author), len(found.text)) == (201, 2001)


ELEMENTS = st.recursive(
    st.text(max_size=8)
    | st.sampled_from([f'<a href="{ME}">x</a>', f'<img src="{ME}">', "<time datetime='x'>", "<br>"]),
    lambda inner: st.builds(
        lambda tag, names, parts: f'<{tag} class="{" ".join(names)}">{"".join(parts)}</{tag}>',
        st.sampled_from(["div", "p", "span", "time", "template"]),
        st.lists(st.sampled_from(CLASSES), max_size=2),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@given(ELEMENTS)
def test_any_entry_is_read(html: str) -> None:
    page = LexborHTMLParser(html)
    links_to(page, THERE, ME)
    found = said_of(page, THERE, ME)
    assert found.author_url == "" or found.author_url.startswith(("http://", "https://"))
    assert found.url == "" or found.url.startswith("https://b.example/")
    assert len(found.text) <= 2001


@pytest.mark.parametrize(
    "html",
    [
        f'<div class="h-entry">{"<div>" * 5000}<a href="{ME}">x</a>',
        f'{"<div class=h-entry>" * 3000}<a href="{ME}">x</a>',
        f'<div class="h-entry">{f"<a class=p-author href={ME}>x</a>" * 20000}',
        f'<div class="h-entry"><a href="{ME}">x</a>{"<p class=h-cite><i class=e-content></i></p>" * 20000}',
    ],
)
def test_a_page_made_to_take_long_does_not(html: str) -> None:
    page = LexborHTMLParser(html)
    begun = time.process_time()
    assert links_to(page, THERE, ME)
    said_of(page, THERE, ME)
    assert time.process_time() - begun < 5


# ── the links of our own texts ────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=200))
def test_any_text_has_links_or_none(markdown: str) -> None:
    found = body_links(markdown, ME)
    assert all(url.startswith(("http://", "https://")) for url in (*found.linked, *found.bare))


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="<>\"'&\\`()[]*_~!|^{}:"),
        min_size=1,
        max_size=20,
    )
)
def test_a_link_of_the_text_is_found_in_the_page_however_it_is_written(path: str) -> None:
    address = f"https://b.example/{path}"
    (there,) = page_links(LexborHTMLParser(f'<a href="https://b.example/{quote(path, safe="#?/")}">x</a>'), ME)
    assert spelt(there) in body_links(f"[x](<{address}>)", ME).linked


def test_links_of_html_are_found_where_markdown_sees_code() -> None:
    """They are not waited for, since they may be just that: code."""
    found = body_links("<div>\n\n     <a href='https://b.example/'>x</a></div>", ME)
    assert (set(found.linked), set(found.bare)) == (set(), {"https://b.example/"})


def test_hosts_are_the_same_in_their_two_spellings() -> None:
    assert spelt("https://Grün.example/") == spelt("https://xn--grn-ioa.example")


@given(st.text(alphabet="abc/.-_~%é ", max_size=30))
def test_a_target_is_among_its_own_spellings(path: str) -> None:
    target = f"https://me.example/{path}"
    found = addresses(target)
    assert {target, target.replace("https", "http")} <= set(found)
    assert all(one.partition("://")[2].startswith("me.example/") for one in found if path.strip("/."))
