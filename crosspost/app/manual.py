"""The manual: pages of Markdown inside the package, one a topic."""

import re
from pathlib import Path

from crosspost.model import Value

FOLDER = Path(__file__).parents[1] / "manual"
_ENTRY = re.compile(r"- \[(?P<name>[\w-]+)\]\((?P<file>[\w/.-]+)\): (?P<about>.+)")
_COMMAND = "`crosspost {}(?![\\w-])"


class Topic(Value, frozen=True, kw_only=True):
    """One page: ``group`` is the heading it stands under, ``about`` what it is about, in a few words."""

    name: str
    group: str
    about: str
    file: Path


def topics() -> dict[str, Topic]:
    """Every page by name, in the order of the manual's first page."""
    found, group = {}, ""
    for line in (FOLDER / "index.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            group = line[3:]
        elif entry := _ENTRY.fullmatch(line):
            found[entry["name"]] = Topic(
                name=entry["name"], group=group, about=entry["about"], file=FOLDER / entry["file"]
            )
    return found


def network_page(network: str) -> str:
    """The command that shows a network's page; "" where it has none, such as somebody else's."""
    return f"`crosspost help {network}`" if (FOLDER / "networks" / f"{network}.md").is_file() else ""


def about_command(command: str, most: int = 3) -> list[str]:
    """The topics that say most about a command, by how often they name it."""
    mention = re.compile(_COMMAND.format(re.escape(command)))
    counted = {
        name: len(mention.findall(topic.file.read_text("utf-8")))
        for name, topic in topics().items()
        if name not in ("cli", "troubleshooting")
    }
    return sorted((name for name, number in counted.items() if number), key=lambda name: -counted[name])[:most]
