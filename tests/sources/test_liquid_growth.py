"""No filter of a template makes a text that is far longer than what it was given."""

from typing import Any

import pytest
from liquid.exceptions import LiquidError

from crosspost.sources.liquid_bounds import bounded

#: characters of a text, elements of a list
TEXT, LIST = 200_000, 5_000


def answered(name: str, *args: Any) -> list[tuple[Any, ...]]:
    """What the filter was run with; nothing when it was stopped before."""
    ran: list[tuple[Any, ...]] = []
    bounded({name: lambda *given: ran.append(given)})[name](*args)
    return ran


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("replace", ("a" * 1000, "a", "b" * 201)),
        ("replace_first", ("a" * 1000, "a", "b" * 201)),
        ("replace", ("a" * 1000, "", "b" * 200)),
        ("join", ([1] * 1000, "-" * 201)),
        ("join", ((1,) * 1000, "-" * 201)),
        ("join", (range(1000), "-" * 201)),
        ("date", ("now", "%10s")),
        ("date", ("now", "%-099d")),
        ("date", ("now", "x" * 201)),
        ("upcase", ("a" * (TEXT + 1),)),
        ("size", ([0] * (LIST + 1),)),
        ("size", (range(LIST + 1),)),
        ("times", (2**2048,)),
    ],
)
def test_what_would_grow_is_never_run(name: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(LiquidError, match=f"“{name}” makes the text far too long"):
        answered(name, *args)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("replace", ("a" * 1000, "a", "b" * 200)),
        ("replace", ("a" * 1000, "b", "c" * TEXT)),
        ("replace", ("a" * 999, "", "b" * 200)),
        ("replace", ("a", "b")),
        ("join", ([1] * 1000, "-" * 200)),
        ("join", ([1] * 1000,)),
        ("join", ("a" * 1000, "-" * 1000)),
        ("date", ("now", "%Y-%m-%d %9N")),
        ("date", ("now", "x" * 200)),
        ("date", ("now",)),
        ("upcase", ("a" * TEXT,)),
        ("size", ([0] * LIST,)),
        ("times", (2**2048 - 1,)),
        ("default", (None, 0.5, True)),
    ],
)
def test_what_stays_small_is_run_with_all_of_it(name: str, args: tuple[Any, ...]) -> None:
    assert answered(name, *args) == [args]


@pytest.mark.parametrize("made", ["a" * (TEXT + 1), [0] * (LIST + 1), 2**2048])
def test_a_result_that_grew_all_the_same_is_refused(made: Any) -> None:
    assert bounded({"x": lambda: "a" * TEXT})["x"]() == "a" * TEXT
    with pytest.raises(LiquidError, match="“x” makes the text far too long"):
        bounded({"x": lambda: made})["x"]()


def test_tags_are_removed_by_our_own_filter() -> None:
    strip = bounded({"strip_html": lambda _: "the library's"})["strip_html"]
    assert (strip("<b>a</b> < b"), strip(None), strip(5)) == ("a < b", "", "5")
