"""Connecting accounts: what is asked, tried, and written; with a Mastodon server as the example."""

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from crosspost.app.accounts.add import add, desk, log_in
from crosspost.app.application import App
from crosspost.config.secret_places import Command, OwnFiles, SecretsFile
from crosspost.errors import ConfigError, DeliveryError
from crosspost.networks.logins.mastodon import MastodonLogin
from crosspost.networks.mastodon import Mastodon
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from tests.app.accounts.visitor import Visitor

COMMENTED = """\
# our blog
[site]
path = "../site"   # beside this file

[run]
max_per_run = 2    # enough

# the old one
[accounts.telegram]
chat = "@verein"   # our channel
"""


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    made = Place(tmp_path, sandbox, clock=clock, networks=())
    made.config.write_text(COMMENTED, "utf-8")
    made.secrets.write_text("# tokens\nCROSSPOST_TELEGRAM_BOT_TOKEN=old  # of 2024\n", "utf-8")
    return made


def connect(place: Place, person: Visitor, network: str = "mastodon", **how: Any) -> list[Any]:
    app: App = place.app
    found = log_in(app, network, person, base_url=how.pop("base_url", ""))
    return add(app, found, person, how.pop("where", SecretsFile)(place.secrets), **how)


def unchanged(place: Place) -> bool:
    secrets = "# tokens\nCROSSPOST_TELEGRAM_BOT_TOKEN=old  # of 2024\n"
    return place.config.read_text("utf-8") == COMMENTED and place.secrets.read_text("utf-8") == secrets


def test_the_account_is_tried_out_and_written_below_what_is_there(place: Place) -> None:
    (added,) = connect(place, Visitor({"server": place.sandbox.url}))
    assert (added.name, added.who, added.network) == ("mastodon", "@verein", "mastodon")
    text = place.config.read_text("utf-8")
    assert text.startswith(COMMENTED)
    assert text.endswith(f'\n[accounts.mastodon]\nbase_url = "{place.sandbox.url}"\n')
    secrets = place.secrets.read_text("utf-8")
    assert secrets.startswith("# tokens\nCROSSPOST_TELEGRAM_BOT_TOKEN=old  # of 2024\nCROSSPOST_MASTODON_ACCESS_TOKEN=")
    assert place.secrets.stat().st_mode & 0o777 == 0o600
    assert place.network("mastodon").connect().handle == "@verein"


@pytest.mark.parametrize("written", ["{host}", "{host}/", "  http://{host}  ", "“{host}”"])
def test_a_server_is_understood_as_people_write_it(place: Place, written: str) -> None:
    host = place.sandbox.url.removeprefix("http://")
    (added,) = connect(place, Visitor({"server": written.format(host=host)}))
    assert added.who == "@verein"
    assert f'base_url = "{place.sandbox.url}"' in place.config.read_text("utf-8")


@pytest.mark.parametrize(
    "written", ["@me@social.example", "https://social.example/@me", "social.example/", "acct:me@social.example"]
)
def test_a_whole_name_or_a_page_names_the_server(place: Place, written: str) -> None:
    login = MastodonLogin(Mastodon, desk(place.app, Visitor({}), "", {}))
    person = Visitor({"server": written})
    assert person.ask(login.question) == "https://social.example"


def test_a_wrong_server_is_told_and_asked_for_again(place: Place) -> None:
    person = Visitor({"server": ["", "not a server", "http://127.0.0.1:9", place.sandbox.url]})
    connect(place, person)
    assert [key for key, _ in person.wrongs] == ["server"] * 3
    assert "it is empty" in person.wrongs[0][1]
    assert "cannot be asked" in person.wrongs[2][1]


def test_somebody_who_says_no_changes_nothing(place: Place) -> None:
    with pytest.raises(ConfigError, match="The person said no"):
        connect(place, Visitor({"server": place.sandbox.url}, {"decision": "deny"}))
    assert unchanged(place)


def test_an_answer_to_another_question_is_not_taken(place: Place) -> None:
    other = Visitor({"server": place.sandbox.url}, change=lambda address: address.replace("state=", "state=x"))
    with pytest.raises(ConfigError, match="not the address of the page"):
        connect(place, other)
    assert unchanged(place)


def test_an_answer_of_another_server_is_not_taken(place: Place) -> None:
    other = Visitor(
        {"server": place.sandbox.url}, change=lambda address: f"{address.rpartition('&iss=')[0]}&iss=http://x"
    )
    with pytest.raises(ConfigError, match="came from 'http://x', not from"):
        connect(place, other)
    assert unchanged(place)


