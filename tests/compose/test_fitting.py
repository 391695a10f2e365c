"""Where a text is cut that is too long, and what closes it."""

import pytest

from crosspost.compose import body
from crosspost.compose.breaks import Level, breaks, level, unclosed
from crosspost.compose.fit import dangles, finish, shorten
from crosspost.compose.parts import Pieces, give_way, usual
from crosspost.compose.repeated_title import without_repetition, without_title
from crosspost.compose.thread import split


def cut(text: str, most: int) -> str:
    return shorten(text, lambda one: len(one) <= most, most)


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("Wort nächste. Mehr hier", 23, "Wort nächste. Mehr hier"),
        ("Wort nächstes. Mehr", 7, "Wort…"),
        ("Ein Fest im ganzen Garten. Danach gibt es Kuchen", 40, "Ein Fest im ganzen Garten. …"),
        ("Ein Fest im Garten, danach gibt es Kuchen", 26, "Ein Fest im Garten…"),
        ("Kurz. Danach gibt es einen langen Satz ohne Ende", 40, "Kurz. Danach gibt es einen langen Satz…"),
        ("Wir fahren morgen mit der Bahn", 26, "Wir fahren morgen…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
        ("(alles hier in einer Klammer und lang)", 16, "(alles hier…)"),
        ("„Das hier ist ein langes Zitat“ sagt er", 16, "„Das hier ist…“"),
        ("Siehe https://a.example/ganz-lang und mehr", 12, "Siehe…"),
        ("ab", 0, ""),
    ],
)
def test_where_it_is_cut(text: str, most: int, kept: str) -> None:
    assert cut(text, most) == kept


def test_a_quotation_at_the_very_beginning_is_closed_again() -> None:
    assert unclosed('"Das Fest" beginnt um neun', 4) == '"'
    assert unclosed('x"Das Fest" beginnt um neun', 5) == "", "inside a word it is an inch"


def test_small_words_ask_for_another_one() -> None:
    assert dangles("Wir fahren mit der …")
    assert not dangles("Wir fahren Bahn…")
    assert not dangles("…")


def test_a_letter_alone_is_a_word() -> None:
    assert finish("Plan B und mehr", 6) == "Plan B…"
    assert finish("Plan „ und mehr", 6) == "Plan…"


def test_how_good_a_place_is() -> None:
    assert level("eins, zwei", 5) is Level.CLAUSE
    assert level("eins – zwei", 6) is Level.CLAUSE
    assert level("eins zwei", 4) is Level.WORD


def test_a_straight_quotation_mark_behind_a_blank_begins_another_one() -> None:
    assert unclosed('"Das Haus "am See" ist', 14) == '"'
    assert unclosed('"Das Haus "am See" ist', 4) == ""


def test_scripts_without_blanks_are_cut_between_characters() -> None:
    assert breaks("日本語") == [1, 2]
    assert breaks("日本XY") == [1, 2]
    assert breaks("日本。X") == [1, 3]
    assert breaks("Wort") == []


def test_as_much_of_a_long_text_is_read_as_can_matter() -> None:
    assert body._head("kurz") == "kurz"
    assert body._head("\n\n" + "a" * body._HEAD) == "\n\n" + "a" * (body._HEAD - 2)
    assert body._head("eins\n\n" + "a" * body._HEAD) == "eins"
    assert body._head("eins\n\nzwei\n\n" + "a" * body._HEAD) == "eins\n\nzwei"


def test_a_name_at_the_end_stands_apart_from_the_ellipsis() -> None:
    for name in ("@verein", "＠verein", "#Tag", "＃漢字", "https://a.org/b"):
        assert finish(f"Danke {name} und mehr", len(f"Danke {name}")) == f"Danke {name} …"


def test_brackets_that_cross_each_other_are_told_apart() -> None:
    assert breaks("(a [b) c] d e") == [6, 9, 11]


# ── the pieces ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_template_does_not_show_is_not_shortened() -> None:
    pieces = Pieces(title="Ein langer Titel", description="Beschreibung")
    found = give_way(pieces, ("description", "title"), lambda one: one.title, lambda text: len(text) <= 10, len)
    assert found.description == "Beschreibung"
    assert found.title == "Ein…"


def test_the_parts_give_way_in_the_order_that_was_named() -> None:
    pieces = Pieces(title="Titel des Ganzen", description="Beschreibung und mehr", hashtags=("#a",))
    found = give_way(pieces, ("title",), usual, lambda text: len(text) <= 35, lambda text: 35 - len(text))
    assert found.description == pieces.description
    assert found.title == "Titel…"


# ── a title that is said again ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "text", "left"),
    [
        ("Platz 1.", "Platz 12 ist frei.", "Platz 12 ist frei."),
        ("Garten!", "GartenZaun steht", "GartenZaun steht"),
        ("Garten!", "Garten! Heute offen", "Heute offen"),
        ("Garten", "Garten: Heute offen", "Heute offen"),
        ("Garten", "Garten ist offen", "Garten ist offen"),
        ("Garten im Mai!", "Garten", "Garten"),
        ("…", "Nichts davon", "Nichts davon"),
    ],
)
def test_only_a_sentence_or_heading_of_its_own_is_left_out(title: str, text: str, left: str) -> None:
    assert without_title(title, text) == left


def test_a_title_that_is_cut_off_gives_way_to_the_whole() -> None:
    assert without_repetition("Wir gingen ans Meer und…", "Wir gingen ans Meer und badeten.") == (
        "",
        "Wir gingen ans Meer und badeten.",
    )
    assert without_repetition("Fest", "fest!") == ("Fest", "")
    assert without_repetition("", "fest!") == ("", "fest!")


# ── a thread ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_alone_is_a_part_when_the_tail_needs_one_of_its_own() -> None:
    link, tail = "https://a.example/ganz-lange-adresse", "#eins #zwei #drei"
    parts = split(link, lambda text: len(text) <= 45, tail=tail, tail_in="last")
    assert parts == (f"{link}\n\n1/2", f"{tail}\n\n2/2")
