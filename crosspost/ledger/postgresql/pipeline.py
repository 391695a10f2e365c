"""Statements as libpq takes them: many as one question, each prepared on the server when it comes again.

psycopg's cursors can do either, not both with little work: one that takes several statements as one question puts the
values into their text, and the server reads and plans all of it each time. Together with what a cursor makes for its
user, whether that looks at it or not, it was a third of what a delivery costs. So what is asked for every delivery goes
to :mod:`psycopg.pq` without them (https://www.psycopg.org/psycopg3/docs/api/pq.html, and "Pipeline Mode" in libpq's
manual, postgresql.org/docs/current/libpq-pipeline-mode.html).
"""

import selectors
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus

from crosspost.ledger.postgresql.statements import numbered, stored
from crosspost.ledger.write_requests import Row

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

#: a statement is prepared when it comes this often, and so many stay prepared
_OFTEN, _MOST = 3, 100
#: rows that are made at a time while they are gone through
_AT_ONCE = 1000
#: the server's numbers of its types (pg_type.dat in its sources), and from where on a whole number is a long one
_INT8, _INT4, _TEXT, _LONG = 20, 23, 25, 1 << 31
#: seconds after which it is looked whether somebody interrupts, where waiting cannot be interrupted
_MOMENT = 0.5
_SELECTOR: Callable[[], selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)

#: a statement, and the types of its values
_Key = tuple[bytes, tuple[int, ...]]


class Found:
    """What a statement found or changed; see :class:`crosspost.ledger.connection_types.Cursor`. Rows are made when they
    are fetched: what libpq keeps of them takes less memory.

    :param read: makes rows of a result, from the first to before the second of two numbers
    """

    def __init__(self, result: "PGresult", read: "Callable[[PGresult, int, int], list[Row]]") -> None:
        self._result, self._read, self._at = result, read, 0

    @property
    def statusmessage(self) -> str:
        """How the server calls what was done."""
        return (self._result.command_status or b"").decode()

    @property
    def rowcount(self) -> int:
        changed = self._result.command_tuples
        return -1 if changed is None else changed

    @property
    def description(self) -> Sequence[int] | None:
        """Its columns; None when it found nothing, whatever it changed."""
        return range(self._result.nfields) or None

    def __iter__(self) -> Iterator[Row]:
        while found := self.fetchmany(_AT_ONCE):
            yield from found

    def fetchall(self) -> list[Row]:
        return self.fetchmany(self._result.ntuples)

    def fetchmany(self, size: int) -> list[Row]:
        begin, self._at = self._at, min(self._at + size, self._result.ntuples)
        return self._read(self._result, begin, self._at) if self._at > begin else []


