"""The schemas say of a file what crosspost says of it."""

import os
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.app import account_settings
from crosspost.app.schemas.config_schema import SECTIONS, config_schema
from crosspost.app.schemas.front_matter_schema import front_matter_schema
from crosspost.app.schemas.setting_words import example, example_file
from crosspost.compose import Style
from crosspost.config import registry, settings_file
from crosspost.config.settings import Account
from crosspost.errors import ConfigError
from crosspost.schedule.schedule_parser import Written
from crosspost.sources.front_matter import parse as parse_front_matter
from tests.manual.networks import ours

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
CONFIG = fastjsonschema.compile(config_schema())
POST = fastjsonschema.compile(front_matter_schema({"verein": "mastodon"}))
ANY_POST = fastjsonschema.compile(front_matter_schema(None))


def fits(check: Any, said: Any) -> bool:
    try:
        check(said)
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True


def account(network: str, **more: Any) -> dict[str, Any]:
    needs = {"base_url": "https://social.example"} | dict(registry.load(network).needs)
    return {"network": network, **needs, **more}


def test_the_example_fits_as_it_stands() -> None:
    CONFIG(tomllib.loads(example_file().read_text("utf-8")))


@pytest.mark.parametrize("section", [*SECTIONS, *(f"accounts.{name}" for name in ours())])
def test_every_setting_of_the_example_fits_with_its_value(section: str) -> None:
    said = example(example_file().read_text("utf-8"))[section]
    values = {key: tomllib.loads(f"v = {one.value}")["v"] for key, one in said.items()}
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
    name = section.removeprefix("accounts.")
    CONFIG({section: values} if name == section else {"accounts": {"mine": account(name) | values}})


@pytest.mark.parametrize("name", ours())
def test_every_account_takes_what_every_account_takes(name: str) -> None:
    every = example(example_file().read_text("utf-8"))["accounts"]
    values = {key: tomllib.loads(f"v = {one.value}")["v"] for key, one in every.items()}
    own = set(ours()[name].Options.__struct_fields__)
    able = ours()[name].abilities
    digest, ahead = able.digest, able.ahead is not None
    left_out = ("digest",) * (not digest) + ("boost",) * (not ours()[name].boosts) + ("ahead",) * (not ahead)
    values = {k: v for k, v in values.items() if k not in own and not k.startswith(left_out)}
    CONFIG({"accounts": {"mine": account(name) | values, name: values | account(name)}})
    assert fits(CONFIG, {"accounts": {"mine": account(name, digest="weekly")}}) == digest
    assert fits(CONFIG, {"accounts": {"mine": account(name, ahead="1 day")}}) == ahead


@pytest.mark.parametrize("section", SECTIONS)
def test_a_wrong_key_does_not_fit(section: str) -> None:
    assert not fits(CONFIG, {section: {"pahts": 1}})
    assert not fits(CONFIG, {f"{section}x": {}})


def test_each_of_several_sites_has_the_settings_of_a_site() -> None:
    assert fits(CONFIG, {"sites": {"club": {"path": "../a", "accounts": ["x"]}, "youth": {}}})
    assert not fits(CONFIG, {"sites": {"club": {"pahts": 1}}})
    assert not fits(CONFIG, {"sites": {"a b": {}}})


@pytest.mark.parametrize("name", ours())
def test_a_wrong_key_or_another_networks_own_does_not_fit_an_account(name: str) -> None:
    assert fits(CONFIG, {"accounts": {"mine": account(name)}})
    assert not fits(CONFIG, {"accounts": {"mine": account(name, hashtag=True)}})
    assert not fits(CONFIG, {"accounts": {name: {**account(name), "hashtag": True}}})
    for other, cls in ours().items():
        strange = set(cls.Options.__struct_fields__) - set(ours()[name].Options.__struct_fields__) - set(_EVERY)
        for key in strange:
            value = tomllib.loads(f"v = {example(cls.example and f'[s]{chr(10)}{cls.example}')['s'][key].value}")["v"]
            assert not fits(CONFIG, {"accounts": {"mine": account(name, **{key: value})}}), (other, key)


