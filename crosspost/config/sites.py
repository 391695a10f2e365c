"""``[sites.NAME]``: several sites under one config. A mistake in one of them stops that one only."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from crosspost.errors import ConfigError
from crosspost.text import plain_errors

#: what the one of ``[site]`` is called where there are others
MAIN = "site"
#: what the addresses of the dashboard's pages begin with, before the name of a site of several
PAGES = "/s/"
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
    def accounts(self) -> tuple[str, ...] | None: ...


S = TypeVar("S", bound=Said)
#: gives ``file:line`` of keys below a site's table
Where = Callable[..., str]


class Sites(Generic[S]):
    """The sites of a config that can be used, and what is wrong with the others.

    :ivar names: of all, in the order of the config
    :ivar good: name → settings
    :ivar wrong: name → what is wrong, with file and line
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.good: dict[str, S] = {}
        self.wrong: dict[str, str] = {}


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
    :raises ConfigError: when it is no table of tables, or a name cannot be used: then nobody knows which site is which
    """
    if not isinstance(tables, Mapping):
        raise ConfigError(f"{where()}: write sites as [sites.NAME] tables")
    found = Sites[S]()
    _check_names(tables, where)
    found.names = tuple(tables)
    before = {"[site]": main} if main is not None else {}
    for name, raw in tables.items():
        try:
            made = make(name, raw)
            refuse_unknown_accounts(made.accounts, accounts, lambda name=name: where(name, "accounts"))
            _refuse_twin(made, before, accounts, folder, lambda name=name: where(name))
            found.good[name] = before[f"[sites.{name}]"] = made
        except ConfigError as error:
            found.wrong[name] = str(error)
    return found


def in_words_of(name: str, text: str) -> str:
    """A sentence about one site, which was written as if there were no others: it names that site's table.

    :param name: the site's; "" for the only one, or that of ``[site]``
    """
    return text.replace("[site]", f"[sites.{name}]") if name not in ("", MAIN) else text


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


def _check_names(tables: Mapping[str, Any], where: Where) -> None:
    seen: dict[str, str] = {}
    for name in tables:
        if not _NAME.fullmatch(name):
            raise ConfigError(f"{where(name)}: a site's name may only contain letters, digits, - and _, not “{name}”")
        if name == MAIN:
            raise ConfigError(f"{where(name)}: `{MAIN}` is what the one of [site] is called; take another name")
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise ConfigError(f"{where(name)}: `{name}` and `{other}` are the same for some disks; take another name")


def _refuse_twin(one: S, others: Mapping[str, S], accounts: Collection[str], folder: Path, where: Where) -> None:
    """Two sites with the same posts and an account in common would say everything twice."""
    for name, other in others.items():
        common = set(one.accounts or accounts) & set(other.accounts or accounts)
        if common and _same_posts(one, other, folder):
            raise ConfigError(
                f"{where()}: it has the same posts as {name}, so {', '.join(sorted(common))} would say them "
                "twice; name another `path`, `posts` or `feed`, or other `accounts`"
            )


def _same_posts(one: Said, other: Said, folder: Path) -> bool:
    """Whether two sites read the same, however that is written. A site and what was built of it are the same."""
    if one.git or other.git:
        places = {(a.git.removesuffix(".git"), a.branch, Path(a.path), Path(a.posts)) for a in (one, other)}
        return len(places) == 1
    if one.feed or other.feed:
        return _bare(one.feed) == _bare(other.feed)
    if one.built and other.built and Path(one.built) != Path(other.built):
        return False
    return Path(one.posts) == Path(other.posts) and _real(one.path, folder) == _real(other.path, folder)


def _real(path: str, folder: Path) -> str:
    return os.path.realpath(folder / Path(path).expanduser())


def _bare(feed: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", feed.strip(), flags=re.IGNORECASE).rstrip("/")
