"""Where a web page says what: which place counts before which, and which pages are no articles."""

import json
from itertools import combinations

import pytest

from crosspost.sources.web import json_ld
from crosspost.sources.web.web_page import WebPage, decoded, read_page, without_site

BASE = "https://tal.example/blog/beet/"


def page(head: str = "", body: str = "", lang: str = "") -> WebPage:
    return read_page(f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>", BASE)


def meta(**contents: str) -> str:
    return "".join(f"<meta property='{name.replace('__', ':')}' content='{said}'>" for name, said in contents.items())


def ld(**said: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'Article'} | said)}</script>"


def entry(inside: str) -> str:
    return f"<div class='h-entry'>{inside}</div>"


#: field → (place, what it says there), the place that counts most first; each place says something of its own
PLACES: dict[str, list[tuple[str, str, str]]] = {
    "title": [
        (ld(headline="of JSON"), "", "of JSON"),
        (meta(og__title="of Open Graph"), "", "of Open Graph"),
        ("", entry("<b class='p-name'>of its entry</b>"), "of its entry"),
        ("", "<h1>of its heading</h1>", "of its heading"),
        (meta(twitter__title="of its card"), "", "of its card"),
        ("<title>of its window</title>", "", "of its window"),
    ],
    "description": [
        (meta(og__description="of Open Graph"), "", "of Open Graph"),
        (meta(description="plain"), "", "plain"),
        (meta(twitter__description="of its card"), "", "of its card"),
        (ld(description="of JSON"), "", "of JSON"),
        ("", entry("<p class='p-summary'>of its  entry</p>"), "of its entry"),
    ],
    "picture": [
        (meta(og__image="/og.png"), "", "https://tal.example/og.png"),
        (ld(image={"url": "/ld.png"}), "", "https://tal.example/ld.png"),
        ("", entry("<img class='u-featured' src='../f.png'>"), "https://tal.example/blog/f.png"),
        ("", entry("<img class='u-photo' src='p.png'>"), f"{BASE}p.png"),
    ],
    "published": [
        (ld(datePublished="2026-01-01"), "", "2026-01-01"),
        (meta(article__published_time="2026-01-02"), "", "2026-01-02"),
        (meta(date="2026-01-03"), "", "2026-01-03"),
        ("", entry("<time class='dt-published' datetime='2026-01-04'></time>"), "2026-01-04"),
        ("", "<abbr class='published' title='2026-01-05'></abbr>", "2026-01-05"),
        ("", "<span itemprop='datePublished' content='2026-01-06'></span>", "2026-01-06"),
        ("", "<article><header><time datetime='2026-01-07'></time></header></article>", "2026-01-07"),
        ("", "<article><time datetime='2026-01-08'></time></article>", "2026-01-08"),
        ("", "<main><time datetime='2026-01-09'></time></main>", "2026-01-09"),
        ("", "<time datetime='2026-01-10'></time>", "2026-01-10"),
    ],
    "modified": [
        (meta(article__modified_time="2026-02-01"), "", "2026-02-01"),
        (ld(dateModified="2026-02-02"), "", "2026-02-02"),
    ],
    "canonical": [
        ("<link rel='canonical' href='/beet'>", "", "https://tal.example/beet"),
        (meta(og__url="/og"), "", "https://tal.example/og"),
    ],
    "author": [
        (ld(author=[{"name": "of JSON"}]), "", "of JSON"),
        (meta(author="plain"), "", "plain"),
        ("", entry("<b class='p-author'>of its entry</b>"), "of its entry"),
    ],
    "site": [
        (meta(og__site_name="of Open Graph"), "", "of Open Graph"),
        (ld(publisher={"name": "of JSON"}), "", "of JSON"),
    ],
    "lang": [
        (ld(inLanguage="fr"), "", "fr"),
        (meta(og__locale="pt_BR"), "", "pt-BR"),
        (meta(language="nl"), "", "nl"),
    ],
}