def test_a_second_account_gets_a_free_name(place: Place) -> None:
    connect(place, Visitor({"server": place.sandbox.url}))
    (added,) = connect(place, Visitor({"server": place.sandbox.url}, {"account": "zweitkonto"}))
    assert (added.name, added.who) == ("mastodon-2", "@zweitkonto")
    assert 'network = "mastodon"' in place.config.read_text("utf-8")
    assert place.network("mastodon").connect().handle == "@verein"


@pytest.mark.parametrize("again", ["yes", "no"])
def test_run_again_it_changes_nothing_without_asking(place: Place, again: str) -> None:
    connect(place, Visitor({"server": place.sandbox.url}))
    before = place.config.read_text("utf-8"), place.secrets.read_text("utf-8")
    person = Visitor({"server": place.sandbox.url, "name": "mastodon", "replace": again})
    added = connect(place, person)
    assert "replace" in person.asked
    now = place.config.read_text("utf-8"), place.secrets.read_text("utf-8")
    assert now[0] == before[0]
    assert (now[1] == before[1]) == (again == "no")
    assert bool(added) == (again == "yes")
    assert now[1].count("CROSSPOST_MASTODON_ACCESS_TOKEN=") == 1


def test_a_name_that_is_another_networks_is_refused(place: Place) -> None:
    with pytest.raises(ConfigError, match="is an account on telegram"):
        connect(place, Visitor({"server": place.sandbox.url, "name": "telegram", "replace": "yes"}))
    assert unchanged(place)


def test_a_config_that_changed_meanwhile_is_left_alone(place: Place) -> None:
    app = place.app
    person = Visitor({"server": place.sandbox.url})
    found = log_in(app, "mastodon", person)
    place.config.write_text(COMMENTED + "# and more\n", "utf-8")
    with pytest.raises(ConfigError, match="was changed meanwhile"):
        add(app, found, person, SecretsFile(place.secrets))
    assert place.config.read_text("utf-8") == COMMENTED + "# and more\n"
    assert "MASTODON" not in place.secrets.read_text("utf-8")


def test_a_login_that_does_not_work_is_not_stored(place: Place) -> None:
    app, person = place.app, Visitor({"server": place.sandbox.url})
    found = log_in(app, "mastodon", person)
    place.sandbox.reset()  # forgets the tokens it gave out
    with pytest.raises(DeliveryError):
        add(app, found, person, SecretsFile(place.secrets))
    assert unchanged(place)


def test_a_token_in_the_environment_that_would_go_first_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSPOST_MASTODON_ACCESS_TOKEN", "another")
    person = Visitor({"server": place.sandbox.url})
    connect(place, person)
    assert any("is set in the environment" in said for said in person.heard)


def test_each_secret_may_have_a_file_of_its_own(place: Place) -> None:
    connect(place, Visitor({"server": place.sandbox.url}), where=OwnFiles)
    file = place.config.parent / "secrets/crosspost_mastodon_access_token"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text("utf-8").strip() not in place.secrets.read_text("utf-8")
    assert place.network("mastodon").connect().handle == "@verein"


def test_no_secret_is_in_the_config_or_was_said(place: Place) -> None:
    person = Visitor({"server": place.sandbox.url})
    connect(place, person)
    token = place.secrets.read_text("utf-8").rpartition("ACCESS_TOKEN=")[2].strip()
    assert len(token) > 20
    assert token not in place.config.read_text("utf-8")
    assert not any(token in said for said in person.heard)


def test_a_token_that_moves_elsewhere_leaves_no_old_one_behind(place: Place, tmp_path: Path) -> None:
    connect(place, Visitor({"server": place.sandbox.url}))
    store = tmp_path / "store"
    store.mkdir()

    def manager(file: Path) -> Command:
        script = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"
        take = f"{sys.executable} -c {shlex.quote(script)} {store}/{{name}}"
        return Command(file, f"cat {store}/{{name}}", take)

    again = {"server": place.sandbox.url, "name": "mastodon", "replace": "yes", "other": ["yes", "yes"]}
    connect(place, Visitor(again, {"account": "zweitkonto"}), where=manager)
    assert "CROSSPOST_MASTODON" not in place.secrets.read_text("utf-8")
    assert "token_cmd" in place.config.read_text("utf-8")
    assert place.app.credentials.place_of("mastodon", "access_token") in ("", "`token_cmd`")
    connect(place, Visitor(again))
    assert "token_cmd" not in place.config.read_text("utf-8")
    assert place.network("mastodon").connect().handle == "@verein"
