"""OAuth 2.0 with an app of the person's own, as most networks have it: out with a state, back with a code, tokens.

Source: RFC 6749 4.1 and 6; what differs is stated by each log-in.
"""

from typing import ClassVar
from urllib.parse import urlencode

from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Question
from crosspost.networks.logins.oauth import Consent, agreed
from crosspost.networks.logins.own_app import OwnApp


class CodeLogin(OwnApp):
    """Asks for the app and walks to the page of consent.

    :cvar consent: the address of the page of consent behind the network's own pages
    :cvar pages: where those are
    :cvar exchange: the address behind the network's interface that exchanges a code
    :cvar scopes: what is asked for, as the network separates it
    :cvar asks: further parameters of that page
    :cvar in_form: whether the app says who it is in the form, and not in a header
    :cvar registered: where the callback address is registered
    """

    consent: ClassVar[str]
    pages: ClassVar[str]
    exchange: ClassVar[str]
    scopes: ClassVar[str]
    asks: ClassVar[dict[str, str]] = {}
    in_form: ClassVar[bool] = True
    registered: ClassVar[str] = "Where the app is registered"

    @property
    def exchange_url(self) -> str:
        """Where a code is exchanged."""
        return f"{self.base_url}{self.exchange}"

    def tokens(self) -> dict[str, str]:
        """The account's credentials, once the person has agreed."""
        client = Question("client_id", "The client ID of the app?", clean=self.secret("client_id", "").clean)
        app = self.until_both_right(
            client, lambda name: name, lambda _: self.secret("client_secret", "Its client secret?"), self._known
        )
        redirect = self.redirect(self.registered)

        def address(back: str, state: str) -> str:
            asked = {
                "client_id": app["client_id"], "response_type": "code", "scope": self.scopes, "redirect_uri": back,
                "state": state,
            }  # fmt: skip
            return f"{self.desk.base_url or self.pages}{self.consent}?{urlencode(asked | self.asks)}"

        def walk() -> dict[str, str]:
            code = self.walked(Consent(self.dialog, address), redirect)
            form = {"redirect_uri": code.redirect_uri} | (app if self.in_form else {})
            return self.exchanged(self.exchange_url, code, form, auth=self._header(app))

        return app | agreed(self.dialog, walk)

    def _known(self, client: str, secret: str) -> dict[str, str]:
        """The app, unless the network does not know it: a code that cannot be right is offered.

        :raises ConfigError: when it does not
        """
        self.session.hide(secret)
        app = {"client_id": client, "client_secret": secret}
        form = {"grant_type": "authorization_code", "code": "none", "redirect_uri": "http://localhost/"}
        answer = self.sent("POST", self.exchange_url, data=form | (app if self.in_form else {}), auth=self._header(app))
        try:
            kind = str(answer.json().get("error"))
        except (ValueError, AttributeError):
            kind = ""
        if answer.status_code == 401 or kind in ("invalid_client", "unauthorized_client"):
            raise ConfigError(
                f"{self.network.name} does not know this client ID with this secret: {self.said()}. Copy both again"
            )
        return app

    def _header(self, app: dict[str, str]) -> tuple[str, str] | None:
        return None if self.in_form else (app["client_id"], app["client_secret"])
