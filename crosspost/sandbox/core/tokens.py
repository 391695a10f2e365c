"""Access and refresh tokens that a stand-in gives out, with what they may do and until when (RFC 6749 section 6)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crosspost.sandbox.core.consent import NoGrant
from crosspost.sandbox.core.store import Store


@dataclass(frozen=True)
class Given:
    """A token: whose it is, what it may do, and until when."""

    account: str
    scopes: frozenset[str]
    until: datetime


class Tokens:
    """The tokens of one network.

    :param life: how long an access token is good for
    :param refresh_life: how long a refresh token is
    :param once: whether a refresh token is gone once it was used
    """

    def __init__(
        self, store: Store, network: str, *, life: timedelta, refresh_life: timedelta, once: bool = True
    ) -> None:
        self._store, self._network, self._once = store, network, once
        self._life, self._refresh_life = life, refresh_life

    def issue(self, account: str, scopes: frozenset[str], now: datetime, *, refresh: bool = True) -> dict[str, Any]:
        """New tokens, as RFC 6749 5.1 answers them."""
        access, again = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
        self._access[access] = Given(account, scopes, now + self._life)
        body: dict[str, Any] = {"access_token": access, "token_type": "bearer", "scope": " ".join(sorted(scopes))}
        body["expires_in"] = int(self._life.total_seconds())
        if refresh:
            self._refresh[again] = Given(account, scopes, now + self._refresh_life)
            body["refresh_token"] = again
        return body

    def renew(self, refresh_token: str, now: datetime) -> dict[str, Any]:
        """New tokens for a refresh token.

        :raises NoGrant: when it is not known (any more)
        """
        given = self._refresh.get(refresh_token)
        if given is None or now > given.until:
            raise NoGrant("the refresh token is unknown, was used before, or has expired")
        if self._once:
            del self._refresh[refresh_token]
        return self.issue(given.account, given.scopes, now, refresh=self._once)

    def holder(self, token: str, now: datetime) -> Given | None:
        """Whose access token it is; None for one that was not given out here, or has ended."""
        given = self._access.get(token)
        return given if given is not None and now < given.until else None

    @property
    def _access(self) -> dict[str, Given]:
        found: dict[str, Given] = self._store.memory.setdefault((self._network, "access tokens"), {})
        return found

    @property
    def _refresh(self) -> dict[str, Given]:
        found: dict[str, Given] = self._store.memory.setdefault((self._network, "refresh tokens"), {})
        return found
