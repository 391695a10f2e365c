"""Any service that Apprise knows, by one of its addresses: the long tail.

Sources: github.com/caronc/apprise, its 2.2.0 read and run; appriseit.com; checked 2026-11-27.

Apprise says whether a service took a message, and nothing else: no id, no address of the message, no list of what is
there. So a delivery with an unknown outcome is held for a person, and nothing can be changed or taken back. What went
over the wire is watched, so that a refusal, and a message that never left, are told from a doubt.
"""

import hashlib
import importlib.util
from datetime import date, datetime
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from crosspost.compose.formats.headed import headed, parts
from crosspost.config.installer import adding
from crosspost.errors import AuthExpired, ConfigError, DeliveryError, NotSent
from crosspost.model import Abilities, Doubt, Draft, Identity, Limits, Look, Post, Prepared, Receipt, Remark, Value
from crosspost.networks.base import Network, Save
from crosspost.transport import apprise_service
from crosspost.transport.apprise_service import Report
from crosspost.transport.exchange import Exchange

TITLE = 250
#: services whose address is nothing but a server and a path, so that another server can take its place
_PLAIN = ("json", "jsons")


class Options(Value, frozen=True, kw_only=True):
    """There are none: what a service can be told stands in its address."""


class Apprise(Network):
    key = "apprise"
    name = "Apprise"
    limits = Limits(
        text=32768,  # the library's own, where a service has no other
        unit="code-points",
        source="https://appriseit.com/services/",
        checked=date(2026, 11, 27),
    )
    abilities = Abilities(
        card="crawler", alt_text=False, absence_after=None, read_back=False, permalink=False, mentions="services"
    )
    doubt = Doubt(look="look where the service shows its messages", url=False)
    look = Look(layout="chat", brand=("#257180", "#257180"), link=("#1d5c68", "#7cc4d1"), bold_title=True)
    no_responses = "Apprise only sends"
    Options = Options
    style_defaults: ClassVar = {"hashtags": False}  # most services ignore them
    example = """\
# hashtags = true                # send them along; most services ignore them
"""
    login = "crosspost.networks.logins.apprise:AppriseLogin"
    credentials: ClassVar = {"url": "the service's Apprise address (gotify://…, rocket://…, zulip://…)"}
    home = "apprise:"

    def connect(self) -> Identity:
        told = self._told(self._address())
        if not told.service:
            raise AuthExpired(
                f"{self.account}: Apprise does not understand the address: {told.why}. Look how one is written for "
                f"your service (https://appriseit.com/services/), then crosspost accounts renew {self.account}"
            )
        if why := apprise_service.unusual(told):
            raise AuthExpired(f"{self.account}: {why}. Then crosspost accounts renew {self.account}")
        # the parts behind the question mark say how to send, not to whom
        voice = hashlib.blake2s(self.secret("url").partition("?")[0].encode(), digest_size=8).hexdigest()
        limits = msgspec.structs.replace(self.limits, text=told.body) if told.body else None
        return Identity(id=voice, handle=told.service, limits=limits)

    def remarks(self) -> list[Remark]:
        said = f"whether {self.me().handle} takes the messages shows with the first one: Apprise cannot ask before"
        return [Remark(said=said, weight="ok")]

    def compose(self, post: Post) -> Draft:
        """Title, text and link, without a picture: most services would get it as a message of its own."""
        return headed(self.composed(post), post, TITLE)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        self.me()
        found, text = parts(prepared.draft), prepared.draft.text
        rest = text.removeprefix(found.title).strip()
        message = {"title": found.title, "text": rest, "whole": text} if rest else {"text": text}
        with self.talking(irreversible=True):
            told = self._told(self._address(), **message)
            if not told.taken:
                self.session.last = told.exchange()
                raise ValueError("refused")
        return Receipt(id="", url="", at=self.clock())

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # nothing can be looked up
        """Always None: Apprise cannot list messages."""
        return None

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # it only sends
        status, message = exchange.status or 0, f"{self.account}: {self.me().handle} says: {self.sentence(exchange)}"
        if status in (401, 403, 404, 410):
            return AuthExpired(f"{message}. Make a new address for it, then crosspost accounts renew {self.account}")
        if 300 <= status < 400:
            return NotSent(
                f"{self.account}: {self.me().handle} is somewhere else now. Correct the address, or base_url where it "
                f"is set: crosspost accounts renew {self.account}"
            )
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _address(self) -> str:
        """The service's address; on the server of `base_url`, when there is one."""
        url = self.secret("url")
        if self.base_url == self.home:
            return url
        scheme, _, rest = url.partition("://")
        if scheme not in _PLAIN:
            raise AuthExpired(
                f"{self.account}: `base_url` goes only with addresses that begin with json://; others name their "
                "server themselves, so remove `base_url`"
            )
        login, at, _ = rest.partition("/")[0].rpartition("@")
        server = urlsplit(self.base_url)
        kind = "jsons" if server.scheme == "https" else "json"
        return f"{kind}://{login}{at}{server.netloc}/{rest.partition('/')[2]}"

    def _told(self, url: str, **message: str) -> Report:
        """Ask Apprise; with a message send it, once.

        :raises ConfigError: when it is not installed
        """
        if importlib.util.find_spec("apprise") is None:
            raise ConfigError(f"{self.account}: this network needs one more package: {adding('notify')}")
        connect, read, deadline = self.session.timeouts
        deadline += apprise_service.START
        try:
            return apprise_service.ask(url, connect=connect, read=read, deadline=deadline, **message)
        except (TimeoutError, ChildProcessError) as error:
            self.session.last = Exchange(method="SEND", url="", sent=True, failure=str(error))
            raise
        except OSError as error:
            self.session.last = Exchange(method="SEND", url="", sent=False, failure=f"it cannot be started: {error}")
            raise
