"""Our count and the stand-in's beside X's own JavaScript. Not part of ``make test``: run ``make test-twitter-text``."""

from collections.abc import Callable
from itertools import product
from random import Random

import pytest

from crosspost.compose import twitter_text
from crosspost.sandbox.core import count, links
from tests import twitter_text_js

TEXTS = 40_000
HOSTS = ("x.org", "a.example.org", "münchen.de", "b.co.uk:8080", "main.py", "t.co")
PIECES = [
    *"/()[]{}<>*_~`'\"!?.,;:=&#@+-|%$ \n^\\„“»«–—…、。）（「」",
    *("a", "B7", "ü", "ж", "漢", "ي", "é", "e\u0301", "👍", "🏳️‍🌈", "\u200d", "\u00a0", "\u2013", "\ufe0f"),
    *("](", ")(", "()", "(a)", "(a_(b))", "((a))", "(.)", ".(a)", "/@a/", "?q=1", "?", "#teil", "a/b", ").", "](b) "),
    *("https://", "http://", "HTTPS://", "www.", ".com", ".de/", ".org", "@name", "#tag", "%20", "x--"),
]

reason = twitter_text_js.missing(install=True)
pytestmark = pytest.mark.skipif(bool(reason), reason=reason)


def around_links(many: int) -> list[str]:
    """Texts with links, and before, inside and behind them what may or may not belong to the link."""
    random = Random(5)

    def some(most: int) -> str:
        return "".join(random.choices(PIECES, k=random.randint(0, most)))

    return [
        "".join(
            f"{some(2)}{random.choice(['https://', 'http://', ''])}{random.choice(HOSTS)}"
            f"{random.choice(['/', '', '/a', '/a/'])}{some(7)}"
            for _ in range(random.randint(1, 3))
        )
        for _ in range(many)
    ]


def behind_one_link(many: int) -> list[str]:
    """What people write: one link with its scheme and a path between two words, and what may belong to the path.

    Without a joiner of its own: the stand-in takes every joined emoji for one, X only those it knows.
    """
    random = Random(6)
    tails = [
        piece for piece in PIECES if piece not in ("https://", "http://", "HTTPS://", ".com", ".org", ".de/", "\u200d")
    ]
    return [
        f"Siehe {random.choice(['', '(', '[', '„', '<'])}https://{random.choice(HOSTS)}/"
        f"{''.join(random.choices(tails, k=random.randint(0, 7)))} und"
        for _ in range(many)
    ]


def every_short_path(length: int) -> list[str]:
    """A link and every text of so many characters behind it, of those that decide about a path's end."""
    return [f"https://x.org/{''.join(path)} z" for path in product("a(.)?@/]", repeat=length)]


def numbers(ours: Callable[[str], object], texts: list[str], theirs: list[object]) -> None:
    different = [(text, mine, them) for text, them in zip(texts, theirs, strict=True) if (mine := ours(text)) != them]
    assert not different, f"{len(different)} of {len(texts)}, such as {different[:5]}"


@pytest.mark.parametrize(
    "texts",
    [around_links(TEXTS), behind_one_link(TEXTS), every_short_path(5)],
    ids=["around links", "behind one", "short paths"],
)
def test_we_count_as_x_does(texts: list[str]) -> None:
    official = twitter_text_js.ask(texts)
    numbers(twitter_text.weight, texts, [*official.weights])
    numbers(lambda text: [url.text for url in twitter_text.find_urls(text)], texts, [*official.urls])


# links that touch each other without a blank are more than the stand-in needs to know
@pytest.mark.parametrize("texts", [behind_one_link(TEXTS), every_short_path(5)], ids=["behind one", "short paths"])
def test_the_stand_in_counts_as_x_does(texts: list[str]) -> None:
    official = twitter_text_js.ask(texts)
    numbers(count.weighted, texts, [*official.weights])
    numbers(lambda text: [link.url for link in links.find(text)], texts, [*official.urls])


def test_a_style_selector_belongs_to_the_emoji_it_belongs_to_for_x() -> None:
    """U+26A7 is left out: X's code is older than that emoji."""
    texts = [f"a {chr(code)}\ufe0f b" for code in range(0xA0, 0x20000) if code != 0x26A7]
    official = twitter_text_js.ask(texts)
    numbers(count.weighted, texts, [*official.weights])
    numbers(twitter_text.weight, texts, [*official.weights])
