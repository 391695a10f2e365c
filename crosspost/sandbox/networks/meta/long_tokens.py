"""Access tokens that are valid for 60 days and can be refreshed after the first day (Threads, Instagram Login)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.standin import only
from crosspost.sandbox.core.store import Account, Store
from crosspost.sandbox.networks.meta.graph import GraphServer, fields, graph_error

LIFE = timedelta(days=60)
AGE = timedelta(hours=24)
"""A younger token is not refreshed."""


@dataclass(frozen=True)
class Life:
    """The owner of a token, when it was issued, for how long, and with which permissions (None: all)."""

    account: str
    made: datetime
    lasts: timedelta = LIFE
    scopes: frozenset[str] | None = None


class LongTokens(GraphServer):
    """Tokens of the kind ``lasting`` end; ``grant`` is what their refresh is called.

    A refresh gives another token; the old one stays valid until it expires.
    """

    lasting: ClassVar[str] = "access_token"
    grant: ClassVar[str]

    def __init__(self, store: Store, settings: dict[str, Any]) -> None:
        super().__init__(store, settings)
        mine = [account for account in store.accounts.values() if account.network == self.key]
        # not in the store's memory, so that a reset keeps the tokens
        self.lives = {account.credentials[self.lasting]: Life(account.name, store.clock()) for account in mine}

    def me(self, request: Request) -> Account:
        """See :class:`GraphServer`; a token that is past its end is refused."""
        life = self.lives.get(self.token_of(request))
        if life is None:
            return super().me(request)
        if request.now - life.made >= life.lasts:
            raise Refused(self.expired())
        if life.scopes is not None:
            self.permit(request, life.scopes)
        request.account = life.account
        return self.store.accounts[self.key, life.account]

    def refreshed(self, request: Request) -> Reply:
        """The answer to ``GET /refresh_access_token``: another token, for 60 days from now."""
        if strange := only((name for name, _ in fields(request)), ("grant_type", "access_token")):
            raise Refused(graph_error(100, f"Tried accessing nonexisting field ({strange[0]})"))
        me = self.me(request)
        if first(fields(request), "grant_type") != self.grant:
            raise Refused(graph_error(100, f"Param grant_type must be {self.grant}"))
        life = self.lives.get(self.token_of(request))
        if life is None or life.lasts < LIFE:
            raise Refused(graph_error(100, "This token cannot be refreshed"))
        if request.now - life.made < AGE:
            raise Refused(graph_error(100, "The access token must be at least 24 hours old to be refreshed"))
        return self.given(Life(me.name, request.now, scopes=life.scopes))

    def given(self, life: Life, **more: Any) -> Reply:
        """The answer with a new token."""
        token = self.store.token(self.key, life.account, f"{self.lasting}-{len(self.lives)}")
        self.lives[token] = life
        lasts = {"token_type": "bearer", "expires_in": int(life.lasts.total_seconds())}
        return Reply.json({"access_token": token} | (more or lasts))
