"""Which accounts take a post: by its tags, categories, language and collection. Pure."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from crosspost.sources.post_language import language

#: what a post can be chosen by
Sign = Literal["tags", "categories", "languages", "collections"]
Signs = Mapping[Sign, Sequence[str]]

_ONE_OF = {"tags": "the tag", "categories": "the category", "languages": "the language", "collections": "the folder"}


class Facts(NamedTuple):
    """What is known of a post before its text is read. ``collection`` is Jekyll's collection, the section of a Hugo
    site, or the first folder of a page's address; "" when it is in none. ``event``: whether it announces one.
    """

    tags: Sequence[str] = ()
    categories: Sequence[str] = ()
    language: str = ""
    collection: str = ""
    event: bool = False


class Route:
    """Which posts an account takes.

    :param takes: a post needs one of the words of each sign that is named here; none: every post
    :param leaves_out: a post with one of these words is not taken, whatever ``takes`` says
    :param events: whether it takes only posts that announce an event
    Both without what :func:`wrong` finds.
    """

    def __init__(self, takes: Signs, leaves_out: Signs, *, events: bool = False) -> None:
        self._takes, self._leaves_out, self._events = takes, leaves_out, events
        self._wanted, self._unwanted = _plain(takes), _plain(leaves_out)

    def takes(self, facts: Facts) -> bool:
        """Whether the account takes a post."""
        if self._events and not facts.event:
            return False
        return all(_has(facts, *one) for one in self._wanted) and not any(_has(facts, *one) for one in self._unwanted)

    @property
    def words(self) -> str:
        """The rule as a clause, such as "takes only posts with the tag “youth” or “club”"."""
        only, but = " and ".join(map(_said, self._takes.items())), " or ".join(map(_said, self._leaves_out.items()))
        only = " and ".join(filter(None, ("`event:` in their front matter" if self._events else "", only)))
        rules = (only and f"takes only posts with {only}", but and f"leaves out posts with {but}")
        return " and ".join(filter(None, rules))


def left_out(facts: Callable[[], Facts], routes: Mapping[str, Route]) -> tuple[str, ...]:
    """The accounts that do not take a post.

    :param facts: gives what is known of it; asked for only where there are routes
    :param routes: account name → its route
    """
    if not routes:
        return ()
    known = facts()
    return tuple(name for name, route in routes.items() if not route.takes(known))


def wrong(signs: Signs) -> tuple[Sign, str] | None:
    """What cannot be meant: the sign, and a clause about it. None when all can."""
    for sign, words in signs.items():
        if not words or not all(map(_folded, words)):
            return sign, "name at least one word, or leave the key out"
        if (bad := next((word for word in words if sign == "languages" and not language(word)), None)) is not None:
            return sign, f"“{bad}” is not a language tag; write one such as de, en or pt-BR"
    return None


def nothing_left(takes: Signs, leaves_out: Signs) -> tuple[Sign, str] | None:
    """Whether no post can ever be taken, because all words of a sign in ``takes`` are left out again.

    Both without what :func:`wrong` finds.

    :returns: the sign, and a clause about it; None when there may be such posts
    """
    unwanted = dict(_plain(leaves_out))
    for sign, words in _plain(takes):
        if all(_covered(sign, word, unwanted.get(sign, frozenset())) for word in words):
            said = " and ".join(f"“{word}”" for word in takes[sign])
            return sign, f"`leaves_out` leaves out {said}, too, so no post is taken; keep each word in one of them"
    return None


def _covered(sign: Sign, word: str, words: frozenset[str]) -> bool:
    """Whether each post with a word has one of these, too."""
    if sign == "languages":
        return _has(Facts(language=word), sign, words)
    return word in words


def _plain(signs: Signs) -> list[tuple[Sign, frozenset[str]]]:
    return [
        (sign, frozenset(language(word) if sign == "languages" else _folded(word) for word in words))
        for sign, words in signs.items()
    ]


def _has(facts: Facts, sign: Sign, words: frozenset[str]) -> bool:
    if sign == "languages":  # de-AT is German, too
        return any(facts.language == word or facts.language.startswith(f"{word}-") for word in words)
    if sign == "collections":
        return _folded(facts.collection) in words
    return not words.isdisjoint(map(_folded, facts.tags if sign == "tags" else facts.categories))


def _folded(word: str) -> str:
    """A word as it is compared: case, spaces at its ends and ways to write an accent make no difference."""
    return unicodedata.normalize("NFC", " ".join(word.split()).removeprefix("#")).casefold()


def _said(one: tuple[Sign, Sequence[str]]) -> str:
    sign, words = one
    return f"{_ONE_OF[sign]} {' or '.join(f'“{word}”' for word in words)}"
