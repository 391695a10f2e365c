"""Settings that are ids or addresses: what people paste by mistake is told when the config is read."""

from pathlib import Path

import pytest

from crosspost.app.application import App
from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.errors import ConfigError
from crosspost.networks.forms import WEB, form
from crosspost.testing import Clock

WRONG = {
    "discord": [("thread", '"https://discord.com/channels/1/2"'), ("forum_tags", '["Garten"]')],
    "facebook": [("page", '"https://www.facebook.com/garten"'), ("place", '"Garten"')],
    "instagram": [("user", '"@garten"'), ("place", '"Garten"')],
    "lemmy": [("community", '"https://lemmy.example/c/garden"'), ("community", '"Mein Garten"')],
    "matrix": [("room", '"garden:matrix.example"'), ("room", '"https://matrix.to/#/#a:b.example"')],
    "nostr": [("relays", '["relay.example"]'), ("blossom", '"blossom.example"'), ("viewer", '"njump.me"')],
    "ntfy": [("topic", '"https://ntfy.sh/garten"')],
    "pinterest": [("board", '"Garten"')],
    "signal": [("number", '"0151 12345678"')],
    "slack": [("channel", '"#general"')],
    "telegram": [("chat", '"https://t.me/garten"'), ("chat", '"garten"')],
    "x": [("place", '"Berlin"'), ("place", '"01A9A39529B27F36 "')],
}
RIGHT = {
    "facebook": [("page", '"me"'), ("page", '"garten.ev"'), ("place", "106078429431815"), ("place", '""')],
    "lemmy": [("community", '"!garden@lemmy.example"'), ("community", '"garden"')],
    "matrix": [("room", '"!abc:matrix.example"'), ("room", '"!withoutAServer"'), ("room", '"#a:b.example:8448"')],
    "nostr": [("relays", '["ws://127.0.0.1:7000", "wss://relay.example/inbox"]')],
    "slack": [("channel", '"G0123456789"')],
    "telegram": [("chat", "-1001234567890"), ("chat", '"-1001234567890"'), ("chat", '"@garten_ev"')],
}


def check(network: str, key: str, value: str) -> None:
    """Read the config with one account that has this setting."""
    text = f'[accounts.{network}]\nbase_url = "https://a.example"\n{key} = {value}\n'
    settings = settings_file.parse(text, Path("crosspost.toml"))

    App(settings=settings, site=Path(), credentials=Credentials({}), clock=Clock()).checked(network)


@pytest.mark.parametrize(("network", "key", "value"), [(n, *one) for n, told in WRONG.items() for one in told])
def test_what_is_not_in_its_form_is_told_with_the_line_and_an_example(network: str, key: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"crosspost\.toml:3: `{key}(\.0)?`: write (the|addresses|\"@name\")"):
        check(network, key, value)


@pytest.mark.parametrize(("network", "key", "value"), [(n, *one) for n, told in RIGHT.items() for one in told])
def test_what_may_be_right_is_taken(network: str, key: str, value: str) -> None:
    check(network, key, value)


def test_an_empty_value_is_in_every_form() -> None:
    assert form(WEB, "x").pattern == rf"^(?:{WEB})?$"
