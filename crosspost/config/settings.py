"""``config/crosspost.toml`` → typed settings. Every error names file, line and key, and the nearest known key."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from crosspost.config import server_address, toml_text
from crosspost.errors import ConfigError
from crosspost.model import OnDelete, OnEdit
from crosspost.text import plain_errors
from crosspost.text.printable import printable

T = TypeVar("T", bound=msgspec.Struct)

#: where a config is looked for; Jekyll copies no folder that begins with _ onto the web
USUAL, KEPT_BACK = "config/crosspost.toml", "_crosspost/crosspost.toml"
DEFAULT_PLACES = (USUAL, "crosspost.toml", KEPT_BACK)


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``[site]``: where the posts are. Nothing from the site's own configuration needs to be repeated here.

    ``source`` is how they are read; "": by what is found. ``built`` is the folder that was built, relative to ``path``,
    ``feed`` the address of a feed. ``path`` is relative to the config file. ``engine`` is the version of the generator
    whose rules give the addresses (Jekyll's "3.9" is
    GitHub Pages). ``emoji`` is whether ``:tada:`` becomes 🎉 (None: if the site uses jemoji). With ``live_check``
    nothing is posted before the post's page is on the web. With ``approve`` nothing is posted before somebody said yes.

    ``picture_keys``, ``alt_keys`` and ``description_keys`` are the front matter keys to read, in this order; None: the
    defaults of :mod:`crosspost.sources.keys`, which "..." inserts into a list. ``picture_from`` are the places a
    picture may come from, in this order: "keys" of the post, its "body", its "page" on the web, the same keys in the
    "defaults" of ``_config.yml``, and the "site" itself.

    ``write_back`` is how it is written into the site where a post went: into one data file (``write_back_file``,
    relative to ``path``; "": where the generator looks), or into each post's front matter, ``write_back_fields`` there
    by network or account. With ``write_back_git`` that is committed, and pushed.

    With ``webmentions`` the pages that a post links to are told so.
    """

    source: Literal["", "jekyll", "hugo", "built", "feed"] = ""
    path: str = "."
    built: str = ""
    feed: str = ""
    url: str = ""
    baseurl: str | None = None
    permalink: str = ""
    timezone: str = ""
    lang: str = ""
    posts: str = ""
    engine: str = "3.9"
    emoji: bool | None = None
    live_check: bool = True
    approve: bool = False
    picture_keys: tuple[str, ...] | None = None
    alt_keys: tuple[str, ...] | None = None
    description_keys: tuple[str, ...] | None = None
    picture_from: tuple[Literal["keys", "body", "page", "defaults", "site"], ...] | None = None
    write_back: Literal["none", "data", "front-matter"] = "none"
    write_back_file: str = ""
    write_back_git: Literal["", "commit", "push"] = ""
    write_back_fields: dict[str, dict[str, str | dict[str, str]]] = {}
    webmentions: bool = False


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """``[run]``: how much one run does.

    ``max_per_run`` is per account; ``give_up_after`` (hours) is how long a delivery that cannot be sent is retried;
    waiting for a post's page longer than ``live_deadline`` (hours) is reported as a problem; ``every`` is the time
    between two runs in minutes, used for forecasts.
    """

    max_per_run: int = 3
    give_up_after: float = 72
    live_deadline: float = 24
    backfill: bool = False
    every: Annotated[float, msgspec.Meta(gt=0)] = 10


class Notify(msgspec.Struct, frozen=True, kw_only=True):
    """``[notify]``: who is notified when something needs a person, and how.

    ``silent_days`` and ``remind_after`` are days, ``at_most_every`` minutes; 0 turns a rule off. Secrets (Apprise's
    addresses, the mail server's login) are kept with the other credentials, for an account ``notify``.
    """

    mail_to: str | tuple[str, ...] = ""
    mail_from: str = ""
    smtp: str = ""
    tls: Literal["", "implicit", "starttls", "none"] = ""
    login: bool = True
    apprise: bool = False
    heartbeat: str = ""
    silent_days: Annotated[float, msgspec.Meta(ge=0)] = 3
    at_most_every: Annotated[float, msgspec.Meta(ge=0)] = 60
    remind_after: Annotated[float, msgspec.Meta(ge=0)] = 7


