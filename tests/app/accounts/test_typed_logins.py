"""Log-ins that are typed: Bluesky, Telegram, Signal, mail and listmonk; each question also with a wrong answer."""

from pathlib import Path

import pytest

from crosspost.errors import ConfigError
from crosspost.networks.logins import listmonk
from crosspost.networks.logins.signal import qr_code
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import Connect, bare_place, connect_at, nothing_was_written
from tests.app.accounts.visitor import Visitor


def token(place: Place, network: str, field: str) -> str:
    return str(place.sandbox.accounts()[network]["credentials"][field])


def wrongs(person: Visitor) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, why in person.wrongs:
        found.setdefault(key, []).append(why)
    return found


# ── Bluesky ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("handle", ["verein.test", "@Verein.test", "https://bsky.app/profile/verein.test/"])
def test_bluesky_with_the_handle_as_people_write_it(bare: Place, connect: Connect, handle: str) -> None:
    password = token(bare, "bluesky", "app_password")
    (added,) = connect("bluesky", Visitor({"handle": handle, "app_password": f" “{password}” "}))
    assert (added.name, added.who) == ("bluesky", "@verein.test")
    assert bare.network("bluesky").connect().handle == "@verein.test"


def test_bluesky_takes_no_main_password_and_asks_again(bare: Place, connect: Connect) -> None:
    right = token(bare, "bluesky", "app_password")
    person = Visitor(
        {"handle": ["verein", "verein.test"], "app_password": ["my dog's name", "geheim", "abcd-abcd-abcd-abcd", right]}
    )
    connect("bluesky", person)
    assert "a handle is a domain" in wrongs(person)["handle"][0]
    spaces, main, unknown = wrongs(person)["app_password"]
    assert "a space inside it" in spaces
    assert "Never give the main password" in main
    assert "Invalid identifier or password" in unknown
    assert not any(right in said for said in person.heard)


# ── Telegram ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("chat", ["@verein", "https://t.me/verein", "verein", ""])
def test_telegram_finds_the_channel(bare: Place, connect: Connect, chat: str) -> None:
    (added,) = connect("telegram", Visitor({"bot_token": token(bare, "telegram", "bot_token"), "chat": chat}))
    assert added.who == "@verein"
    assert 'chat = "@verein"' in bare.config.read_text("utf-8")


def test_telegram_says_what_is_wrong_and_asks_again(bare: Place, connect: Connect) -> None:
    right = token(bare, "telegram", "bot_token")
    person = Visitor({"bot_token": ["123", f"{right}x", right], "chat": ["??", "@nobody", "@zweitkonto", "@verein"]})
    connect("telegram", person)
    short, unknown = wrongs(person)["bot_token"]
    assert "with a colon in it" in short
    assert "Unauthorized" in unknown
    odd, missing, others = wrongs(person)["chat"]
    assert "looks like @your_channel" in odd
    assert "chat not found" in missing
    assert "chat not found" in others
    assert not any(right in said for said in [*person.heard, *(why for _, why in person.wrongs)])


@pytest.mark.parametrize(("member", "why"), [("left", "not an administrator"), ("silent", "may not post")])
def test_telegram_checks_that_the_bot_may_post(tmp_path: Path, clock: Clock, member: str, why: str) -> None:
    with Sandbox(clock=clock, options={"telegram": {"member": member}}) as sandbox:
        place, person = bare_place(tmp_path, sandbox, clock), Visitor({})
        person.answers = {"bot_token": [token(place, "telegram", "bot_token")], "chat": ["@verein"]}
        with pytest.raises(ConfigError, match="nobody answers chat"):
            connect_at(place, "telegram", person)
    assert why in wrongs(person)["chat"][0]
    assert nothing_was_written(place)


