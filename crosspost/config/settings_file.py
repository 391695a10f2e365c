"""``config/crosspost.toml`` → typed settings. Every error names file, line and key, and the nearest known key."""

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config import server_address, toml_text
from crosspost.config.installation_settings import (
    Daemon,
    Mcp,
    Notify,
    Pictures,
    PublishedFeed,
    Responses,
    Run,
    Secrets,
    State,
    Telemetry,
    Web,
)
from crosspost.config.settings import SIGNS, Account, Settings, SiteSettings, unusable_account
from crosspost.config.validation import T, typed, unknown
from crosspost.errors import ConfigError
from crosspost.text.mistakes import Mistakes

#: a place of a key, ``file:line``
Where = Callable[..., str]

_TABLES = (
    "site", "sites", "run", "notify", "daemon", "telemetry", "pictures", "web", "mcp", "responses", "feed", "secrets",
    "state", "accounts",
)  # fmt: skip
#: where a config is looked for; Jekyll copies no folder that begins with _ onto the web
USUAL, KEPT_BACK = "config/crosspost.toml", "_crosspost/crosspost.toml"
DEFAULT_PLACES = (USUAL, "crosspost.toml", KEPT_BACK)
#: what was read last: the file, where the posts of each site were, and the settings
_last: tuple[Path, tuple[str, ...], Settings] | None = None


def find(explicit: Path | None, environ: Mapping[str, str], site: Path | None = None) -> Path | None:
    """The config file to use: ``--config``, ``$CROSSPOST_CONFIG``, then the default places here and in the site.

    :raises ConfigError: when an explicitly named file does not exist
    """
    named = explicit or (Path(environ["CROSSPOST_CONFIG"]) if environ.get("CROSSPOST_CONFIG") else None)
    if named is not None:
        if os.path.lexists(named) and not named.is_file():
            raise ConfigError(f"{named} is not a file, so it cannot be read as a config")
        if not named.is_file():
            raise ConfigError(f"{named} does not exist; `crosspost init --config {named}` writes one")
        return named
    folders = [Path(), *([site] if site is not None else [])]
    return next((f / place for f in folders for place in DEFAULT_PLACES if os.path.lexists(f / place)), None)


def read(file: Path) -> Settings:
    """Read and check a config file, unless it says what it said when it was read last.

    A worker and the dashboard ask all the time, and to check a thousand sites takes a quarter of a second.

    :raises ConfigError: when it cannot be read, or has an unknown key or a wrong value
    """
    global _last  # noqa: PLW0603  # one config is read at a time, and a second one only costs time
    text, before = toml_text.read_text(file), _last
    if before is not None and before[0] == file and before[2].text == text and before[1] == before[2].site_folders():
        return before[2]
    found = parse(text, file)
    _last = file, found.site_folders(), found
    return found


def parse(text: str, file: Path) -> Settings:
    """Check the text of a config file.

    :param file: where it stands, or will stand
    :raises ConfigError: with every unknown key and wrong value
    """
    data = toml_text.parse(text, file)
    where: Where = partial(_place, file, text)
    wrong = Mistakes(ConfigError)
    wrong.look(lambda: unknown(data, _TABLES, where))

    def table(name: str, struct: type[T], check: Callable[[T, Where], T] = lambda said, _: said) -> T:
        here = partial(where, name)

        def checked(raw: object) -> T:
            toml_text.refuse_list(raw, name, here)
            return check(typed(raw, struct, here), here)

        return wrong.read(lambda: checked(data.get(name, {})), struct())

    site = table("site", SiteSettings, _site)
    nothing: dict[str, Any] = {}
    written = wrong.read(lambda: _accounts(data, where), nothing)
    accounts, wrong_accounts = _each(written, where)
    several = wrong.read(lambda: _several(data, site, written, wrong_accounts, file, where), nothing)
    if not several.get("site_names"):
        wrong.said.extend(wrong_accounts.values())
    read = Settings(
        file=file,
        text=text,
        **{"site": site, "main_site": site, **several},
        run=table("run", Run),
        secrets=table("secrets", Secrets),
        state=table("state", State, lambda said, here: _state(said, here, named="database" in data.get("state", {}))),
        notify=table("notify", Notify),
        daemon=table("daemon", Daemon),
        web=table("web", Web, _web),
        mcp=table("mcp", Mcp),
        telemetry=table("telemetry", Telemetry),
        pictures=table("pictures", Pictures, _pictures),
        responses=table("responses", Responses),
        feed=table("feed", PublishedFeed),
        accounts=accounts,
        wrong_accounts=wrong_accounts,
    )
    wrong.tell()
    return read


def _place(file: Path, text: str, *keys: str) -> str:
    return toml_text.place(file, text, keys)


