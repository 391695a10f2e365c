"""Markdown and HTML to plain text."""

import re
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.markup import first_paragraph, html_to_text, opening, pictures, to_line, to_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Titel\n\nEin *Satz* mit [Link](https://example.org) und `Code`.", "Titel\n\nEin Satz mit Link und Code."),
        ("weich\numgebrochen  \nhart", "weich umgebrochen\nhart"),
        ("- a\n- b\n  1. c\n  2. d\n- e", "• a\n• b\n  1. c\n  2. d\n• e"),
        ("3. drei\n4. vier\n\nDanach.", "3. drei\n4. vier\n\nDanach."),
        ("0. null\n1. eins", "0. null\n1. eins"),
        ("| a | b |\n|---|---|\n| *1* | 2 |", "a | b\n1 | 2"),
        ("```py\nx = 1\n\ny = 2\n```", "x = 1\n\ny = 2"),
        ("![nur ein Bild](x.jpg)\n\nText", "Text"),
        ("Das[^1] stimmt.\n\n[^1]: Siehe *dort*.", "Das[1] stimmt.\n\n[1] Siehe dort."),
        ("<div>\n\ninnen\n\n</div>\n\n<script>\nalert(1)\n</script>\n", "innen"),
        ("a <b>fett</b><br>b <script>x()</script>&amp; &lt;c&gt;", "a fett\nb & <c>"),
        ("> Zitat\n> weiter", "> Zitat weiter"),
        ("> eins\n>\n> > zwei\n\ndrei", "> eins\n\n> > zwei\n\ndrei"),
        ("~~weg~~ da", "weg da"),
        ("会议\n\n**重要** 🌱", "会议\n\n重要 🌱"),
        ("3 < 5 und 7 > 2", "3 < 5 und 7 > 2"),
        ("", ""),
    ],
)
def test_to_text(markdown: str, text: str) -> None:
    assert to_text(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Titel\n\nErster.\n\nZweiter.", "Erster."),
        ("![a](b)\n\n*Unterschrift*\n\nText.", "Text."),
        ("![a](b)\n*Unterschrift*\n\nText.", "Text."),
        ("![a](b)\n*Unterschrift*", ""),
        ("*Ganz betont* beginnt es.", "Ganz betont beginnt es."),
        ("*Ganz betont, aber kein Bild davor.*", "Ganz betont, aber kein Bild davor."),
        ("[![a](b)](c)\n\nText.", "Text."),
        ("<img src='b'>\n\nText.", "Text."),
        ("<!-- geheim -->\n\nText.", "Text."),
        ("<figure><img src='b'><figcaption>So</figcaption></figure>\n\n<p>Ein <b>Absatz</b></p>", "Ein Absatz"),
        ("- nur\n- Liste", "nur"),
        ("> nur Zitat", "nur Zitat"),
        ("- Liste\n\nAbsatz danach.", "Absatz danach."),
        ("Mit[^1] Note.\n\n[^1]: weg", "Mit Note."),
        ("```\nCode\n```\n", ""),
        ("# nur Titel", ""),
        ("> Zitat\n\nAbsatz.", "Absatz."),
        ("<blockquote class='twitter-tweet'><p>Tweet</p></blockquote>\n\nAbsatz.", "Absatz."),
        ("<blockquote>\n\nZitat\n\n</blockquote>\n\nAbsatz.", "Absatz."),
        ("<blockquote><p>nur Zitat</p></blockquote>", "nur Zitat"),
        ("<details><summary>Mehr</summary>versteckt</details>\n\nAbsatz.", "Absatz."),
        ("<details>\n<summary>Mehr</summary>\n\nversteckt\n\n</details>\n\nAbsatz.", "Absatz."),
        ("<img src='a'>\n<p class='wp-caption-text'>Unterschrift</p>\n\nAbsatz.", "Absatz."),
        ("$$\nE = mc^2\n$$\n\nAbsatz.", "Absatz."),
        ("\\\\[ x^2 \\\\]\n\nAbsatz.", "Absatz."),
        ("$$E$$ ist Energie.", "$$E$$ ist Energie."),
        ("https://youtu.be/abc\n\nAbsatz.", "Absatz."),
        ("<p>&nbsp;</p>\n<p>Ab<sup id='fnref:1'><a href='#fn:1'>1</a></sup>satz.</p>", "Absatz."),
        ("<!-- wp:quote -->\n<blockquote><p>Q</p></blockquote>\n<!-- /wp:quote -->\n\n<p>Absatz.</p>", "Absatz."),
        ("Text<!--more--> weiter", "Text weiter"),
        ("[sic] beginnt es [1].", "[sic] beginnt es [1]."),
        ("🎉🎉", "🎉🎉"),
    ],
)
def test_first_paragraph(markdown: str, text: str) -> None:
    assert first_paragraph(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            "Ein [Tag](/tag/) und [noch *einer*](https://e.org/x), wieder der [erste](/tag/).",
            "Ein Tag [1] und noch einer [2], wieder der erste [1].\n\n[1] https://tal.org/tag/\n[2] https://e.org/x",
        ),
        ("Note[^1] und [Link](https://e.org).\n\n[^1]: dort", "Note[1] und Link [2].\n\n[1] dort\n[2] https://e.org"),
        (
            "<https://e.org/x> [Post](mailto:a@e.org) [da](#unten)",
            "https://e.org/x Post da [1]\n\n[1] https://tal.org/b/#unten",
        ),
        ("Ohne.", "Ohne."),
    ],
)
def test_links_as_footnotes(markdown: str, text: str) -> None:
    assert to_text(markdown, links="footnotes", base="https://tal.org/b/") == text


