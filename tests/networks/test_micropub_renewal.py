"""Micropub's logins of IndieAuth: those that are renewed by themselves, and those that end."""

from pathlib import Path
from typing import Any

import pytest
import requests

from crosspost.config.vault import Vault
from crosspost.errors import AuthExpired, NotSent
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.conftest import bare_place, connect_at
from tests.app.accounts.visitor import Visitor
from tests.networks.at_once import tokens

TOKEN = "POST /indie/token"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """Logged in just now, on a website whose tokens end after an hour."""
    made = bare_place(tmp_path, sandbox, clock)
    sandbox.networks["micropub"].settings["renewed"] = True
    log_in(made)
    return made


def log_in(place: Place, **answers: str) -> Visitor:
    me = str(place.sandbox.accounts()["micropub"]["settings"]["me"])
    person = Visitor({"me": me, "way": "browser"} | answers, {})
    connect_at(place, "micropub", person)
    return person


def exchanges(place: Place) -> int:
    return len(place.sandbox.requests_to("micropub", TOKEN)) - 1  # the first one took the code


def post(place: Place, title: str) -> None:
    """As a run does, with an adapter of its own."""
    place.post.write_text(f"---\ntitle: {title}\n---\n\n{title}.\n", "utf-8")
    network = place.network("micropub")
    network.publish(place.prepared(network))


def test_what_renews_it_is_kept(place: Place) -> None:
    config, secrets = place.config.read_text("utf-8"), place.secrets.read_text("utf-8")
    assert f'token_endpoint = "{place.sandbox.url}/indie/token"' in config
    assert "token_ends" not in config
    assert "CROSSPOST_MICROPUB_REFRESH_TOKEN=" in secrets
    assert "CROSSPOST_MICROPUB_CLIENT_ID=http://127.0.0.1:" in secrets
    network = place.network("micropub")
    assert network.connect().expires_at is None
    assert exchanges(place) == 0, "the first token is good for looking"


def test_it_lives_on_for_months_with_refresh_tokens_that_are_good_once(place: Place) -> None:
    for number in range(4):
        place.clock.pass_by(days=20)
        post(place, f"Beitrag {number}")
        place.network("micropub").connect()
        assert exchanges(place) == number + 1
    assert len(place.sandbox.posts()) == 4


def test_one_that_nobody_used_for_too_long_is_for_a_person(place: Place) -> None:
    place.clock.pass_by(days=31)
    with pytest.raises(AuthExpired, match="crosspost accounts renew micropub"):
        place.network("micropub").connect()


def test_who_comes_second_does_not_exchange_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one wins between our look and our turn; the website would refuse the same refresh token."""
    post(place, "Eins")
    place.clock.pass_by(hours=3)
    real = Vault.lock

    def late(vault: Vault, account: str, **how: Any) -> Any:
        monkeypatch.setattr(Vault, "lock", real)
        place.prepared(place.network("micropub"))
        return real(vault, account, **how)

    monkeypatch.setattr(Vault, "lock", late)
    post(place, "Zwei")
    assert exchanges(place) == 2
    assert len(place.sandbox.posts()) == 2


@pytest.mark.long
def test_of_two_processes_one_exchanges_and_the_other_takes_its_result(place: Place) -> None:
    place.name_the_ledger()
    post(place, "Eins")
    place.clock.pass_by(hours=3)
    assert tokens(place, "micropub", 2) == {place.app.vault().get("micropub")["access"]}
    assert exchanges(place) == 2


def test_another_client_gets_nothing_for_it(place: Place) -> None:
    network = place.network("micropub")
    form = {"grant_type": "refresh_token", "refresh_token": network.secret("refresh_token")}
    for client in ("", "http://127.0.0.1:1/"):
        answer = requests.post(f"{place.sandbox.url}/indie/token", data=form | {"client_id": client}, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("there", "error", "why"),
    [
        ("", AuthExpired, "a refresh token needs `token_endpoint`"),
        ("https://10.0.0.1/token", NotSent, "private network"),
    ],
)
def test_it_is_renewed_where_the_config_says_and_not_in_a_private_network(
    place: Place, there: str, error: type[Exception], why: str
) -> None:
    config = place.config.read_text("utf-8").replace(f"{place.sandbox.url}/indie/token", there)
    place.config.write_text(config, "utf-8")
    with pytest.raises(error, match=why):
        place.network("micropub").bearer()  # type: ignore[attr-defined]  # of networks that renew


def test_one_that_is_not_renewed_is_told_before_it_ends(place: Place) -> None:
    """Logging in anew forgets what renewed it, and a token that is pasted forgets the end."""
    place.sandbox.networks["micropub"].settings["renewed"] = False
    person = log_in(place, name="micropub", replace="yes")
    assert "This login ends on 2027-02-20" in " ".join(person.heard)
    assert "token_endpoint" not in place.config.read_text("utf-8")
    assert "REFRESH_TOKEN" not in place.secrets.read_text("utf-8")
    place.clock.pass_by(days=80)
    told = place.crosspost("doctor")
    assert "its login ends on 2027-02-20" in told.out, told.out
    own = place.sandbox.accounts()["micropub"]["credentials"]["token"]
    log_in(place, name="micropub", replace="yes", way="token", token=own)
    assert "token_ends" not in place.config.read_text("utf-8")
    assert "no end of its login is known" in place.crosspost("doctor").out
