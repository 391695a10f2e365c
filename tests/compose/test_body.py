"""The text of a post on networks with room, and in templates."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from crosspost.compose import Style, compose
from crosspost.model import Abilities, Limits, Post

ROOMY = Limits(text=3000, unit="utf-16", source="", checked=date(2026, 11, 22))
SHORT = Limits(text=500, unit="mastodon", url_length=23, source="", checked=date(2026, 11, 22))
POST = Post(
    id="1",
    path="a.md",
    url="https://tal.example.org/a/",
    title="Die alte Mühle",
    date=datetime(2026, 11, 22, tzinfo=UTC),
    description="Zwei Jahre lang wurde gebaut.",
    body="# Die alte Mühle\n\nErster *Absatz*.\n\n![Rad](/rad.jpg)\n*Das Rad*\n\nZweiter mit [Link](/x/)."
    "\n\n## Mehr\n\nNicht mehr.",
)


def text(limits: Limits = ROOMY, *, lead: int = -1, links: str = "text", template: str = "", **changes: str) -> str:
    style = Style(lead=lead, links=links, template=template)  # type: ignore[arg-type]  # a name from the table below
    post = msgspec.structs.replace(POST, **changes)
    return compose(post, account="a", network="n", limits=limits, abilities=Abilities(), style=style).text.removesuffix(
        "\n\nhttps://tal.example.org/a/"
    )


def test_where_there_is_room_the_opening_paragraphs_follow() -> None:
    assert text() == "Die alte Mühle\n\nZwei Jahre lang wurde gebaut.\n\nErster Absatz.\n\nZweiter mit Link."


def test_where_there_is_little_room_the_description_is_enough() -> None:
    assert text(SHORT) == text(lead=0) == "Die alte Mühle\n\nZwei Jahre lang wurde gebaut."
    assert text(SHORT, description="") == "Die alte Mühle", "and without one, the title"
    assert "Zweiter mit Link." in text(SHORT, lead=400)


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("Erster Absatz.", "Die alte Mühle\n\nErster Absatz.\n\nZweiter mit Link."),
        ("Erster", "Die alte Mühle\n\nErster Absatz.\n\nZweiter mit Link."),
        ("Die alte Mühle", "Die alte Mühle\n\nErster Absatz.\n\nZweiter mit Link."),
        ("", "Die alte Mühle\n\nErster Absatz.\n\nZweiter mit Link."),
    ],
)
def test_nothing_is_said_twice(description: str, said: str) -> None:
    assert text(description=description) == said


def test_a_long_first_paragraph_is_cut_at_a_sentence() -> None:
    said = text(body="Ein Satz von vielen Wörtern steht hier. " * 40)
    assert 500 < len(said) < 760
    assert said.endswith("steht hier. …")


def test_paragraphs_are_taken_whole() -> None:
    body = "\n\n".join(f"{number}. Absatz {'mit Text ' * 20}" for number in ("A", "B", "C", "D", "E"))
    said = text(body=body.replace(". ", " "), lead=450)
    assert said.count("Absatz") == 2
    assert said.endswith("Text")


def test_an_announcement_of_what_does_not_follow_is_left_out() -> None:
    assert text(body="Eins.\n\nDabei waren:\n\n```\ncode\n```").endswith("Eins.")
    assert text(body="Eins.\n\nDabei waren:\n\n- Anna\n- Bo").endswith("Dabei waren:\n\n• Anna\n• Bo")


def test_a_template_gets_the_whole_text_without_marks() -> None:
    template = "{{ title }}\n{{ body }}"
    said = text(template=template, body="Ein **Satz** mit [Link](/x/).\n\n> Zitat\n\n1. a\n2. b\n\n`x = 1`")
    assert said == "Die alte Mühle\nEin Satz mit Link.\n\n> Zitat\n\n1. a\n2. b\n\nx = 1"
    assert text(template="{{ body }}", links="footnotes", body="[Link](/x/).") == (
        "Link [1].\n\n[1] https://tal.example.org/x/"
    )


def test_hashtags_of_the_opening_are_not_repeated() -> None:
    post = msgspec.structs.replace(POST, body="Alles über #Wasser.", tags=("Wasser", "Mühle"))
    said = compose(post, account="a", network="n", limits=ROOMY, abilities=Abilities(), style=Style()).text
    assert said.endswith("\n\n#Mühle")
    assert said.count("#Wasser") == 1


def test_a_picture_written_into_the_text_takes_no_room_and_is_not_cut() -> None:
    inside = "![Rad](data:image/png;base64," + "iVBORw0KGgo+/" * 5000 + "=)"
    said = text(description="Vor dem Rad.", body=f"Vor {inside} dem Rad.\n\nDahinter.")
    assert said == "Die alte Mühle\n\nVor dem Rad.\n\nDahinter."
