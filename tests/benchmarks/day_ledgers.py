"""What the ledgers of all sites say of the simulated day, over one connection."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg

from tests.benchmarks.day_plan import BEGIN

#: how many ledgers are asked in one question
_AT_ONCE = 50
#: what is in doubt for longer is left to a person
_DOUBT = timedelta(hours=2)
_OPEN = """SELECT '{site}', (SELECT value FROM {site}.facts WHERE name = 'last_run'),
    min(CASE WHEN state = 'planned' THEN due_at WHEN state = 'sending' THEN lease_until
    ELSE due_at END) FROM {site}.deliveries WHERE state NOT IN ('sent', 'before', 'skipped', 'failed', 'held')
    AND (state != 'unknown' OR publishing_at > '{doubt}')"""
_ROWS = """SELECT '{site}', p.title, account, state, due_at, coalesce(receipt, ''), error, tried_at, sent_at
    FROM {site}.deliveries d JOIN {site}.posts p ON p.id = d.post"""
_CLAIMED = """SELECT '{site}', p.title, account, due_at FROM {site}.deliveries d JOIN {site}.posts p ON p.id = d.post
    WHERE lease LIKE '%:{process}/%'"""
_TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
_DUE = "SELECT count(*) FROM {site}.deliveries WHERE state = 'planned' AND due_at < '{now}'"


class Row(NamedTuple):
    """A delivery as the ledger has it; ``tried`` is the first attempt, ``sent`` when its receipt was there."""

    site: str
    post: str
    number: int
    state: str
    due: datetime
    receipt: str
    error: str
    tried: datetime | None = None
    sent: datetime | None = None


class Next(NamedTuple):
    """When a machine looked at a site last, and when something is to be done there; None when all is done."""

    looked: datetime
    moment: datetime | None


class Ledgers:
    """Asks them.

    :param url: of the database that has them all, a schema for each site
    """

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, application_name="day")
        self._own = 0  # questions, each of which is a transaction

    def prepare(self, sites: Sequence[str]) -> None:
        """Make the schemas."""
        for site in sites:
            self._connection.execute(f"CREATE SCHEMA {site}")  # type: ignore[arg-type]

    def made(self) -> set[str]:
        """The sites that have a ledger already."""
        return {row[0] for row in self._all("SELECT schemaname FROM pg_tables WHERE tablename = 'deliveries'")}

    def waiting(self) -> bool:
        """Whether something was handed out that no machine has taken yet."""
        try:
            return bool(self._all("SELECT EXISTS (SELECT FROM public.worker_queue)")[0][0])
        except psycopg.errors.UndefinedTable:  # before the first worker
            return False

    def next_of(self, sites: Iterable[str], now: datetime) -> dict[str, Next]:
        """What is to be done next at each of these sites."""
        rows = self._each(_OPEN, sites, doubt=_text(now - _DOUBT))
        return {site: Next(_read(looked) or BEGIN, _read(moment)) for site, looked, moment in rows}

    def due(self, sites: Iterable[str], now: datetime) -> int:
        """How many deliveries of these sites were due before now, and nobody is at them."""
        return sum(int(row[0]) for row in self._each(_DUE, sites, now=_text(now)))

    def rows(self, sites: Iterable[str]) -> list[Row]:
        """Every delivery, of those sites whose ledgers were made already."""
        made = self.made()
        return [
            Row(site, post, _number(account), state, datetime.fromisoformat(due), receipt, error, *map(_read, moments))
            for site, post, account, state, due, receipt, error, *moments in self._each(
                _ROWS, [site for site in sites if site in made]
            )
        ]

    def claimed(self, sites: Iterable[str], process: int) -> dict[tuple[str, str, int], datetime]:
        """Site, post and number of the account of what a process is at → when it was due."""
        rows = self._each(_CLAIMED, sites, process=str(process))
        return {(site, post, _number(account)): datetime.fromisoformat(due) for site, post, account, due in rows}

    def connections(self) -> int:
        """How many connections crosspost has just now."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'crosspost%'"
        return int(self._all(asked)[0][0])

    def transactions(self) -> int:
        """How many there were, without those of this connection."""
        return int(self._all(_TRANSACTIONS)[0][0]) - self._own

    def megabytes(self) -> float:
        """What the database takes."""
        return int(self._all("SELECT pg_database_size(current_database())")[0][0]) / 1e6

    def close(self) -> None:
        self._connection.close()

    def _each(self, sql: str, sites: Iterable[str], **values: str) -> Iterator[tuple[str, ...]]:
        names = list(sites)
        for begin in range(0, len(names), _AT_ONCE):
            some = names[begin : begin + _AT_ONCE]
            yield from self._all(" UNION ALL ".join(sql.format(site=site, **values) for site in some))

    def _all(self, sql: str) -> list[tuple[str, ...]]:
        self._own += 1
        return self._connection.execute(sql, prepare=False).fetchall()  # type: ignore[arg-type]


def _number(account: str) -> int:
    return int(account.rpartition("-")[2])


def _text(moment: datetime) -> str:
    """A moment as ledgers write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
