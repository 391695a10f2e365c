"""A post as a mail: what every mail program gets to see."""

import email
from datetime import UTC, date, datetime
from email import policy
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose import compose
from crosspost.compose.formats import mail, mail_html
from crosspost.compose.style import Style
from crosspost.model import Abilities, Draft, Limits, Picture, Post, Value

URL = "https://tal.example.org/2026/11/20/gruesse.html"
BODY = """Ein *langer* Tag mit [Freunden](/freunden.html) & <b>Regen</b>.

![Ein Hochbeet](/images/beet.jpg)

<script>alert(1)</script>
<div onclick="x()">Roh <img src="../x.png" alt="Roh"></div>

| a | b |
|---|---|
| 1 | 2 |

[böse](javascript:alert(1)) ไทย שלום 日本語
"""


class Options(Value, frozen=True, kw_only=True):
    pass


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def as_mail(body: str = BODY, *, title: str = "Grüße", lang: str = "de", **more: Any) -> Draft:
    post = Post(
        id="1",
        path="p.md",
        url=URL,
        title=title,
        date=datetime(2026, 11, 20, tzinfo=UTC),
        description="Zwölf Leute, ein <Beet>.",
        body=body,
        lang=lang,
        thumbnail=Picture(url="https://tal.example.org/images/beet.jpg", alt="Ein Hochbeet"),
    )
    limits = Limits(text=0, unit="code-points", source="", checked=date(2026, 1, 1))
    limits = Limits(
        text=0, unit="code-points", images=limits.images.__class__(count=1), source="", checked=limits.checked
    )
    draft = compose(
        post,
        account="n",
        network="n",
        limits=limits,
        abilities=Abilities(card="none"),
        style=Style(hashtags=False),
        options=Options(),
    )
    return mail.as_mail(draft, post, **{"content": "full"} | more)


def sent(draft: Draft, **more: Any) -> tuple[bytes, Any]:
    made = mail.message(
        draft,
        sender=mail.address("Verein für Öl <post@example.org>", "sender"),
        to=[mail.address("liste@example.org", "to")],
        date=datetime(2026, 11, 22, 12, tzinfo=UTC),
        message_id=mail.message_id("key", "example.org"),
        **more,
    )
    data = made.as_bytes()
    return data, email.message_from_bytes(data, policy=policy.default)


def test_a_link_among_the_authors_words_needs_no_second_one() -> None:
    made = as_mail()
    words = msgspec.structs.replace(made, text=f"Lest {URL}, kommt!", link=URL)
    post = Post(id="1", path="p.md", url=URL, title="Grüße", date=datetime(2026, 11, 20, tzinfo=UTC))
    for draft in (words, msgspec.structs.replace(words, text=f"Kommt!\n\n{URL}")):
        html = mail.as_mail(draft, post, content="teaser", own=True).options["html"]
        assert sum(tag == "a" for tag, _ in Elements(html).tags) == 1


def test_the_whole_post_as_html() -> None:
    seen = Elements(as_mail().options["html"])
    names = [tag for tag, _ in seen.tags]
    assert not {"script", "div onclick", "b", "iframe", "form"} & set(names)
    assert not any(name.startswith("on") for _, attributes in seen.tags for name in attributes)
    images = [attributes for tag, attributes in seen.tags if tag == "img"]
    assert [(image["src"], image["alt"], image["width"]) for image in images] == [
        ("https://tal.example.org/images/beet.jpg", "Ein Hochbeet", "600"),
        ("https://tal.example.org/2026/11/x.png", "Roh", "600"),
    ]
    links = [attributes["href"] for tag, attributes in seen.tags if tag == "a"]
    assert links == ["https://tal.example.org/freunden.html", URL]
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in seen.tags
    assert "prefers-color-scheme: dark" in seen.words
    assert "ไทย שלום 日本語" in seen.words
    assert "Auf der Website lesen" in seen.words


def test_a_mail_ends_before_the_paragraph_that_would_be_too_much() -> None:
    room = mail_html.MOST_HTML - 12_000
    (empty,) = mail_html.body("a", URL)
    fits = "a" * (room - len(empty) + 1)
    assert as_mail(fits).lost == ()
    assert as_mail(fits + "a").lost == ("the text after paragraph 0 of 1",)


def test_a_picture_without_an_address_on_the_web_is_told() -> None:
    draft = msgspec.structs.replace(as_mail(), images=(Picture(path="/srv/beet.jpg", alt="Beet"),))
    post = Post(id="1", path="p.md", url=URL, title="t", date=datetime(2026, 11, 20, tzinfo=UTC))
    found = mail.as_mail(draft, post, content="teaser")
    assert found.images == ()
    assert found.warnings[-1] == "goes out without a picture: it has no address on the web"
    assert as_mail().warnings == ()


def test_a_whole_mail_shows_each_picture_once_and_misses_what_is_too_much() -> None:
    listed = tuple(Picture(url=f"https://tal.example.org/{n}.jpg?a=1&b={n}", alt=f"Bild {n}") for n in range(3))
    body = f"Oben\n\n![Im Text]({listed[1].url})\n\nUnten"
    post = Post(
        id="1", path="p.md", url=URL, title="t", date=datetime(2026, 11, 20, tzinfo=UTC), body=body, gallery=listed
    )
    draft = msgspec.structs.replace(as_mail(), images=listed, lost=("1 of 4 pictures", "title shortened"))
    found = mail.as_mail(draft, post, content="full")
    shown = [tag["alt"] for name, tag in Elements(str(found.options["html"])).tags if name == "img"]
    assert shown == ["Bild 0", "Im Text", "Bild 2"]
    assert found.lost == ("1 of 4 pictures",)