class Daemon(msgspec.Struct, frozen=True, kw_only=True):
    """``[daemon]``: how `crosspost daemon` works.

    ``every`` is the time between two runs in seconds, ``health`` a port on this machine (0: none).
    """

    every: Annotated[int, msgspec.Meta(ge=5, le=86400)] = 60
    health: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """``[web]``: the dashboard, see `crosspost web`.

    With ``daemon`` the daemon serves it too. ``host`` and ``port`` are where it listens; other machines reach it only
    when somebody has a login. ``address`` is where its readers find it, such as "https://posts.example.org", when that
    is another place; links in notices need it. ``proxy_header`` is the header in which a proxy passes on who has logged
    in there; ``proxy_networks`` are the networks it may ask from.
    """

    daemon: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8788
    address: str = ""
    proxy_header: str = ""
    proxy_networks: tuple[str, ...] = ()


class Mcp(msgspec.Struct, frozen=True, kw_only=True):
    """``[mcp]``: what an assistant may do, see `crosspost mcp`.

    With ``publish`` it may publish posts on accounts where nobody has to say yes first.
    """

    publish: bool = False


class Responses(msgspec.Struct, frozen=True, kw_only=True):
    """``[responses]``: what came back to posts that are out, see `crosspost responses`.

    ``every`` is the time in minutes after which a run asks the networks again (0: only `crosspost responses fetch`
    asks). ``keep`` is for how many days a post is asked about; then what people answered is deleted. ``file`` is where
    replies are written for the site's pages, relative to the site's ``path`` ("": nowhere). With ``moderated`` it has
    only those that somebody approved. With ``webmentions`` the dashboard takes what other sites say by webmention.
    """

    every: Annotated[float, msgspec.Meta(ge=0)] = 0
    keep: Annotated[float, msgspec.Meta(gt=0)] = 365
    file: str = ""
    moderated: bool = True
    webmentions: bool = False


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """``[secrets]``: where tokens are kept besides the environment. ``file`` is relative to the config file."""

    file: str = "secrets.env"
    keyring: bool = False


