"""The manual: pages of Markdown inside the package, one a topic."""

import re
from functools import cache
from pathlib import Path

from crosspost.model import Value
from crosspost.text.lazy_pattern import lazy

FOLDER = Path(__file__).parents[1] / "manual"
_ENTRY = lazy(r"- \[(?P<name>[\w-]+)\]\((?P<file>[\w/.-]+)\): (?P<about>.+)")
#: what is left out of an excerpt: signs of Markdown, and the addresses of links
_MARKUP = lazy(r"\]\([^)]*\)|[`*\[]|```\w*|\|[ |-]*")
#: characters of an excerpt, and those before the word
_EXCERPT, _BEFORE = 220, 70
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


class Found(Value, frozen=True, kw_only=True):
    """A part of a page in which words were found: its heading, that heading's name in links, and a few words of it."""

    topic: Topic
    heading: str
    anchor: str
    excerpt: str


def anchor(heading: str) -> str:
    """The name by which links call a heading, as GitHub makes it.

    >>> anchor("Other words for `one` account")
    'other-words-for-one-account'
    """
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


def find(words: str, most: int = 30) -> list[Found]:
    """The parts of the manual in which all these words begin a word; first those with the words in their heading."""
    wanted = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words.split()]
    found = []
    for topic in topics().values():
        for heading, text in _parts(topic.file):
            if wanted and all(word.search(f"{topic.name} {heading} {text}") for word in wanted):
                in_heading = sum(bool(word.search(f"{topic.name} {heading}")) for word in wanted)
                part = Found(topic=topic, heading=heading, anchor=anchor(heading), excerpt=_around(text, wanted[0]))
                found.append((-in_heading, part))
    found.sort(key=lambda one: one[0])
    return [part for _, part in found[:most]]


@cache
def _parts(file: Path) -> list[tuple[str, str]]:
    """Each heading of a page with what stands below it; the page's own title is ""."""
    parts, fenced = [("", "")], False
    for line in file.read_text("utf-8").splitlines():
        fenced ^= line.startswith("```")
        if not fenced and line.startswith("##"):
            parts.append((line.lstrip("# ").replace("`", ""), ""))
        elif fenced or not line.startswith(("# ", "<!--")):
            heading, text = parts[-1]
            parts[-1] = (heading, f"{text} {line}")
    return [(heading, " ".join(_MARKUP.sub("", text).split())) for heading, text in parts]


def _around(text: str, word: re.Pattern[str]) -> str:
    """A few words before and after the first place of a word."""
    place = word.search(text)
    begin = max(0, (place.start() if place else 0) - _BEFORE)
    cut = text[begin : begin + _EXCERPT]
    end = " …" if begin + _EXCERPT < len(text) else ""
    return f"… {cut.partition(' ')[2]}{end}" if begin else f"{cut}{end}"


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
