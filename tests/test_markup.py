"""Markdown and HTML to plain text."""

import pytest
from hypothesis import given
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
        ("> Zitat\n\nEins[^1].\n\n[^1]: weg", ["> Zitat", "Eins."]),
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


def test_to_line_is_one_line() -> None:
    assert to_line("Ein **Satz**  \nauf <i>zwei</i> Zeilen\n\n1. Punkt") == "Ein Satz auf zwei Zeilen 1. Punkt"


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert "\n" not in first_paragraph(text)
    assert "\n" not in to_line(text)
    to_text(text)
    to_text(text, links="footnotes", base="https://example.org/")
    opening(text)
    pictures(text)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert to_text(text) == first_paragraph(text) == to_line(text) == text
