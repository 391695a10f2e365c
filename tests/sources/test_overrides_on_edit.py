"""What a post says about later: ``on_edit`` and ``on_delete``, the more specific goes first."""

from datetime import UTC
from typing import Any

import pytest

from crosspost.model import Overrides
from crosspost.sources.mapping import Mistakes
from crosspost.sources.overrides import parse_overrides


def parsed(value: Any) -> Overrides:
    wrong = Mistakes()
    found = parse_overrides(value, UTC, wrong)
    if wrong:
        raise ValueError([f"{':'.join(keys)}: {said}" for said, keys in wrong.told("crosspost")])
    return found


def test_the_account_goes_before_the_network_before_everywhere() -> None:
    said = parsed(
        {
            "on_edit": "ask",
            "mastodon": {"on_edit": "update"},
            "verein": {"on_edit": "ignore", "on_delete": "unpublish"},
        }
    )
    assert said.for_account("x", "x").on_edit == "ask"
    assert said.for_account("zweites", "mastodon").on_edit == "update"
    mine = said.for_account("verein", "mastodon")
    assert (mine.on_edit, mine.on_delete, mine.settings) == ("ignore", "unpublish", {})
    assert parsed({"only": ["x"]}).for_account("x", "x").on_edit is None


@pytest.mark.parametrize("value", ["unpublish", True, 3, ["ask"], "Ask"])
def test_anything_else_is_refused_with_its_place(value: Any) -> None:
    with pytest.raises(ValueError, match="x:on_edit: crosspost: x: on_edit: should be update, ask or ignore"):
        parsed({"x": {"on_edit": value}})
    with pytest.raises(ValueError, match="on_delete: crosspost: on_delete: should be unpublish, ask or ignore"):
        parsed({"on_delete": "update"})
