"""A server with Mastodon's API: what it says about itself, and the client that talks to it."""

from typing import Any

from crosspost.errors import NotSent, Rejected
from crosspost.networks.base import Network
from crosspost.networks.library import library
from crosspost.networks.mastodon_flavours import Flavour, named
from crosspost.networks.mastodon_instance import nodeinfo_link

#: status codes for a missing end point
_MISSING = (404, 405, 410, 501)


class MastodonServer(Network):
    """What :class:`.mastodon.Mastodon` asks its server about."""

    def _client(self, version: str = "4.5.0") -> Any:
        # A version and "created": otherwise media_post requests the instance first and, when that fails, recurses some
        # 490 times. "throw": the default sleeps until the rate limit ends.
        return library("mastodon", "mastodon").Mastodon(
            access_token=self.secret("access_token"),
            api_base_url=self.base_url,
            session=self.session,
            ratelimit_method="throw",
            mastodon_version=version,
            version_check_mode="created",
            user_agent=self.session.headers["User-Agent"],
        )

    def _instance(self) -> dict[str, Any]:
        """The server's description of itself (entities/Instance). Older and some compatible servers only have version
        1.

        Not with the library: it appends a slash to the path, for which GoToSocial returns a redirect.
        """
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        for form in ("v2", "v1"):
            try:
                with self.talking():
                    answer = self.session.get(f"{self.base_url}/api/{form}/instance", headers=token)
                    answer.raise_for_status()
                    return dict(answer.json())
            except Rejected:
                if form == "v1" or not self._missing():
                    raise
        raise AssertionError("the last version either returns or raises")

    def _flavour(self) -> Flavour:
        """The kind of server, as :meth:`connect` found it."""
        return named(self.identity.server.split(" ")[0] if self.identity and self.identity.server else "Mastodon")

    def _software(self) -> tuple[str, str]:
        """Name and version of the server's software (nodeinfo.diaspora.software, version 2.0); "" where it says none.

        Whatever goes wrong here stops nothing: the server's description of itself is enough.
        """
        try:
            with self.talking():
                links = self.session.get(f"{self.base_url}/.well-known/nodeinfo")
                links.raise_for_status()
                told = self.session.get(nodeinfo_link(links.json(), self.base_url))
                told.raise_for_status()
                software = told.json()["software"]
                return str(software["name"]).lower(), str(software.get("version") or "")
        except (NotSent, Rejected):
            return "", ""

    def _app(self) -> dict[str, Any]:
        """What the server says about the token's app; {} where it says nothing."""
        token = {"Authorization": f"Bearer {self.secret('access_token')}"}
        try:
            with self.talking():
                answer = self.session.get(f"{self.base_url}/api/v1/apps/verify_credentials", headers=token)
                answer.raise_for_status()
                return dict(answer.json())
        except Rejected:
            return {}

    def _missing(self) -> bool:
        """Whether the last response was that there is no such end point."""
        return self.session.last is not None and self.session.last.status in _MISSING
