"""The site of a new config: found, shown, and asked for what it does not say itself."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosspost.cli.common import now
from crosspost.cli.first_post_question import at_a_terminal
from crosspost.cli.layout import complain, paragraph
from crosspost.cli.terminal_dialog import TerminalDialog
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.sources.base import Source

#: how each question of `crosspost init` is answered beforehand
FLAGS = {
    "site": "--site DIR", "url": "--url URL", "lang": "--lang TAG", "timezone": "--timezone ZONE",
    "networks": "--account NETWORK", "schedule": "--schedule KIND",
}  # fmt: skip


def find(site: Path | None) -> Path:
    """The site that is meant: named, around the current folder, or beside it.

    :raises ConfigError: when there is none, or several and nobody is there to choose
    """
    from crosspost.app.sites.site_facts import beside
    from crosspost.networks.logins.dialog import Choice
    from crosspost.sources.kinds import find_site

    here = Path.cwd()
    root = site if site is not None else find_site(here)
    if root is None:
        near = beside(here)
        if not near:
            raise ConfigError(
                "this is not a site: there is no _config.yml, no hugo.toml, no built pages and no folder of dated "
                "posts; use --site DIR"
            )
        choices = [Choice(one.name, one.name) for one in near]
        root = here / TerminalDialog({}, flags=FLAGS).choose("site", "The site:", choices)
    if not root.is_dir():
        raise ConfigError(f"{root} is not a folder; give the site's folder with --site DIR")
    return _named(root) if site is not None else root


def _named(root: Path) -> Path:
    """The site of a folder that somebody named: perhaps it is the one with the posts, inside the site.

    :raises ConfigError: when nothing in it tells of a site, as in the folder above one; it says which are near
    """
    from crosspost.app.sites.site_facts import beside
    from crosspost.sources.kinds import find_site, known

    around = find_site(root)
    if not known(root) and around is not None and known(around):
        return around
    if known(root) or any(entry.state != "skipped" for entry in source_of(root).paths()):
        return root
    near = " or ".join(f"--site {os.path.relpath(one)}" for one in beside(root)[:3])
    raise ConfigError(
        f"{os.path.relpath(root)} is not a site: there is no _config.yml, no hugo.toml, no built pages and no dated "
        f"post in it; {f'perhaps {near}' if near else 'name the folder with the posts'}"
    )


def in_words(root: Path) -> Path:
    """A folder as it is told: two dots at the end of a sentence would be no name."""
    return root if root.name.strip(".") else root.resolve()


def source_of(root: Path) -> "Source":
    """The source that is found, with the usual settings."""
    from crosspost.app.sources import make_source
    from crosspost.config.settings import SiteSettings
    from crosspost.sources.keys import Keys

    return make_source(root, SiteSettings(), now=now(), keys=Keys(), memory=None)


def config_file(root: Path) -> Path:
    """Where a config goes that nobody named: into this folder, from inside the site into its uppermost one.

    Where Jekyll would copy the usual folder onto the web, tokens and all, it is one that Jekyll leaves alone.
    """
    from crosspost.app.sites.site_facts import shown_to_all
    from crosspost.config.settings_file import DEFAULT_PLACES, KEPT_BACK, USUAL

    inside = Path(os.path.realpath(root)) in Path.cwd().parents
    folder = Path(os.path.relpath(root)) if inside else Path()
    there = next((folder / place for place in DEFAULT_PLACES if (folder / place).exists()), None)
    if there is not None:
        return there
    shown = shown_to_all((folder / USUAL).with_name("secrets.env"), root, source_of(root))
    return folder / (KEPT_BACK if shown else USUAL)


def keep_out_of_git(file: Path) -> None:
    """Have git leave tokens and ledger alone, where the config is in a repository."""
    from crosspost.app.scheduling.github import repository

    ignore = file.with_name(".gitignore")
    if repository(file.parent) is None or os.path.lexists(ignore):
        return
    ignore.write_text("# tokens, and what is out: neither belongs into a repository\nsecrets*.env\nstate/\n", "utf-8")
    paragraph(f"{ignore} keeps tokens and ledger out of git.")


def show(root: Path) -> None:
    """What was found: how many posts, what the site says of itself, where pictures and descriptions come from."""
    from crosspost.app.origin_report import origins_of, slip_sentences
    from crosspost.app.sites.site_facts import NEWEST, posts_in_words, without_alt
    from crosspost.sources.field_origins import summary

    source = source_of(root)
    entries = list(source.paths())
    paragraph(f"The site in {in_words(root)}: {posts_in_words(entries)}.")
    said = (("address", source.url), ("language", source.lang), ("time zone", source.timezone))
    line = ", ".join(f"{what} {value}" if value else f"no {what}" for what, value in said)
    paragraph(f"{line[0].upper()}{line[1:]}.")
    origins = origins_of(source, entries).values()
    for line in filter(None, summary(origins)):
        paragraph(f"{line[0].upper()}{line[1:]}.")
    mute, read = without_alt(source, entries)
    if mute:
        which = f"the newest {NEWEST} posts" if read == NEWEST else f"{read} post{'s' if read != 1 else ''}"
        paragraph(f"{mute} of {which} {'has' if mute == 1 else 'have'} a picture without an alt text.")
    for slip in slip_sentences(source, origins):
        complain(slip, "Warning")


def missing(root: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What the config has to say because the site does not: given beforehand, else asked for at a terminal.

    :param given: url, lang and timezone, as far as they are known; "" for others
    :raises ConfigError: when what was given cannot be one
    """
    source = source_of(root)
    known = {"url": source.url, "lang": source.lang, "timezone": source.timezone}
    found = {}
    for question in _questions():
        key = question.key
        if given.get(key):
            try:
                found[key] = question.clean(given[key])
            except ValueError as error:
                raise ConfigError(f"--{key}: {error}") from None
        elif not known[key] and at_a_terminal():
            found[key] = TerminalDialog({}, flags=FLAGS).ask(question)
    return {key: value for key, value in found.items() if value}


