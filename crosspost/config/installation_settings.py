"""What can be set in ``config/crosspost.toml`` for the whole installation: a class for each table."""

from typing import Annotated, Literal

import msgspec


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
