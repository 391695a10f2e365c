"""``crosspost doctor`` names the permissions of Meta's that ``responses = true`` takes and the token has not."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.sandbox.networks.meta.long_tokens import LongTokens
from crosspost.testing.harness import Clock, Place, served

#: network, whose stand-in decides, and the permission for what others wrote
RIGHTS = [
    ("facebook", "facebook", "pages_read_user_content"),
    ("instagram", "facebook", "instagram_manage_comments"),
    ("threads", "threads", "threads_read_replies"),
    ("threads", "threads", "threads_manage_insights"),
]


def remarks(place: Place, about: str) -> list[tuple[str, str, str]]:
    found = place.crosspost("doctor", "--json").json["findings"]
    told = [(one["state"], one["said"], one["todo"]) for one in found if one["about"] == about]
    return [one for one in told if "came back" in one[1]]


def place_on(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str, said: str, url: str = "http://127.0.0.1:9"
) -> Place:
    clock.now = datetime.now(UTC)
    place = Place(tmp_path, sandbox, [network], clock=clock, url=url)
    place.config.write_text(place.config.read_text("utf-8") + said, "utf-8")
    return place


@pytest.mark.parametrize(("network", "where", "scope"), RIGHTS)
def test_a_right_to_read_that_is_missing(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str, where: str, scope: str
) -> None:
    place = place_on(tmp_path, sandbox, clock, network, "responses = true\n")
    assert remarks(place, network) == []
    sandbox.networks[where].settings["declined"] = (scope,)
    ((state, said, todo),) = remarks(place, network)
    assert state == "warn"
    assert f"the permission {scope}" in said
    assert todo.startswith(f"add {scope} to your app’s use case")
    assert f"`crosspost accounts renew {network}`" in todo


@pytest.mark.parametrize("said", ["", "responses = false\n"])
def test_who_does_not_ask_for_it_hears_nothing_of_it(tmp_path: Path, sandbox: Sandbox, clock: Clock, said: str) -> None:
    place = place_on(tmp_path, sandbox, clock, "facebook", said)
    sandbox.networks["facebook"].settings["declined"] = ("pages_read_user_content",)
    assert remarks(place, "facebook") == []


def test_instagrams_own_login_is_asked_for_the_comments_below_its_newest_post(
    tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    with served(tmp_path / "site") as url:
        place = place_on(tmp_path, sandbox, clock, "instagram", 'login = "instagram"\nresponses = true\n', url)
        stand_in = sandbox.networks["instagram"]
        assert isinstance(stand_in, LongTokens)
        token = stand_in.store.accounts["instagram", "verein"].credentials["login_token"]
        place.secrets.write_text(f"CROSSPOST_INSTAGRAM_ACCESS_TOKEN={token}\n", "utf-8")
        rights = frozenset({"instagram_business_basic", "instagram_business_content_publish"})
        whole = stand_in.lives[token]
        stand_in.lives[token] = dataclasses.replace(whole, scopes=rights)
        assert remarks(place, "instagram") == []  # no post, nothing that could be asked about
        network = place.network("instagram")
        network.publish(place.prepared(network))
        ((state, said, _),) = remarks(place, "instagram")
        assert state == "warn"
        assert "the permission instagram_business_manage_comments" in said
        stand_in.lives[token] = whole
        assert remarks(place, "instagram") == []
