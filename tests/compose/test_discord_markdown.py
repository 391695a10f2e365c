"""What Discord would take for markup has a backslash before it."""

import pytest

from crosspost.compose.discord_markdown import escape


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a*b_c~d`e|f", r"a\*b\_c\~d\`e\|f"),
        ("Hallo", "Hallo"),
        ("# Titel\n- eins\n-# klein\n> Zitat\n>>> Ende", "\\# Titel\n\\- eins\n\\-# klein\n\\> Zitat\n\\>>> Ende"),
        ("#Tag und a > b", "#Tag und a > b"),
        ("_a_ https://a.org/b_c_d *e*", r"\_a\_ https://a.org/b_c_d \*e\*"),
    ],
)
def test_markup_is_escaped_and_links_stay(text: str, sent: str) -> None:
    assert escape(text) == sent
