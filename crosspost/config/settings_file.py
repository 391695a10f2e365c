"""``config/crosspost.toml`` → typed settings. Every error names file, line and key, and the nearest known key."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from crosspost.config import server_address, toml_text
from crosspost.config.settings import (
    SIGNS,
    Account,
    Daemon,
    Mcp,
    Notify,
    Pictures,
    Responses,
    Run,
    SaidFeed,
    Secrets,
    Settings,
    SiteSettings,
    State,
    Telemetry,
    Web,
)
from crosspost.config.validation import T, typed, unknown
from crosspost.errors import ConfigError

#: where a config is looked for; Jekyll copies no folder that begins with _ onto the web
USUAL, KEPT_BACK = "config/crosspost.toml", "_crosspost/crosspost.toml"
DEFAULT_PLACES = (USUAL, "crosspost.toml", KEPT_BACK)


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
    """Read and check a config file.

    :raises ConfigError: when it cannot be read, or has an unknown key or a wrong value
    """
    return parse(toml_text.read_text(file), file)


def parse(text: str, file: Path) -> Settings:
    """Check the text of a config file.

    :param file: where it stands, or will stand
    :raises ConfigError: when it has an unknown key or a wrong value
    """
    data = toml_text.parse(text, file)
    unknown(
        data,
        [
            "site",
            "sites",
            "run",
            "notify",
            "daemon",
            "telemetry",
            "pictures",
            "web",
            "mcp",
            "responses",
            "feed",
            "secrets",
            "state",
            "accounts",
        ],
        lambda key: toml_text.place(file, text, (key,)),
    )

    def section(name: str, struct: type[T]) -> T:
        return typed(data.get(name, {}), struct, lambda *keys: toml_text.place(file, text, (name, *keys)))

    accounts = data.get("accounts", {})
    if not isinstance(accounts, dict):
        raise ConfigError(f"{toml_text.place(file, text, ('accounts',))}: write accounts as [accounts.NAME] tables")
    site = _site(section("site", SiteSettings), lambda *keys: toml_text.place(file, text, ("site", *keys)))
    return Settings(
        file=file,
        text=text,
        **{"site": site, "main_site": site, **_several(data, site, accounts, file, text)},
        run=section("run", Run),
        secrets=section("secrets", Secrets),
        state=_with_a_ledger(section("state", State), data, lambda: toml_text.place(file, text, ("state", "database"))),
        notify=section("notify", Notify),
        daemon=section("daemon", Daemon),
        web=_with_a_host(
            _with_address(section("web", Web), "address", lambda: toml_text.place(file, text, ("web", "address"))),
            lambda: toml_text.place(file, text, ("web", "host")),
        ),
        mcp=section("mcp", Mcp),
        telemetry=section("telemetry", Telemetry),
        pictures=_pictures(
            section("pictures", Pictures), lambda *keys: toml_text.place(file, text, ("pictures", *keys))
        ),
        responses=section("responses", Responses),
        feed=section("feed", SaidFeed),
        accounts={name: _account(name, raw, file, text) for name, raw in accounts.items()},
    )


def _several(
    data: Mapping[str, Any], site: SiteSettings, accounts: Mapping[str, Any], file: Path, text: str
) -> dict[str, Any]:
    """What :class:`Settings` has of several sites; {} when there is one."""
    if "sites" not in data and site.accounts is None:
        return {}
    from crosspost.config import sites  # few configs have several

    order = {name: place for place, name in enumerate(accounts)}

    def where(*keys: str) -> str:
        return toml_text.place(file, text, ("sites", *keys))

    def a_site(name: str, raw: object) -> SiteSettings:
        said = typed(raw, SiteSettings, lambda *keys: where(name, *keys))
        return _site(_in_order(said, order), lambda *keys: where(name, *keys))

    sites.refuse_unknown_accounts(site.accounts, accounts, lambda: toml_text.place(file, text, ("site", "accounts")))
    main = _in_order(site, order) if "site" in data else None
    found = sites.read(data.get("sites", {}), accounts, a_site, where, main=main, folder=file.parent)
    names = ((sites.MAIN,) if found.names and "site" in data else ()) + found.names
    usable = {**({sites.MAIN: main} if found.names and main is not None else {}), **found.good}
    return {
        **({"site": main, "main_site": main} if main is not None else {}),
        "sites": found.good,
        "wrong_sites": found.wrong,
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


def _site(said: SiteSettings, where: Callable[..., str]) -> SiteSettings:
    """The settings of a site, looked at.

    :param where: file and line of a key
    :raises ConfigError: when something in them cannot be meant
    """
    said = _with_address(said, "url", lambda: where("url"))
    if said.git or said.branch:
        from crosspost.config import git_address  # few sites are fetched

        git_address.check(said, where)
    return said


def _with_address(said: T, key: str, where: Callable[[], str]) -> T:
    """The settings with a normalised address.

    :param key: of the address
    :raises ConfigError: when the address is not valid
    """
    if not (written := getattr(said, key)):
        return said
    try:
        return msgspec.structs.replace(said, **{key: server_address.of_site(written)})
    except ValueError as error:
        raise ConfigError(f"{where()}: `{key}`: {error}") from None


def _with_a_host(web: Web, where: Callable[[], str]) -> Web:
    """The dashboard's settings, unless nothing can listen on such a host.

    :raises ConfigError: for an address of a page, or a number that is none; whether this machine has it is seen later
    """
    host = web.host
    numbers = host.split(".") if re.fullmatch(r"[\d.]+", host) else []
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*", host) or (
        numbers and (len(numbers) != 4 or any(not number or int(number) > 255 for number in numbers))
    ):
        raise ConfigError(
            f"{where()}: `host`: “{host}” is not the address of a machine; write it like 127.0.0.1 (this machine only)"
            " or 0.0.0.0 (every machine that can reach it), without https:// and without the port"
        )
    return web


def _pictures(said: Pictures, where: Callable[..., str]) -> Pictures:
    """The settings of the store of pictures, looked at.

    :raises ConfigError: when something in them cannot be meant
    """
    if said != Pictures():
        from crosspost.config import store_address  # few have one

        store_address.check(said, where)
    return said


def _with_a_ledger(state: State, data: Mapping[str, Any], where: Callable[[], str]) -> State:
    """The state settings, unless it is open whether the ledger is in a database.

    :raises ConfigError: for an empty address, as a template leaves one: a file instead would not know what is out
    """
    if not state.database and "database" in data.get("state", {}):
        raise ConfigError(
            f"{where()}: `database` is empty. Write its address, or remove the line for a ledger in a file"
        )
    return state


def _account(name: str, raw: object, file: Path, text: str) -> Account:
    def where(*keys: str) -> str:
        return toml_text.place(file, text, ("accounts", name, *keys))

    if not isinstance(raw, dict):
        raise ConfigError(f"{where()}: write the account as a table: [accounts.{name}]")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise ConfigError(f"{where()}: an account's name may only contain letters, digits, - and _, not “{name}”")
    for rule in ("takes", "leaves_out"):
        if isinstance(raw.get(rule), dict):
            unknown(raw[rule], SIGNS, lambda sign, rule=rule: where(rule, sign))
    common = set(Account.__struct_fields__) - {"name", "own"}
    known = {key: value for key, value in raw.items() if key in common}
    own = {key: value for key, value in raw.items() if key not in common}
    return typed({"network": name} | known | {"name": name, "own": own}, Account, where)