@pytest.mark.parametrize("stop", ["yes", "no"])
def test_telegram_asks_before_it_stops_a_webhook(tmp_path: Path, clock: Clock, stop: str) -> None:
    with Sandbox(clock=clock, options={"telegram": {"webhook": "https://bot.example/hook"}}) as sandbox:
        place = bare_place(tmp_path, sandbox, clock)
        answers = {"bot_token": token(place, "telegram", "bot_token"), "chat": ["", "@verein"], "webhook": stop}
        person = Visitor(answers)  # type: ignore[arg-type]
        connect_at(place, "telegram", person)
        stopped = bool(sandbox.requests_to("telegram", "POST /bot/deleteWebhook"))
    assert stopped == (stop == "yes")
    assert any("https://bot.example/hook" in said for said in person.heard)


# ── Signal ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["rpc", "rest"])
def test_signal_lists_its_groups_by_name(bare: Place, connect: Connect, kind: str) -> None:
    url, group = bare.sandbox.url, _groups(bare.sandbox)[0]
    number = bare.sandbox.accounts()["signal"]["settings"]["number"]
    person = Visitor({"base_url": f"rest+{url}" if kind == "rest" else url, "number": number, "group": group})
    (added,) = connect("signal", person)
    text = bare.config.read_text("utf-8")
    assert added.who == group
    assert f'group = "{group}"' in text
    assert ('kind = "rest"' in text) == (kind == "rest")


def test_signal_is_linked_with_a_code_for_the_phone(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"signal": {"linked": False}}) as sandbox:
        place = bare_place(tmp_path, sandbox, clock)
        person = Visitor({"number": sandbox.accounts()["signal"]["settings"]["number"], "group": _groups(sandbox)[0]})
        connect_at(place, "signal", person)
    assert any("Scan this code" in said and "█" in said for said in person.heard)


def test_a_code_for_the_phone_fits_a_terminal() -> None:
    lines = qr_code("sgnl://linkdevice?uuid=" + "a" * 24 + "%3D%3D&pub_key=" + "b" * 44).splitlines()
    assert 20 < len(lines) < 40


def test_signal_that_does_not_answer_is_asked_for_again(bare: Place, connect: Connect) -> None:
    number = bare.sandbox.accounts()["signal"]["settings"]["number"]
    person = Visitor(
        {
            "base_url": ["http://127.0.0.1:9", bare.sandbox.url],
            "number": number,
            "group": _groups(bare.sandbox)[0],
        }
    )
    connect("signal", person)
    assert "cannot be asked" in wrongs(person)["base_url"][0]


# ── listmonk ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_listmonk_lists_its_lists(bare: Place, connect: Connect) -> None:
    known = bare.sandbox.accounts()["listmonk"]["credentials"]
    person = Visitor({"username": known["username"], "token": ["wrong", known["token"]], "list": "Liste 2 (20 people)"})
    connect("listmonk", person)
    assert person.offered["list"] == ["Liste 1 (10 people)", "Liste 2 (20 people)"]
    assert "lists = [2]" in bare.config.read_text("utf-8")
    assert "invalid API credentials" in wrongs(person)["token"][0]


@pytest.mark.parametrize(("number", "said"), [(1, "1 person"), (1200, "1,200 people"), (None, "0 people")])
def test_listmonk_says_how_many_a_list_has(number: object, said: str) -> None:
    assert listmonk._people({"subscriber_count": number}) == said


# ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_mail_is_tried_and_a_test_goes_to_oneself(bare: Place, connect: Connect) -> None:
    known = bare.sandbox.accounts()["newsletter"]
    secrets = known["credentials"]
    sender = known["settings"]["sender"]
    person = Visitor(
        {
            "sender": ["nobody", sender],
            "server": ["smtp://127.0.0.1:9", known["base_url"]],
            "username": secrets["username"],
            "password": ["wrong", secrets["password"]],
            "to": ["you", "rundbrief@lists.example.org"],
        }
    )
    connect("newsletter", person)
    assert set(wrongs(person)) == {"sender", "server", "password", "to"}
    (mail,) = bare.sandbox.posts("newsletter")
    assert mail["extra"]["subject"] == "crosspost can write mails"
    assert secrets["password"] not in bare.config.read_text("utf-8")
    assert not any(secrets["password"] in said for said in person.heard)


def _groups(sandbox: Sandbox) -> list[str]:
    from crosspost.sandbox.networks.signal.server import GROUPS

    return [name for name, _ in GROUPS]
