"""One account on one network: its identity, its credentials, and what its server allows."""

import hashlib
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from crosspost import compose
from crosspost.compose import Style
from crosspost.config.credentials import Secret, called, variable
from crosspost.config.vault import Vault
from crosspost.errors import AuthExpired
from crosspost.model import Abilities, Draft, Identity, Limits, Remark, Site, Value
from crosspost.model.value import ready
from crosspost.networks.boundary import Boundary, Clock
from crosspost.networks.declaration import Declaration
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.sandbox_mark import on_this_machine

if TYPE_CHECKING:
    from crosspost.media.picture_store import PictureStore
    from crosspost.transport.session import Session

#: characters that no name, token or password contains; in a header they would start a new one
_CONTROL = lazy(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Account(Declaration, Boundary):
    """An account of the config.

    :param account: the account's name in the config
    :param options: the network's own settings for this account
    :param style: how this account's posts are worded
    :param credentials: field name → secret; see ``credentials`` of the class
    :param session: the guarded session, or what makes it; nothing else talks to the network
    :param clock: returns the current time, with a time zone
    :param sleep: waits a number of seconds while a server processes a picture
    :param vault: keeps sessions and renewed tokens between runs; None keeps them in memory
    """

    def __init__(
        self,
        *,
        account: str,
        base_url: str = "",
        options: Value,
        style: Style,
        credentials: Mapping[str, Secret],
        session: "Session | Callable[[], Session]",
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        #: the account's name for display; marked when it posts to the sandbox
        self.label = account
        self.base_url = (base_url or self.home).rstrip("/")
        self.options: Any = options
        self.style = style
        super().__init__(session)
        self.clock = clock
        self.sleep = sleep
        self.vault = vault or Vault()
        self.identity: Identity | None = None
        #: the site whose posts it says, for networks that keep a record of it
        self.site: Callable[[], Site] = Site
        #: where pictures are that other machines fitted
        self.pictures: PictureStore | None = None
        #: whether the account says `responses = true`, which may take further rights
        self.wants_responses = False
        #: where converted videos are kept; None: nowhere
        self.films: Path | None = None
        #: the account whose posts it boosts; "": it speaks itself
        self.source = ""
        self._credentials = credentials

    @abstractmethod
    def connect(self) -> Identity:
        """Find out who the account is and what its server allows. Only reads."""

    def remarks(self) -> list[Remark]:
        """What else a person should know: rights the login has not, what the server asks of accounts like this one.

        Asked by `crosspost doctor`, right after :meth:`connect`. Only reads.
        """
        return []

    @property
    def allowed(self) -> Limits:
        """This server's limits if it reported them, else the network's."""
        return (self.identity and self.identity.limits) or self.limits

    @property
    def audience(self) -> str:
        """Who receives the posts, where the settings decide that and not the account."""
        return ""

    @property
    def able(self) -> Abilities:
        """What this server can do; some implement only part of a network's API."""
        return (self.identity and self.identity.abilities) or self.abilities

    def page(self, home: str, local: str) -> str:
        """The beginning of post addresses: ``home``, or the sandbox's own pages below ``local``.

        A post that only the sandbox has must not link to the real network.
        """
        return f"{self.base_url}{local}" if on_this_machine(self.base_url) else home

    def frozen(self, draft: Draft) -> Draft:
        """The draft as it is stored: without the settings that decide how it is delivered."""
        delivery = compose.carried(self.options)
        options = {name: value for name, value in draft.options.items() if name not in delivery}
        return msgspec.structs.replace(draft, options=options, parts=tuple(self.frozen(part) for part in draft.parts))

    def spoken(self, draft: Draft) -> Any:
        """The network's own settings for a draft: content settings as frozen, delivery settings from today's config.

        Drafts that an older version froze with all settings work, too.
        """
        delivery = msgspec.to_builtins(compose.carried(self.options))
        return msgspec.convert({**draft.options, **delivery}, ready(type(self.options)))

    def mark(self) -> str:
        """Eight hex digits that change with the credentials and the network's settings, without revealing them.

        A setting, such as the Page, may decide who posts, so an identity from before a change must not be used.
        """
        known = "\n".join(f"{name}={secret.reveal()}" for name, secret in sorted(self._credentials.items()))
        settings = msgspec.json.encode(self.options).decode()
        source = f"{self.account}\n{self.base_url}\n{known}\n{settings}"
        return hashlib.blake2s(source.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()

    def renewing(self) -> AbstractContextManager[None]:
        """Inside, nobody else renews this account's login, for as long as two requests take.

        :raises NotSent: when somebody else still does
        """
        return self.vault.lock(self.account, lasts=2 * (self.session.timeouts[2] + 60))

    def me(self) -> Identity:
        """Our identity: as stored, or requested now."""
        if self.identity is None:
            self.identity = self.connect()
        return self.identity

    def has(self, field: str) -> bool:
        """Whether a credential is set, be it usable or not."""
        return field in self._credentials

    def secret(self, field: str) -> str:
        """A credential's value.

        :raises AuthExpired: when it is not set, with what to do
        """
        value = self._credentials.get(field)
        if value is None:
            what = self.credentials.get(field, "a credential")
            raise AuthExpired(f"{self.account}: {what} is missing: set {variable(self.account, field)}")
        if value.wrong:
            raise AuthExpired(
                f"{self.account}: {called(value, self.account, field)} cannot be used, because {value.wrong}"
            )
        if _CONTROL.search(value.reveal()):
            raise AuthExpired(
                f"{self.account}: there is a line break or another control character in "
                f"{called(value, self.account, field)}: copy it again"
            )
        return value.reveal()
