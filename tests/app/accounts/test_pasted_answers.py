"""What people paste into a question, with more around it than was meant."""

import pytest

from crosspost.networks import whatsapp
from crosspost.networks.logins import matrix, ntfy, telegram


@pytest.mark.parametrize("around", ["<{}>", " “{}” ", "'{}'\n", "\u200b{}\r\n"])
def test_what_was_copied_along_with_a_name_or_an_address_is_left_away(around: str) -> None:
    room, chat, topic, channel = (
        "#a:b.example",
        "https://t.me/garten",
        "https://ntfy.sh/garten",
        "https://w.me/channel/1a",
    )
    assert matrix._room(around.format(f"https://matrix.to/#/{room}")) == room
    assert matrix._user(around.format("@a:b.example")) == "@a:b.example"
    assert telegram._name(around.format(chat)) == "@garten"
    assert ntfy._topic(around.format(topic)) == "garten"
    assert whatsapp.checked(around.format(channel)) == channel
