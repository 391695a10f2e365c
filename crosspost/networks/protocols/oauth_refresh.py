"""Keeps a short OAuth 2.0 login alive whose refresh token is good for one use (RFC 6749 section 6, RFC 9700 4.14).

The tokens a person configured are where it begins; what the network gives in exchange goes into the vault. Whoever uses
a refresh token twice is logged out, so only one process exchanges it, and the others take the result.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from crosspost.errors import AuthExpired
from crosspost.model import Value
from crosspost.model.value import ready
from crosspost.networks.base import Network

#: an access token that ends sooner is renewed: it must outlive the requests of one post
_LEFT = timedelta(minutes=5)


class Tokens(NamedTuple):
    """What a network gave in exchange for a refresh token."""

    access: str
    refresh: str
    lasts: timedelta
    scopes: str

    def __repr__(self) -> str:
        return "Tokens(***)"


class _Kept(Value, frozen=True, kw_only=True):
    """The vault's entry. ``mark`` identifies the configured refresh token; ``before`` is the refresh token that was
    exchanged for these, kept until ``refresh`` has worked; ``scopes`` what the network said these may do."""

    mark: str
    access: str
    refresh: str
    before: str
    until: datetime
    scopes: str = ""

    def __repr__(self) -> str:
        return "_Kept(***)"


class RefreshingLogin:
    """The access token of one account. Creating one does no I/O.

    :param network: the adapter; its credentials are ``client_id``, ``refresh_token`` and, unless the app is a public
        client, ``client_secret``
    :param exchange: the address that exchanges a refresh token
    :param first: the access token that came with the configured refresh token; "" when it is not known
    :param secret_in_form: whether the app's secret is sent in the form, not in a header
    """

    def __init__(self, network: Network, exchange: str, *, first: str = "", secret_in_form: bool = False) -> None:
        self._network, self._address, self._first = network, exchange, first
        self._in_form = secret_in_form

    def token(self, *, may_be_first: bool = False) -> str:
        """An access token that is good for the next minutes.

        :param may_be_first: whether the configured one will do, the age of which is not known
        :raises AuthExpired: when the login has ended
        :raises NotSent: when the network cannot be asked, or the vault cannot be used
        """
        kept = self._kept()
        if kept is None:
            return self._first if may_be_first and self._first else self.renewed("")
        return kept.access if self._good(kept) else self.renewed(kept.access)

    def renewed(self, old: str) -> str:
        """Another access token than ``old``: the one that another process has got meanwhile, else a new one.

        :raises AuthExpired: when the login has ended
        :raises NotSent: when the network cannot be asked, or the vault cannot be used
        """
        network = self._network
        with network.renewing():
            kept = self._kept()
            if kept is not None and kept.access != old and self._good(kept):
                return kept.access
            return self._renew(kept)

    @property
    def scopes(self) -> list[str]:
        """What the network said at the last renewal the login may do; [] when it has said nothing yet."""
        kept = self._kept()
        return kept.scopes.split() if kept is not None else []

    def _renew(self, kept: _Kept | None) -> str:
        """Exchange the refresh token and write the new ones down, before anybody uses them."""
        network = self._network
        # a full disk, or a folder that is not ours, shows before the refresh token is spent
        network.vault.put(network.account, network.vault.get(network.account))
        # the one before, too: the network may not have noted the exchange whose answer we have
        known = [kept.refresh, kept.before] if kept is not None else [network.secret("refresh_token")]
        for number, spent in enumerate(known, 1):
            try:
                tokens = self._exchange(spent)
                break
            except AuthExpired:
                if number == len(known):
                    raise
        network.session.hide(tokens.access, tokens.refresh)
        until = network.clock() + tokens.lasts
        new = _Kept(
            mark=self._mark(),
            access=tokens.access,
            refresh=tokens.refresh,
            before=spent,
            until=until,
            scopes=tokens.scopes,
        )
        network.vault.put(network.account, msgspec.to_builtins(new))
        return new.access

    def _exchange(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token.

        :raises AuthExpired: when the network does not know it (any more), or not the app
        """
        network, client_id = self._network, self._network.secret("client_id")
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
        secret = network.secret("client_secret") if network.has("client_secret") else ""
        form |= {"client_secret": secret} if secret and self._in_form else {}
        with network.talking():
            header = (client_id, secret) if secret and not self._in_form else None
            # IndieAuth servers of before 2018 answer with a form otherwise
            answer = network.session.post(self._address, data=form, auth=header, headers={"Accept": "application/json"})
            if answer.status_code in (400, 401) and network.session.last is not None:
                said = network.sentence(network.session.last)
                raise AuthExpired(
                    f"{network.account}: {network.name} says: {said}. This login has ended; log in again with "
                    f"`crosspost accounts renew {network.account}`"
                )
            answer.raise_for_status()
            found = answer.json()
            lasts = timedelta(seconds=min(int(found.get("expires_in", 3600)), 86_400))
            access, refresh = found["access_token"], found.get("refresh_token") or refresh_token
            if not isinstance(access, str) or not access or not isinstance(refresh, str):
                raise ValueError("no token")
            return Tokens(access, refresh, lasts, str(found.get("scope") or ""))

    def _good(self, kept: _Kept) -> bool:
        return kept.until - self._network.clock() > _LEFT

    def _kept(self) -> _Kept | None:
        """The vault's entry for the configured refresh token; None when that is new, or the entry is damaged."""
        network = self._network
        try:
            kept = msgspec.convert(network.vault.get(network.account), ready(_Kept))
            _ = kept.until - network.clock()
        except (msgspec.ValidationError, TypeError):  # TypeError: a time without a time zone
            return None
        if kept.mark != self._mark():
            return None
        network.session.hide(kept.access, kept.refresh, kept.before)
        return kept

    def _mark(self) -> str:
        """A hash that changes only with the configured refresh token and the server."""
        network = self._network
        source = f"{network.account}\n{network.base_url}\n{network.secret('refresh_token')}"
        return hashlib.blake2s(source.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
