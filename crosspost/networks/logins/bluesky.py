"""Bluesky: the handle and an app password; the account's server is found through its DID.

Sources: atproto.com/specs/handle and /specs/did (resolution), docs.bsky.app com.atproto.server.createSession; checked
2026-11-25. OAuth is left out: a client on a person's own machine has sessions of two weeks at most.
"""

import re
from dataclasses import replace
from typing import Any

from crosspost.errors import ConfigError
from crosspost.networks import bluesky_rights
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.text.lazy_pattern import lazy

_APP_PASSWORD = lazy(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
_HANDLE = lazy(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
#: where handles and DIDs are looked up
_RESOLVER = "https://public.api.bsky.app"
_DIRECTORY = "https://plc.directory"


class BlueskyLogin(Login):
    page = "https://bsky.app/settings/app-passwords"
    minutes = 2
    steps = ("Add an app password on that page, and copy it.", "Type your handle, and paste the app password.")

    def connect(self) -> list[Connected]:
        server, secrets = self.until_both_right(
            Question("handle", "Your handle?", "Such as name.bsky.social, or your own domain.", clean=_handle),
            lambda handle: (handle, self._server_of(handle)),
            lambda _: self._password(),
            lambda known, password: (known[1], self._tried(known[1], known[0], password)),
        )
        base_url = "" if server == self.network.home else server
        return [Connected(network=self.network.key, name="bluesky", base_url=base_url, secrets=secrets)]

    def _password(self) -> Question:
        how = f"Add an app password at {self.page}, name it crosspost, and copy it."
        asked = self.secret("app_password", "The app password?", how)
        return replace(asked, clean=lambda answer: _app_password(asked.clean(answer)))

    def _tried(self, server: str, handle: str, password: str) -> dict[str, str]:
        login = {"identifier": handle, "password": password}
        session = self.call("POST", f"{server}/xrpc/com.atproto.server.createSession", json=login)
        self.session.hide(str(session.get("accessJwt", "")), str(session.get("refreshJwt", "")))
        if bluesky_rights.scope(str(session.get("accessJwt", ""))) == bluesky_rights.MAIN:
            raise ConfigError(_MAIN)
        return {"handle": handle, "app_password": password}

    def _server_of(self, handle: str) -> str:
        """The address of the account's own server (PDS)."""
        if self.desk.base_url:
            return self.base_url
        where = f"{_RESOLVER}/xrpc/com.atproto.identity.resolveHandle"
        try:
            did = str(self.call("GET", where, params={"handle": handle})["did"])
        except (ConfigError, KeyError, TypeError):
            raise ConfigError(f"nobody on Bluesky has the handle {handle}; is it spelt right?") from None
        document = self._document(did)
        for service in document.get("service", []):
            if str(service.get("id", "")).endswith("#atproto_pds"):
                server = str(service.get("serviceEndpoint", "")).rstrip("/")
                return self.network.home if server.endswith(".host.bsky.network") else server
        raise ConfigError(
            f"{handle} does not say on which server it is (its record {did} names none); ask whoever runs the server"
        )

    def _document(self, did: str) -> dict[str, Any]:
        if did.startswith("did:web:"):
            url = f"https://{did.removeprefix('did:web:')}/.well-known/did.json"
        else:
            url = f"{_DIRECTORY}/{did}"
        found = self.call("GET", url)
        return found if isinstance(found, dict) else {}


_MAIN = (
    "this is the account's main password. crosspost does not take it: whoever has it has the whole account. Make an "
    "app password, which can be taken back"
)


def _handle(answer: str) -> str:
    """A handle, also from @name or the address of a profile.

    :raises ValueError: when it cannot be one
    """
    text = re.sub(r"^(?:https?://)?(?:[\w.-]+/profile/)?@?", "", answer.strip()).rstrip("/").lower()
    if not _HANDLE.fullmatch(text):
        raise ValueError("a handle is a domain, such as name.bsky.social")
    return text


def _app_password(answer: str) -> str:
    if not _APP_PASSWORD.fullmatch(answer):
        raise ValueError(
            "an app password has four groups of four letters and digits (abcd-efgh-ijkl-mnop). Never give the main "
            "password of the account"
        )
    return answer
