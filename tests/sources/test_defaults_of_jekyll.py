"""Which of the `defaults` in _config.yml a post gets."""

from typing import Any

import pytest

from crosspost.sources.defaults import defaults_for, merged

PATH = "_posts/news/2024-05-01-a.md"


def found(*scopes: Any, path: str = PATH, below: str = "", jekyll4: bool = True) -> list[int]:
    """The numbers of the sets that apply."""
    sets = [{"scope": scope, "values": {f"n{number}": True}} for number, scope in enumerate(scopes)]
    return sorted(int(name[1:]) for name in defaults_for(sets, path, below, jekyll4=jekyll4))


@pytest.mark.parametrize(
    ("scope", "applies"),
    [
        ({"path": ""}, True), ({}, True), (None, True), ("x", True), ({"path": None}, True),
        ({"type": "posts"}, True), ({"type": "post"}, True), ({"type": "pages"}, False), ({"type": "page"}, False),
        ({"type": "drafts"}, False), ({"type": 5}, False),
        ({"path": "_posts"}, True), ({"path": "/_posts/news"}, True), ({"path": PATH}, True), ({"path": "news"}, False),
        ({"path": "_posts/*"}, True), ({"path": "_posts/*/2024*"}, True), ({"path": "*/x"}, False),
        ({"path": "_posts/NEWS*"}, False),
    ],
)  # fmt: skip
def test_a_set_applies_by_type_and_path(scope: Any, applies: bool) -> None:
    assert found(scope) == ([0] if applies else [])


def test_before_jekyll_4_a_path_ends_with_a_folder() -> None:
    assert found({"path": "_posts/ne"}) == [0]
    assert found({"path": "_posts/ne"}, jekyll4=False) == []
    assert found({"path": "_posts/news/"}, {"path": PATH}, jekyll4=False) == [0, 1]


def test_the_folder_of_all_collections_is_no_part_of_a_path() -> None:
    assert found({"path": "all/_posts"}, {"path": "_posts"}, path=f"all/{PATH}", below="all") == [0, 1]
    assert found({"path": "all/_posts"}, path=f"all/{PATH}") == [0]


@pytest.mark.parametrize(
    ("scopes", "wins"),
    [
        (({"path": ""}, {"path": "_posts"}), 1),
        (({"path": "_posts"}, {"path": ""}), 0),
        (({"path": "", "type": "posts"}, {"path": ""}), 0),
        (({"path": ""}, {"path": "", "type": "posts"}), 1),
        (({"path": ""}, {"path": ""}), 1),
        (({"type": "posts"}, {"type": "posts"}), 1),
    ],
)
def test_the_closest_set_wins_and_the_others_fill_in(scopes: tuple[dict[str, str], ...], wins: int) -> None:
    sets = [{"scope": scope, "values": {"who": number, f"n{number}": True}} for number, scope in enumerate(scopes)]
    assert defaults_for(sets, PATH, jekyll4=True) == {"who": wins, "n0": True, "n1": True}


def test_what_is_no_set_is_passed_over() -> None:
    assert defaults_for("x", PATH, jekyll4=True) == defaults_for([5, {}, {"values": 5}], PATH, jekyll4=True) == {}


def test_mappings_are_merged_deeply_and_nothing_hides_nothing() -> None:
    below = {"a": {"x": 1, "y": 2}, "b": 1, "c": 1}
    assert merged(below, {"a": {"y": 3}, "b": None, "c": {"z": 1}, "d": None}) == {
        "a": {"x": 1, "y": 3}, "b": 1, "c": {"z": 1}, "d": None,
    }  # fmt: skip
    assert below == {"a": {"x": 1, "y": 2}, "b": 1, "c": 1}
