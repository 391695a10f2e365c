"""Looks through the accounts themselves for the site's posts, whoever said them. Changes nothing."""

import contextlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from crosspost.app.importing.matching import Match, Matcher
from crosspost.app.importing.records import Record
from crosspost.errors import CrosspostError, OutOfSight, TurnedDown, Unknown
from crosspost.model import Entry, Prepared

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.networks.base import Network
    from crosspost.networks.searching import Listed


class AccountReader:
    """Finds posts on accounts: as crosspost would say them, else by their address or title in what an account lists.

    An account that lists its posts is read once, others are asked for each post.


    :param entries: the site's posts that are ready to go out
    :param told: told of an account that shows nothing to anybody
    """

    def __init__(self, app: "App", entries: Iterable[Entry], told: Callable[[str], None]) -> None:
        self._app, self._told = app, told
        self.unread: list[str] = []
        """Why an account could not be read, or only in part, in sentences."""
        self._entries = sorted(entries, key=lambda entry: entry.date or app.clock())

    def matches(self, account: str) -> list[Match]:
        """What an account shows of the site's posts; networks show only their latest posts."""
        try:
            network = self._app.network(account)
            if not network.able.read_back:
                self._told(f"{account}: {network.name} cannot be searched")
                return []
            network.identity = network.connect()
        except CrosspostError as error:
            self.unread.append(str(error))
            return []
        found: dict[str, Match] = {}
        listed: dict[Listed, None] = {}
        try:
            for entry in self._entries:  # the oldest first: on the way to it, an account lists what is newer
                if entry.id in found or listed:
                    continue
                if (match := self._as_said(network, entry)) is not None:
                    found[entry.id] = match
                listed |= dict.fromkeys(network.listed)
        except CrosspostError as error:
            self.unread.append(f"{error}; what {account} showed until then counts")
        return [*(self._by_text(network, listed) | found).values()]

    def _as_said(self, network: "Network", entry: Entry) -> Match | None:
        """A post that stands there in the very form that crosspost gives it.

        :raises CrosspostError: when the account cannot be asked any more
        """
        try:
            draft = network.draft(self._app.source().load(entry))
        except CrosspostError:  # it cannot be said there today; its title may still be found
            return None
        prepared = Prepared(draft=draft, handle=f"import#{entry.id}", dated=entry.date)
        try:
            receipt = network.look_back(prepared, entry.date or self._app.clock())
        except (OutOfSight, TurnedDown, Unknown):  # further back than the network shows, or shown to nobody
            return None
        if receipt is None:
            return None
        return Match(entry=entry, account=network.account, how="text", url=receipt.url, at=receipt.at)

    def _by_text(self, network: "Network", listed: "Iterable[Listed]") -> dict[str, Match]:
        """What a list of posts shows: our own words, else an address or a title."""
        accounts = {network.account: self._app.accounts()[network.account]}
        matcher = Matcher(self._entries, accounts, [network.account], self._app.clock())
        ours = self._in_our_words(network)
        found: dict[str, Match] = {}
        for post in listed:
            if (entry := ours.get(_words(post.text))) is not None:
                matches = [Match(entry=entry, account=network.account, how="text")]
            else:
                matches = [*matcher.matches(Record(said=(("text", post.text),), place=post.url))]
            for match in matches:
                found.setdefault(match.entry.id, msgspec.structs.replace(match, url=post.url, at=post.at))
        return found

    def _in_our_words(self, network: "Network") -> dict[str, Entry]:
        """What crosspost would say → the post; without texts that several posts share."""
        found: dict[str, list[Entry]] = {}
        for entry in self._entries:
            with contextlib.suppress(CrosspostError):
                found.setdefault(_words(network.draft(self._app.source().load(entry)).text), []).append(entry)
        return {words: entries[0] for words, entries in found.items() if words and len(entries) == 1}


def _words(text: str) -> str:
    """A text without its links, which networks shorten."""
    return " ".join(word for word in text.split() if "://" not in word and "…" not in word).casefold()
