"""A person's own app at Facebook: its tokens, what they allow, and the Pages they open.

Sources: developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow, /guides/access-tokens/get-long-lived,
docs/graph-api/reference/debug_token, /user/accounts, /user/permissions, checked 2026-11-26.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crosspost.errors import ConfigError
from crosspost.networks.logins.meta import NO_TOKEN, Refusal, ask
from crosspost.networks.logins.oauth import Code, StaleCode
from crosspost.networks.meta.graph import VERSION

if TYPE_CHECKING:
    from crosspost.transport.session import Session

#: Pages are listed a hundred at a time, this often at most
_LISTS = 20


@dataclass(frozen=True)
class Page:
    """A Page that a person manages.

    :ivar may_post: whether they may create content there
    """

    id: str
    name: str
    token: str = field(repr=False)
    may_post: bool


@dataclass(frozen=True)
class Token:
    """What a token is.

    :ivar kind: USER, PAGE or SYSTEM_USER
    :ivar ends: None when it does not
    """

    kind: str
    scopes: frozenset[str]
    ends: datetime | None


class App:
    """One app. Its secret stays in memory, and is kept out of every message.

    :param base: the address of the Graph API
    """

    def __init__(self, session: "Session", base: str, number: str, secret: str) -> None:
        self._session, self._base, self.number, self._secret = session, f"{base}/{VERSION}", number, secret
        self._token = ""
        session.hide(secret)

    def check(self) -> None:
        """See whether id and secret belong together: with them Facebook gives a token for the app itself.

        :raises Refusal: with code 101 when there is no such app, with code 1 when the secret is another one
        """
        self._token = self._exchanged(grant_type="client_credentials")

    def of_code(self, code: Code) -> str:
        """The user token for a code.

        :raises StaleCode: when it was used, or has ended
        """
        try:
            return self._exchanged(code=code.value, redirect_uri=code.redirect_uri)
        except Refusal as error:
            if "authorization code" in str(error):
                raise StaleCode(str(error)) from None
            raise

    def lasting(self, token: str) -> str:
        """A user token for 60 days in place of one for an hour or two; Page tokens made with it do not end."""
        return self._exchanged(grant_type="fb_exchange_token", fb_exchange_token=token)

    def granted(self, token: str) -> frozenset[str]:
        """The permissions the person has given."""
        rows = self._get("me/permissions", access_token=token).get("data") or []
        return frozenset(str(row.get("permission")) for row in rows if row.get("status") == "granted")

    def pages(self, token: str) -> list[Page]:
        """The Pages the person manages and has ticked."""
        found: list[Page] = []
        more: dict[str, str] = {}
        for _ in range(_LISTS):
            answer = self._get(
                "me/accounts", access_token=token, fields="id,name,tasks,access_token", limit="100", **more
            )
            for row in answer.get("data") or []:
                key = str(row.get("access_token") or "")
                self._session.hide(*filter(None, [key]))
                may = bool(key) and "CREATE_CONTENT" in row.get("tasks", ["CREATE_CONTENT"])
                found.append(Page(str(row["id"]), str(row.get("name") or row["id"]), key, may))
            paging = answer.get("paging") or {}
            if not paging.get("next"):
                break
            more = {"after": str((paging.get("cursors") or {}).get("after", ""))}
        return found

    def told(self, token: str) -> Token:
        """What Facebook says about a token.

        :raises ConfigError: when it is not valid, or belongs to another app
        """
        self._session.hide(token)
        try:
            data = self._get("debug_token", access_token=self._token, input_token=token).get("data") or {}
        except Refusal as error:
            if error.code in NO_TOKEN:
                raise
            raise ConfigError(
                "this token was made for another app; in the Graph API Explorer, choose your own app at “Meta App”"
                f" and generate it again ({error})"
            ) from None
        if data.get("is_valid") is not True:
            why = str((data.get("error") or {}).get("message") or "it is not valid")[:200]
            raise ConfigError(f"Facebook does not accept this token: {self._session.redact(why)} Generate a new one")
        ends = data.get("expires_at")
        return Token(
            str(data.get("type")),
            frozenset(str(scope) for scope in data.get("scopes") or []),
            datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else None,
        )

    def linked(self, page: Page) -> str:
        """The name of the Instagram account that is linked to a Page; "" when there is none."""
        answer = self._get(page.id, access_token=page.token, fields="id,instagram_business_account")
        number = str((answer.get("instagram_business_account") or {}).get("id") or "")
        if not number:
            return ""
        self._get(f"{number}/content_publishing_limit", access_token=page.token, fields="quota_usage")
        return str(self._get(number, access_token=page.token, fields="id,username").get("username") or number)

    def _exchanged(self, **fields: str) -> str:
        fields = {"client_id": self.number, "client_secret": self._secret} | fields
        answer = ask(self._session, "Facebook", "GET", f"{self._base}/oauth/access_token", **fields)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise ConfigError("Facebook gave no token; try again")
        self._session.hide(token)
        return token

    def _get(self, path: str, **fields: str) -> dict[str, Any]:
        return ask(self._session, "Facebook", "GET", f"{self._base}/{path}", **fields)
