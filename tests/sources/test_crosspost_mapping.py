"""What the `crosspost:` mapping of a post means, and what is said of a mistake in it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crosspost.model import Override, Overrides, Poll
from crosspost.sources.jekyll import JekyllSource
from crosspost.sources.mapping import Mistake, Mistakes
from crosspost.sources.overrides import misspelt, parse_overrides
from crosspost.sources.post_record import Check

VIENNA = ZoneInfo("Europe/Vienna")
EVENING = datetime(2026, 11, 20, 18, 30, tzinfo=VIENNA)


class Wrong(Exception):
    """Each reason, and the keys that lead to it."""


def parsed(value: Any) -> Overrides:
    wrong = Mistakes()
    found = parse_overrides(value, VIENNA, wrong)
    if wrong:
        raise Wrong(wrong.told("crosspost"))
    return found


#: what stands below crosspost:, or below an account → what it means there
SETTINGS: list[tuple[dict[str, Any], Override]] = [
    ({"skip": True}, Override(skip=True)),
    ({"skip": False}, Override(skip=False)),
    ({"text": "Hallo"}, Override(text="Hallo")),
    ({"text": ""}, Override(text="")),
    ({"text": 5}, Override(text="5")),
    ({"text": 0.5}, Override(text="0.5")),
    ({"at": "2026-11-20 18:30"}, Override(at=EVENING)),
    ({"at": datetime(2026, 11, 20, 18, 30)}, Override(at=EVENING)),  # noqa: DTZ001  # as YAML gives it
    ({"at": datetime(2026, 11, 20, 17, 30, tzinfo=UTC)}, Override(at=EVENING)),
    ({"at": date(2026, 11, 20)}, Override(at=datetime(2026, 11, 20, tzinfo=VIENNA))),
    ({"at": 20261120}, Override(at=datetime(2026, 11, 20, tzinfo=VIENNA))),
    ({"alt": "Ein Beet"}, Override(alt={"": "Ein Beet"})),
    ({"alt": {"a.jpg": "A", 5: "B"}}, Override(alt={"a.jpg": "A", "5": "B"})),
    ({"poll": {"options": ["a", "b"]}}, Override(poll=Poll(options=("a", "b")))),
    ({"poll": False}, Override(poll=False)),
    *(({"on_edit": value}, Override(on_edit=value)) for value in ("update", "ask", "ignore")),
    *(({"on_delete": value}, Override(on_delete=value)) for value in ("unpublish", "ask", "ignore")),
]


@pytest.mark.parametrize(("written", "meant"), SETTINGS)
def test_each_setting_everywhere_and_for_one_account(written: dict[str, Any], meant: Override) -> None:
    assert parsed(written) == Overrides(everywhere=meant)
    assert parsed({"m": written}) == Overrides(targets={"m": meant})


def test_what_a_network_calls_its_own_is_kept_as_it_is() -> None:
    assert parsed({"m": {"visibility": "private", 5: [1], "skip": False}}) == Overrides(
        targets={"m": Override(skip=False, settings={"visibility": "private", "5": [1]})}
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (None, Overrides()), (True, Overrides()), ({}, Overrides()), (False, Overrides(everywhere=Override(skip=True))),
        ({"m": None, "x": True, "b": False},
         Overrides(targets={"m": Override(), "x": Override(), "b": Override(skip=True)})),
        ({True: {"text": "y"}}, Overrides(targets={"True": Override(text="y")})),
        ({"only": "m"}, Overrides(only=("m",))), ({"only": [" m ", "x"]}, Overrides(only=("m", "x"))),
        ({"only": None}, Overrides()),
    ],
)  # fmt: skip
def test_which_accounts_are_meant(written: Any, meant: Overrides) -> None:
    assert parsed(written) == meant


TIME = "should be a time such as 2024-03-05 18:30"
ALT = "should be a text, or the names of pictures with a text for each"
#: a setting → what is wrong, and the keys below it
MISTAKES: list[tuple[str, Any, str, tuple[str, ...]]] = [
    ("skip", "yes", "should be true or false", ()),
    ("text", True, "should be a text", ()),
    ("text", ["a"], "should be a text", ()),
    ("at", True, TIME, ()),
    ("at", [1], TIME, ()),
    ("at", "soon", '"soon" is not a date such as 2024-03-05 or 2024-03-05 10:00:00 +0100', ()),
    ("alt", 5, ALT, ()),
    ("alt", {"a": 5}, ALT, ()),
    ("on_edit", "unpublish", "should be update, ask or ignore", ()),
    ("on_delete", "update", "should be unpublish, ask or ignore", ()),
    ("poll", {"options": ["a"]}, "options: should be a list of at least two answers", ("options",)),
]


@pytest.mark.parametrize(("key", "value", "reason", "below"), MISTAKES)
def test_a_mistake_is_told_with_its_place(key: str, value: Any, reason: str, below: tuple[str, ...]) -> None:
    for written, where, keys in (({key: value}, "", ()), ({"m": {key: value}}, "m: ", ("m",))):
        with pytest.raises(Wrong) as raised:
            parsed(written)
        assert raised.value.args == ([(f"crosspost: {where}{key}: {reason}", (*keys, key, *below))],)


@pytest.mark.parametrize(
    ("written", "reason", "keys"),
    [
        ("m", "crosspost: needs lines below it, such as “skip: true”, or false after it", ()),
        (["m"], "crosspost: needs lines below it, such as “skip: true”, or false after it", ()),
        ({"skp": "x"}, 'crosspost: does not know “skp”; did you mean `skip`? The name of a network or account needs '
                       "lines below it, such as “text: …”", ("skp",)),
        ({"mastodon": "x"}, 'crosspost: does not know “mastodon”; The name of a network or account needs lines below '
                            "it, such as “text: …”", ("mastodon",)),
        ({"m": {"only": "x"}}, "crosspost: m: only: belongs one level up, directly under crosspost:", ("m", "only")),
        *(({"only": only}, "crosspost: only: should be a name or a list of names of networks or accounts", ("only",))
          for only in (5, [5], [" "], {"m": 1})),
        ({"only": []}, "crosspost: only: is empty; add a name, or write crosspost: false to send it nowhere",
         ("only",)),
    ],
)  # fmt: skip
def test_a_mistake_in_who_is_meant(written: Any, reason: str, keys: tuple[str, ...]) -> None:
    with pytest.raises(Wrong) as raised:
        parsed(written)
    assert raised.value.args == ([(reason, keys)],)


def test_every_mistake_is_told_at_once_and_the_same_below_several_accounts_once() -> None:
    below = {name: {"skip": "no", "at": "soon" if name == "c" else None} for name in "abcdef"}
    with pytest.raises(Wrong) as raised:
        parsed({"skip": 1, "on_edit": "x", "only": [], **below, "poll": {"option": 1, "multiple": 2}})
    assert raised.value.args[0] == [
        ("crosspost: a: skip: should be true or false; the same below b, c, d and 2 more", ("a", "skip")),
        ('crosspost: c: at: "soon" is not a date such as 2024-03-05 or 2024-03-05 10:00:00 +0100', ("c", "at")),
        ("crosspost: poll: does not know “option”; did you mean `options`?", ("poll", "option")),
        ("crosspost: poll: multiple: should be true or false", ("poll", "multiple")),
        ("crosspost: skip: should be true or false", ("skip",)),
        ("crosspost: on_edit: should be update, ask or ignore", ("on_edit",)),
        ("crosspost: only: is empty; add a name, or write crosspost: false to send it nowhere", ("only",)),
    ]


def test_what_stands_at_the_left_edge_is_told_if_it_could_be_meant_for_crosspost(tmp_path: Path) -> None:
    """What a site has for itself under the same names is not: another value, or no account of that name."""
    lines = ["skip: true", "only: [m]", "at: 2027-01-01 10:00", "poll: {options: [a, b]}", "on_edit: ask"]
    lines += ["m: {text: x}"]
    own = ["on_delete: never", "text: x", "alt: x", "n: {text: x}", "event: {a: 1}", "x: false", "more: {}"]
    file = tmp_path / "_posts/2026-11-20-a.md"
    file.parent.mkdir()
    file.write_text("\n".join(["---", "title: T", "description: D", *lines, *own, "---", "Text"]), "utf-8")

    def mistakes(found: Overrides) -> list[Mistake]:
        return [] if {*found.targets, *(found.only or ())} <= {"m"} else [("there is no such account", ())]

    for about, told in (("m", lines), ("", [])):
        source = JekyllSource(tmp_path, now=EVENING, url="https://example.org")
        source.check = Check(mistakes, about)
        warnings = source.load(source.entry(file)).warnings
        assert [said.split("`")[1] for said in warnings if "left edge" in said] == [w.split(":")[0] for w in told]


@pytest.mark.parametrize("key", ["text", "skip", "at", "alt", "poll", "on_edit"])
def test_what_was_meant_for_one_account_never_counts_for_all(key: str) -> None:
    """``mastodon:`` with its lines at its own depth is a slip of indentation, and ``text`` would go out everywhere."""
    with pytest.raises(Wrong) as refused:
        parsed({"only": ["m", "n"], "m": None, key: "Nur hier"})
    said = (
        f"crosspost: m: has nothing below it, so `{key}` would count for all; indent what belongs to m further, or "
        "delete its line"
    )
    assert (said, ("m",)) in refused.value.args[0]


def test_an_account_without_settings_may_stand_at_the_end() -> None:
    assert parsed({"text": "Hallo", "m": None, "n": {"skip": True}}) == Overrides(
        everywhere=Override(text="Hallo"), targets={"m": Override(), "n": Override(skip=True)}
    )


@pytest.mark.parametrize("key", ["Crosspost", "crospost", "cross-post", "CROSSPOST", "crossposts"])
@pytest.mark.parametrize("below", [{"skip": True}, {"m": {"text": "Hallo"}}, False])
def test_a_misspelt_crosspost_is_not_overlooked(key: str, below: Any) -> None:
    assert misspelt({"title": "A", key: below}) == key


@pytest.mark.parametrize("data", [
    {"crosspost": {"skip": True}, "Crosspost": {"skip": True}}, {"crossposted": {"mastodon": "https://…"}},
    {"crossposts": ["a"]}, {"compost": {"skip": True}}, {"Crosspost": True}, {5: {"skip": True}},
])  # fmt: skip
def test_other_keys_are_the_sites_own(data: dict[Any, Any]) -> None:
    assert misspelt(data) == ""
