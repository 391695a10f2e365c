"""How a person lets a program in on the Misskey stand-in: MiAuth
(misskey-hub.net/en/docs/for-developers/api/token/miauth)."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from crosspost.sandbox.core.consent import Consents, Grant, NoGrant
from crosspost.sandbox.core.http_messages import Malformed, Reply, Request, first
from crosspost.sandbox.core.standin import StandIn, route


class MiAuth(StandIn):
    """The program makes up a session, the person accepts it, and the program fetches its token, once."""

    key: ClassVar = "misskey"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._consents = Consents(self.store, self.key, lifetime=600)

    @route("GET", "/miauth/{session}")
    def consent(self, request: Request, session: str) -> Reply:
        """The page that asks."""
        rights, back = first(request.query, "permission") or "", first(request.query, "callback") or ""
        if not rights or not first(request.query, "name"):
            raise Malformed("the page wants a name and permissions")
        asked = Grant(client=session, redirect_uri=back, scope=rights, state=session)
        client = first(request.query, "name") or ""
        return self._consents.page(asked, title=self.name, client=client, action="/miauth/decided", now=request.now)

    @route("POST", "/miauth/decided")
    def decided(self, request: Request) -> Reply:
        """Send the browser back; the token is fetched by whoever knows the session."""
        try:
            grant = self._consents.answered(dict(request.form), request.now)
        except NoGrant as no:
            raise Malformed(str(no)) from None
        if grant.account:
            self.store.memory[self.key, "session", grant.client] = grant
        return Reply(302, headers={"Location": f"{grant.redirect_uri}?{urlencode({'session': grant.client})}"})

    @route("POST", "/api/miauth/{session}/check")
    def check(self, request: Request, session: str) -> Reply:  # noqa: ARG002  # a route's shape
        """The token of a session somebody accepted; once."""
        grant = self.store.memory.pop((self.key, "session", session), None)
        if grant is None:
            return Reply.json({"ok": False})
        account = self.store.accounts[self.key, grant.account]
        user = {"id": account.id, "username": account.handle}
        return Reply.json({"ok": True, "token": account.credentials["access_token"], "user": user})
