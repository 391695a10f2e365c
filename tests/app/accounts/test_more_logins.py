"""Log-ins of Discord, Matrix, Slack and Misskey; each question also with a wrong answer."""

import re
from pathlib import Path
from typing import Any, cast

import pytest

from crosspost.errors import ConfigError
from crosspost.networks.logins.apprise import AppriseLogin
from crosspost.networks.logins.base import Login
from crosspost.networks.logins.discord import DiscordLogin
from crosspost.networks.logins.forem import ForemLogin
from crosspost.networks.logins.ghost import GhostLogin
from crosspost.networks.logins.lemmy import LemmyLogin
from crosspost.networks.logins.matrix import MatrixLogin
from crosspost.networks.logins.nostr import NostrLogin
from crosspost.networks.logins.ntfy import NtfyLogin
from crosspost.networks.logins.slack import SlackLogin
from crosspost.networks.logins.wordpress import WordPressLogin
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import Connect, bare_place, connect_at, nothing_was_written, steps_in_the_manual
from tests.app.accounts.test_typed_logins import token, wrongs
from tests.app.accounts.visitor import Visitor


def test_discord_takes_the_address_of_a_webhook(bare: Place, connect: Connect) -> None:
    right = token(bare, "discord", "webhook")
    old = right.replace("discord.com/api/", "discordapp.com/api/v9/")
    person = Visitor({"webhook": ["https://discord.com/channels/1/2", f"{right}x", f' "{old}" ']})
    (added,) = connect("discord", person)
    assert added.who == "Verein Beispiel"
    shape, unknown = wrongs(person)["webhook"]
    assert "looks like https://discord.com/api/webhooks/" in shape
    assert "Invalid Webhook Token" in unknown
    assert not any(right in said for said in person.heard)


@pytest.mark.parametrize("user", ["@verein:sandbox.example", "verein@sandbox.example"])
def test_matrix_logs_in_once_and_keeps_only_the_token(bare: Place, connect: Connect, user: str) -> None:
    password = token(bare, "matrix", "password")
    person = Visitor({"user": ["verein", user], "password": ["falsch", password]})
    (added,) = connect("matrix", person)
    assert added.who == "@verein:sandbox.example"
    assert 'room = "#verein:sandbox.example"' in bare.config.read_text("utf-8")
    assert "looks like @news:matrix.example" in wrongs(person)["user"][0]
    assert "Invalid username or password" in wrongs(person)["password"][0]
    secrets = bare.secrets.read_text("utf-8")
    assert token(bare, "matrix", "access_token") in secrets
    assert password not in secrets
    assert bare.network("matrix").connect().handle == "@verein:sandbox.example"


def test_matrix_takes_a_token_where_there_are_no_passwords(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"matrix": {"passwords": False}}) as sandbox:
        place = bare_place(tmp_path, sandbox, clock)
        other = str(sandbox.accounts("zweitkonto")["matrix"]["credentials"]["access_token"])
        person = Visitor(
            {"user": "@verein:sandbox.example", "access_token": ["x", other, token(place, "matrix", "access_token")]}
        )
        connect_at(place, "matrix", person)
    unknown, foreign = wrongs(person)["access_token"]
    assert "Invalid access token" in unknown
    assert "a token of @zweitkonto:sandbox.example" in foreign


def test_matrix_offers_no_encrypted_room(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"matrix": {"encrypted": True}}) as sandbox:
        place = bare_place(tmp_path, sandbox, clock)
        password = token(place, "matrix", "password")
        rooms = ["verein", "#zweitkonto:sandbox.example", "https://matrix.to/#/%23verein:sandbox.example?via=a"]
        person = Visitor({"user": "@verein:sandbox.example", "password": password, "room": rooms})
        with pytest.raises(ConfigError, match="nobody answers room"):
            connect_at(place, "matrix", person)
        assert nothing_was_written(place)
    shape, stranger, encrypted = wrongs(person)["room"]
    assert "looks like #news:matrix.example" in shape
    assert "not a member" in stranger
    assert "is encrypted" in encrypted


@pytest.mark.parametrize(
    ("network", "login"),
    [
        ("discord", DiscordLogin),
        ("matrix", MatrixLogin),
        ("slack", SlackLogin),
        ("nostr", NostrLogin),
        ("apprise", AppriseLogin),
        ("ghost", GhostLogin),
        ("wordpress", WordPressLogin),
        ("forem", ForemLogin),
        ("ntfy", NtfyLogin),
        ("lemmy", LemmyLogin),
    ],
)
def test_the_manual_names_the_same_steps(network: str, login: type[Login]) -> None:
    assert steps_in_the_manual(network, login.steps) == []


