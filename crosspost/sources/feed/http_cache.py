"""What a source that reads the web is handed: a function that fetches, and a place to keep what came.

Sources do not connect to anything themselves; the application hands them a function that asks through the guarded
session.
"""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crosspost.config import atomic_file
from crosspost.config.small_file import read_small
from crosspost.model.value import ready


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a GET.

    ``url`` is the final address, ``status`` its status (0: none came), ``problem`` a sentence without a full stop when
    it is of no use ("" for 200 and 304). ``moved`` is the new address when it moved for good, else "". Names of
    ``headers`` are in lower case.
    """

    url: str
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    problem: str = ""
    moved: str = ""


#: address and headers → answer; raises nothing
Fetch = Callable[[str, Mapping[str, str]], Answer]


class _Kept(msgspec.Struct, frozen=True):
    answer: Answer
    asked: datetime


#: bytes of one kept answer; those of the session are not larger
_MOST = 25_000_000
#: an answer that is younger is not asked for again: one command reads its source several times
YOUNG = timedelta(seconds=60)


class Answers:
    """Answers, asked for only when they may be different by now (conditional GET, RFC 9110 §13).

    :param folder: where they are kept; None: in memory
    :param now: the current time, with a time zone
    :param told: when somebody said that there is something new; None: never
    """

    def __init__(self, fetch: Fetch, folder: Path | None, now: datetime, told: datetime | None = None) -> None:
        self._fetch, self._folder, self._now, self._told = fetch, folder, now, told
        self._here: dict[str, _Kept] = {}

    def get(self, url: str, *, young: timedelta = YOUNG, hinted: bool = False) -> Answer:
        """The answer of an address.

        :param young: how old a kept one may be to be taken without asking
        :param hinted: whether it is asked for again where somebody said that there is something new
        """
        kept = self._kept(url)
        stale = hinted and kept is not None and self._told is not None and kept.asked <= self._told
        if kept is not None and not stale and timedelta() <= self._now - kept.asked < young:
            return kept.answer
        marks: dict[str, str] = {}
        if kept is not None:
            known = kept.answer.headers
            pairs = (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("last-modified")))
            marks = {name: value for name, value in pairs if value}
        answer = self._fetch(url, marks)
        if answer.status == 304 and kept is not None:
            answer = msgspec.structs.replace(kept.answer, moved=answer.moved)
        if not answer.problem:
            self._keep(url, _Kept(answer, self._now))
        return answer

    def _kept(self, url: str) -> _Kept | None:
        if url not in self._here and self._folder is not None:
            with contextlib.suppress(OSError, msgspec.DecodeError, RecursionError):
                self._here[url] = msgspec.msgpack.decode(read_small(self._file(url), _MOST), type=ready(_Kept))
        return self._here.get(url)

    def _keep(self, url: str, kept: _Kept) -> None:
        self._here[url] = kept
        if self._folder is None:
            return
        with contextlib.suppress(OSError):  # it is only asked for again
            self._folder.mkdir(parents=True, exist_ok=True)
            atomic_file.write(self._file(url), msgspec.msgpack.encode(kept), durable=False)

    def _file(self, url: str) -> Path:
        assert self._folder is not None  # noqa: S101 - the callers have looked
        return self._folder / hashlib.sha256(url.encode()).hexdigest()[:32]
