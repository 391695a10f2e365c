"""Networks whose posts have a title, a text and a link in places of their own."""

import msgspec
import pytest

from crosspost.compose.formats.article import as_article, own_slug, plain, slug
from crosspost.compose.formats.article import html as article_html
from crosspost.compose.formats.article import parts as article_parts
from crosspost.compose.formats.headed import headed, parts
from crosspost.compose.style import Style
from crosspost.model import Draft, Picture
from tests.compose.drafts import LINK, POST, draft, own


def test_the_first_line_of_a_text_of_its_own_is_the_title() -> None:
    found = headed(draft(overrides=own("Kopf\n\nRumpf")), POST, 20)
    text = f"Kopf\n\nRumpf\n\n{LINK}"
    assert (found.title, found.text, found.length) == ("Kopf", text, len(text))
    assert found.lost == ()


def test_a_link_among_the_words_is_not_said_once_more() -> None:
    text = f"Kopf\n\nLest {LINK}, sagt es weiter."
    found = headed(draft(overrides=own(text)), POST, 20)
    assert (found.text, parts(found).link) == (text, LINK)
    longer = headed(draft(overrides=own(f"Kopf\n\nLest {LINK}?seite=2.")), POST, 20)
    assert longer.text.endswith(f"\n\n{LINK}"), "that is another address"


def test_a_title_that_is_too_long_is_shortened_and_that_is_told() -> None:
    found = headed(draft(), POST, 12)
    assert found.title == "Unser…"
    assert found.text.startswith("Unser…\n\nDie inhaltliche Arbeit")
    assert found.text.endswith(f"\n\n#Veranstaltung\n\n{LINK}")
    assert found.text.count(LINK) == 1, "not above the hashtags, too"
    assert found.lost[-1] == f"title shortened by {len(POST.title) - len('Unser…')} characters"
    whole = headed(draft(), POST, len(POST.title))
    assert (whole.title, whole.lost) == (POST.title, draft().lost)


def test_without_a_text_the_title_is_the_posts() -> None:
    found = headed(msgspec.structs.replace(draft(), text="", title="", link=""), POST, 60)
    assert (found.title, found.text) == (POST.title, POST.title)


def test_the_pieces_are_found_again() -> None:
    made = headed(draft(style=Style(hashtags=False)), POST, 60)
    assert parts(made) == (POST.title, POST.description, LINK)


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Wind", f"Wind heute\n\nText\n\n{LINK}", ("Wind", "heute\n\nText", LINK)),
        ("Wind", f"Heute Wind\n\nText\n\n{LINK}", ("Heute Wind", "Text", LINK)),
        ("", "Wind\nText", ("Wind", "Text", "")),
        ("Wind", "Wind", ("Wind", "", "")),
    ],
)
def test_the_title_is_what_the_text_begins_with_else_its_first_line(
    title: str, text: str, found: tuple[str, str, str]
) -> None:
    assert parts(msgspec.structs.replace(draft(), title=title, text=text)) == found


# ── an article ────────────────────────────────────────────────────────────────────────────────────────────────────────


def article(*, content: str = "full", lang: str = "de", own_text: bool = False, body: str = "Rumpf.") -> Draft:
    post = msgspec.structs.replace(POST, body=body, lang=lang)
    made = draft(style=plain(Style()), body=body, lang=lang)
    return as_article(msgspec.structs.replace(made, options={"content": content}), post, own=own_text)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de-AT", "Zuerst erschienen:"),
        ("en", "First published at"),
        ("FR", "Paru d’abord ici :"),
        ("xx", "First published at"),
    ],
)
def test_an_article_is_title_text_and_where_it_came_from(lang: str, words: str) -> None:
    found = article(lang=lang, body="Rumpf mit [Plan](/plan.html).")
    end = f"{words} {LINK}"
    assert found.text == f"{POST.title}\n\nRumpf mit [Plan](https://klima.example.org/plan.html).\n\n{end}"
    assert found.length == len(found.text)
    assert found.options["tags"] == ["Veranstaltung"]
    assert found.options["excerpt"] == POST.description
    assert found.options["slug"] == "erstes-arbeitstreffen"
    assert article_parts(found).title == POST.title


def test_a_teaser_and_a_text_of_its_own_stay_as_they_are() -> None:
    for found in (article(content="teaser"), article(own_text=True), article(body=" \n")):
        assert found.text == f"{POST.title}\n\n{POST.description}\n\n{LINK}"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/2026/beete.html", "beete"),
        ("https://a.example/2026/Beete & Blumen.htm", "beete-blumen"),
        ("https://a.example/2026/beete.html5/", "beete-html5"),
        ("https://a.example/日本/", "post"),
        (f"https://a.example/{'a' * 100}/", "a" * 80),
    ],
)
def test_the_slug_is_the_end_of_the_address(url: str, name: str) -> None:
    assert slug(msgspec.structs.replace(POST, url=url)) == name


def test_each_delivery_has_a_slug_of_its_own() -> None:
    found = article()
    assert own_slug(found, "one").startswith("erstes-arbeitstreffen-")
    assert own_slug(found, "one") != own_slug(found, "two")
    assert own_slug(msgspec.structs.replace(found, options={}), "one") == f"post-{own_slug(found, 'one')[-8:]}"


def test_markdown_never_begins_like_front_matter() -> None:
    made = msgspec.structs.replace(draft(), text="Titel\n\n---\nlayout: x\n---\n")
    assert article_parts(made).markdown.startswith("***\nlayout")
    made = msgspec.structs.replace(draft(), text="Titel\n\n---dash")
    assert article_parts(made).markdown == "---dash"


def test_a_picture_that_stands_above_is_not_shown_twice() -> None:
    url = "https://klima.example.org/beet.jpg"
    made = msgspec.structs.replace(
        draft(), options={"content": "full"}, images=(Picture(url=url, alt="Beet"),), language="de"
    )
    body = f"Eins.\n\n![Beet]({url})\n\nMit ![klein]({url}) im Satz."
    found = as_article(made, msgspec.structs.replace(POST, body=body), own=False)
    assert f"Eins.\n\nMit ![klein]({url}) im Satz." in found.text


def test_the_first_address_is_a_link_in_html() -> None:
    said = article_html(f"Rumpf & *mehr*.\n\nZuerst: {LINK}", LINK)
    assert said == f'<p>Rumpf &amp; <em>mehr</em>.</p>\n<p>Zuerst: <a href="{LINK}">{LINK}</a></p>'
    assert article_html(LINK, LINK) == f'<p><a href="{LINK}">{LINK}</a></p>'
    assert article_html("Rumpf.\n\nEnde.", LINK) == "<p>Rumpf.</p>\n<p>Ende.</p>"
    assert article_html("Rumpf.", "") == "<p>Rumpf.</p>"
    assert article_html(f'A <b> & "c" {LINK}', LINK) == (
        f'<p>A &lt;b&gt; &amp; &quot;c&quot; <a href="{LINK}">{LINK}</a></p>'
    )


def test_an_article_has_no_hashtags_and_no_card() -> None:
    style = plain(Style(extra_hashtags=("a",)))
    assert (style.hashtags, style.extra_hashtags, style.card) == (False, (), False)