def _accounts(data: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """What stands under [accounts], not looked at yet."""
    written = data.get("accounts", {})
    if not isinstance(written, dict):
        raise ConfigError(f"{where('accounts')}: write accounts as [accounts.NAME] tables")
    return written


def _each(written: Mapping[str, Any], where: Where) -> tuple[dict[str, Account], dict[str, str]]:
    """The accounts, and what is wrong with those that cannot be used."""
    made, wrong = dict[str, Account](), dict[str, str]()
    for name, raw in written.items():
        try:
            made[name] = _account(name, raw, where)
        except ConfigError as error:
            made[name], wrong[name] = unusable_account(name, raw), str(error)
    return made, wrong


def _several(
    data: Mapping[str, Any],
    site: SiteSettings,
    accounts: Mapping[str, Any],
    wrong_accounts: Mapping[str, str],
    file: Path,
    place: Where,
) -> dict[str, Any]:
    """What :class:`Settings` has of several sites; {} when there is one.

    A site with an account in whose table something is wrong cannot be used, and stops no other.
    """
    if "sites" not in data and site.accounts is None:
        return {}
    from crosspost.config import sites  # few configs have several

    order = {name: number for number, name in enumerate(accounts)}
    where = partial(place, "sites")

    def a_site(name: str, raw: object) -> SiteSettings:
        toml_text.refuse_list(raw, f"sites.{name}", partial(where, name))
        said = typed(raw, SiteSettings, partial(where, name))
        return _site(_in_order(said, order), partial(where, name))

    sites.refuse_unknown_accounts(site.accounts, accounts, partial(place, "site", "accounts"))
    main = _in_order(site, order) if "site" in data else None
    found = sites.read(data.get("sites", {}), accounts, a_site, where, main=main, folder=file.parent)
    names = ((sites.MAIN,) if found.names and "site" in data else ()) + found.names
    usable = {**({sites.MAIN: main} if found.names and main is not None else {}), **found.good}
    lost = sites.with_one_of(usable, accounts, wrong_accounts)
    usable = {name: one for name, one in usable.items() if name not in lost}
    return {
        **({"site": main, "main_site": main} if main is not None else {}),
        "sites": {name: one for name, one in found.good.items() if name in usable},
        "refused_sites": found.twins | {name: one for name, one in found.good.items() if name in lost},
        "wrong_sites": found.wrong | lost,
        "site_names": names,
        "shared": sites.shared(usable, accounts),
    }


def _in_order(site: SiteSettings, order: Mapping[str, int]) -> SiteSettings:
    """The same with its accounts in the order of the config; names that are not there come last, and are refused."""
    if site.accounts is None:
        return site
    return msgspec.structs.replace(
        site, accounts=tuple(sorted(site.accounts, key=lambda one: order.get(one, len(order))))
    )


def _site(said: SiteSettings, where: Where) -> SiteSettings:
    """The settings of a site, looked at.

    :param where: file and line of a key
    :raises ConfigError: when something in them cannot be meant
    """
    said = _with_address(said, "url", where)
    if said.git or said.branch:
        from crosspost.config import git_address  # few sites are fetched

        git_address.check(said, where)
    return said


def _with_address(said: T, key: str, where: Where) -> T:
    """The settings with a normalised address.

    :param key: of the address
    :raises ConfigError: when the address is not valid
    """
    if not (written := getattr(said, key)):
        return said
    try:
        return msgspec.structs.replace(said, **{key: server_address.of_site(written)})
    except ValueError as error:
        raise ConfigError(f"{where(key)}: `{key}`: {error}") from None


def _web(said: Web, where: Where) -> Web:
    """The dashboard's settings, unless nothing can listen on such a host.

    :raises ConfigError: for an address of a page, or for impossible numbers; whether this machine has it is seen later
    """
    web, host = _with_address(said, "address", where), said.host
    numbers = host.split(".") if re.fullmatch(r"[\d.]+", host) else []
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*", host) or (
        numbers and (len(numbers) != 4 or any(not number or int(number) > 255 for number in numbers))
    ):
        raise ConfigError(
            f"{where('host')}: `host`: “{host}” is not the address of a machine; write it like 127.0.0.1 (this machine "
            "only) or 0.0.0.0 (every machine that can reach it), without https:// and without the port"
        )
    return web


def _pictures(said: Pictures, where: Where) -> Pictures:
    """The settings of the store of pictures, looked at.

    :raises ConfigError: when something in them cannot be meant
    """
    if said != Pictures():
        from crosspost.config import store_address  # few have one

        store_address.check(said, where)
    return said


def _state(said: State, where: Where, *, named: bool) -> State:
    """The state settings, unless it is open whether the ledger is in a database.

    :param named: whether there is a line for the database
    :raises ConfigError: for an empty address, as a template leaves one, or one in the place of the file: a new file
        would not know what is out
    """
    if "://" in said.ledger:
        raise ConfigError(
            f"{where('ledger')}: `ledger` is the path of a file, not the address of a database; name that as `database`"
        )
    if named and not said.database:
        raise ConfigError(
            f"{where('database')}: `database` is empty. Write its address, or remove the line for a ledger in a file"
        )
    return said


def _account(name: str, raw: object, place: Where) -> Account:
    where = partial(place, "accounts", name)
    toml_text.refuse_list(raw, f"accounts.{name}", where)
    if not isinstance(raw, dict):
        raise ConfigError(f"{where()}: write the account as a table: [accounts.{name}]")
    wrong = Mistakes(ConfigError)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        wrong.said.append(
            f"{where()}: an account's name may only contain letters from a to z, digits, - and _, not “{name}”"
        )
    common = set(Account.__struct_fields__) - {"name", "own"}
    known = {key: value for key, value in raw.items() if key in common}
    for rule in ("takes", "leaves_out"):
        if isinstance(raw.get(rule), dict):
            wrong.look(lambda rule=rule: unknown(raw[rule], SIGNS, partial(where, rule)))  # type: ignore[misc]  # mypy and defaults
            known[rule] = {sign: words for sign, words in raw[rule].items() if sign in SIGNS}
    own = {key: value for key, value in raw.items() if key not in common}
    made = wrong.read(
        lambda: typed({"network": name} | known | {"name": name, "own": own}, Account, where),
        unusable_account(name, raw),
    )
    wrong.tell()
    return made
