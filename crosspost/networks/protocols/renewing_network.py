"""A network whose access tokens are short and come with a refresh token (RFC 6749 section 6)."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from crosspost.errors import AuthExpired
from crosspost.networks.base import Network
from crosspost.networks.protocols.oauth_refresh import RefreshingLogin

Answer = TypeVar("Answer")

#: the credentials of such an account, in the words of every network
CREDENTIALS = {
    "access_token": "an access token",
    "refresh_token": "its refresh token, so that it is renewed by itself",
    "client_id": "the app's client ID, for that",
    "client_secret": "the app's client secret, for that",
}


class Renewing(Network):
    """An account whose login is kept alive; without a refresh token the access token is used as long as it lasts.

    :cvar exchange: the address behind ``base_url`` that exchanges a refresh token
    :cvar access: the credential that is the access token
    :cvar secret_in_form: whether the app says who it is in the form, and not in a header (RFC 6749 section 2.3.1)
    """

    exchange: ClassVar[str]
    access: ClassVar[str] = "access_token"
    secret_in_form: ClassVar[bool] = True

    @property
    def exchange_url(self) -> str:
        """Where a refresh token is exchanged."""
        return f"{self.base_url}{self.exchange}"

    def bearer(self) -> dict[str, str]:
        """The header with a token that is good for the next minutes.

        :raises AuthExpired: when the login has ended
        """
        token = self._login().token() if self.has("refresh_token") else self.secret(self.access)
        return {"Authorization": f"Bearer {token}"}

    def first_asked(self, ask: Callable[[dict[str, str]], Answer]) -> Answer:
        """Ask who the account is, with the token there is; where that has ended, with a new one.

        :param ask: takes the header with the token
        :raises AuthExpired: when the login has ended
        """
        if not self.has("refresh_token"):
            return ask(self.bearer())
        login = self._login()
        token = login.token(may_be_first=True)
        try:
            return ask({"Authorization": f"Bearer {token}"})
        except AuthExpired:
            return ask({"Authorization": f"Bearer {login.renewed(token)}"})

    def sent(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """The JSON of a good answer, {} for an empty one."""
        header = self.bearer() if headers is None else headers
        answer = self.session.request(method, f"{self.base_url}{path}", headers=header, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    @property
    def again(self) -> str:
        """What a person does when the login has ended."""
        return f"Log in again: crosspost accounts renew {self.account}"

    def _login(self) -> RefreshingLogin:
        first = self.secret(self.access) if self.has(self.access) else ""
        return RefreshingLogin(self, self.exchange_url, first=first, secret_in_form=self.secret_in_form)
