"""A wrong answer to every single question, on every way: what is wrong is said, and it is asked again."""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from crosspost.config import registry
from crosspost.errors import ConfigError
from crosspost.networks.logins import base
from tests.app.accounts.conftest import nothing_was_written
from tests.app.accounts.walk import WAYS, Way, begun, connected

pytestmark = pytest.mark.long

_CHOICE = ("9", "none of these")
_TOKEN = ("", "two words", "a“b", "nothing-of-theirs")
_CONFIRM = ("perhaps",)
#: question → answers that are wrong
WRONG: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("way", "as", "door", "page", "number", "group", "list", "channel", "blog", "board"), _CHOICE),
    **dict.fromkeys(("account", "location", "destination"), _CHOICE),
    **dict.fromkeys(("instagram", "facebook", "webhook", "test"), _CONFIRM),
    **dict.fromkeys(("access_token", "user_token", "bot_token", "token", "app_secret", "client_secret"), _TOKEN),
    **dict.fromkeys(("consumer_key", "consumer_secret", "access_token_secret", "password"), _TOKEN),
    "client_id": ("", "two words", "nothing-of-theirs"),
    "server": ("not a server", "127.0.0.1:9"),
    "base_url": ("not a server", "http://127.0.0.1:9"),
    "handle": ("", "verein", "nobody.test"),
    "app_password": ("", "geheim", "abcd-abcd-abcd-abcd"),
    "redirect": ("example.org", "http://example.org/", "https://example.org", "http://localhost/callback"),
    "landing": ("", "https://tal.example.org/", "https://tal.example.org/?code=1&state=another"),
    "pin": ("", "seven", "0000000"),
    "token_issued": ("yesterday", "2031-01-01", "2001-01-01"),
    "author": ("", "verein", "4711"),
    "app_id": ("", "my app"),
    "site": ("", "tal", "http://tal.example.org", "https://tal.example.org/?x=1"),
    "chat": ("??", "@nobody_at_all"),
    "username": ("nobody@example.org",),
    "sender": ("", "nobody"),
    "user": ("", "nobody", "@nobody:sandbox.example"),
    "room": ("", "nowhere"),
    "to": ("", "you"),
    "relay": ("not a relay", "127.0.0.1:9"),
    "private_key": _TOKEN,
    "blossom": ("not a server",),
    "community": ("", "nowhere"),
    "code": ("",),
    "ntfy": ("not a server", "http://127.0.0.1:9"),
    "topic": ("", "§", "somebody-elses"),
    "me": ("", "not a server", "http://127.0.0.1:9"),
    "api_key": _TOKEN,
    "admin_key": ("", "two words", "nothing-of-theirs", "64a1b2:abcd"),
    "whatsapp_channel": ("", "https://whatsapp.com/", "my channel"),
    "url": ("", "two words", "nothing-of-theirs", "json://a.example/x?retry=3"),
    "name": ("two words", "§"),
}
#: questions to which nothing is a wrong answer: Enter goes on
FREE = ("ready", "linked", "invited")
#: a question → the one at which its mistake is told, where a network says no to two answers together
TOLD_AT = {
    ("matrix", "user"): "password",
    ("matrix", "user", "a token"): "access_token",
    ("x", "consumer_secret"): "consumer_key",
    ("x", "access_token_secret"): "access_token",
    ("x", "client_secret"): "client_id",
    ("linkedin", "client_secret"): "client_id",
    ("tumblr", "client_id"): "client_secret",
    ("pinterest", "client_id"): "client_secret",
    ("google_business", "client_id"): "client_secret",
    ("newsletter", "username"): "password",
    ("listmonk", "username"): "token",
    ("ntfy", "token"): "topic",
    ("lemmy", "username"): "password",
    ("wordpress", "username"): "password",
    ("bluesky", "handle"): "app_password",
    # Enter at the page's address says that the page shows an error, which is about the app's id
    ("instagram", "landing"): "app_id",
    ("threads", "landing"): "app_id",
}
#: where many wrong answers in a row are an attack
ONE_AT_A_TIME = ("lemmy",)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.network} {way.name}".strip())
def test_a_wrong_answer_is_told_and_asked_for_again(way: Way, tmp_path: Path) -> None:
    for key in asked(way, tmp_path / "right"):
        every = wrong_answers(way, key)
        for number, wrong in enumerate([(one,) for one in every] if way.network in ONE_AT_A_TIME else [every]):
            with begun(way, tmp_path / f"{key}-{number}", {key: wrong}) as (place, person):
                assert len(connected(place, way, person)) == 1
                assert person.told == list(wrong), f"{key}: one of them was taken"
                told = {key, *(TOLD_AT.get(at, key) for at in ((way.network, key), (way.network, key, way.name)))}
                assert len([why for at, why in person.wrongs if at in told]) >= len(wrong), f"{key} is not what is told"
                assert all(len(why) > 10 for _, why in person.wrongs)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.network} {way.name}".strip())
def test_who_leaves_at_a_question_leaves_nothing_behind(way: Way, tmp_path: Path) -> None:
    for key in asked(way, tmp_path / "right"):
        with begun(way, tmp_path / key, {key: wrong_answers(way, key)[:1]}, leaves=key) as (place, person):
            with contextlib.suppress(ConfigError):
                connected(place, way, person)
                pytest.fail(f"it went on without an answer to {key}")
            assert nothing_was_written(place), key


def test_every_network_and_every_question_is_among_them(tmp_path: Path) -> None:
    assert {way.network for way in WAYS} == set(registry.names())
    every = {key for number, way in enumerate(WAYS) for key in asked(way, tmp_path / str(number))}
    # of one channel or account there is no choice; a room is typed only where none can be listed (test_more_logins)
    assert every == set(WRONG) - {"account", "channel", "room"}


def test_no_log_in_asks_what_is_not_among_them() -> None:
    """A new question needs its wrong answers here; its way stands in ``walk.py``, from which the manual is made."""
    folder = Path(base.__file__).parent
    text = "".join(file.read_text("utf-8") for file in folder.glob("*.py") if file.name != "typed.py")
    asked_for = set(re.findall(r'(?:Question|secret|choose|confirm)\(\s*"(\w+)"', text))
    assert len(asked_for) > 20
    assert asked_for - set(WRONG) - set(FREE) == set()


def wrong_answers(way: Way, key: str) -> tuple[str, ...]:
    """What is wrong as an answer to a question of this way."""
    return _TOKEN if (way.network, key) == ("discord", "webhook") else WRONG[key]


def asked(way: Way, root: Path) -> list[str]:
    """The questions of a way to which there is a wrong answer."""
    with begun(way, root) as (place, person):
        (added,) = connected(place, way, person)
        assert added.network == way.network
        assert person.wrongs == []
        return [key for key in person.asked if key not in FREE]
