"""The settings and front matter shown in the manual would be taken as they stand there."""

import tomllib
from pathlib import Path
from typing import Any

import frontmatter
import pytest
import yaml

from crosspost.app.schemas.config_schema import SECTIONS
from crosspost.compose import Style
from crosspost.config.settings import Account
from tests.manual.networks import ours
from tests.manual.pages import README, Block, blocks, name, pages
from tests.manual.settings import TIMING

#: longer lines of code are broken by a terminal of 80 columns
WIDTH = 78


def shown(*kinds: str) -> list[Any]:
    """The blocks of these kinds with the pages they stand on."""
    every = [(page, block) for page in [README, *pages()] for block in blocks(page.read_text("utf-8"))]
    return [pytest.param(page, one, id=f"{name(page)}:{one.line}") for page, one in every if one.kind in kinds]


@pytest.mark.parametrize(("page", "block"), shown("toml"))
def test_every_setting_that_is_shown_exists(page: Path, block: Block) -> None:
    said = tomllib.loads(block.text)
    networks = ours()
    common = {*Account.__struct_fields__, *Style.__struct_fields__, *TIMING.__struct_fields__}
    accounts = said.pop("accounts", {})
    for section in [key for key in said if key in SECTIONS and isinstance(said[key], dict)]:
        assert set(said.pop(section)) <= set(SECTIONS[section].__struct_fields__)
    for table in said.pop("sites", {}).values():
        assert set(table) <= set(SECTIONS["site"].__struct_fields__)
    for account, table in accounts.items():
        network = networks[table.get("network", account)]
        assert set(table) <= common | set(network.Options.__struct_fields__), account
    if said:  # the page of a network shows some settings without their table
        assert set(said) <= common | set(networks[page.stem].Options.__struct_fields__)


@pytest.mark.parametrize(("page", "block"), shown("yaml", "markdown"))
def test_front_matter_that_is_shown_can_be_read(page: Path, block: Block) -> None:
    said = yaml.safe_load(block.text) if block.kind == "yaml" else frontmatter.loads(block.text).metadata
    assert said
    own = said.get("crosspost", {})
    assert isinstance(own, dict), name(page)
    known = {"skip", "only", "at", "text", "alt", "poll", "on_edit", "on_delete", *ours()}
    assert all(key in known or key.partition("-")[0] in known for key in own)


@pytest.mark.parametrize(("page", "block"), shown("", "toml", "sh", "yaml", "markdown", "console"))
def test_code_fits_a_terminal(page: Path, block: Block) -> None:
    if page == README:
        return
    longest = max(block.text.split("\n"), key=len)
    assert len(longest) <= WIDTH or block.kind == "console" or not block.text.strip(), longest