@pytest.mark.parametrize("field", PLACES)
def test_each_place_counts_unless_a_better_one_says_it_too(field: str) -> None:
    for head, body, said in PLACES[field]:
        assert getattr(page(head, body), field) == said
    for (head, body, said), (other_head, other_body, _) in combinations(PLACES[field], 2):
        if "h-entry" in body and "h-entry" in other_body:
            continue  # two entries are a list of posts
        both = page(other_head + head, other_body + body)  # the better one stands behind, so its place does not help
        assert getattr(both, field) == said


def test_the_language_of_the_page_itself_counts_first() -> None:
    assert page(ld(inLanguage="fr"), lang="de_AT").lang == "de-AT"
    assert page(ld(inLanguage="fr"), lang="deutsch").lang == "fr", "what is not a language is passed over"


def test_the_alternative_text_belongs_to_the_picture_that_counts() -> None:
    photo = entry("<img class='u-photo' src='p.png' alt='Foto'>")
    assert page(body=photo).alt == "Foto"
    assert page(meta(og__image="/og.png", og__image__alt="Bild"), photo).alt == "Bild"
    assert page(meta(og__image="/og.png"), photo).alt == "", "another picture's text would be wrong"


@pytest.mark.parametrize(
    ("head", "body", "tags"),
    [
        (meta(article__tag="a") + meta(article__tag="b") + ld(keywords="c"), "", ("a", "b")),
        (ld(keywords="a, b,a, ,"), entry("<a class='p-category'>c</a>"), ("a", "b")),
        (ld(keywords=["#a", "b &amp; c"]), "", ("a", "b & c")),
        ("", entry("<a class='p-category'>a</a><a class='p-category'>b</a>") + "<a rel='tag'>c</a>", ("a", "b")),
        ("", "<a rel='nofollow tag'> a\nb </a><a rel='tag'>#</a>", ("a b",)),
        ("", "<a href='/'>none</a>", ()),
    ],
)
def test_where_tags_are_taken_from(head: str, body: str, tags: tuple[str, ...]) -> None:
    assert page(head, body).tags == tags


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        ("<meta http-equiv='Refresh' content='0; url=/new/'>" + ld(headline="A"), "", "redirect"),
        ("<meta http-equiv='content-type' content='text/html'>" + ld(headline="A"), "", "article"),
        (ld(headline="A"), entry("") * 2, "list"),
        (ld(headline="A"), f"<div class='h-entry'>{entry('')}</div>", "article"),
        (ld(headline="A"), "<div class='h-feed'></div>", "list"),
        ("", entry(""), "article"),
        (meta(article__published_time="2026-01-01"), "", "article"),
        (meta(og__type="Article"), "", "article"),
        (meta(og__type="blog"), "", "article"),
        (meta(og__type="website"), "", "page"),
        ("", "<article><h2><a href='/other/'>B</a></h2></article>", "list"),
        ("", "<article><h2><a href='#part'>B</a></h2><h2><a href='/blog/beet/'>B</a></h2></article>", "page"),
        ("", "<article></article><article></article>", "list"),
        ("", "<article><h1>A</h1></article><article></article>", "page"),
        ("", "<article><article></article></article>", "page"),
    ],
)
def test_what_a_page_is(head: str, body: str, kind: str) -> None:
    assert page(head, body).kind == kind


@pytest.mark.parametrize(
    ("head", "hidden"),
    [
        ("<meta name='quarto:status' content='Draft'>", "it is a draft"),
        ("<meta name='robots' content='follow, NOINDEX'>", "its page asks not to be found (noindex)"),
        ("<meta name='robots' content='index, follow'>", ""),
    ],
)
def test_a_page_that_asks_not_to_be_found(head: str, hidden: str) -> None:
    assert page(head).hidden == hidden


