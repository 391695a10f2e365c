"""Google Business Profile: a project of one's own that Google has approved, and agreeing in the browser.

Sources: developers.google.com/my-business (prerequisites), developers.google.com/identity/protocols/oauth2/native-app
(an app of the kind "Desktop app" may come back to any port of this computer); checked 2026-11-25.
"""

from collections.abc import Iterator
from typing import Any

from crosspost.errors import ConfigError
from crosspost.networks.google_business import LOCATIONS, TOKENS
from crosspost.networks.logins.base import Connected
from crosspost.networks.logins.code_login import CodeLogin
from crosspost.networks.logins.dialog import Choice
from crosspost.networks.logins.oauth import Code, Consent

_ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
_PAGE = "100"
#: pages of a list that are read: a chain may have thousands of places
_MOST = 50
_WAIT = (
    "Google has to approve your project by hand before it lets a program post; until then it refuses every request "
    "with “Quota exceeded”. Ask for that first, with the form “Application for Basic API Access” at "
    "https://developers.google.com/my-business/content/prereqs: it wants a profile that is verified, has been active "
    "for more than 60 days and names a website."
)


class GoogleBusinessLogin(CodeLogin):
    page = "https://console.cloud.google.com/"
    minutes = 20
    steps = (
        "Make a project. With its number, ask Google for access to the Business Profile APIs, by the form “Application "
        "for Basic API Access” at https://developers.google.com/my-business/content/prereqs. Google looks at it by "
        "hand. Go on when it has agreed: until then it refuses every request.",
        "At “APIs & Services” enable the Google My Business API, the My Business Account Management API and the My "
        "Business Business Information API.",
        "At the consent screen add the scope https://www.googleapis.com/auth/business.manage, and publish the app: the "
        "logins of an app that is only tested end after a week.",
        "At “Credentials” create an OAuth client ID of the kind “Desktop app”. Copy its client ID, and paste it.",
        "Copy its client secret, and paste it.",
        "Agree on the page that is opened, as somebody who manages the profile.",
        "Say which place the posts are for.",
    )
    pages = "https://accounts.google.com"
    consent = "/o/oauth2/v2/auth"
    exchange = "/token"
    scopes = "https://www.googleapis.com/auth/business.manage"
    asks = {"access_type": "offline", "prompt": "consent"}  # noqa: RUF012  # declared a ClassVar by the base

    @property
    def exchange_url(self) -> str:
        return f"{self.desk.base_url or TOKENS}{self.exchange}"

    def redirect(self, where: str) -> str:  # noqa: ARG002  # part of the shape
        """Nothing is registered: such an app may come back to any port of this computer."""
        return ""

    def walked(self, consent: Consent, redirect: str) -> Code:  # noqa: ARG002  # the same
        return consent.by_loopback()

    def connect(self) -> list[Connected]:
        self.dialog.say(_WAIT)
        tokens = self.tokens()
        if "refresh_token" not in tokens:
            raise ConfigError("Google gave no refresh token, so the login would end within the hour; start again")
        header = {"Authorization": f"Bearer {tokens['access_token']}"}
        accounts = [
            Choice(str(one["name"]), str(one.get("accountName") or one["name"]))
            for one in self._all(f"{self.desk.base_url or _ACCOUNTS}/v1/accounts", header, "accounts")
        ]
        if not accounts:
            raise ConfigError("this Google login manages no Business Profile; agree as somebody who does")
        owner = self.dialog.choose("account", "Which account?", accounts)
        address = f"{self.desk.base_url or LOCATIONS}/v1/{owner}/locations"
        places = [
            Choice(f"{owner}/{one['name']}", str(one.get("title") or one["name"]))
            for one in self._all(address, header, "locations", readMask="name,title")
        ]
        if not places:
            raise ConfigError("Google names no place of this account; add one at business.google.com, and start again")
        settings = {"location": self.dialog.choose("location", "Which place?", places)}
        key = self.network.key
        return [Connected(network=key, name=key, base_url=self.desk.base_url, settings=settings, secrets=tokens)]

    def _all(self, url: str, header: dict[str, str], name: str, **asked: str) -> Iterator[dict[str, Any]]:
        """What a list of Google's has, page by page; an empty list may be missing.

        :raises ConfigError: when Google refuses; a project that it has not approved is told as such
        """
        query = {"pageSize": _PAGE, **asked}
        for _ in range(_MOST):
            told = self._list(url, header, query)
            for one in told.get(name) or []:
                if isinstance(one, dict) and one.get("name"):
                    yield one
            if not told.get("nextPageToken"):
                return
            query["pageToken"] = str(told["nextPageToken"])

    def _list(self, url: str, header: dict[str, str], query: dict[str, str]) -> dict[str, Any]:
        try:
            told = self.call("GET", url, headers=header, params=query)
        except ConfigError as error:
            last = self.session.last
            if last is not None and last.status == 429:
                raise ConfigError(
                    f"{error}. Google answers like this until it has approved your project by hand: wait for its "
                    "mail, then start again. See `crosspost help google_business`"
                ) from None
            raise
        return told if isinstance(told, dict) else {}