def test_an_account_says_its_network_or_has_its_name() -> None:
    assert fits(CONFIG, {"accounts": {"x": {}}})
    assert fits(CONFIG, {"accounts": {"x": account("bluesky")}})
    assert not fits(CONFIG, {"accounts": {"mine": {}}})
    assert not fits(CONFIG, {"accounts": {"mine": {"network": "xx"}}})
    assert not fits(CONFIG, {"accounts": {"two words": {"network": "x"}}})


_EVERY = [*Account.__struct_fields__, *Style.__struct_fields__, *Written.__struct_fields__]
_KEYS = sorted({*_EVERY, *(key for cls in ours().values() for key in cls.Options.__struct_fields__), "colour"})
_VALUES = st.sampled_from(["text", "none", "public", "", 3, -1, 1.5, True, [], ["a"], {}, {"a": "b"}])


@given(st.sampled_from(sorted(ours())), st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=3))
def test_what_does_not_fit_is_refused_and_what_is_refused_for_its_key_does_not_fit(
    name: str, values: dict[str, Any]
) -> None:
    """The schema is never stricter than crosspost; it is laxer only about values, such as a template with a mistake."""
    values = {key: value for key, value in values.items() if key not in ("network", "name", "own")}
    table = account(name) | values
    why = refused(table)
    if fits(CONFIG, {"accounts": {"mine": table}}):
        assert "there is no setting" not in why
        assert "expected" not in why
    else:
        assert why or "base_url" in values


def refused(table: dict[str, Any]) -> str:
    """Why crosspost refuses an account; "" when it does not."""
    import msgspec

    from crosspost.schedule import parse

    text = "[accounts.mine]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in table.items())
    try:
        config = settings_file.parse(text, Path("crosspost.toml"))
        mine = config.accounts["mine"]
        cls = registry.load(mine.network)
        account_settings.style(config, mine, cls)
        account_settings.options(config, mine, cls)
        parse(mine.own, where=lambda *_: "crosspost.toml", zone="")
    except (ConfigError, msgspec.ValidationError) as error:
        return str(error)
    return ""


def _toml(value: Any) -> str:
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return value.isoformat() if isinstance(value, date | datetime) else json.dumps(value)


@pytest.mark.parametrize(
    "said",
    [
        None,
        False,
        {"skip": True, "only": "verein", "at": "2026-05-01 09:30", "text": "Hallo", "alt": {"a.jpg": "Ein Beet"}},
        {"only": ["x", "verein"], "verein": {"visibility": "unlisted", "content-warning": "x"}, "x": False},
        {"mastodon": {"text": 12, "hashtags": False, "giving-way": ["title"]}, "newsletter": None},
    ],
)
def test_what_a_post_may_say_fits(said: Any) -> None:
    POST({"title": "Titel", "crosspost": said, "layout": "post", "mine": [1]})


@pytest.mark.parametrize(
    "said",
    [
        {"onyl": ["x"]},
        {"only": []},
        {"only": ["nobody"]},
        {"nobody": {"skip": True}},
        {"x": {"visibility": "public"}},
        {"mastodon": {"visibilty": "public"}},
        {"mastodon": {"visibility": "publik"}},
        {"telegram": {"chat": "@other"}},  # in the config only
        {"mastodon": {"on-edit": "ask"}},
        {"mastodon": {"only": ["x"]}},
        {"on_edit": "never"},
        ["x"],
    ],
)
def test_what_a_post_may_not_say_does_not_fit(said: Any) -> None:
    assert not fits(POST, {"crosspost": said})


def test_without_a_config_an_account_may_have_any_name() -> None:
    ANY_POST({"crosspost": {"only": ["verein"], "verein": {"text": "Hallo"}}})
    assert not fits(ANY_POST, {"crosspost": {"mastodon": {"visibilty": "public"}}})


@pytest.mark.parametrize("folder", ["conformance/wild", "seed"])
def test_front_matter_people_really_write_fits(folder: str) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"the posts are not at {SHARED / folder}")
    files = [file for file in (SHARED / folder).rglob("*.md") if file.read_text("utf-8", "replace").startswith("---")]
    assert files
    read = 0
    for file in files:
        try:
            data = parse_front_matter(file.read_bytes(), str(file)).data
        except Exception:  # what cannot be read is refused anyway
            continue
        data.pop("crosspost", None)
        ANY_POST(data)
        read += 1
    assert read
