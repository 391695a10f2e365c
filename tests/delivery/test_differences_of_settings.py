"""What differs for a reader, whether a draft comes fresh from its post or back from the ledger."""

from types import SimpleNamespace
from typing import Any

import pytest

from crosspost.delivery.differences import differences
from crosspost.model import Abilities, Draft, as_stored


def saying(**options: Any) -> Draft:
    return Draft(account="a", network="a", text="Grüße", length=5, limit=300, unit="graphemes", options=options)


@pytest.mark.parametrize("before", [("a", "b"), ["a", "b"]])
@pytest.mark.parametrize("after", [("a", "b"), ["a", "b"]])
def test_a_setting_is_the_same_as_a_tuple_and_as_a_list(before: object, after: object) -> None:
    network: Any = SimpleNamespace(able=Abilities(), edits=("labels",))
    assert differences(saying(labels=before), saying(labels=after), network) == ()
    assert differences(as_stored(saying(labels=before)), saying(labels=after), network) == ()


def test_another_value_of_a_setting_differs_where_an_edit_changes_it() -> None:
    network: Any = SimpleNamespace(able=Abilities(), edits=("labels",))
    assert differences(saying(labels=("a",)), saying(labels=("a", "b")), network) == ("options",)
    assert differences(saying(labels=("a",)), saying(labels=("a",), more=1), network) == ()