def test_what_is_said_in_plain_text_becomes_paragraphs_and_links() -> None:
    html = str(mail_html.paragraphs("Siehe https://a.example/x.\nUnd (mailto:a@x.org) http://\n\nEnde"))
    assert [dict(found)["href"] for tag, found in Elements(html).tags if tag == "a"] == ["https://a.example/x"]
    assert html.count("<p") == 2
    assert "</a>." in html


def test_html_in_the_text_becomes_its_words_and_pictures() -> None:
    (block,) = mail_html.body('Mit <img src="../klein.png" alt="Klein"> im<br>Satz', URL)
    images = [found for tag, found in Elements(str(block)).tags if tag == "img"]
    assert [image["src"] for image in images] == ["https://tal.example.org/2026/11/klein.png"]
    assert "<br>" in block
    (raw,) = mail_html.body("<div>Eins<br>Zwei</div>", URL)
    assert [words.strip() for words in Elements(str(raw)).words.split("\n") if words.strip()] == ["Eins", "Zwei"]
    (shown,) = mail_html.body('<div><img src="/a.png" alt="A">\nEins</div>', URL)
    assert Elements(str(shown)).words.split() == ["Eins"], "nothing stands between the picture and its words"


def test_a_scheme_alone_is_no_link() -> None:
    assert "<a" not in mail_html.paragraphs("Siehe https:// und http://.")


def test_the_columns_of_a_table_keep_their_side() -> None:
    (table,) = mail_html.body("| a |\n|--:|\n| 1 |", URL)
    assert table.count("text-align:right") == 2
    assert table.count("border:1px solid") == 2


def test_a_line_across_has_its_style() -> None:
    _, line, _ = mail_html.body("a\n\n---\n\nb", URL)
    assert "border-top:1px solid" in line


def test_words_in_brackets_that_are_no_html_are_read() -> None:
    (block,) = mail_html.body("Regen <viel> und List<String>, <b>fett</b>.", URL)
    assert "Regen &lt;viel&gt; und List&lt;String&gt;, fett." in block


def test_the_teaser() -> None:
    draft = as_mail(content="teaser")
    assert draft.text == f"Grüße\n\nZwölf Leute, ein <Beet>.\n\n{URL}"
    seen = Elements(draft.options["html"])
    assert "Zwölf Leute, ein <Beet>." in seen.words
    assert [attributes["alt"] for tag, attributes in seen.tags if tag == "img"] == ["Ein Hochbeet"]


@pytest.mark.parametrize(
    ("lang", "direction", "label"), [("he", "rtl", "Read on"), ("de-AT", "auto", "Auf der Website")]
)
def test_language(lang: str, direction: str, label: str) -> None:
    html = as_mail(lang=lang).options["html"]
    assert f'<html lang="{lang}" dir="{direction}">' in html
    assert label in html


def test_a_very_long_post_is_cut_between_paragraphs_and_says_so() -> None:
    draft = as_mail("\n\n".join(f"Absatz {n}: " + "日本語のテキスト" * 40 for n in range(300)))
    assert 60_000 < len(draft.options["html"].encode()) < mail_html.MOST_HTML
    assert "the text after paragraph" in draft.lost[0]
    assert URL in draft.options["html"]
    assert "Absatz 299" in draft.text


def test_the_message_is_seven_bit_deterministic_and_whole() -> None:
    draft = as_mail(footer="Impressum: https://tal.example.org/impressum")
    data, read = sent(draft)
    assert data == sent(draft)[0]
    assert data.isascii()
    assert f"\r\nMessage-ID: {mail.message_id('key', 'example.org')}\r\n".encode() in data
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert read["From"].addresses[0].display_name == "Verein für Öl"
    assert read.get_content_type() == "multipart/alternative"
    assert read.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == draft.text
    assert "Impressum" in read.get_body(("html",)).get_content()
    assert read["List-Unsubscribe"] is None


def test_leaving_the_list_is_never_put_into_an_encoded_word() -> None:
    url = f"https://example.org/{'x' * 90}?u=a%40example.org&b=1"
    data, _ = sent(as_mail(footer="Weg: {unsubscribe}"), leave=url)
    assert f"List-Unsubscribe: <{url}>,\r\n <mailto:post@example.org?subject=unsubscribe>\r\n".encode() in data
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in data
    data, read = sent(as_mail(footer="Weg: {unsubscribe}"), leave="")
    assert read["List-Unsubscribe-Post"] is None
    assert "mailto:post@example.org" in read.get_body(("plain",)).get_content()


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=200))
def test_any_title_survives_as_subject(title: str) -> None:
    draft = as_mail(title=title)
    data, read = sent(draft)
    assert data.isascii()
    assert " ".join(read["Subject"].split()) == " ".join(draft.options["subject"].split())


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_any_text_makes_harmless_html(body: str) -> None:
    seen = Elements(as_mail(body).options["html"])
    allowed = (
        "html head meta title style body div h1 h2 h3 h4 h5 h6 p a img br hr ul ol li em strong s code pre blockquote"
        " table thead tbody tr th td"
    )
    assert {tag for tag, _ in seen.tags} <= set(allowed.split())
