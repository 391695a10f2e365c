"""What the documents say is what the code does; a network that is not whole fails here."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from crosspost.compose import Style
from crosspost.config import registry
from crosspost.config.installation_settings import Daemon, Notify, Run, Secrets, State
from crosspost.config.settings import Account, SiteSettings
from crosspost.sandbox.registry import stand_ins
from crosspost.sources.keys import ALT_KEYS, DESCRIPTION_KEYS, PICTURE_KEYS
from tests.config import examples
from tests.manual.pages import MANUAL

ROOT = Path(__file__).parents[1]
_SECTIONS = {"site": SiteSettings, "run": Run, "notify": Notify, "daemon": Daemon, "secrets": Secrets, "state": State}


def test_the_examples_are_up_to_date() -> None:
    assert examples.CONFIG.read_text("utf-8") == examples.config(), "run `make docs`"
    assert examples.SECRETS.read_text("utf-8") == examples.secrets(), "run `make docs`"
    assert examples.SCHEMA.read_text("utf-8") == examples.schema(), "run `make docs`"


@pytest.mark.parametrize("name", registry.NETWORKS)
def test_a_network_is_whole(name: str) -> None:
    cls = registry.load(name)
    assert cls.key == name
    assert name in stand_ins(), "needs a stand-in"
    assert (ROOT / f"tests/networks/test_{name}.py").exists(), "needs a test"
    assert (MANUAL / f"networks/{name}.md").exists(), "needs a page"
    assert cls.example, "needs an example of its settings"
    assert cls.credentials or cls.no_secrets, "needs its credentials, or why it has none"
    assert not cls.hint or f"# {cls.hint} = " in cls.example, "the hint is a setting of the example"
    assert cls.limits.source.startswith("https://")
    assert cls.limits.checked.year >= 2026


def test_the_keys_of_pictures_and_descriptions_are_listed() -> None:
    for page, keys in (("pictures", PICTURE_KEYS), ("pictures", ALT_KEYS), ("posts", DESCRIPTION_KEYS)):
        text = " ".join((MANUAL / f"{page}.md").read_text("utf-8").split())
        assert ", ".join(f"`{key}`" for key in keys) in text


def _said(table: str) -> dict[str, object]:
    """A block of the example with its commented-out settings switched on."""
    lines = []
    for line in table.splitlines():
        bare = line.removeprefix("# ")
        lines.append(bare if line.startswith("# ") and " = " in bare.split("#")[0] else line)
    return tomllib.loads("\n".join(lines))


def test_every_setting_of_the_example_exists_and_every_setting_is_in_the_example() -> None:
    text = (ROOT / "config/crosspost.example.toml").read_text("utf-8")
    general, _, accounts = text.partition("# One table per account.")
    said = _said(general)
    for section, struct in _SECTIONS.items():
        table = said[section]
        assert isinstance(table, dict)
        assert set(table) == set(struct.__struct_fields__), section
        msgspec.convert(table, struct)
    for key in [*Style.__struct_fields__, *(set(Account.__struct_fields__) - {"name", "own", "network"})]:
        assert f"#   {key} = " in accounts, f"{key} is not in the example"
    tables = tomllib.loads(
        "\n".join(
            x.removeprefix("# ") if x.startswith("# ") and " = " in x.split("#")[1] else x
            for x in accounts[accounts.index("[accounts.") :].splitlines()
        )
    )
    for name, table in tables["accounts"].items():
        cls = registry.load(table.get("network", name))
        known = {*Account.__struct_fields__, *Style.__struct_fields__, *cls.Options.__struct_fields__}
        assert set(table) <= known, name
        missing = set(cls.Options.__struct_fields__) - set(table)
        assert not missing, f"{name}: {missing} not in the example"
        msgspec.convert({k: v for k, v in table.items() if k in cls.Options.__struct_fields__}, cls.Options)
