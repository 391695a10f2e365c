"""Has the records of articles (standard.site) follow the site, on accounts with ``standard_site = true``.

It comes after the posts, and no post depends on it: what cannot be written now the next run tries again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

import msgspec

from crosspost.app import open_problems
from crosspost.app.page_gate import pages
from crosspost.errors import CrosspostError, DeliveryError, NotSent
from crosspost.ledger.facts import decoded
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry
    from crosspost.networks.standard_site import StandardSite
    from crosspost.sources.base import Source

_FACT, _TROUBLE = "articles", "articles trouble"
#: records that one run writes at most; the next one goes on
MOST = 50


class _Record(Value, frozen=True, kw_only=True, omit_defaults=True):
    """An article's record: its address on the site, the checksum of its file and the post it was written for.

    ``uri`` is the record's own address, ``cid`` its checksum.
    """

    url: str
    file: str
    receipt: str
    uri: str = ""
    cid: str = ""

    def same(self, other: "_Record | None") -> bool:
        """Whether the record says the same of the same article."""
        return other is not None and (self.url, self.file, self.receipt) == (other.url, other.file, other.receipt)


#: account → post → record
_State = dict[str, dict[str, _Record]]


def follow(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    entries: Mapping[str, "Entry"],
    warn: Callable[[str], None],
    *,
    whole: bool,
) -> bool:
    """Write the records of these articles that are new or changed, and delete those of articles that were taken back.

    :param whole: whether ``entries`` are all there are; only then is anything deleted
    :returns: whether something is left to do, which the next run does
    """
    found = _Round(app, ledger, source, entries, whole=whole)
    wrong = found.go()
    open_problems.keep(ledger, _TROUBLE, wrong, warn)
    return found.left


def trouble(app: "App", ledger: "Ledger") -> tuple[str, ...]:
    """What could not be written, sentences."""
    return tuple(ledger.fact(_TROUBLE).splitlines()) if app.keeps_articles() else ()


class _Round:
    """The records of one run; ``left`` is whether another one is needed."""

    def __init__(
        self, app: "App", ledger: "Ledger", source: "Source", entries: Mapping[str, "Entry"], *, whole: bool
    ) -> None:
        self._app, self._ledger, self._entries = app, ledger, entries
        self._whole = whole and source.whole
        self._pages = pages(app, ledger, source.load)
        self._state: _State = decoded(ledger.fact(_FACT), _State) or {}
        self._room = MOST
        self.left = False

    def go(self) -> list[str]:
        """:returns: what could not be done, sentences"""
        out = self._out()
        before = msgspec.json.encode(self._state)
        wrong = [said for name, receipts in out.items() for said in self._account(name, receipts)]
        if (now := msgspec.json.encode(self._state)) != before:
            self._ledger.keep_fact(_FACT, now.decode())
        return wrong

    def _out(self) -> dict[str, dict[str, str]]:
        """Account → article that is out there → the post's id."""
        from crosspost.delivery.digest import is_digest

        found: dict[str, dict[str, str]] = {name: {} for name in self._app.keeps_articles()}
        for one in self._ledger.history.addresses():
            if one.account in found and one.page and not is_digest(one.post):
                found[one.account][one.post] = one.receipt
        return found

    def _account(self, name: str, receipts: Mapping[str, str]) -> Iterator[str]:
        state = self._ledger.account(name)
        if state.paused_until is not None and state.paused_until > self._app.clock():  # `crosspost status` tells why
            self.left = True
            return
        kept = self._state.setdefault(name, {})
        wanted = {
            post: _Record(url=entry.url, file=entry.fingerprint, receipt=receipt)
            for post, receipt in receipts.items()
            if (entry := self._entries.get(post)) is not None and entry.state == "ready" and entry.url
        }
        work = [post for post, record in wanted.items() if not record.same(kept.get(post))]
        gone = [post for post in kept if post not in receipts] if self._whole else []
        if not work and not gone:
            return
        try:
            network = self._network(name)
            yield from self._work(network, kept, {post: wanted.get(post) for post in (*work, *gone)})
        except DeliveryError as error:  # of the server or the login: the others would fail, too
            self.left = True
            yield f"{error}. The records of articles are written by the next run"

    def _network(self, name: str) -> "StandardSite":
        from crosspost.delivery.account_identity import introduce

        network = cast("StandardSite", self._app.network(name))  # only these have the setting
        introduce(network, self._ledger, however_old=True)
        return network

    def _work(
        self, network: "StandardSite", kept: dict[str, _Record], wanted: Mapping[str, _Record | None]
    ) -> Iterator[str]:
        """:raises NotSent: when the server does not answer, or refuses the login"""
        for post, record in wanted.items():
            if self._room <= 0:
                self.left = True
                return
            self._room -= 1
            before = kept.get(post)
            try:
                uri = ""
                if record is not None:
                    article = self._pages.load(self._entries[post])
                    new = network.keep_article(article, record.receipt, known=before.cid if before else "")
                    uri = new["uri"]
                    kept[post] = msgspec.structs.replace(record, uri=uri, cid=new["cid"])
                if before is not None and before.uri != uri:
                    network.remove_article(before.uri, before.cid)
                if record is None:
                    del kept[post]
            except NotSent:
                raise
            except CrosspostError as error:  # of this article: the others go on
                yield f"{error}. {post} has no record on {network.account}"
