"""Long texts in numbered parts."""

import re
from datetime import UTC, datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.compose import Style, compose, fits
from crosspost.compose.clean import clean
from crosspost.compose.thread import MOST, split
from crosspost.model import Abilities, Draft, Override, Overrides, Post
from tests.compose.test_properties import LINK, TEXTS, UNITS, limits

NUMBER = re.compile(r"(?:\n\n|^)\d+/\d+\Z")


def room(most: int) -> object:
    return lambda part: len(part) <= most


def test_a_short_text_is_one_part_without_a_number() -> None:
    assert split("Kurz.", room(280), tail=LINK) == (f"Kurz.\n\n{LINK}",)


def test_paragraphs_before_sentences_before_words() -> None:
    text = "Erster Absatz, kurz.\n\nZweiter Absatz mit einem Satz. Und noch einer, der recht lang ist. Ende."
    assert (
        split(text, room(45))
        == (
            "Erster Absatz, kurz.\n\n1/3",
            "Zweiter Absatz mit einem Satz.\n\n2/3",
            "Und noch einer, der recht lang ist. Ende.\n\n3/3",
        )
        or split(text, room(46))[0] == "Erster Absatz, kurz.\n\n1/3"
    )


def test_the_link_stands_in_the_first_or_the_last_part() -> None:
    text = "Ein Satz von vielen. " * 20
    for where, index in (("first", 0), ("last", -1)):
        parts = split(text, room(120), tail=LINK, tail_in=where)
        assert [LINK in part for part in parts].count(True) == 1
        assert LINK in parts[index].split()


def test_nothing_fits() -> None:
    assert split("Wort " * 50, room(30), tail=LINK) == ()


@settings(max_examples=150)
@given(TEXTS, UNITS, st.integers(120, 400), st.sampled_from(["first", "last"]))
def test_nothing_is_lost_and_every_part_fits(text: str, unit: str, most: int, where: str) -> None:
    text, allowed = clean(text), limits(unit, most)
    parts = split(text, lambda part: fits(part, allowed), tail=LINK, tail_in=where)
    if not parts:
        return
    assert all(fits(part, allowed) for part in parts)
    bare = [NUMBER.sub("", part) if len(parts) > 1 else part for part in parts]
    said = "".join("".join(part.split()) for part in bare).replace("".join(LINK.split()), "", 1)
    assert said == "".join(text.split()) or LINK in text
    if len(parts) > 1:
        numbers = [NUMBER.search(part)[0].strip() for part in parts]  # type: ignore[index]  # asserted by its absence
        assert numbers == [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]


POST = Post(
    id="garten",
    path="_posts/garten.md",
    url=LINK,
    title="Der Garten",
    date=datetime(2026, 11, 20, tzinfo=UTC),
    description=" ".join(f"Im Beet Nummer {n} wachsen Möhren und Bohnen." for n in range(20)),
    tags=("Garten", "Klima"),
)
THREADS = Abilities(thread=True)


def drafted(style: Style, post: Post = POST, abilities: Abilities = THREADS) -> list[Draft]:
    draft = compose(
        post, account="a", network="mastodon", limits=limits("mastodon", 280), abilities=abilities, style=style
    )
    return [draft, *draft.parts]


def test_a_thread_says_all_of_it_and_counts_each_part() -> None:
    parts = drafted(Style(long="thread"))
    assert len(parts) > 2
    assert all(part.length <= part.limit for part in parts)
    assert sum(part.text.count("Im Beet") for part in parts) == 20
    assert [part.link for part in parts] == [LINK] + [""] * (len(parts) - 1)
    assert "#Garten #Klima" in parts[0].text
    assert parts[0].lost == ()
    assert not any(part.parts for part in parts[1:])


def test_the_link_and_its_card_in_the_last_part() -> None:
    parts = drafted(Style(long="thread", link_in="last"), abilities=Abilities(thread=True, card="client"))
    assert [bool(part.card) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert LINK in parts[-1].text


def test_no_thread_for_hashtags_alone() -> None:
    short = msgspec.structs.replace(POST, description="Kurz." * 40)
    assert len(drafted(Style(long="thread"), short)) == 1


def test_where_there_are_no_threads_the_text_is_cut_and_the_link_stays() -> None:
    (draft,) = drafted(Style(long="thread", link="reply"), abilities=Abilities())
    assert LINK in draft.text
    assert draft.lost


def test_an_own_text_and_a_template_become_threads_too() -> None:
    own = Overrides(everywhere=Override(text=" ".join(["Ein eigener Satz."] * 40)))
    parts = drafted(Style(long="thread"), msgspec.structs.replace(POST, overrides=own))
    assert sum(part.text.count("Ein eigener Satz.") for part in parts) == 40
    templated = drafted(Style(long="thread", template="{{ description }} {{ url }}"))
    assert [LINK in part.text for part in templated].count(True) == 1
    replied = drafted(Style(link="reply", template="{{ title }} {{ url }}"))
    assert [part.text for part in replied] == ["Der Garten", LINK]


def test_a_whole_book_ends_after_so_many_parts_and_says_so() -> None:
    book = msgspec.structs.replace(POST, description=" ".join([POST.description] * 300))
    parts = drafted(Style(long="thread"), book)
    assert len(parts) == MOST
    (said,) = [lost for lost in parts[0].lost if "shortened" in lost]
    kept = sum(len(part.text.rpartition("\n\n")[0]) for part in parts)
    gone = len(book.description) - kept
    assert abs(int(said.split()[-2]) - gone) < 200, "as many characters as are missing, but for link and blanks"
    assert parts[-1].text.endswith(f"…\n\n{MOST}/{MOST}")
