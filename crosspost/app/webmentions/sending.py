"""One round of webmentions: look at the pages of new and changed articles, then tell those that they link to."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

import msgspec

from crosspost.app.webmentions.linking import Linking
from crosspost.delivery.backoff import exhausted, pause
from crosspost.ledger.sent_webmentions import MentionState, Webmention
from crosspost.transport.webmention import Told, tell, webmention_session

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.runner import RunControl
    from crosspost.ledger import Ledger
    from crosspost.model import Entry
    from crosspost.sources.base import Source

One = TypeVar("One")

#: pages that one run looks at, webmentions it sends, and seconds after which it begins no further one
PAGES, MOST, SECONDS = 20, 20, 60.0
#: host names of targets that may be in a private network; none, but in tests
ALLOWED: frozenset[str] = frozenset()
#: since when posts that go out are looked at: what was out before is not announced anew
_SINCE = "webmentions since"
#: before a server is asked again it has ten minutes at least: nobody waits for a webmention
_PATIENT = 4


class Round:
    """The webmentions of one run."""

    def __init__(
        self, app: "App", ledger: "Ledger", source: "Source", entries: Mapping[str, "Entry"], control: "RunControl"
    ) -> None:
        self._app, self._ledger, self._control, self._store = app, ledger, control, ledger.webmentions
        self._session = webmention_session()
        self._linking = Linking(app, ledger, source, entries, self._session)
        self._end = time.monotonic() + SECONDS
        self._give_up = timedelta(hours=app.settings.run.give_up_after if app.settings is not None else 72)

    def go(self, warn: Callable[[str], None]) -> datetime | None:
        """:returns: when there is something to do again; None: not by what is known now"""
        if not (since := self._ledger.fact(_SINCE)):
            since = (self._app.clock() - timedelta(hours=1)).isoformat()  # what this run itself sent is new
            self._ledger.keep_fact(_SINCE, since)
        pages = self._linking.due(datetime.fromisoformat(since))
        done = self._each(pages[:PAGES], self._linking.look, warn)
        due = self._store.due()
        done = self._each(due[:MOST], self._tell, warn) and done
        left = not done or len(pages) > PAGES or len(due) > MOST
        return self._app.clock() if left else self._store.next()

    def _each(self, several: list[One], do: Callable[[One], str], warn: Callable[[str], None]) -> bool:
        """Do it to each of them, and pass on what is to be said; whether there was time for all."""
        for one in several:
            self._control.progress()
            if self._control.stop.is_set() or time.monotonic() > self._end:
                return False
            if said := do(one):
                warn(said)
        return True

    def _tell(self, mention: Webmention) -> str:
        """Send one; a sentence for people where it is refused or given up."""
        self._store.begin(mention)
        now = self._app.clock()
        told = tell(mention.source, mention.target, session=self._session, now=now, allowed_hosts=ALLOWED)
        state, due_at = self._outcome(mention, told)
        self._store.end(
            msgspec.structs.replace(
                mention,
                state=state,
                endpoint=told.endpoint or mention.endpoint,
                status_url=told.status_url or mention.status_url,
                due_at=due_at,
                sent_at=now if state == "sent" else None,
                error=told.why,
            )
        )
        if state not in ("refused", "failed") or not mention.linked:  # that a link is gone need not interest anybody
            return ""
        word = "refuses the webmention" if state == "refused" else "does not take the webmention"
        return f"{mention.post}: {mention.target} {word}: {told.why}"

    def _outcome(self, mention: Webmention, told: Told) -> tuple[MentionState, datetime]:
        """The state it is in now, and when it is due again."""
        now, attempts = self._app.clock(), mention.attempts + 1
        if told.state != "again":
            return told.state, now
        if exhausted(mention.tried_at, attempts, now, self._give_up):
            return "failed", now
        number = crc32(f"{mention.source} {mention.target}".encode())
        return "due", max(now + pause(number, attempts + _PATIENT), told.at or now)