def test_dates_in_lists_are_those_of_other_posts() -> None:
    other = "<ul><li><a href='/b/'>B</a> <time datetime='2020-01-01'></time></li></ul>"
    linked = "<a href='/b/'><time datetime='2020-01-01'></time></a>"
    own = "<ul><li><time datetime='2026-01-01'></time></li></ul>"
    assert page(body=other + linked).published == ""
    assert page(body=other + linked + own).published == "2026-01-01"
    two = "<time datetime='2026-01-01'></time><time datetime='2026-01-02'></time>"
    assert page(body=two).published == page(body=f"<main>{two}</main>").published == ""
    assert page(body=f"<article>{two}</article>").published == "2026-01-01"


def test_feeds_are_tried_in_the_order_of_what_they_say_most() -> None:
    def link(kind: str, address: str) -> str:
        return f"<link rel='alternate' type='{kind}' href='{address}'>"

    found = page(
        link("application/json", "/wp-json/wp/v2")
        + link("application/feed+json", "/feed.json")
        + link("application/rss+xml; charset=utf-8", "/rss")
        + link("application/rss+xml", "/comments/feed")
        + link("text/html", "/en/")
        + link("application/atom+xml", "atom.xml")
        + link("application/atom+xml", "atom.xml")
    )
    assert found.feeds == (f"{BASE}atom.xml", "https://tal.example/rss", "https://tal.example/feed.json")


def test_addresses_are_relative_to_where_the_page_says() -> None:
    there = "<base href='https://cdn.example/x/'><link rel='canonical' href='y'>"
    assert page(there).canonical == "https://cdn.example/x/y"
    assert page("<base href='ftp://else.example/'><link rel='canonical' href='y'>").canonical == f"{BASE}y"
    for odd in ("http://[x", "mailto:a@b.example", " "):
        assert page(f"<link rel='canonical' href='{odd}'>").canonical == ""


@pytest.mark.parametrize(
    ("title", "site", "rest"),
    [
        ("Beet | Das Tal", "Das Tal", "Beet"),
        ("Beet – Das Tal ", "Das Tal", "Beet"),
        ("Beet: Das Tal", "Das Tal", "Beet: Das Tal"),
        ("Das Tal", "Das Tal", "Das Tal"),
        (" | Das Tal", "Das Tal", " | Das Tal"),
        ("Beet | Das.Tal", "Das Tal", "Beet | Das.Tal"),
        ("Beet | x", "", "Beet | x"),
    ],
)
def test_the_name_of_the_site_behind_a_title(title: str, site: str, rest: str) -> None:
    assert without_site(title, site) == rest


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<p>ü".encode(), "", "<p>ü"),
        ("<p>ü".encode("latin-1"), "text/html; charset=ISO-8859-1", "<p>ü"),
        ("<meta charset=windows-1252>ü".encode("cp1252"), "", "<meta charset=windows-1252>ü"),
        ("<meta charset=windows-1252>ü".encode(), "text/html; charset='utf-8'", "<meta charset=windows-1252>ü"),
        ("\ufeff<meta charset=latin-1>ü".encode(), "", "<meta charset=latin-1>ü"),
        ("ü".encode("utf-16"), "text/html; charset=utf-16", "ü"),
        ("ü".encode(), "text/html; charset=utf-7", "ü"),
        ("ü".encode(), "text/html; charset=iso-8859-99", "ü"),
        (b"a\xffb", "", "a\ufffdb"),
    ],
)
def test_the_encoding_a_page_names(body: bytes, content_type: str, text: str) -> None:
    assert decoded(body, content_type) == text


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("a\n b", "a b"), ({"name": "a", "@value": "b"}, "a"), ({"@value": "b", "url": "c"}, "b"),
        ({"url": "c", "contentUrl": "d"}, "c"), ({"contentUrl": "d"}, "d"), ({}, ""), ([{}, "", "e", "f"], "e"),
        (5, ""), (None, ""), ({"name": {"@value": "g"}}, "g"), ("x" * 2001, "x" * 2000),
    ],
)  # fmt: skip
def test_a_value_of_json_ld_as_a_line(value: object, line: str) -> None:
    assert json_ld.text(value) == line