def test_slack_lists_the_channels_the_bot_is_in(bare: Place, connect: Connect) -> None:
    right = token(bare, "slack", "token")
    person = Visitor({"token": ["xoxp-1", "xoxb-wrong", right], "invited": ""})
    (added,) = connect("slack", person)
    assert added.who == "verein in #verein"
    assert 'channel = "C0000000001"' in bare.config.read_text("utf-8")
    user, unknown = wrongs(person)["token"]
    assert "begins with xoxb-" in user
    assert "invalid_auth" in unknown


@pytest.mark.parametrize(
    ("options", "why"),
    [({"member": False}, "in no channel yet"), ({"scopes": "chat:write"}, "channels:read is missing")],
)
def test_slack_says_what_the_bot_lacks(tmp_path: Path, clock: Clock, options: dict[str, object], why: str) -> None:
    with Sandbox(clock=clock, options={"slack": options}) as sandbox:
        place = bare_place(tmp_path, sandbox, clock)
        person = Visitor({"token": token(place, "slack", "token"), "invited": ["x"]})
        with pytest.raises(ConfigError, match="nobody answers invited"):
            connect_at(place, "slack", person)
        assert nothing_was_written(place)
    assert why in wrongs(person)["invited"][0]


def test_misskey_is_agreed_to_in_the_browser(bare: Place, connect: Connect) -> None:
    person = Visitor({"server": ["no server", "https://nowhere.invalid", bare.sandbox.url]})
    (added,) = connect("misskey", person)
    assert added.who == "@verein"
    shape, silent = wrongs(person)["server"]
    assert shape
    assert "cannot be asked" in silent
    assert bare.network("misskey").connect().handle == "@verein"


def test_misskey_without_consent_connects_nothing(bare: Place, connect: Connect) -> None:
    with pytest.raises(ConfigError, match="not accepted on its page"):
        connect("misskey", Visitor({"server": bare.sandbox.url}, {"decision": "deny"}))
    assert nothing_was_written(bare)


def test_misskeys_answer_to_another_question_is_not_taken(bare: Place, connect: Connect) -> None:
    def other(address: str) -> str:
        return re.sub("session=[^&]+", "session=0", address)

    with pytest.raises(ConfigError):
        connect("misskey", Visitor({"server": bare.sandbox.url}, change=other))
    assert nothing_was_written(bare)


def test_nostr_lets_a_signer_keep_the_key(bare: Place, connect: Connect) -> None:
    own, stand_in = bare.sandbox.accounts()["nostr"], cast(Any, bare.sandbox.networks["nostr"])
    right = stand_in.bunker(bare.sandbox.store.accounts["nostr", "verein"], bare.sandbox.url)
    person = Visitor({"relay": own["base_url"], "private_key": ["bunker://x", right[:-1], right], "blossom": ""})
    (added,) = connect("nostr", person)
    assert added.who.startswith("npub1")
    said = wrongs(person)["private_key"]
    assert "not the address of a signer" in said[0]
    assert "the signer says: invalid secret" in said[1]
    kept = "".join(file.read_text("utf-8") for file in bare.config.parent.iterdir() if file.is_file())
    assert "client=" in kept, "a key of its own by which the signer knows it"
    assert right.partition("secret=")[2] not in kept, "it is used up"
    assert own["credentials"]["private_key"] not in kept


def test_nostr_takes_a_key_that_is_one_and_sends_it_nowhere(bare: Place, connect: Connect) -> None:
    right, relay = token(bare, "nostr", "private_key"), str(bare.sandbox.accounts()["nostr"]["base_url"])
    blossom = f"{bare.sandbox.url}/nostr/media"
    person = Visitor(
        {
            "relay": [f"{bare.sandbox.url}/api/v1/instance", relay],
            "private_key": ["npub1x", right[:-1], right],
            "blossom": blossom,
        }
    )
    (added,) = connect("nostr", person)
    assert added.who.startswith("npub1")
    assert f'blossom = "{blossom}"' in bare.config.read_text("utf-8")
    assert "is not a Nostr relay" in wrongs(person)["relay"][0]
    assert all("begins with nsec1" in said for said in wrongs(person)["private_key"])
    assert not any(right in said for said in person.heard)
