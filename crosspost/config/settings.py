"""What can be set in ``config/crosspost.toml``, section by section; :mod:`crosspost.config.settings_file` reads it."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from crosspost.config import toml_text
from crosspost.errors import ConfigError
from crosspost.model import OnDelete, OnEdit
from crosspost.text.printable import printable

#: how long after the other account a boost goes out, when nothing is said
BOOST_AFTER = "1h"
#: what posts can be chosen by
SIGNS = ("tags", "categories", "languages", "collections")
#: the same → words: see :mod:`crosspost.sources.routing`
Signs = dict[Literal["tags", "categories", "languages", "collections"], tuple[str, ...]]


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``[site]``: where the posts are. Nothing from the site's own configuration needs to be repeated here.

    ``source`` is how they are read ("jekyll", "hugo", "built", "feed", or what another package adds); "": by what is
    found. ``built`` is the folder that was built, relative to ``path``, ``feed`` the address of a feed. ``path`` is
    relative to the config file. With ``git``, the address of a repository, they are fetched from there, at most every
    ``git_every`` minutes, from ``branch`` ("": its usual one); ``path`` is then a folder in it. ``engine`` is the
    version of the generator whose rules give the addresses (Jekyll's "3.9" is GitHub Pages). ``emoji`` is whether
    ``:tada:`` becomes 🎉 (None: if the site uses jemoji). With
    ``live_check`` nothing is posted before the post's page is on the web. With ``approve`` nothing is posted before
    somebody said yes.

    ``picture_keys``, ``alt_keys`` and ``description_keys`` are the front matter keys to read, in this order; None: the
    defaults of :mod:`crosspost.sources.keys`, which "..." inserts into a list. ``picture_from`` are the places a
    picture may come from, in this order: "keys" of the post, its "body", its "page" on the web, the same keys in the
    "defaults" of ``_config.yml``, and the "site" itself.

    ``write_back`` is how it is written into the site where a post went: into one data file (``write_back_file``,
    relative to ``path``; "": where the generator looks), or into each post's front matter, ``write_back_fields`` there
    by network or account. With ``write_back_git`` that is committed, and pushed.

    With ``webmentions`` the pages that a post links to are told so. ``accounts`` are those that say this site's posts;
    None: all. ``short_posts`` is the folder of what `crosspost note` writes where the site itself takes no files
    ("built", "feed"), relative to the config file; "": "short-posts", or "short-posts-NAME" for a site of several.
    """

    source: str = ""
    path: str = "."
    git: str = ""
    branch: str = ""
    git_every: Annotated[float, msgspec.Meta(ge=0)] = 1
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
    accounts: tuple[str, ...] | None = None
    short_posts: str = ""


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


class Telemetry(msgspec.Struct, frozen=True, kw_only=True):
    """``[telemetry]``: with ``traces`` OpenTelemetry is told of runs, deliveries and requests; ``OTEL_…`` say how."""

    traces: bool = False


class Pictures(msgspec.Struct, frozen=True, kw_only=True):
    """``[pictures]``: where machines share the pictures that were made to fit, and those fetched from the web.

    ``store`` is a folder, relative to the config file, or the address of an object store ("s3://BUCKET/PREFIX"); "":
    each machine makes its own. ``endpoint`` is the address of an S3 server that is not Amazon's. ``public`` is where
    everybody can read the folder ``public`` of the store; with it accounts may have ``host = "store"``.
    """

    store: str = ""
    endpoint: str = ""
    public: str = ""


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """``[web]``: the dashboard, see `crosspost web`.

    With ``daemon`` the daemon serves it too. ``host`` and ``port`` are where it listens; other machines reach it only
    when somebody has a login. ``address`` is where its readers find it, such as "https://posts.example.org", when that
    is another place; links in notices need it. ``proxy_header`` is the header in which a proxy passes on who has logged
    in there; ``proxy_networks`` are the networks it may ask from. With ``micropub`` other programs
    may write posts, with a token of somebody who may. With ``websub`` the hubs of feeds are asked to tell of new posts.
    """

    daemon: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8788
    address: str = ""
    proxy_header: str = ""
    proxy_networks: tuple[str, ...] = ()
    micropub: bool = False
    websub: bool = False


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


class PublishedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """``[feed]``: the feeds of what was said, see `crosspost feed`.

    Each run writes ``files``, relative to the site's ``path``: JSON Feed where they end in .json, the
    calendar of the announced events where they end in .ics, else Atom.
    ``accounts`` are those of which they tell (none: all of them), ``limit`` is for how many posts at most.
    """

    files: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """``[secrets]``: where tokens are kept besides the environment. ``file`` is relative to the config file.

    With ``in_database`` a ledger in a database has renewed tokens beside it, encrypted, for every machine; ``key_cmd``
    is a command that prints the key. Without it each machine keeps its own.
    """

    file: str = "secrets.env"
    keyring: bool = False
    in_database: bool = True
    key_cmd: str = ""


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
    saying them itself, ``boost_after`` that time ("": :data:`BOOST_AFTER`). ``token_cmd`` is a command that prints the
    token, for several credentials one command each. ``takes``: only posts with one of these words of each kind that is
    named; ``leaves_out``: no posts with one of these.
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
    boost_after: str = ""
    token_cmd: str | dict[str, str] = ""
    takes: Signs = {}
    leaves_out: Signs = {}
    own: dict[str, Any] = {}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole config. ``text`` is kept to find the line of a key when its value turns out to be wrong later.

    ``sites`` are those of ``[sites.NAME]`` that can be used, ``wrong_sites`` the others: name → what is wrong.
    ``site_names`` are the names of all where there are several, :data:`crosspost.config.sites.MAIN` for ``[site]``;
    ``shared`` gives those of an account that several of them have.
    ``main_site`` is ``[site]``; so is ``site``, or in what :meth:`of_site` gives the one with that ``name``.
    """

    file: Path
    text: str = ""
    name: str = ""
    site: SiteSettings = SiteSettings()
    sites: dict[str, SiteSettings] = {}
    wrong_sites: dict[str, str] = {}
    site_names: tuple[str, ...] = ()
    shared: dict[str, tuple[str, ...]] = {}
    main_site: SiteSettings = SiteSettings()
    run: Run = Run()
    secrets: Secrets = Secrets()
    state: State = State()
    notify: Notify = Notify()
    daemon: Daemon = Daemon()
    telemetry: Telemetry = Telemetry()
    pictures: Pictures = Pictures()
    web: Web = Web()
    mcp: Mcp = Mcp()
    responses: Responses = Responses()
    feed: PublishedFeed = PublishedFeed()
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
        if keys[:1] == ("site",) and self.name:
            keys = ("sites", self.name, *keys[1:])
        return toml_text.place(self.file, self.text, keys)

    def short_posts(self) -> Path:
        """The folder of this site's short posts, where the site itself takes none."""
        return self.beside(self.site.short_posts or f"short-posts{f'-{self.name}' if self.name else ''}")

    def of_site(self, name: str) -> "Settings":
        """The same as one site has it.

        :param name: one of :attr:`site_names`
        :raises ConfigError: when something is wrong with it
        """
        if name in self.wrong_sites:
            raise ConfigError(self.wrong_sites[name])
        from crosspost.config import sites

        if name == sites.MAIN:
            return msgspec.structs.replace(self, name="", site=self.main_site)
        return msgspec.structs.replace(self, name=name, site=self.sites[name])
