"""Long texts in numbered parts."""

import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose import fits
from crosspost.compose.clean import clean
from crosspost.compose.thread import split
from tests.compose.test_properties import LINK, TEXTS, UNITS, limits

NUMBER = re.compile(r"(?:\n\n|^)\d+/\d+\Z")


def room(most: int) -> Callable[[str], bool]:
    return lambda part: len(part) <= most


def test_a_short_text_is_one_part_without_a_number() -> None:
    assert split("Kurz.", room(280), link=LINK) == (f"Kurz.\n\n{LINK}",)


def test_paragraphs_before_sentences_before_words() -> None:
    text = "Erster Absatz, kurz.\n\nZweiter Absatz mit einem Satz. Und noch einer, der recht lang ist. Ende."
    assert split(text, room(46)) == (
        "Erster Absatz, kurz.\n\n1/3",
        "Zweiter Absatz mit einem Satz.\n\n2/3",
        "Und noch einer, der recht lang ist. Ende.\n\n3/3",
    )
    assert split("Wort Wort Wort Wort", room(14)) == ("Wort Wort\n\n1/2", "Wort Wort\n\n2/2")


def test_the_link_stands_in_the_first_or_the_last_part() -> None:
    text = "Ein Satz von vielen. " * 20
    for where, index in (("first", 0), ("last", -1)):
        parts = split(text, room(120), link=LINK, link_in=where)
        assert [LINK in part for part in parts].count(True) == 1
        assert LINK in parts[index].split()


def test_nothing_fits() -> None:
    assert split("Wort " * 50, room(30), link=LINK) == ()


@settings(max_examples=150, deadline=None)
@given(TEXTS, UNITS, st.integers(120, 400), st.sampled_from(["first", "last"]))
def test_nothing_is_lost_and_every_part_fits(text: str, unit: str, most: int, where: str) -> None:
    text, allowed = clean(text), limits(unit, most)
    parts = split(text, lambda part: fits(part, allowed), link=LINK, link_in=where)
    if not parts:
        return
    assert all(fits(part, allowed) for part in parts)
    bare = [NUMBER.sub("", part) if len(parts) > 1 else part for part in parts]
    said = "".join("".join(part.split()) for part in bare).replace("".join(LINK.split()), "", 1)
    assert said == "".join(text.split()) or LINK in text
    if len(parts) > 1:
        numbers = [NUMBER.search(part)[0].strip() for part in parts]  # type: ignore[index]  # asserted by its absence
        assert numbers == [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]
