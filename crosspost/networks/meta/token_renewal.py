"""Renews tokens that are valid for 60 days: Threads, Instagram Login.

The file in which a person wrote the token is not changed; the renewed token goes into the vault. A token can be renewed
when it is at least a day old; that makes it valid for 60 more days, and without it the token expires.

Sources: developers.facebook.com/docs/threads (long-lived tokens) and docs/instagram-platform (Instagram Login, refresh
of an access token), checked 2026-11-22.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from crosspost.config.credentials import Secret, variable
from crosspost.errors import DeliveryError, NotSent
from crosspost.model import Value
from crosspost.model.value import ready
from crosspost.networks.base import Network

#: the minimum age for renewal
_AGE = timedelta(hours=24)
#: the maximum lifetime of a token
_LIFE = timedelta(days=60)
#: a token that expires sooner is renewed
_LEFT = timedelta(days=30)
_FIELD = "access_token"
log = logging.getLogger("crosspost.networks")


class _Kept(Value, frozen=True, kw_only=True):
    """The vault's entry. ``mark`` identifies the configured token; ``token`` is "" while that is in use; ``since`` is
    when it was first seen, or renewed; ``until`` is when it expires at the latest."""

    mark: str
    since: datetime
    until: datetime
    token: str = ""

    def __repr__(self) -> str:
        return "_Kept(***)"

    def due(self, now: datetime) -> bool:
        """Whether to renew. The real age of a configured token is unknown, so it is renewed as soon as possible."""
        return now - self.since >= _AGE and (not self.token or self.until - now < _LEFT)


def exchanged(network: Network, client: Any, grant: str) -> tuple[Secret, timedelta]:
    """Request a new token, valid for 60 days; the current one must be at least 24 hours old.

    :param client: talks to the API with the current token
    :param grant: the network's name for this
    :returns: the token and its lifetime; the caller must store it
    :raises AuthExpired: when the current token is no longer valid
    :raises NotSent: when the response has no token
    """
    with network.talking():
        answer = client.request("refresh_access_token", args={"grant_type": grant})
        token, lasts = answer.get("access_token"), timedelta(seconds=int(answer.get("expires_in") or 0))
    if not isinstance(token, str) or not token.strip():
        raise NotSent(f"{network.account}: {network.name} returned no new token")
    network.session.hide(token)
    return Secret(token), lasts


class Renewal:
    """Keeps one account's token valid. Creating one does no I/O.

    :param network: the adapter with the credential ``access_token``
    :param renew: requests a new token and its lifetime; None where only a person can create one
    """

    def __init__(self, network: Network, renew: Callable[[], tuple[Secret, timedelta]] | None) -> None:
        self._network, self._renew = network, renew

    def token(self) -> str:
        """The token to use: the renewed one if there is one, else the configured one.

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
        """Renew the token when it is due; to be called about once a day, with a working token.

        A failure is not fatal: the current token works until it expires, and a warning says what to do.

        :returns: when the token expires at the latest; None the first time a token is seen, which without a persistent
            vault is every time
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
                with network.renewing():
                    kept = self._kept() or kept  # another process may have renewed it meanwhile
                    if kept.due(now):
                        kept = self._renewed(self._renew, now)
        except DeliveryError as error:
            end = kept.until if kept is not None else now + _LIFE
            log.warning(
                "%s: the %s token could not be renewed; it still works, until %s at the latest. If this"
                " happens again, create a new token before then and set %s. What happened: %s",
                *(network.account, network.name, end.date(), variable(network.account, _FIELD), error),
            )
        return kept.until if kept is not None and seen else None

    def _renewed(self, renew: Callable[[], tuple[Secret, timedelta]], now: datetime) -> _Kept:
        """Another token, written down before anybody uses it."""
        fresh, lasts = renew()
        self._network.session.hide(fresh.reveal())
        renewed = _Kept(mark=self._mark(), since=now, until=now + min(lasts, _LIFE), token=fresh.reveal())
        self._keep(renewed)
        return renewed

    def _kept(self) -> _Kept | None:
        """The vault's entry for the configured token; None when the token is new, or the entry is damaged."""
        try:
            kept = msgspec.convert(self._network.vault.get(self._network.account), ready(_Kept))
            _ = kept.since - self._network.clock(), kept.until - self._network.clock()
        except (msgspec.ValidationError, TypeError):  # TypeError: a time without a time zone
            return None
        return kept if kept.mark == self._mark() else None

    def _keep(self, kept: _Kept) -> None:
        self._network.vault.put(self._network.account, msgspec.to_builtins(kept))

    def _mark(self) -> str:
        """A hash that changes only with the configured token and the server.

        :meth:`Network.mark` changes with every setting: after a new ``topic_tag`` we would go back to a configured
            token that expired long ago.
        """
        source = f"{self._network.account}\n{self._network.base_url}\n{self._network.secret(_FIELD)}"
        return hashlib.blake2s(source.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
