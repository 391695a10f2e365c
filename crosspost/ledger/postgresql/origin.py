"""Which tables of which server a ledger is in: by that a copy that was put back is told, on whichever machine.

The marks of a machine tell what that machine did. A machine that did nothing lately, or a container with a new folder,
has none that are ahead of an older copy. But a dump is restored into new tables, whose numbers are others, mostly on
another server; and a server that was set back to an earlier time begins a new history, as does a standby that takes
over (postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES). The ledger keeps where it was last.

What nothing can tell is an image of the server's disk that was put back: it is the same in all of this.
"""

from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from crosspost.ledger.postgresql.reconnecting import Link

#: a table keeps its number when it or its schema gets another name, and through VACUUM FULL
_TABLES = """SELECT oid, to_regclass(quote_ident(current_schema()) || '.facts')::oid, {server}
    WHERE datname = current_database()"""
_ALL = _TABLES.format(server="system_identifier FROM pg_database, pg_control_system()")
_FEW = _TABLES.format(server="'' FROM pg_database")


def of(link: "Link") -> str:
    """The numbers of server, database, table and history; that of a server that does not tell it is empty."""
    try:
        ((database, table, server),) = link.execute(_ALL).fetchall()
    except psycopg.ProgrammingError:  # anybody may ask for the server, unless somebody took that away
        ((database, table, server),) = link.execute(_FEW).fetchall()
    return f"{server}/{database}/{table}/{link.line}"


def changed(was: str, now: str, name: str) -> str:
    """Why what was last in the ledger may be missing; "" where nothing says so.

    :param was: what the ledger keeps; "" of one that keeps nothing yet
    :param now: what :func:`of` says
    :param name: what messages call the ledger
    """
    *tables, line = zip(was.split("/"), now.split("/"), strict=False)
    if any(before != after for before, after in tables if before and after):
        return (
            f"{name} is in other tables than after the last run: a copy of it was put back, and what was sent after "
            "that was made is missing"
        )
    if all(line) and line[0] != line[1]:
        return (
            f"the server of {name} was set back to an earlier time, or another one has taken over from it: what was "
            "sent last may be missing"
        )
    return ""