def _questions() -> tuple[Any, ...]:
    from crosspost.config.server_address import of_site
    from crosspost.networks.logins.dialog import Question

    return (
        Question("url", "Where is the site on the web?", "Its address, such as https://example.org.", clean=of_site),
        Question("lang", "The language of the posts? (de, en, fr …; Enter: none)", default="", clean=_language),
        Question(
            "timezone",
            "Your time zone?",
            "Dates of posts and times of day are read in this zone.",
            default=_zone_here(),
            clean=_zone,
        ),
    )


def _language(answer: str) -> str:
    from crosspost.sources.post_language import language

    found = language(answer) if answer else ""
    if answer and not found:
        raise ValueError("a language is written as de, en or pt-BR")
    return found


def _zone(answer: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(answer)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"there is no time zone “{answer}”; write it as Europe/Berlin") from None
    return answer


def _zone_here() -> str:
    """The machine's time zone; "UTC" when it does not say."""
    named = os.environ.get("TZ", "").lstrip(":")
    linked = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    for zone in (named, linked):
        if "/" in zone:
            return zone.removeprefix("posix/")
    return "UTC"


def warn_of_publishing(root: Path, file: Path) -> None:
    """Say that Jekyll would publish the folder of the config, tokens and all, and how that is prevented."""
    from crosspost.app.sites.site_facts import shown_to_all

    folder = shown_to_all(file.with_name("secrets.env"), root, source_of(root))
    if folder:
        complain(
            f"{file.parent} is inside the site, and Jekyll copies it onto the web, tokens included. Add `{folder}` to"
            f" `exclude:` in {root / '_config.yml'}, or keep crosspost outside: make a folder beside the site, and run"
            " `crosspost init --site` there.",
            "Warning",
        )
        click.echo(err=True)
