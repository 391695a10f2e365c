"""When two texts count as the same."""

import pytest

from crosspost.compose.formats.duplicates import same_words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hallo Welt", "Hallo\n\n  Welt ", True),
        ("Fest https://example.org/?utm_source=a", "Fest https://example.org/?utm_source=b", True),
        ("Grüße", "Gru\u0308ße", True),
        ("Fest https://example.org/", "Fest", False),
        ("Hallo Welt", "Hallo, Welt", False),
        ("日本語", "日本", False),
        ("", "", True),
    ],
)
def test_spaces_and_addresses_make_no_difference(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same
    assert same_words(other, one) is same
