"""Where a message or a page says ``crosspost help TOPIC``, there is such a topic."""

import re
from pathlib import Path

import pytest

import crosspost
from crosspost.app import manual
from crosspost.cli.program import cli
from tests.manual.pages import ROOT, pages

NAMED = re.compile(r"crosspost help\s+([a-z][\w-]*)")
PACKAGE = Path(crosspost.__file__).parent
FILES = [
    *(file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts),
    *pages(),
    *(file for file in (ROOT / "config").iterdir() if file.is_file()),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]


def named(file: Path) -> set[str]:
    """The topics a file names; a message may go over the end of a line of code."""
    return set(NAMED.findall(re.sub(r'"\n\s+f?"', "", file.read_text("utf-8"))))


@pytest.mark.parametrize("file", [file for file in FILES if named(file)], ids=lambda file: str(file.relative_to(ROOT)))
def test_every_topic_that_is_named_exists(file: Path) -> None:
    assert named(file) <= {*manual.topics(), *cli.commands}


def test_messages_on_which_people_are_stuck_name_one() -> None:
    said = {topic for file in PACKAGE.rglob("*.py") for topic in named(file)}
    assert {"doubt", "ledger", "accounts", "changes", "schedule", "tutorial"} <= said
