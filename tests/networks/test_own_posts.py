"""Whether what a network shows is our post: the same link, else most of the same words."""

import pytest

from crosspost.model import Draft
from crosspost.networks.own_posts import is_ours, links_in

LINK = "https://blog.example/2026/regen/"


def draft(text: str, link: str = LINK) -> Draft:
    return Draft(account="a", network="n", text=text, link=link, length=len(text), limit=500, unit="characters")


@pytest.mark.parametrize(
    ("shown", "ours"),
    [
        (f"One two three {LINK}", True),
        (f"  One\ntwo   three {LINK} ", True),
        # servers change the words around a link, and the link's form a little
        (f"Other words entirely {LINK}", True),
        ("Other words (https://blog.example/2026/regen).", True),
        ("Other words http://Blog.example/2026/Regen/!", True),
        # another link is another post, however much the words agree
        ("One two three https://blog.example/2026/sonne/", False),
        ("One two three https://blog.example/2026/regen/2/", False),
    ],
)
def test_a_post_with_a_link_is_told_by_it(shown: str, ours: bool) -> None:
    assert is_ours(shown, draft(f"One two three {LINK}")) is ours


def test_a_link_beside_the_text_counts_like_one_in_it() -> None:
    ours = draft(f"One two three {LINK}")
    assert is_ours("Other words", ours, links=(LINK,))
    assert not is_ours("One two three", ours, links=("https://blog.example/2026/sonne/",))
    assert is_ours("Other words", ours, links=("https://blog.example/2026/sonne/", "http://blog.example/2026/regen"))


def test_a_link_in_our_words_counts_like_that_of_the_post() -> None:
    assert is_ours("Other words https://example.org/a", draft("One two three https://example.org/a"))
    # written without its scheme, which the network adds
    assert is_ours("Other words https://example.org/a", draft("One two three example.org/a"))


@pytest.mark.parametrize(
    ("shown", "with_link", "without"),
    [
        ("one two three four five six seven eight", True, True),
        ("one two three four five six seven", False, True),
        ("one two three four five", False, True),
        ("one two three four", False, False),
        ("ONE, two; three: Four five. six! seven? eight", True, True),
        ("", False, False),
    ],
)
def test_without_a_link_to_compare_most_words_must_be_the_same(shown: str, with_link: bool, without: bool) -> None:
    words = "one two three four five six seven eight nine ten"
    assert is_ours(shown, draft(words)) is with_link
    assert is_ours(shown, draft(words, link="")) is without


def test_the_words_of_an_address_are_not_words_of_the_post() -> None:
    assert not is_ours("blog example 2026 regen https", draft(f"Sunshine {LINK}"))
    assert is_ours("Sunshine", draft(f"Sunshine {LINK}"))


def test_a_post_without_words_has_nothing_to_contradict() -> None:
    assert is_ours("", draft("🌱", link=""))
    assert is_ours("anything", draft("🌱", link=""))


def test_the_links_of_a_page_are_those_a_person_wrote() -> None:
    page = (
        '<p><a class="u-url mention" href="https://s.example/@anna">@anna</a> '
        '<A HREF="https://blog.example/?a=1&amp;b=2">here</A> '
        "<a rel='nofollow' href='https://b.example/'>there</a> "
        '<a rel="tag" href="https://s.example/tags/x">#x</a> <a class="hashtag" href="https://s.example/t">#t</a> '
        '<a name="nowhere">nowhere</a> <abbr href="https://no.example/">no</abbr></p>'
    )
    assert links_in(page) == ("https://blog.example/?a=1&b=2", "https://b.example/")
