"""Tokens that live 60 days and can be exchanged for a new one while they live: Threads, Instagram Login.

The file a person wrote the token into stays as it is; the renewed token goes into the vault. A token is renewed when it
is at least a day old, gets 60 more days each time, and is dead after 60 days without.

Sources: developers.facebook.com/docs/threads (long-lived tokens) and docs/instagram-platform (Instagram Login, refresh
of an access token), checked 2026-11-22.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from crosspost.config.credentials import Secret, variable
from crosspost.errors import DeliveryError
from crosspost.model import Value
from crosspost.networks.base import Network

#: a younger token is refused
_AGE = timedelta(hours=24)
#: how long a token lives at most
_LIFE = timedelta(days=60)
#: a token with less time left is renewed
_LEFT = timedelta(days=30)
_FIELD = "access_token"
log = logging.getLogger("crosspost.networks")


class _Kept(Value, frozen=True, kw_only=True):
    """What the vault has. ``token`` is "" while the configured one is in use; ``since`` is when it was first seen, or
    renewed; ``until`` is when it ends at the latest."""

    mark: str
    since: datetime
    until: datetime
    token: str = ""

    def due(self, now: datetime) -> bool:
        """Whether it is time to renew. How old a configured token really is, is not known: so as soon as it may be."""
        return now - self.since >= _AGE and (not self.token or self.until - now < _LEFT)


class Renewal:
    """Keeps one account's token alive. Making one does no I/O.

    :param network: the adapter whose credential ``access_token`` it is
    :param renew: asks the network for a new token, and how long it lives; None where only a person can make one
    """

    def __init__(self, network: Network, renew: Callable[[], tuple[Secret, timedelta]] | None) -> None:
        self._network, self._renew = network, renew

    def token(self) -> str:
        """The token to use now: the renewed one, or the configured one when there is none.

        :raises AuthExpired: when no token is configured
        :raises NotSent: when the vault cannot be read
        """
        configured = self._network.secret(_FIELD)
        kept = self._kept()
        if kept is None or not kept.token:
            return configured
        self._network.session.hide(kept.token)
        return kept.token

    def look_after(self) -> datetime | None:
        """Renew the token when it is time; to be called about once a day, with a token that works.

        Never fatal: the present token goes on working until its end, and a warning says what to do.

        :returns: when the token ends at the latest; None at the first look, which may be the first of each run where
            the vault is not kept
        """
        network, now = self._network, self._network.clock()
        kept, seen = None, False
        try:
            kept = self._kept()
            seen = kept is not None
            if kept is None:
                kept = _Kept(mark=self._mark(), since=now, until=now + _LIFE)
                self._keep(kept)
            if self._renew is not None and kept.due(now):
                fresh, lasts = self._renew()
                network.session.hide(fresh.reveal())
                until = now + min(lasts, _LIFE)
                renewed = _Kept(mark=self._mark(), since=now, until=until, token=fresh.reveal())
                self._keep(renewed)
                kept = renewed
        except DeliveryError as error:
            end = kept.until if kept is not None else now + _LIFE
            log.warning(
                "%s: the %s token could not be renewed; it goes on working, until %s at the latest. If this"
                " comes again, make a new token before then and set %s. What happened: %s",
                *(network.account, network.name, end.date(), variable(network.account, _FIELD), error),
            )
        return kept.until if kept is not None and seen else None

    def _kept(self) -> _Kept | None:
        """What the vault has for the token that is configured now; None when it is new, or the entry is damaged."""
        try:
            kept = msgspec.convert(self._network.vault.get(self._network.account), _Kept)
            _ = kept.since - self._network.clock(), kept.until - self._network.clock()
        except (msgspec.ValidationError, TypeError):  # TypeError: a time without its zone
            return None
        return kept if kept.mark == self._mark() else None

    def _keep(self, kept: _Kept) -> None:
        self._network.vault.put(self._network.account, msgspec.to_builtins(kept))

    def _mark(self) -> str:
        """Changes with the configured token and the server only.

        :meth:`Network.mark` changes with every setting: after a new ``topic_tag`` it would send us back to a configured
        token that has long been dead.
        """
        said = f"{self._network.account}\n{self._network.base_url}\n{self._network.secret(_FIELD)}"
        return hashlib.blake2s(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
