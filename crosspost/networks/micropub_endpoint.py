"""What a Micropub end point is asked and told, and its media end point beside it.

Sources: www.w3.org/TR/micropub (3.6, media endpoint; 3.7, querying); help.micro.blog ("Posting API: Multiple blogs",
for several websites behind one end point) and micro.blog's own app, microblog-react, for where ``mp-destination``
stands in each request.
"""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from crosspost.errors import AuthExpired, NotSent, Rejected
from crosspost.model import Picture
from crosspost.networks import micropub_entry
from crosspost.networks.article_network import Articles
from crosspost.networks.protocols.oauth_refresh import RefreshingLogin, Tokens
from crosspost.networks.protocols.renewing_network import Renewing
from crosspost.networks.reply_fields import web
from crosspost.text.printable import printable
from crosspost.transport.addresses import judged

if TYPE_CHECKING:
    from requests import Response

#: the rights a token needs; the standard names the first three, servers with a media end point the last
SCOPES = ("create", "update", "delete", "media")
#: which of several websites behind an end point is meant
_WEBSITE = "mp-destination"


class _AskedOnlyOutside(RefreshingLogin):
    """The website named the address, so it must not lead into somebody's private network, today either."""

    def _exchange(self, refresh_token: str) -> Tokens:
        network = self._network
        problem, addresses = judged(self._address, [urlsplit(network.base_url).hostname or ""])
        if problem:
            raise NotSent(f"{network.account}: its login cannot be renewed: {problem}")
        with network.session.pinned(addresses):
            return super()._exchange(refresh_token)


class Endpoint(Renewing, Articles):
    """The requests of a Micropub account; none of them is repeated here."""

    access = "token"
    at_end = False  # every picture is a photo of its own, which the website shows
    #: the address with the slash at its end that some servers want, once a question was answered there
    _answered_at = ""

    @property
    def exchange_url(self) -> str:
        """Where the website renews a login (IndieAuth, 5.5).

        :raises AuthExpired: when that is not in the config
        """
        if not self.options.token_endpoint:
            raise AuthExpired(f"{self.account}: a refresh token needs `token_endpoint` in the config. {self.again}")
        return str(self.options.token_endpoint)

    def _login(self) -> RefreshingLogin:
        first = self.secret(self.access) if self.has(self.access) else ""
        return _AskedOnlyOutside(self, self.exchange_url, first=first)

    def _token(self, bearer: dict[str, str] | None = None) -> dict[str, str]:
        return (self.bearer() if bearer is None else bearer) | {"Accept": "application/json"}

    def _end(self) -> datetime | None:
        """When the login ends; None for one that is renewed, and for one of which that is not known."""
        end = None if self.has("refresh_token") else self.options.token_ends
        return None if end is None else datetime.combine(end, time(), UTC)

    def _destination(self) -> dict[str, str]:
        """Which of several websites is meant; nothing where there is one."""
        return {_WEBSITE: self.options.destination} if self.options.destination else {}

    def _sent(self, body: dict[str, Any]) -> "Response":
        answer = self.session.post(
            self._answered_at or self.base_url, json=body | self._destination(), headers=self._token()
        )
        answer.raise_for_status()
        return answer

    def _asked(self, bearer: dict[str, str] | None = None, /, **query: str) -> "Response":
        return self.session.get(self.base_url, params=query | self._destination(), headers=self._token(bearer))

    def _config(self, bearer: dict[str, str] | None = None) -> dict[str, Any]:
        """What the site offers; it may be empty."""
        answer = self._asked(bearer, q="config")
        answer.raise_for_status()
        self._answered_at = answer.url.partition("?")[0]
        return micropub_entry.config(answer.json())

    def _locate(self) -> None:
        """Ask something before the first change: only questions are followed to the address with the slash."""
        if not self._answered_at:
            with self.talking():
                self._config()

    def _seen(self, bearer: dict[str, str]) -> tuple[bool, bool]:
        """Whether the token is good; then :meth:`_lists`."""
        with self.talking():
            self._config(bearer)
            return self._lists(bearer)

    def _lists(self, bearer: dict[str, str]) -> tuple[bool, bool]:
        """Whether the site lists its posts, and newest first. Others answer with anything, or with an empty list."""
        answer = self._asked(bearer, q="source", limit=str(micropub_entry.PAGE))
        if answer.status_code == 429 or (answer.status_code >= 500 and answer.status_code != 501):
            answer.raise_for_status()
        try:
            page, newest_first = micropub_entry.page(dict(answer.json()))
        except (ValueError, TypeError):
            return False, False
        return answer.ok and bool(page.posts), newest_first

    def _listed(self) -> dict[str, Any]:
        answer = self._asked(q="source", limit=str(micropub_entry.PAGE))
        answer.raise_for_status()
        return dict(answer.json())

    def _media_endpoint(self) -> str:
        """Where files go; "" where the site takes none.

        :raises Rejected: when the token would travel there unencrypted
        """
        with self.talking():
            told = str(self._config().get("media-endpoint") or "")
        where = web(urljoin(self.base_url, told)) if told else ""
        if (told and not where) or (self.base_url.startswith("https:") and where.startswith("http:")):
            shown = printable(told[:200])
            raise Rejected(f"{self.account}: the website takes files at {shown}, which cannot be used: it needs https")
        return where

    def _upload(self, picture: Picture, media: str) -> str:
        """The address of the picture: at the media end point, or on the own site where there is none."""
        if not media:
            if not web(picture.url):
                raise Rejected(
                    f"{self.account}: the website takes no files, and the picture has no address on your site. Use "
                    "another one, or `images = false`"
                )
            return picture.url
        fitted = self.fitted(picture)
        name = f"picture.{fitted.mime.rpartition('/')[2]}"
        with self.talking():
            part = {"file": (name, fitted.data, fitted.mime)}
            answer = self.session.post(media, files=part, data=self._destination(), headers=self._token())
            answer.raise_for_status()
        if not (address := location(answer)):
            raise NotSent(f"{self.account}: the website has taken the picture, and does not say where it is")
        return address


def location(answer: "Response") -> str:
    """The address in an answer, absolute; "" when there is none of use."""
    told = str(answer.headers.get("Location") or "")
    return web(urljoin(answer.url, told)) if 0 < len(told) <= micropub_entry.ADDRESS else ""
