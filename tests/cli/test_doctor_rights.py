"""``crosspost doctor`` asks each network what the login may do, until when, and what it wants of such accounts."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.doctor.checks import login_end
from crosspost.networks import matrix_rights
from crosspost.networks.mastodon_rights import bot_rule, missing_scopes
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place


def place_on(tmp_path: Path, sandbox: Sandbox, clock: Clock, *networks: str) -> Place:
    clock.now = datetime.now(UTC)
    return Place(tmp_path, sandbox, networks, clock=clock, url="http://127.0.0.1:9")


def lines(place: Place, about: str) -> list[tuple[str, str, str]]:
    found = place.crosspost("doctor", "--json").json["findings"]
    return [(one["state"], one["said"], one["todo"]) for one in found if one["about"] == about]


def settings(sandbox: Sandbox, network: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.networks[network].settings
    return found


def test_nothing_is_said_of_logins_that_may_everything(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    names = ("mastodon", "x", "telegram", "bluesky", "listmonk", "matrix", "slack", "misskey")
    place = place_on(tmp_path, sandbox, clock, *names)
    for name in names:
        (known, end) = lines(place, name)
        assert known[0] == "ok"
        assert end == ("ok", "its login does not end by itself", "")


def test_scopes_that_a_token_of_mastodon_lacks(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_on(tmp_path, sandbox, clock, "mastodon")
    settings(sandbox, "mastodon")["scopes"] = ("profile", "read:statuses", "write:media")
    *_, lacks = lines(place, "mastodon")
    assert lacks[0] == "fail"
    assert lacks[1] == "its token may not post: the right write:statuses is missing"
    assert lacks[2] == "`crosspost accounts renew mastodon` gets one that may"
    settings(sandbox, "mastodon")["scopes"] = ("profile", "write:statuses")
    states = [(state, re.findall(r"right (\S+)", said)) for state, said, _ in lines(place, "mastodon")[2:]]
    assert states == [("warn", ["write:media"]), ("warn", ["read:statuses"])]


@pytest.mark.parametrize("flavour", ["gotosocial", "pixelfed", "akkoma"])
def test_servers_that_tell_no_scopes_are_not_judged(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, flavour: str
) -> None:
    place = place_on(tmp_path, sandbox, clock, "mastodon")
    settings(sandbox, "mastodon")["flavour"] = flavour
    assert {state for state, _, _ in lines(place, "mastodon")} == {"ok"}


@pytest.mark.parametrize(
    "rule", ["Automated accounts must be marked.", "No bots without the bot flag", "Bitte Bots kennzeichnen"]
)
def test_a_server_that_wants_bots_to_be_marked(tmp_path: Path, sandbox: Sandbox, clock: Clock, rule: str) -> None:
    place = place_on(tmp_path, sandbox, clock, "mastodon")
    settings(sandbox, "mastodon")["rules"] = ("Be kind. A robotic voice is welcome.", rule)
    *_, (state, said, todo) = lines(place, "mastodon")
    assert state == "warn"
    assert f"“{rule}”" in said
    assert "This is an automated account" in todo
    settings(sandbox, "mastodon")["bot"] = True
    assert {state for state, _, _ in lines(place, "mastodon")} == {"ok"}


@pytest.mark.parametrize("odd", [None, {}, "rules", [None, 3, {"text": None}], [{"hint": "bots"}]])
def test_odd_answers_are_no_remarks(odd: Any) -> None:
    assert bot_rule({}, {"rules": odd}) == []
    assert missing_scopes({"scopes": "write" if not isinstance(odd, list) else None}, "m") == []


def test_a_token_of_x_that_may_only_read(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_on(tmp_path, sandbox, clock, "x")
    text = place.secrets.read_text("utf-8")
    place.secrets.write_text(re.sub(r"CROSSPOST_X_BEARER_TOKEN=.*", "", text), "utf-8")
    settings(sandbox, "x")["access_level"] = "read"
    *_, (state, said, todo) = lines(place, "x")
    assert (state, said) == ("fail", "its access token may only read")
    assert "“Read and write”" in todo
    assert "`crosspost accounts renew x`" in todo


@pytest.mark.parametrize(("member", "why"), [("silent", "the bot may not post in"), ("left", "the bot is not in")])
def test_a_bot_of_telegram_that_may_not_post(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, member: str, why: str
) -> None:
    place = place_on(tmp_path, sandbox, clock, "telegram")
    settings(sandbox, "telegram")["member"] = member
    *_, (state, said, todo) = lines(place, "telegram")
    assert state == "fail"
    assert said.startswith(why)
    assert "administrator" in todo


@pytest.mark.parametrize(
    ("network", "where", "scope"),
    [
        ("facebook", "facebook", "pages_manage_posts"),
        ("instagram", "facebook", "instagram_content_publish"),
        ("threads", "threads", "threads_content_publish"),
    ],
)
def test_permissions_that_a_token_of_meta_lacks(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str, where: str, scope: str
) -> None:
    place = place_on(tmp_path, sandbox, clock, network)
    assert "fail" not in {state for state, _, _ in lines(place, network)}
    settings(sandbox, where)["declined"] = (scope,)
    (lacks,) = [line for line in lines(place, network) if line[0] == "fail"]
    assert lacks[1] == f"its token lacks the permission {scope}"
    assert f"`crosspost accounts renew {network}`" in lacks[2]


def test_what_an_app_in_development_means_is_told_with_the_page_to_look_at(
    tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    place = place_on(tmp_path, sandbox, clock, "facebook")
    (told,) = [line for line in lines(place, "facebook") if "development" in line[1]]
    assert told[0] == "ok"
    assert "only people with a role on it see its posts" in told[1]
    assert re.search(r"https://developers\.facebook\.com/apps/\d+/$", told[2])


def test_a_login_that_ends_soon(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_on(tmp_path, sandbox, clock, "facebook")
    end = clock.now + timedelta(days=5, minutes=1)
    settings(sandbox, "facebook")["expires_at"] = int(end.timestamp())
    assert ("warn", f"its login ends on {end:%Y-%m-%d}, in 5 days", "`crosspost accounts renew facebook`") in lines(
        place, "facebook"
    )


@pytest.mark.parametrize(("days", "state"), [(60, "ok"), (14.1, "ok"), (13.9, "warn"), (-1, "warn")])
def test_how_soon_is_soon(days: float, state: str) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    (found,) = login_end("a", now + timedelta(days=days), now, ends=True)
    assert found.state == state


def test_an_end_that_nobody_knows() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert login_end("a", None, now, ends=True)[0].said == "no end of its login is known"


@pytest.mark.parametrize(
    ("network", "setting", "value", "state", "why", "what"),
    [
        (
            "slack",
            "scopes",
            "channels:read,channels:history,files:write,files:read",
            "fail",
            "may not post: the right chat:write",
            "install",
        ),
        ("slack", "scopes", "chat:write,channels:read", "warn", "the right channels:history is missing", "install"),
        (
            "slack",
            "scopes",
            "chat:write,channels:read,channels:history,files:write",
            "warn",
            "may not attach pictures: the right",
            "app",
        ),
        ("listmonk", "permissions", ("campaigns:get", "campaigns:manage"), "fail", "may not send campaigns", "role"),
        ("listmonk", "permissions", ("campaigns:get", "campaigns:send"), "fail", "may not make campaigns", "role"),
        ("matrix", "wanted", 50, "fail", "needs the power level 50, and it has 0", "Roles & permissions"),
        ("misskey", "silenced", True, "warn", "(visibility “home”)", "who runs the server"),
        ("bluesky", "password", "access", "warn", "the account's main password", "with an app password"),
        ("bluesky", "password", "appPassPrivileged", "ok", "may read your direct messages", "one that may not"),
    ],
)
def test_what_else_a_network_tells_of_a_login(
    tmp_path: Path,
    sandbox: Sandbox,
    clock: Clock,
    network: str,
    setting: str,
    value: Any,
    state: str,
    why: str,
    what: str,
) -> None:
    place = place_on(tmp_path, sandbox, clock, network)
    settings(sandbox, network)[setting] = value
    (lacks,) = [line for line in lines(place, network) if why in line[1]]
    assert lacks[0] == state
    assert what in lacks[2]


@pytest.mark.parametrize(
    ("network", "changed"),
    [
        ("listmonk", {"role": 1, "permissions": ()}),
        ("listmonk", {"role": 0, "permissions": ()}),
        ("matrix", {"wanted": 50, "room_version": "12"}),
        ("matrix", {"wanted": 50, "level": 50}),
    ],
)
def test_what_tells_nothing_of_rights_is_not_judged(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str, changed: dict[str, Any]
) -> None:
    place = place_on(tmp_path, sandbox, clock, network)
    settings(sandbox, network).update(changed)
    assert {state for state, _, _ in lines(place, network)} == {"ok"}


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ({}, ""),
        ({"users": {"@me:a": "40"}, "events": {"m.room.message": "50"}}, "50, and it has 40"),
        ({"users_default": 10, "events_default": 20}, "20, and it has 10"),
        ({"users": None, "events": [], "events_default": "much"}, ""),
    ],
)
def test_levels_of_a_room(levels: dict[str, Any], said: str) -> None:
    found = matrix_rights.remarks("@me:a", levels, {"room_version": "10"}, "#room:a")
    assert [said in one.said for one in found] == ([True] if said else [])


def test_a_login_of_instagram_that_may_not_publish(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_on(tmp_path, sandbox, clock, "instagram")
    place.config.write_text(place.config.read_text("utf-8") + 'login = "instagram"\n', "utf-8")
    token = sandbox.networks["instagram"].store.accounts["instagram", "verein"].credentials["login_token"]
    text = place.secrets.read_text("utf-8")
    place.secrets.write_text(re.sub(r"(CROSSPOST_INSTAGRAM_ACCESS_TOKEN)=.*", rf"\1={token}", text), "utf-8")
    assert "fail" not in {state for state, _, _ in lines(place, "instagram")}
    lives = sandbox.networks["instagram"].lives
    lives[token] = dataclasses.replace(lives[token], scopes=frozenset({"instagram_business_basic"}))
    (lacks,) = [line for line in lines(place, "instagram") if line[0] == "fail"]
    assert lacks[1].startswith("its token may not post: Instagram says:")
    assert "instagram_business_content_publish" in lacks[2]


def test_a_login_of_x_with_oauth_2_that_may_not_post(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_on(tmp_path, sandbox, clock, "x")
    given = sandbox.networks["x"].issue("verein", frozenset({"tweet.read", "users.read", "offline.access"}), clock())
    values = {"refresh_token": given["refresh_token"], **sandbox.accounts()["x"]["app"]}
    place.secrets.write_text("".join(f"CROSSPOST_X_{name.upper()}={one}\n" for name, one in values.items()), "utf-8")
    told = [(state, said) for state, said, _ in lines(place, "x") if "may not" in said]
    assert told == [
        ("fail", "its token may not post: the right tweet.write is missing"),
        ("warn", "its token may not upload pictures: the right media.write is missing"),
    ]