class State(msgspec.Struct, frozen=True, kw_only=True):
    """``[state]``: where the ledger is, which remembers what went out.

    ``ledger`` is relative to the config file ("": ``state/ledger.sqlite3``, for the sandbox ``state/sandbox.sqlite3``).

    ``database`` is the address of a PostgreSQL database that the ledger is in instead ("": it is the file); ``ledger``
    then only says where the files beside it are.

    ``shared`` allows a network drive, where only one machine at a time may work. ``moves``: the ledger is carried to
    another machine for each run, as build services do; None: if the environment variable ``CI`` is set.
    """

    ledger: str = ""
    database: str = ""
    shared: bool = False
    moves: bool | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """``[accounts.NAME]``. ``own`` holds the keys that are checked later: the text style and the network's own.

    ``timeout`` is in seconds. ``network`` may be left out when the account has the network's name. ``digest``: one
    mail a week or month. ``on_edit`` and ``on_delete``: what to do about a published post when its file changed or is
    gone. ``responses``: whether it is asked what came back; None: where that is free. ``approve``: nothing goes out
    before somebody said yes; None: as ``[site]`` says. ``boost_from``: the account whose posts it boosts instead of
    saying them itself, ``boost_after`` that time. ``token_cmd`` is a command that prints the token, for
    several credentials one command each.
    """

    name: str
    network: str
    enabled: bool = True
    base_url: str = ""
    max_per_run: int | None = None
    timeout: float = 60
    digest: Literal["", "weekly", "monthly"] = ""
    digest_title: str = ""
    on_edit: OnEdit = "ask"
    on_delete: OnDelete = "ask"
    approve: bool | None = None
    responses: bool | None = None
    boost_from: str = ""
    boost_after: str = "1h"
    token_cmd: str | dict[str, str] = ""
    own: dict[str, Any] = {}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole config. ``text`` is kept to find the line of a key when its value turns out to be wrong later."""

    file: Path
    text: str = ""
    site: SiteSettings = SiteSettings()
    run: Run = Run()
    secrets: Secrets = Secrets()
    state: State = State()
    notify: Notify = Notify()
    daemon: Daemon = Daemon()
    web: Web = Web()
    mcp: Mcp = Mcp()
    responses: Responses = Responses()
    accounts: dict[str, Account] = {}

    def beside(self, name: str) -> Path:
        """A path of the config, relative to the config file unless absolute.

        :raises ConfigError: when it is not a valid path
        """
        if not name.isprintable():
            raise ConfigError(f"{self.file}: “{printable(name)}” is not a valid path: it contains a control character")
        return Path(os.path.normpath(self.file.parent / Path(name).expanduser()))

    def place(self, *keys: str) -> str:
        """``file:line`` of a key, or just the file when the key is not in it."""
        return toml_text.place(self.file, self.text, keys)


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
        ["site", "run", "notify", "daemon", "web", "mcp", "responses", "secrets", "state", "accounts"],
        lambda key: toml_text.place(file, text, (key,)),
    )

    def section(name: str, struct: type[T]) -> T:
        return typed(data.get(name, {}), struct, lambda *keys: toml_text.place(file, text, (name, *keys)))

    accounts = data.get("accounts", {})
    if not isinstance(accounts, dict):
        raise ConfigError(f"{toml_text.place(file, text, ('accounts',))}: write accounts as [accounts.NAME] tables")
    return Settings(
        file=file,
        text=text,
        site=_with_address(section("site", SiteSettings), lambda: toml_text.place(file, text, ("site", "url"))),
        run=section("run", Run),
        secrets=section("secrets", Secrets),
        state=_with_a_ledger(section("state", State), data, lambda: toml_text.place(file, text, ("state", "database"))),
        notify=section("notify", Notify),
        daemon=section("daemon", Daemon),
        web=section("web", Web),
        mcp=section("mcp", Mcp),
        responses=section("responses", Responses),
        accounts={name: _account(name, raw, file, text) for name, raw in accounts.items()},
    )


def _with_address(site: SiteSettings, where: Callable[[], str]) -> SiteSettings:
    """The site settings with a normalised address.

    :raises ConfigError: when the address is not valid
    """
    if not site.url:
        return site
    try:
        return msgspec.structs.replace(site, url=server_address.of_site(site.url))
    except ValueError as error:
        raise ConfigError(f"{where()}: `url`: {error}") from None


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
    common = set(Account.__struct_fields__) - {"name", "own"}
    known = {key: value for key, value in raw.items() if key in common}
    own = {key: value for key, value in raw.items() if key not in common}
    return typed({"network": name} | known | {"name": name, "own": own}, Account, where)


def typed(data: object, struct: type[T], where: Any) -> T:
    """``data`` as a ``struct``; ``where(*keys)`` gives ``file:line`` for the error message.

    :raises ConfigError: for an unknown key or a value of the wrong type
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where()}: write the settings one a line, below a line in [brackets]")
    unknown(data, struct.__struct_fields__, where)
    try:
        return msgspec.convert(data, struct)
    except msgspec.ValidationError as error:
        keys, problem = plain_errors.explained(error, struct)
        raise ConfigError(f"{where(*keys)}: `{'.'.join(keys)}`: {problem}") from None


def unknown(data: Mapping[str, object], known: Iterable[str], where: Any) -> None:
    """Refuse unknown keys, suggesting the nearest known key.

    :raises ConfigError: for the first unknown key
    """
    known = list(known)
    for key in data:
        if key not in known:
            raise ConfigError(f"{where(key)}: there is no setting `{key}`; {plain_errors.suggestion(key, known)}")