@pytest.mark.parametrize(
    ("markdown", "paragraphs"),
    [
        (
            "# Titel\n\n![a](b)\n*Unter*\n\nEins.\n\n- a\n- b\n\nZwei.\n\n## Mehr\n\nDrei.",
            ["Eins.", "• a\n• b", "Zwei."],
        ),
        ("Eins.\n\n```\ncode\n```\n\nZwei.", ["Eins."]),
        ("> Zitat\n\nEins[^1].\n\n[^1]: weg", ["Eins."]),
        ("> Zitat\n\n> noch eins", ["> Zitat", "> noch eins"]),
        ("Eins.\n\n> Zitat\n\nZwei.", ["Eins.", "> Zitat", "Zwei."]),
        ("https://youtu.be/abc\n\n$$x^2$$\n\nEins.", ["Eins."]),
        ("<details>\n<summary>Mehr</summary>\n\nVersteckt.\n\n</details>\n\nEins.", ["Eins."]),
        ("<p>HTML</p>", []),
        ("", []),
    ],
)
def test_opening(markdown: str, paragraphs: list[str]) -> None:
    assert opening(markdown) == paragraphs


def test_pictures_in_order() -> None:
    markdown = "![ä *b*](/a.jpg) <img alt='x &amp; y' src='b.png'>\n\n<p><IMG src=c.gif></p>\n\n- [![](d.jpg)](e)\n"
    assert pictures(markdown) == [("/a.jpg", "ä b"), ("b.png", "x & y"), ("c.gif", ""), ("d.jpg", "")]


def test_html_to_text_keeps_blocks_apart() -> None:
    assert html_to_text("<h1>A</h1><p>b\n c</p><ul><li>d<li>e</ul><style>x{}</style>") == "A\nb c\nd\ne"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tom &amp; Jerry&#8217;s &ndash; day", "Tom & Jerry’s – day"),
        ("Tom &amp;amp; Jerry&amp;#8217;s caf&amp;eacute;", "Tom & Jerry’s café"),  # encoded twice by an import
        ("Writing `&amp;amp;` or &amp;lt; or &amp;copy;", "Writing &amp;amp; or &lt; or &copy;"),
        ("Why we <em>love</em> oats<br> now", "Why we love oats now"),
        ("a<br/>b <span class='x'>c</span> <b>d", "a b c d"),
        ("The `__init__` method of **MyClass**", "The __init__ method of MyClass"),
        ("snake_case_names, 2 * 3 * 4, 2*3*4 and 2**8", "snake_case_names, 2 * 3 * 4, 2*3*4 and 2**8"),
        ("Schüler*innen und *alle* Lehrer*innen", "Schüler*innen und alle Lehrer*innen"),
        ("这是*重要*的, un**glaub**lich", "这是重要的, unglaublich"),
        (r"\*frei\*, AC\DC, C:\new", r"*frei*, AC\DC, C:\new"),
        ("[Der *Link*](https://e.org), [sic] und [1]", "Der Link, [sic] und [1]"),
        ("<https://e.org> <a@e.org>", "https://e.org a@e.org"),
    ],
)
def test_a_title_is_text(written: str, read: str) -> None:
    assert to_line(written) == read


