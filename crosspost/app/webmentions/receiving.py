"""Looks at the pages that say they link to posts of the site: only what is really there is kept (3.2.2)."""

import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote, urlsplit

import msgspec

from crosspost.app.responses import fetching, replies_file
from crosspost.app.webmentions import inbox
from crosspost.ledger.received_webmentions import Mention
from crosspost.model import Value
from crosspost.transport import page_check
from crosspost.transport.webmention import webmention_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crosspost.app.application import App
    from crosspost.app.runner import RunControl
    from crosspost.ledger import Ledger

#: those that one run looks at, and seconds after which it begins no further one
MOST, SECONDS = 20, 30.0
#: host names that may be in a private network; none, but in tests
ALLOWED: frozenset[str] = frozenset()
#: those that are kept are looked at again after so long, a few each time: what is deleted there goes here, too
_WEEK, _AGAIN = timedelta(days=7), 5
_REDIRECTS = 10

_Verdict = Literal["same", "new", "gone", "silent"]


class Looked(Value, frozen=True, kw_only=True):
    """What came of a round: pages looked at, new mentions, those that are gone, and those that are left."""

    looked: int = 0
    new: int = 0
    gone: int = 0
    left: int = 0


def look(app: "App", ledger: "Ledger", control: "RunControl") -> Looked:
    """Look at what waits, and at some of what is kept; the caller has the run's lock."""
    return _Round(app, ledger, control).go()


def addresses(target: str) -> list[str]:
    """The spellings in which the ledger may have the address of a post: people link with and without a slash."""
    parts = urlsplit(target)
    paths = dict.fromkeys((parts.path, quote(unquote(parts.path), safe="/:@!$&'()*+,;=~"), unquote(parts.path)))
    found = []
    for query in dict.fromkeys((f"?{parts.query}" if parts.query else "", "")):
        for path in paths:
            bare = re.sub(r"(?:/index\.html?|/|\.html)$", "", path)
            for spelling in (path, f"{bare}/", bare, f"{bare}.html", f"{bare}/index.html"):
                found += [f"{scheme}://{parts.netloc}{spelling}{query}" for scheme in ("https", "http")]
    return list(dict.fromkeys(found))


class _Round:
    def __init__(self, app: "App", ledger: "Ledger", control: "RunControl") -> None:
        self._app, self._ledger, self._control = app, ledger, control
        self._store, self._place = ledger.responses.mentions, inbox.folder(app)
        self._session = webmention_session()
        self._end = time.monotonic() + SECONDS

    def go(self) -> Looked:
        now, found = self._app.clock(), list[_Verdict]()
        keep = fetching.settings(self._app).keep
        forgotten = self._store.forget(now - timedelta(days=keep))
        due = [one for one in inbox.waiting(self._place) if one.due <= now]
        for one in due[:MOST]:
            if not self._goes_on():
                break
            verdict = self._verify(one.source, one.target)
            found.append(verdict)
            if verdict != "silent" or not inbox.again(self._place, one, now):
                inbox.done(self._place, one)
        left = len(due) - len(found)
        for source, target in self._store.due(_WEEK, _AGAIN):
            if not self._goes_on():
                break
            found.append(self._verify(source, target))
            if found[-1] == "silent":
                self._store.checked(source, target)
        gone = found.count("gone") + forgotten
        return Looked(looked=len(found), new=found.count("new"), gone=gone, left=left)

    def _goes_on(self) -> bool:
        self._control.progress()
        return not self._control.stop.is_set() and time.monotonic() < self._end

    def _verify(self, source: str, target: str) -> _Verdict:
        """Whether the source links to the target now; keep or let go what it says."""
        post = self._store.post_at(addresses(target.partition("#")[0]))
        if not post:
            return "gone" if self._store.remove(source, target) else "same"
        page = source.partition("#")[0]
        got = page_check.get(page, self._session, ALLOWED, page_check.RESOLVE, elsewhere=True, redirects=_REDIRECTS)
        if isinstance(got, page_check.NotYet):
            status = self._session.last.status if self._session.last is not None else None
            if status not in (404, 410):
                return "silent"
        elif (mention := self._read(post, source, target, got)) is not None:
            moderated = fetching.settings(self._app).moderated
            return "new" if self._store.keep(mention, moderated=moderated) else "same"
        return "gone" if self._store.remove(source, target) else "same"

    def _read(self, post: str, source: str, target: str, got: tuple[str, dict[str, str], bytes]) -> Mention | None:
        """What a page says of the target; None when it has no link to it."""
        address, headers, body = got
        kind = headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        host = urlsplit(source).hostname or ""
        if kind not in ("text/html", "application/xhtml+xml"):
            there = _in_text(body, target) if kind == "text/plain" else _in_json(kind, body, target)
            return Mention(post=post, source=source, target=target, url=source, author=host) if there else None
        from crosspost.markup.h_entry import links_to, said_of

        page = page_check.document(headers, body, len(body))
        if not links_to(page, address, target):
            return None
        said = said_of(page, address, target)
        return Mention(
            post=post,
            source=source,
            target=target,
            kind=said.kind,
            url=said.url or source,
            text=said.text,
            author=said.author or host,
            author_url=said.author_url,
            at=min(said.at, self._app.clock()) if said.at is not None else None,
        )


def _in_text(body: bytes, target: str) -> bool:
    """Whether an address stands in a plain text, and is not a part of a longer one."""
    text = body.decode("utf-8", "replace")
    after = r"(?![\w/?&=#%~+-]|[.,:;!@]\w)"
    return re.search(rf"(?<![\w.]){re.escape(target)}{after}", text) is not None


def _in_json(kind: str, body: bytes, target: str) -> bool:
    """Whether an address is a value of a JSON document."""
    if kind != "application/json" and not kind.endswith("+json"):
        return False
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return any(value == target for value in _values(decoded))


def _values(decoded: object) -> "Iterator[object]":
    rest = [decoded]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            rest += one.values()
        elif isinstance(one, list):
            rest += one
        else:
            yield one


def in_a_run(app: "App", ledger: "Ledger", control: "RunControl") -> list[str]:
    """The same in a run, with the site's file after it: what could not be done, sentences."""
    found = look(app, ledger, control)
    return replies_file.write(app, ledger) if found.looked or found.gone else []
