"""``[sites.NAME]``: several sites under one config. A mistake in one of them stops that one only."""

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from crosspost.errors import ConfigError
from crosspost.text import plain_errors
from crosspost.text.mistakes import together
from crosspost.text.printable import printable

#: what the one of ``[site]`` is called where there are others
MAIN = "site"
#: what the addresses of the dashboard's pages begin with, before the name of a site of several
PAGES = "/s/"
_SHORT = "short posts"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class Said(Protocol):
    """What is looked at of a site's settings."""

    @property
    def git(self) -> str: ...
    @property
    def branch(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def posts(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def built(self) -> str: ...
    @property
    def short_posts(self) -> str: ...
    @property
    def accounts(self) -> tuple[str, ...] | None: ...


S = TypeVar("S", bound=Said)
#: gives ``file:line`` of keys below a site's table
Where = Callable[..., str]


class Sites(Generic[S]):
    """The sites of a config that can be used, and what is wrong with the others.

    :ivar names: of all, in the order of the config
    :ivar good: name → settings
    :ivar wrong: name → what is wrong, with file and line
    :ivar twins: those of the wrong ones that read what another one reads → settings
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.good: dict[str, S] = {}
        self.wrong: dict[str, str] = {}
        self.twins: dict[str, S] = {}


def read(
    tables: object,
    accounts: Collection[str],
    make: Callable[[str, object], S],
    where: Where,
    *,
    main: S | None,
    folder: Path,
) -> Sites[S]:
    """Check ``[sites]``.

    :param tables: what stands there
    :param accounts: the names of the config's accounts
    :param make: checks the settings of one
    :param where: gives ``file:line`` of a site's name and keys
    :param main: what ``[site]`` says; None without one
    :param folder: the config's, from which paths count
    :raises ConfigError: when it is not a table of tables
    """
    if not isinstance(tables, Mapping):
        raise ConfigError(f"{where()}: write sites as [sites.NAME] tables")
    found = Sites[S]()
    unusable = _unusable_names(tables, where)
    found.names = tuple(_shown(name) for name in tables)
    before: dict[tuple[str, ...], list[tuple[str, S]]] = {}
    if main is not None:
        for reading in _readings(main, folder):
            before[reading] = [("[site]", main)]
    for name, raw in tables.items():
        try:
            if name in unusable:
                raise unusable[name]
            if not isinstance(raw, Mapping | list):  # a list is told more of by who checks the settings
                raise ConfigError(f"{where(name)}: write the site as a table: [sites.{name}]")
            made = make(name, raw)
            refuse_unknown_accounts(made.accounts, accounts, lambda name=name: where(name, "accounts"))
            readings = _readings(made, folder)
            found.twins[name] = made
            for reading in readings:
                _refuse_twin(made, reading, before.get(reading, ()), accounts, lambda name=name: where(name))
            for reading in readings:
                before.setdefault(reading, []).append((f"[sites.{name}]", made))
            found.good[name] = found.twins.pop(name)
        except ConfigError as error:
            found.wrong[_shown(name)] = str(error)
    return found


def shared(sites: Mapping[str, Said], accounts: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Account → the sites that have it, for accounts that several sites have.

    :param sites: name → settings, of those that can be used
    :param accounts: the names of the config's accounts, which a site has that names none
    """
    found: dict[str, list[str]] = {}
    for name, site in sites.items():
        for account in accounts if site.accounts is None else site.accounts:
            found.setdefault(account, []).append(name)
    return {account: tuple(names) for account, names in found.items() if len(names) > 1}


def with_one_of(sites: Mapping[str, Said], accounts: Iterable[str], wrong: Mapping[str, str]) -> dict[str, str]:
    """The sites that have an account which cannot be used → what is wrong with it.

    :param sites: as for :func:`shared`
    :param wrong: account → what is wrong with it, with file and line
    """
    if not wrong:
        return {}
    found = {
        name: [wrong[account] for account in (accounts if site.accounts is None else site.accounts) if account in wrong]
        for name, site in sites.items()
    }
    return {name: together(said) for name, said in found.items() if said}


def folders(sites: Iterable[Said], folder: Path) -> tuple[str, ...]:
    """Where the posts of each site really are, when links are followed; what is fetched is somewhere else.

    :param folder: the config's, from which paths count
    """
    return tuple(part for one in sites for reading in _readings(one, folder) for part in reading)


def in_words_of(name: str, text: str) -> str:
    """A sentence about one site, which was written as if there were no others: it names that site's table.

    :param name: the site's; "" for the only one, or that of ``[site]``
    """
    return text.replace("[site]", f"[sites.{name}]") if _NAME.fullmatch(name) and name != MAIN else text


def refuse_unknown_accounts(named: Iterable[str] | None, accounts: Collection[str], where: Where) -> None:
    """:raises ConfigError: when a site names no account, or one that is not there"""
    if named is None:
        return
    names = list(named)
    if not names:
        raise ConfigError(f"{where()}: `accounts` names none; leave the line out for all of them")
    for name in names:
        if name not in accounts:
            hint = plain_errors.suggestion(name, accounts)
            raise ConfigError(f"{where()}: `accounts`: there is no account `{name}`; {hint}")


def _unusable_names(tables: Mapping[str, Any], where: Where) -> dict[str, ConfigError]:
    """The names that no site can have → why.

    Of two that differ only in capitals neither can be used: on some disks both would have the ledger of the older one.
    """
    found, seen = dict[str, ConfigError](), dict[str, str]()
    for name in tables:
        if not _NAME.fullmatch(name):
            found[name] = ConfigError(
                f"{where(name)}: a site's name may only contain letters from a to z, digits, - and _, not "
                f"“{printable(name)}”"
            )
        elif name == MAIN:
            found[name] = ConfigError(
                f"{where(name)}: `{MAIN}` is the name of the site under [site]; take another name"
            )
        elif (other := seen.setdefault(name.casefold(), name)) != name:
            found[name] = found[other] = ConfigError(
                f"{where(name)}: `{name}` and `{other}` differ only in capitals, which some disks do not tell apart; "
                "take another name"
            )
    return found


def _shown(name: str) -> str:
    """What a table is called: by its name, where a site can have it; else as nothing else can be called.

    So `[sites.site]` is not taken for the site under [site], and no empty or broken line stands for a site.
    """
    if name == MAIN or not _NAME.fullmatch(name):
        return f"sites.{name if name == MAIN else json.dumps(name, ensure_ascii=not name.isprintable())}"
    return name


def _refuse_twin(
    one: S, reading: tuple[str, ...], same: Iterable[tuple[str, S]], accounts: Collection[str], where: Where
) -> None:
    """Two sites that read the same and have an account in common would say everything twice.

    :param same: the sites that read the same. Those that were built of the same in different ways are others
    """
    short = reading[0] == _SHORT
    for name, other in same:
        common = set(one.accounts or accounts) & set(other.accounts or accounts)
        if not common or (not short and one.built and other.built and Path(one.built) != Path(other.built)):
            continue
        if short:
            raise ConfigError(
                f"{where()}: it has the same `short_posts` as {name}, so {', '.join(sorted(common))} would say them "
                "twice; name another folder"
            )
        raise ConfigError(
            f"{where()}: it has the same posts as {name}, so {', '.join(sorted(common))} would say them "
            "twice; name another `path`, `posts` or `feed`, or other `accounts`"
        )


def _readings(one: Said, folder: Path) -> list[tuple[str, ...]]:
    """What a site reads: its posts, and its short posts where they are in a folder that it names."""
    return [_posts_of(one, folder), *([(_SHORT, _real(one.short_posts, folder))] if one.short_posts else [])]


def _posts_of(one: Said, folder: Path) -> tuple[str, ...]:
    """What is equal for sites that read the same, however that is written, and for a site and what was built of it."""
    if one.git:
        return "git", one.git.removesuffix(".git"), one.branch, str(Path(one.path)), str(Path(one.posts))
    if one.feed:
        return "feed", _bare(one.feed)
    return "files", str(Path(one.posts)), _real(one.path, folder)


def _real(path: str, folder: Path) -> str:
    return os.path.realpath(folder / Path(path).expanduser())


def _bare(feed: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", feed.strip(), flags=re.IGNORECASE).rstrip("/")
