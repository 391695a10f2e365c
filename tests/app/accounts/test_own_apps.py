"""Tumblr and Pinterest are connected with an app of one's own; the logins are renewed by themselves."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crosspost.config import registry
from crosspost.errors import AuthExpired, ConfigError
from crosspost.networks.logins.own_app import LOOPBACK
from crosspost.networks.logins.pinterest import PinterestLogin
from crosspost.networks.logins.tumblr import TumblrLogin
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import Connect, nothing_was_written, steps_in_the_manual
from tests.app.accounts.visitor import Visitor
from tests.app.accounts.x_ways import free_address

#: network → seconds a code is good for, and its question
NETWORKS = {"tumblr": "blog", "pinterest": "board"}


@pytest.fixture
def callback() -> str:
    return free_address()


@pytest.fixture
def sandbox(clock: Clock, callback: str) -> Iterator[Sandbox]:
    options = {network: {"callbacks": (callback, LOOPBACK, "https://tal.example.org/")} for network in NETWORKS}
    with Sandbox(clock=clock, options=options) as running:
        yield running
    assert running.errors == []


def answers(place: Place, network: str, callback: str, **other: str | list[str]) -> dict[str, Any]:
    own = place.sandbox.accounts()[network]
    return {**own["app"], "redirect": callback, NETWORKS[network]: str(own["settings"][NETWORKS[network]])} | other


@pytest.mark.parametrize("network", NETWORKS)
def test_it_is_connected_and_renewed(bare: Place, connect: Connect, callback: str, network: str) -> None:
    person = Visitor(answers(bare, network, callback))
    connect(network, person)
    assert len(person.offered[NETWORKS[network]]) == 2
    said = " ".join([*person.heard, *(text for _, text in person.wrongs), bare.config.read_text("utf-8")])
    secrets = re.findall(r"(?:TOKEN|SECRET)=(\S+)$", bare.secrets.read_text("utf-8"), re.MULTILINE)
    assert len(secrets) == 3
    assert not [secret for secret in secrets if secret in said]
    bare.name_the_ledger()
    for _ in range(2):
        bare.clock.pass_by(days=20)
        adapter = bare.network(network)
        adapter.publish(bare.prepared(adapter))
    assert len(bare.sandbox.posts(network)) == 2
    bare.clock.pass_by(days=400)
    with pytest.raises(AuthExpired, match=f"accounts renew {network}"):
        bare.network(network).connect()


@pytest.mark.parametrize("network", NETWORKS)
def test_a_wrong_app_and_a_late_code_are_told(bare: Place, connect: Connect, clock: Clock, network: str) -> None:
    right = answers(bare, network, "https://tal.example.org/")

    def slowly(address: str) -> str:
        clock.now += timedelta(seconds=601)
        return address

    both = {name: ["wrong", right[name]] for name in ("client_id", "client_secret")}
    person = Visitor(right | both, change=slowly)
    with pytest.raises(ConfigError, match="the code has expired"):
        connect(network, person)
    (wrong,) = [why for key, why in person.wrongs if key == "client_secret"]
    assert "does not know this client ID with this secret" in wrong
    assert nothing_was_written(bare)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("spoilt", ["state=", "client_id=", "scope="])
def test_the_page_of_consent_is_strict(bare: Place, network: str, spoilt: str) -> None:
    import requests

    login = {"tumblr": TumblrLogin, "pinterest": PinterestLogin}[network]
    app = bare.sandbox.accounts()[network]["app"]
    query = f"response_type=code&client_id={app['client_id']}&redirect_uri={LOOPBACK}&scope={login.scopes}&state=1"
    url = f"{bare.sandbox.url}{login.consent}?{query}"
    assert requests.get(url, timeout=10).status_code == 200
    assert requests.get(url.replace(spoilt, "other="), timeout=10).status_code == 400


@pytest.mark.parametrize("login", [TumblrLogin, PinterestLogin], ids=lambda login: str(login.__name__))
def test_the_manual_names_the_same_steps(login: type[TumblrLogin]) -> None:
    (network,) = [name for name in NETWORKS if registry.load(name).login.endswith(login.__name__)]
    assert steps_in_the_manual(network, login.steps) == []