class Pipeline:
    """Runs statements on a connection that nobody else uses meanwhile.

    :param connection: one with psycopg's usual settings
    """

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection
        self._values = Transformer(connection)
        self._numbers = count(1)
        self._often: dict[_Key, int] = {}
        self._prepared: dict[_Key, bytes] = {}  # the one used last is the last one
        self._selector = _SELECTOR()
        self._selector.register(connection.fileno(), selectors.EVENT_READ)

    def run(self, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Found]:
        """Run statements, each with named values, and wait for all of them. What they change outside of a transaction
        is committed when the last one has ended.

        :raises psycopg.Error: when one of them failed; those after it were not run
        """
        server, results = self._connection.pgconn, list["PGresult"]()
        try:
            server.enter_pipeline_mode()
            sent = self._forget(server)
            new: dict[_Key, bytes] = {}
            for sql, values in steps:
                sent += self._send(server, sql, values, new)
            server.pipeline_sync()
            self._flush(server)
            for _ in sent:
                results.append(self._next(server))  # those that there are count after a cut
            self._synced(server)
            server.exit_pipeline_mode()
        except BaseException as error:
            self._connection.close()  # nobody knows what of it the server has done
            if isinstance(error, psycopg.Error):
                _refuse_failed(results)  # a server that ends the connection says why
            raise
        _refuse_failed(results)
        self._prepared |= new
        return [Found(result, self._read) for result, key in zip(results, sent, strict=True) if key is not None]

    def quiet(self) -> bool:
        """Whether the server has sent nothing of its own accord, as it does when it ends the connection."""
        return not self._connection.closed and not self._selector.select(0)

    # ── sending ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _send(self, server: "PGconn", sql: str, values: Mapping[str, Any], new: dict[_Key, bytes]) -> list[_Key | None]:
        """Send a statement.

        :param new: those that are prepared in this question
        :returns: what is answered: None to what prepares it
        """
        text, names = numbered(sql)
        known = stored(values)
        dumped = [self._dumped(known[name]) for name in names]
        key, texts = (text, tuple([kind for kind, _ in dumped])), [value for _, value in dumped]
        name = new.get(key) or self._prepared.pop(key, None)
        if name is not None:
            if key not in new:
                self._prepared[key] = name
            server.send_query_prepared(name, texts)
            return [key]
        often = self._often.pop(key, 0) + 1
        if often < _OFTEN:
            if len(self._often) > 10 * _MOST:  # lists of values make many texts
                self._often.clear()
            self._often[key] = often
            server.send_query_params(text, texts, key[1])
            return [key]
        name = new[key] = b"crosspost_%d" % next(self._numbers)
        server.send_prepare(name, text, key[1])
        server.send_query_prepared(name, texts)
        return [None, key]

    def _forget(self, server: "PGconn") -> list[_Key | None]:
        """Have the server forget the prepared statement that was not used for the longest time, if there are many.

        :returns: what is answered
        """
        if len(self._prepared) <= _MOST:
            return []
        server.send_query_params(b"DEALLOCATE " + self._prepared.pop(next(iter(self._prepared))), None)
        return [None]

    def _dumped(self, value: Any) -> tuple[int, bytes | None]:
        """The type of a value, and its text."""
        if isinstance(value, str):
            return _TEXT, value.encode()
        if value is None:
            return 0, None
        if isinstance(value, int):
            return _INT4 if -_LONG <= value < _LONG else _INT8, b"%d" % value
        dumper = self._values.get_dumper(value, PyFormat.TEXT)
        text = dumper.dump(value)
        return dumper.oid, None if text is None else bytes(text)

    def _flush(self, server: "PGconn") -> None:
        """Send all of it; what the server answers meanwhile is taken, else both would wait for each other."""
        while server.flush():
            self._selector.modify(self._connection.fileno(), selectors.EVENT_READ | selectors.EVENT_WRITE)
            try:
                ready = self._selector.select(_MOMENT)
            finally:
                self._selector.modify(self._connection.fileno(), selectors.EVENT_READ)
            if any(events & selectors.EVENT_READ for _, events in ready):
                server.consume_input()

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _next(self, server: "PGconn") -> "PGresult":
        """The answer to the next statement."""
        result = self._got(server)
        if result is None:
            raise psycopg.OperationalError("the server did not answer")
        while self._got(server) is not None:  # an answer ends with nothing
            pass
        return result

    def _synced(self, server: "PGconn") -> None:
        result = self._got(server)
        if result is not None and result.status == ExecStatus.FATAL_ERROR:  # what is only checked by the commit
            raise psycopg.errors.error_from_result(result)
        if result is None or result.status != ExecStatus.PIPELINE_SYNC:
            raise psycopg.OperationalError("the server's answer did not end")

    def _got(self, server: "PGconn") -> "PGresult | None":
        while server.is_busy():
            self._selector.select(_MOMENT)
            server.consume_input()
        return server.get_result()

    def _read(self, result: "PGresult", begin: int, end: int) -> list[Row]:
        self._values.set_pgresult(result)
        return self._values.load_rows(begin, end, tuple)


def _refuse_failed(results: "Sequence[PGresult]") -> None:
    """:raises psycopg.Error: what the server said of the first statement that failed"""
    for result in results:
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise psycopg.errors.error_from_result(result)
