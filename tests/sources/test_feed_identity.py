"""Which items of a feed are the same, and what each is called."""

import pytest

from crosspost.sources.feed.item_ids import named
from crosspost.sources.feed.items import Item

A, B = "https://e.org/a/", "https://e.org/b/"


def ids(*items: Item) -> dict[str, str]:
    """Id → title."""
    return {name: item.title for name, item in named(items)}


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (Item(id="urn:1", url=A, title="T"), "urn:1"),
        (Item(title="T", published="2024-01-02"), "T 2024-01-02"),
        (Item(title="T"), "T"),
        (Item(published="2024-01-02"), "2024-01-02"),
        (Item(), "?"),
        (Item(id="a\x1bb"), "a␛b"),
    ],
)
def test_an_item_is_called_by_its_id_else_by_what_else_it_says(item: Item, name: str) -> None:
    assert list(ids(item)) == [name]


def test_an_item_without_an_id_is_called_by_its_address() -> None:
    (name,) = ids(Item(url=A, title="T", published="2024-01-02"))
    assert "e.org/a" in name


def test_each_address_is_listed_once_and_the_first_counts() -> None:
    assert ids(Item(id="1", url=A, title="one"), Item(id="2", url=A, title="two")) == {"1": "one"}
    assert list(ids(Item(url=A, title="one"), Item(url=A, title="two")).values()) == ["one"]


def test_the_same_id_without_an_address_is_the_same_item() -> None:
    assert ids(Item(id="1", url=A, title="one"), Item(id="1", title="two")) == {"1": "one"}
    assert ids(Item(id="1", title="one"), Item(id="1", title="two")) == {"1": "one"}


def test_one_id_for_all_items_is_no_id() -> None:
    found = ids(*(Item(id="1", url=url, title=url) for url in (A, B, A, B)))
    assert list(found.values()) == [A, B]
    assert next(iter(found)) == "1"
    assert "e.org/b" in [*found][1]


def test_items_without_anything_in_common_are_all_listed() -> None:
    assert ids(Item(title="a"), Item(title="b"), Item(id="1"), Item(url=A, title="c")).keys() >= {"a", "b", "1"}


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    long = "x" * 200
    assert list(ids(Item(id=long))) == [long]
    one, other = ids(Item(id=long + "a"), Item(id=long + "b"))
    assert one != other
    assert {name[:201] for name in (one, other)} == {f"{long}…"}
    assert len(one) == len(other) == 209
