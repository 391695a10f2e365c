"""Whatever crosspost has, the manual tells: commands, options, settings, networks, exit codes, alerts, states."""

import re
from pathlib import Path
from typing import get_args

import click
import pytest

import crosspost
from crosspost.app import manual
from crosspost.app.schemas.config_schema import SECTIONS
from crosspost.app.schemas.setting_words import example, example_file
from crosspost.cli.program import cli
from crosspost.cli.reports import WORDS
from crosspost.ledger import State
from tests.manual.networks import ours
from tests.manual.pages import MANUAL, ROOT, name, pages
from tests.manual.settings import TIMING

TEXTS = {page: page.read_text("utf-8") for page in pages()}
WRITTEN = "\n".join(text for page, text in TEXTS.items() if page.stem not in ("cli", "configuration"))
ALERTS = "".join(
    file.read_text("utf-8") for file in sorted((Path(crosspost.__file__).parent / "notifications").glob("*alerts.py"))
)


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for word, command in group.commands.items():
        found[f"{before}{word}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{word} ")
    return found


@pytest.mark.parametrize("command", commands(cli))
def test_every_command_is_explained_somewhere_and_listed(command: str) -> None:
    assert re.search(rf"crosspost {command}\b", WRITTEN), "no page says what it is for"
    reference = TEXTS[MANUAL / "cli.md"]
    assert f"\n## {command}\n" in reference
    for parameter in commands(cli)[command].params:
        if isinstance(parameter, click.Option):
            assert all(f"{option} " in reference or f"{option}," in reference for option in parameter.opts)


def test_the_commands_without_a_config_are_named() -> None:
    said = TEXTS[MANUAL / "cli.md"].partition("All but ")[2].partition(" take `--config")[0]
    leaves = {
        name: {option for one in command.params for option in one.opts}
        for name, command in commands(cli).items()
        if not isinstance(command, click.Group)
    }
    assert set(re.findall(r"`([^`]+)`", said)) == {
        name for name, options in leaves.items() if not {"--config", "--site"} <= options
    }


@pytest.mark.parametrize("section", [*SECTIONS, "accounts"])
def test_every_section_and_its_settings_are_there(section: str) -> None:
    reference = TEXTS[MANUAL / "configuration.md"]
    heading = "accounts.NAME" if section == "accounts" else section
    assert f"## [{heading}]\n" in reference
    fields = SECTIONS[section].__struct_fields__ if section != "accounts" else TIMING.__struct_fields__
    for field in fields:
        assert re.search(rf"^\| `{field}( = [^`]+)?` \|", reference, re.MULTILINE), field


def test_every_example_of_the_config_was_understood() -> None:
    said = example(example_file().read_text("utf-8"))
    assert len(said["site"]) == len(SECTIONS["site"].__struct_fields__)
    assert all(one.value for table in said.values() for one in table.values())


@pytest.mark.parametrize("network", ours())
def test_every_page_of_a_network_says_what_doctor_can_tell_of_its_rights(network: str) -> None:
    page = TEXTS[MANUAL / "networks" / f"{network}.md"]
    assert "`crosspost doctor`" in page.partition("## Limitations and quirks")[2]


@pytest.mark.parametrize("network", ours())
def test_every_network_has_its_page_and_its_settings(network: str) -> None:
    topic = manual.topics()[network]
    assert topic.file == MANUAL / "networks" / f"{network}.md"
    assert TEXTS[topic.file].startswith("# ")
    for heading in ("## What you need", "## Settings", "## Limits", "## Limitations and quirks"):
        assert f"\n{heading}" in TEXTS[topic.file]
    for field in ours()[network].Options.__struct_fields__:
        assert f"`{field}" in TEXTS[MANUAL / "configuration.md"]
    assert f"[{ours()[network].name}](networks/{network}.md)" in TEXTS[MANUAL / "networks.md"]


def test_every_page_is_a_topic() -> None:
    known = manual.topics()
    assert sorted(topic.file for topic in known.values()) == [page for page in pages() if page.stem != "index"]
    assert all(topic.name == topic.file.stem and topic.group and topic.about for topic in known.values())


def test_every_exit_code_is_told() -> None:
    table = TEXTS[MANUAL / "cli.md"].partition("## Exit codes")[2].partition("##")[0]
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    sources = "\n".join(file.read_text("utf-8") for file in (Path(crosspost.__file__).parent / "cli").glob("*.py"))
    given = {int(code) for line in re.findall(r"return .*", sources) for code in re.findall(r"\breturn (\d+)$", line)}
    assert {0, 1, 2, 3, 130, 143} == told
    assert given <= told


def kinds() -> set[str]:
    """The kinds of alert, from the keys in the code that makes them."""
    plain = {f"{kind}:" for kind in re.findall(r'key=f?"([a-z]+):', ALERTS)}
    states = set(
        re.findall(
            r'state (?:==|in) \(?((?:"[a-z]+"(?:, )?)+)\)?', ALERTS.partition("def _changes")[2].partition("\ndef ")[0]
        )
    )
    words = {word for group in states for word in re.findall(r'"([a-z]+)"', group)}
    return plain | {
        f"{word}-{kind}:" for word in words for kind in ("edit", "delete") if (word, kind) != ("back", "edit")
    }


def test_every_kind_of_alert_is_told_with_what_to_do() -> None:
    assert len(kinds()) > 18
    rows = TEXTS[MANUAL / "notices.md"].partition("## What you are told")[2].partition("\n## ")[0]
    told = {kind for row in rows.splitlines() if row.startswith("| `") for kind in re.findall(r"`([a-z-]+:)`", row)}
    assert told == kinds()


def test_every_state_of_a_delivery_is_told() -> None:
    rows = TEXTS[MANUAL / "delivery.md"].partition("## States of a delivery")[2]
    told = dict(re.findall(r"^\| `(\w+)` \| ([\w ]+) \|", rows, re.MULTILINE))
    assert told == WORDS
    assert set(told) == set(get_args(State))


@pytest.mark.parametrize(
    "heading", re.findall(r"^### (.+)$", (MANUAL / "troubleshooting.md").read_text("utf-8"), re.MULTILINE)
)
def test_the_messages_of_the_troubleshooting_exist(heading: str) -> None:
    sources = [
        file.read_text("utf-8") for file in Path(crosspost.__file__).parent.rglob("*.py") if "sandbox/" not in str(file)
    ]
    # a message may go over the end of a line, and a part of it be filled in
    code = "\n".join(re.sub(r'"\n\s+f?"', "", re.sub(r"\{[^{}]*\}", "…", text)) for text in sources)
    assert re.search(re.escape(heading).replace("…", ".*"), code), "no message says that"


def test_the_wheel_has_the_manual() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'packages = ["crosspost"]' in project
    assert all(page.is_relative_to(Path(crosspost.__file__).parent) for page in pages())
    assert [name(page) for page in pages()].count("networks/x.md") == 1