IN_BRACKETS = (
    """
List<String>|x<y>|Map<String, Vec<u8>>|Promise<object> is|Array<Foo<T>>|Regen <viel>|‹viel> <Tiefe>|a < b > c
I <3 you, 5 <6> 7|the <script> tag, <details> and <img>|your <your-token> here
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("words", IN_BRACKETS)
def test_words_in_brackets_that_are_not_html_stay(words: str) -> None:
    assert to_line(words) == words
    assert to_text(f"Da: {words}.") == f"Da: {words}."
    assert first_paragraph(f"Da: {words}.") == f"Da: {words}."
    assert to_line(f"<em>{words}</em> <b>x</b>") == f"{words} x"


@pytest.mark.parametrize("words", ["List<String>", "Regen <viel>", "x<y>", "‹viel> <Tiefe>"])
def test_words_in_brackets_stay_within_html_and_alternative_texts(words: str) -> None:
    assert html_to_text(f"<p>{words}</p>") == words
    assert first_paragraph(f"<p>{words} da</p>") == f"{words} da"
    assert pictures(f"![{words}](a.png) <img src='b.png' alt='{words}'>") == [("a.png", words), ("b.png", words)]


def test_a_line_that_begins_with_words_in_brackets_is_a_paragraph() -> None:
    assert to_text("<viel>\n*Regen*") == "<viel> Regen"


@pytest.mark.parametrize(
    "html", ["<my-player src='x'></my-player>", "<o:p></o:p>", "<x-y></x-y>", "<math><mi></mi></math>"]
)
def test_custom_elements_are_html(html: str) -> None:
    assert html_to_text(f"<p>a{html}</p>") == "a"


def test_to_line_is_one_line() -> None:
    assert to_line("Ein **Satz**  \nauf <i>zwei</i> Zeilen\n\n1. Punkt") == "Ein Satz auf zwei Zeilen 1. Punkt"


@given(st.text())
def test_any_text_is_accepted(text: str) -> None:
    assert "\n" not in first_paragraph(text)
    assert "\n" not in to_line(text)
    to_text(text)
    to_text(text, links="footnotes", base="https://example.org/")
    opening(text)
    pictures(text)


MARKS = st.sampled_from(["*", "_", "`", "<", ">", "&amp;", "\\", "[", "](x)", "~~", "<b>", "</b>", "<br>", " ", "  \n"])
LETTERS = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1)


@given(st.lists(MARKS | LETTERS.map(lambda word: f"q{word}q"), max_size=20))
def test_no_word_of_a_title_is_lost(pieces: list[str]) -> None:
    title = "".join(pieces).replace("](x)", "] (x)")  # the address of a link is not a word
    for word in (piece for piece in pieces if piece.startswith("q")):
        assert word in to_line(title)


# what is escaped, encoded or within a link's brackets may be markup itself once it is read
@given(
    st.lists(MARKS.filter(lambda mark: mark not in ("&amp;", "\\", "`", "](x)")) | LETTERS, max_size=12).map(" ".join)
)
def test_a_title_is_not_changed_again(title: str) -> None:
    once = to_line(title)
    assert to_line(once) == once


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_plain_words_are_unchanged(text: str) -> None:
    assert to_text(text) == first_paragraph(text) == to_line(text) == text


#: what a plain beginning is made of, and what makes it something else
_SIGNS = st.text("abÄß1 2  ,.;:?!'\"()/%–…„“-\n\n*_[]<>&\\`#|=+~\t\r", max_size=40)


@given(_SIGNS)
@example("Ein Text.\n\n- mehr")
@example("Ein Text\n===\n\nmehr")
def test_a_plain_beginning_is_read_as_the_parser_reads_it(text: str) -> None:
    with mock.patch("crosspost.markup.first_paragraph._PLAIN_PARAGRAPH", re.compile("(?!)")):
        parsed = first_paragraph(text)
    assert first_paragraph(text) == parsed


@given(_SIGNS)
def test_a_plain_title_is_read_as_the_parser_reads_it(text: str) -> None:
    with mock.patch("crosspost.markup._PLAIN", re.compile("(?!)")):
        parsed = to_line(text)
    assert to_line(text) == parsed
