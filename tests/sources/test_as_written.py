"""Lists, mappings and empty values in messages are those of the file, not Python's."""

from datetime import UTC, date

import pytest

from crosspost.sources.as_written import as_written
from crosspost.sources.dates import from_front_matter
from crosspost.sources.front_matter_pictures import named
from crosspost.sources.post_language import complaint


def test_each_kind() -> None:
    assert as_written(["a", [1, 2.5], {"b": None, "c": False}, date(2026, 5, 1), True]) == (
        "[a, [1, 2.5], {b: null, c: false}, 2026-05-01, true]"
    )


def test_in_messages() -> None:
    with pytest.raises(ValueError, match=r'^"\[2026-05-01\]" is not a date'):
        from_front_matter([date(2026, 5, 1)], UTC)
    assert "“{a: b}” is not a language tag" in complaint("lang", {"a": "b"})
    assert "not “12”" in named({"image": 12}, ("image",)).wrong[0][0]
