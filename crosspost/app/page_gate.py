"""Before a post goes out: is its page on the web, and is everything there that only the web knows?"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.page_facts import Pages
    from crosspost.ledger import Change, Ledger
    from crosspost.model import Entry, Post


def pages(app: "App", ledger: "Ledger | None", load: Callable[["Entry"], "Post"], *, asks: bool = True) -> "Pages":
    """What completes posts with what only the web and people's edits in the ledger know.

    :param asks: whether the web may be asked
    """
    from crosspost.app.page_facts import Pages
    from crosspost.sources.keys import PICTURE_FROM

    said = app.settings.site.picture_from if app.settings is not None else None
    if ledger is not None:
        from crosspost.delivery.edit_overlay import loading

        load = loading(ledger, load)
    order = PICTURE_FROM if said is None else said
    return Pages(load, ledger, app.pictures_folder(), order, asks=asks, store=app.picture_store)


class Live:
    """Asks once a run for each post whether its page is on the web; not at all for a post that is out somewhere.

    A picture that is only on the web is fetched then, too.
    """

    def __init__(self, app: "App", ledger: "Ledger", pages: "Pages") -> None:
        self._app, self._ledger, self._pages = app, ledger, pages
        self._known: dict[str, str] = {}
        self._fetched: dict[str, str] = {}
        self._asking = threading.Lock()

    def reason(self, account: str, entry: "Entry") -> str:
        """Why not yet; "" when it is there or nobody wants to know."""
        from crosspost.delivery.digest import is_digest

        if is_digest(entry.id):
            return ""
        waits = self._app.waits_for_page(account, entry.url)
        with self._asking:
            if waits and entry.id not in self._known:
                out = self._ledger.deliveries(post=entry.id, states=["sent"])
                self._known[entry.id] = "" if out else self._ask(entry)
            if waits and self._known[entry.id]:
                return self._known[entry.id]
            if entry.id not in self._fetched:
                self._fetched[entry.id] = self._pages.fetch(entry)
            return self._fetched[entry.id]

    def of_change(self, change: "Change", entry: "Entry | None") -> str:
        """The same for an edit that gives a post another link: that page must be there too."""
        before = self._ledger.get(change.delivery).draft
        if entry is None or change.draft is None or before is None or change.draft.link == before.link:
            return ""
        if not self._app.waits_for_page(change.account, entry.url):
            return ""
        with self._asking:
            if entry.url not in self._known:
                self._known[entry.url] = self._ask(entry)
            why = self._known[entry.url]
        return f"waits for the page: {why}" if why else ""

    def _ask(self, entry: "Entry") -> str:
        from crosspost.transport import page_check

        host = urlsplit(entry.url).hostname or ""
        bare = host.removeprefix("www.")
        answer = page_check.check(
            entry.url, title=entry.title, session=page_check.live_session(), allowed_hosts={bare, f"www.{bare}"}
        )
        if isinstance(answer, page_check.NotYet):
            return answer.reason
        self._pages.learn(entry, answer.says)
        return ""
