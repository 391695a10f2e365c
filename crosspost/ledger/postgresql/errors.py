"""What PostgreSQL's errors mean, and what a person should do. No message has the password in it."""

import contextlib
from collections.abc import Iterator

import msgspec
import psycopg

from crosspost.errors import LedgerError
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.postgresql.reconnecting import NoEntryError, TookOverError, is_cut
from crosspost.text.lazy_pattern import lazy

_PASSWORD = "CROSSPOST_DATABASE_PASSWORD"  # noqa: S105  # the name of it
#: words of libpq and the server when there is no connection to be had → what that means and what to do
_NO_ENTRY = (
    (("password authentication failed", "no password supplied"),
     f"the database refuses the password, or there is none. Put the right one into the secrets file as {_PASSWORD}"),
    (("no pg_hba.conf entry", "peer authentication failed", "ident authentication failed"),
     "the database lets nobody in from here under this name. Its pg_hba.conf says who may come from where"),
    (("too many c", "remaining connection slots"),
     "the database has no connection left. Raise its max_connections, or stop what uses them, and run again"),
    (("permission denied for database",),
     "this user may not connect to that database. `GRANT CONNECT ON DATABASE … TO …` lets it in"),
    (("not permitted to log in",), "this user may not log in. `ALTER ROLE … LOGIN` lets it"),
    (("not currently accepting connections",),
     "that database lets nobody in. `ALTER DATABASE … ALLOW_CONNECTIONS true` opens it"),
    (('database "',), "there is no such database. Create it (`createdb`), or correct the name in the address"),
    (('role "',), "the database does not know this user. Create it (`createuser`), or correct the name in the address"),
    (("starting up", "shutting down", "recovery mode"), "the database is just starting or stopping. Run again soon"),
    (("No space left", "could not write"),
     "the database cannot write, most likely because its disk is full. Free some space there and run again"),
    (("could not translate host name", "failed to resolve host"),
     "there is no host of that name. Correct the address, or look at the network"),
    (("certificate", "SSL", "ssl"),
     "no safe connection could be made. Have the server offer TLS, or correct `sslmode` and `sslrootcert` in the "
     "address"),
    (("invalid URI query parameter", "invalid connection option"),
     "the address has a parameter that PostgreSQL does not know; correct it"),
)  # fmt: skip
#: where an error shows the statement
_LINE = lazy(r" LINE \d+:")
_DAMAGED = (
    "the ledger is damaged and is not touched. Nothing was sent. Restore the database from a copy; then "
    "`crosspost ledger rebuild` looks at the accounts for what went out since"
)
_POOLED = (
    "connections to the database are shared with others between transactions, as pgbouncer does in that mode, so the "
    "ledger's locks do not hold and nothing is sent. Name the server itself in the address, or a pooler in its "
    "session mode"
)
#: a user who may not; ``said`` is what the database says
NO_RIGHTS = (
    "this user lacks the rights that are needed ({said}), so nothing is sent. It must own the ledger's tables, and may "
    "use and create in their schema: `GRANT USAGE, CREATE ON SCHEMA … TO …`"
)
#: a server that takes no changes
READ_ONLY = (
    "the database cannot be written (a standby, or set to read-only), so nothing is sent. Name the server that takes "
    "changes; `target_session_attrs=read-write` in the address looks for it among several. One that was set back to an "
    "earlier time and pauses there goes on after `SELECT pg_wal_replay_resume()`. A pooler in between, such as "
    "pgbouncer, must be in its session mode"
)
_BY_CODE = {
    "26000": _POOLED,  # a statement that was prepared on another connection than the one that is to run it
    "42P05": _POOLED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "53100": "the disk of the database is full, so nothing can be recorded and nothing is sent. Free some space there "
    "and run again",
    "42501": NO_RIGHTS,
    "25006": READ_ONLY,
    "25P03": "this process stood still in the middle of a change (a machine that slept, a process that was stopped), "
    "so the database took the change back and let others go on. Nothing more was sent; what was being sent is looked "
    "for before anything is sent again. Run again",
    "55P03": "another program has kept the ledger locked for half a minute; run again when it is done",
    "42P01": "a table of the ledger is missing, so nothing is sent. Restore the database from a copy; then `crosspost "
    "ledger rebuild` looks at the accounts for what went out since",
}
_CUT = (
    "the connection to the database was cut. Nothing more was sent; what was being sent is looked for before anything "
    "is sent again. Run again when the database is there"
)

_TOOK_OVER = (
    "another server answers now than the one this began with, as when a standby takes over. Nothing more was sent. Run "
    "again: whether anything is missing there is looked at first"
)


@contextlib.contextmanager
def translate(address: Address) -> Iterator[None]:
    """Turn the database's errors into a :class:`LedgerError` that names it and what to do."""
    try:
        yield
    except psycopg.Error as error:
        raise LedgerError(f"{address}: {sentence(error)}") from None
    except (ValueError, msgspec.MsgspecError):  # stored text, times or JSON that cannot be decoded
        raise LedgerError(f"{address}: {_DAMAGED}") from None
    except Exception as error:
        if isinstance(wrapped := getattr(error, "orig", None), psycopg.Error):  # SQLAlchemy's, in a migration
            raise LedgerError(f"{address}: {sentence(wrapped)}") from None
        raise


def sentence(error: psycopg.Error) -> str:
    """What an error means, without the address."""
    said = " ".join(str(error).split())
    if (known := _BY_CODE.get(error.sqlstate or "")) is not None:
        return known.format(said=_LINE.split(said)[0][:200])
    if isinstance(error, NoEntryError):
        for words, meaning in _NO_ENTRY:
            if any(word in said for word in words):
                return f"{meaning}. Nothing was sent. The database said: {said[:300]}"
        return (
            "the database cannot be reached, so nothing is sent. Is the server running, and are host and port right? "
            f"The system said: {said[:300]}"
        )
    if isinstance(error, TookOverError):
        return _TOOK_OVER
    if is_cut(error):
        return _CUT
    return f"the ledger cannot be used: {said[:300]}. Nothing more was sent. See `crosspost help database`"
