"""Every setting that has a name: when it is misspelt, the message names the one that was probably meant."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.app.account_settings import style
from crosspost.app.targets import EVERYWHERE, Targets
from crosspost.compose import Style
from crosspost.config import registry, settings_file
from crosspost.config.settings import Account, Settings
from crosspost.errors import ConfigError, PostRefused
from crosspost.model import Override, Overrides
from crosspost.sources.events import _KEYS as EVENT
from crosspost.sources.events import _PLACE as PLACE
from crosspost.sources.events import parse_event
from crosspost.sources.mapping import Mistakes
from crosspost.sources.overrides import parse_overrides
from crosspost.sources.polls import _KEYS as POLL
from crosspost.sources.polls import parse_poll
from crosspost.testing.harness import Place


def slip(name: str) -> str:
    """The name with its last letter typed twice."""
    return name + name[-1]


def meant(message: str, name: str) -> bool:
    return f"did you mean `{name}`?" in message


def tables() -> Iterator[tuple[str, str]]:
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct) and field.name != "main_site":
            yield from ((field.name, setting.encode_name) for setting in msgspec.structs.fields(field.type))


@pytest.mark.parametrize(("table", "setting"), [*tables()])
def test_in_a_table_of_the_config(tmp_path: Path, table: str, setting: str) -> None:
    file = tmp_path / "crosspost.toml"
    file.write_text(f"[{table}]\n{slip(setting)} = 1\n", "utf-8")
    with pytest.raises(ConfigError) as told:
        settings_file.read(file)
    assert meant(str(told.value), setting)
    assert ":2:" in str(told.value)


@pytest.mark.parametrize("key", registry.names())
def test_of_an_account_in_the_config_and_in_a_post(key: str) -> None:
    network = registry.load(key)
    carried, own = getattr(network.Options, "carried", ()), network.Options.__struct_fields__
    for name in (*own, *Style.__struct_fields__):
        with pytest.raises(ConfigError) as told:
            style(None, Account(name="a", network=key, own={slip(name): 1}), network)
        assert meant(str(told.value), name)
        if name not in carried:
            said = Overrides(targets={key: Override(settings={slip(name): 1})})
            (mistake,) = Targets(None, {}, lambda _: (None, None, None)).mistakes(said)
            assert mistake.keys == (key, slip(name))
            assert meant(mistake.said, name)


@pytest.mark.parametrize("name", EVERYWHERE)
def test_of_a_post(name: str) -> None:
    parse_overrides({slip(name): 1}, UTC, wrong := Mistakes())
    assert [meant(one.said, name) for one in wrong] == [True]


@pytest.mark.parametrize("name", POLL)
def test_of_a_poll(name: str) -> None:
    parse_poll({"options": ["a", "b"], slip(name): 1}, wrong := Mistakes())
    assert [meant(one.said, name) for one in wrong] == [True]


@pytest.mark.parametrize(("name", "above"), [*((name, ()) for name in EVENT), *((name, ("place",)) for name in PLACE)])
def test_of_an_event_and_its_place(name: str, above: tuple[str, ...]) -> None:
    event: dict[str, Any] = {"start": "2027-05-02 14:00"}
    event |= {"place": {"city": "Tal", slip(name): "x"}} if above else {slip(name): "x"}
    parse_event(event, UTC, wrong := Mistakes())
    assert [meant(one.said, name) for one in wrong] == [True]


@pytest.mark.parametrize("name", ["path", "captions", "captions_language"])
def test_of_a_video(place: Place, name: str) -> None:
    """A theme may have keys of its own below it, so that only what is nearly one of ours is told."""
    head = f"title: Film\nvideo:\n  path: /film.mp4\n  {slip(name)}: /film.vtt\n  autoplay: true\n"
    place.post.write_text(f"---\n{head}---\n\nText.\n", "utf-8")
    told = [warning for warning in place.the_post().warnings if "did you mean" in warning]
    assert len(told) == 1
    assert meant(told[0], name)


def test_a_setting_of_another_network_is_not_taken(place: Place) -> None:
    text = place.post.read_text("utf-8").replace("lang: de", "lang: de\ncrosspost: {facebook: {visibility: public}}")
    place.post.write_text(text, "utf-8")
    with pytest.raises(PostRefused, match="facebook: there is no setting `visibility` here; known: "):
        place.the_post()
