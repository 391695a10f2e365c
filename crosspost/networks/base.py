"""The base class of every network adapter; :mod:`.boundary` turns library errors into delivery errors.

An adapter file always has this order: a class with ``key``, ``name``, ``limits``, ``abilities``, ``look``,
``Options``, ``credentials`` → ``connect`` → ``compose`` (inherited) → ``prepare`` → ``publish`` → ``find`` →
``explain`` → privates.
"""

import hashlib
import importlib
import itertools
import re
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec

from crosspost import compose
from crosspost.compose import Style
from crosspost.config.credentials import Secret, variable
from crosspost.config.vault import Vault
from crosspost.errors import AuthExpired, ConfigError, MediaError, PictureBroken, Rejected, Unsupported
from crosspost.media import Fitted, Variant, digest, fit, fit_card, sketch_card
from crosspost.model import (
    Abilities,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Post,
    Prepared,
    Price,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks.boundary import Boundary, Clock
from crosspost.networks.post_search import Page, search
from crosspost.transport.sandbox_mark import on_this_machine

if TYPE_CHECKING:
    from crosspost.transport.session import Session

#: smaller differences between clocks are ignored
SLACK = timedelta(minutes=2)
Answer = TypeVar("Answer")
#: characters that no name, token or password contains; in a header they would start a new one
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
#: stores an intermediate id (media id, container …) before the next request uses it
Save = Callable[[str, Any], None]


class Network(Boundary):
    """One account on one network. Creating one does no I/O.

    :param account: the account's name in the config
    :param options: the network's own settings for this account
    :param style: how this account's posts are worded
    :param credentials: field name → secret; see ``credentials`` of the class
    :param session: the guarded session, or what makes it; nothing else talks to the network
    :param clock: returns the current time, with a time zone
    :param sleep: waits a number of seconds while a server processes a picture
    :param vault: keeps sessions and renewed tokens between runs; None keeps them in memory
    """

    key: ClassVar[str]
    limits: ClassVar[Limits]
    abilities: ClassVar[Abilities]
    #: how previews show a post of this network
    look: ClassVar[Look] = Look()
    #: settings of this network in ``[accounts.NAME]`` and in a post's ``crosspost: {NAME: …}``; its ``carried`` names
    #: those that decide how a post is delivered, not its content: they are never frozen, and no post can set them
    Options: ClassVar[type[Value]]
    #: credential field → description, in the terms of the network's own pages
    credentials: ClassVar[dict[str, str]]
    #: this network's lines in the example config: every setting, one a line, those with a default commented out
    example: ClassVar[str] = ""
    #: the setting of :attr:`example` that most people want; the config that `crosspost init` writes names it
    hint: ClassVar[str] = ""
    #: for a network without :attr:`credentials`: why it needs none, for the example of the secrets file
    no_secrets: ClassVar[str] = ""
    #: "module:Class" of its :class:`.logins.base.Login`; "" asks for each credential
    login: ClassVar[str] = ""
    #: required settings, each with an example, which ``crosspost init`` writes
    needs: ClassVar[dict[str, Any]] = {}
    #: settings that are file paths, relative to the config
    files: ClassVar[tuple[str, ...]] = ()
    #: the service's address when ``base_url`` is not set; "" when ``base_url`` is required
    home: ClassVar[str] = ""
    #: the URL schemes allowed in ``base_url``
    schemes: ClassVar[tuple[str, ...]] = ("https", "http")
    #: whether such a server answers only at its root path
    at_root: ClassVar[bool] = True
    #: defaults for this network's posts: keys of :class:`Style`
    style_defaults: ClassVar[dict[str, Any]] = {}
    #: whether tokens expire: then they are checked once a day, even when nothing is due
    token_ends: ClassVar[bool] = False
    #: URL prefixes fixed in a library, which are replaced by ``base_url``
    fixed_hosts: ClassVar[tuple[str, ...]] = ()
    #: whether an account's id is valid on its server only
    ids_of_server: ClassVar[bool] = False
    #: whether the real server is often on this machine, so that a local address does not mean the sandbox
    at_home: ClassVar[bool] = False
    #: how to explain a delivery with an unknown outcome
    doubt: ClassVar[Doubt] = Doubt()
    #: whether a delivery may send to recipients one by one, so that the outcome may be unknown for some of them
    one_by_one: ClassVar[bool] = False
    #: settings of this network that an edit changes in a published post
    edits: ClassVar[tuple[str, ...]] = ()

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
        self._credentials = credentials

    @abstractmethod
    def connect(self) -> Identity:
        """Find out who the account is and what its server allows. Only reads."""

    def remarks(self) -> list[Remark]:
        """What else a person should know: rights the login has not, what the server asks of accounts like this one.

        Asked by `crosspost doctor`, right after :meth:`connect`. Only reads.
        """
        return []

    def compose(self, post: Post) -> Draft:
        """Compose the post's content; pure, and the same for preview and sending.

        :raises Unsupported: when this network cannot take the post
        :raises ConfigError: when the post's own settings for this account are not valid
        """
        return self.composed(post)

    def draft(self, post: Post) -> Draft:
        """:meth:`compose`, but without pictures that cannot be used; a warning says so.

        :raises PictureBroken: for such a picture, with ``on_broken_picture = "hold"``
        """
        draft = self.compose(post)
        usable, broken = [], []
        for picture in draft.images:
            try:
                self.sketched(picture)
                usable.append(_with_digest(picture))
            except MediaError as error:
                broken.append(error)
        if broken:
            self._hold_back(post, broken[0])
        if broken and self.able.needs_image and not usable:
            raise Unsupported(f"{self.account}: {self.name} takes no post without a picture: {broken[0]}")
        if broken and self.allowed.text_with_images and not usable:
            # without a picture there is room for more
            draft = self.compose(msgspec.structs.replace(post, thumbnail=None, images=()))
        warnings = [f"goes out without a picture: {error}" for error in broken]
        draft = msgspec.structs.replace(draft, images=tuple(usable), warnings=(*draft.warnings, *warnings))
        return self._usable_cards(draft, post) if self.able.card == "client" else draft

    def _usable_cards(self, draft: Draft, post: Post) -> Draft:
        """The draft and its parts, without link card pictures that cannot be used."""
        parts = tuple(self._usable_cards(part, post) for part in draft.parts)
        warnings = [*draft.warnings, *(warning for part in parts for warning in part.warnings)]
        card = draft.card
        if card is not None and card.image is not None:
            try:
                self.card_picture(card.image)
                card = msgspec.structs.replace(card, image=_with_digest(card.image))
            except MediaError as error:
                self._hold_back(post, error)
                card = msgspec.structs.replace(card, image=None)
                warnings.append(f"the link's card goes out without a picture: {error}")
        return msgspec.structs.replace(draft, card=card, parts=parts, warnings=tuple(warnings))

    def card_picture(self, picture: Picture) -> Fitted:
        """Like :meth:`fitted`, for the picture of a link card that we upload.

        :raises MediaError: when it cannot be used
        """
        return self.fitted(picture)

    def price(self, draft: Draft) -> Price | None:  # noqa: ARG002  # part of the shape
        """What sending the draft costs; None where it is free."""
        return None

    @abstractmethod
    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload what the post needs. May be repeated, and nothing becomes visible. Stores each id with ``save``.

        Ids named ``media_…`` are uploads, discarded after an hour; everything else is kept until the post is out.
        ``save`` may be used until :meth:`publish` of the same delivery has ended: a network that sends to many
        recipients one after the other keeps its journal with it.
        """

    @abstractmethod
    def publish(self, prepared: Prepared) -> Receipt:
        """Send the single irreversible request."""

    @abstractmethod
    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Look for the post on the account. Changes nothing.

        :param since: when the delivery was begun
        :returns: None when it is not there (see ``absence_after``)
        """

    def look_back(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Like :meth:`find`, for a delivery of which no request or id is known.

        :raises Unknown: when not finding it proves nothing
        """
        return self.find(prepared, since)

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Change a published post to ``prepared``; only where ``able.edit``.

        The same edit twice has the same result as once, so it may be repeated when there was no response.

        :param pictures: whether the pictures changed and must be replaced; otherwise the old ones stay
        :raises Unsupported: where the network cannot
        """
        raise Unsupported(f"{self.account}: {self.name} cannot change a post that is out{_at(receipt)}")

    def delete(self, receipt: Receipt) -> None:
        """Delete a post; a post that is already gone is not an error. Only where ``able.delete``.

        :raises Unsupported: where the network cannot
        """
        raise Unsupported(f"{self.account}: {self.name} cannot take a post back{_at(receipt)}")

    @classmethod
    def id_in(cls, url: str) -> str:  # noqa: ARG003  # part of the shape
        """The network's id of a post, from its address, so that a thread can continue; "" when the address lacks it."""
        return ""

    def in_doubt(self, prepared: Prepared) -> tuple[str, ...]:  # noqa: ARG002  # part of the shape
        """The recipients of a delivery who may or may not have received it, by their names for the user."""
        return ()

    def decided(self, prepared: Prepared, who: str, *, has_it: bool, over: bool) -> dict[str, Any]:  # noqa: ARG002  # the same
        """Record a person's decision whether ``who`` of :meth:`in_doubt` has received it.

        :param has_it: False: the next attempt sends it to them, and to nobody else once the delivery is ``over``
        :returns: the delivery's new ``remote``
        :raises ConfigError: when ``who`` is not in doubt, or can no longer be sent anything
        """
        raise ConfigError(f"{self.account}: {self.name} does not write to people one by one")

    def unfinished(self, prepared: Prepared) -> bool:  # noqa: ARG002  # the same
        """Whether a delivery is making progress and continues by itself, so that many attempts are normal."""
        return False

    # ── shared by all adapters ────────────────────────────────────────────────────────────────────────────────────

    def composed(self, post: Post, *, style: Style | None = None, instead: str = "") -> Draft:
        """:func:`crosspost.compose.compose` for this account.

        :param style: instead of the account's own
        """
        return compose.compose(
            post,
            account=self.account,
            network=self.key,
            limits=self.allowed,
            abilities=self.able,
            style=style or self.style,
            options=self.options,
            instead=instead,
        )

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
        return msgspec.convert({**draft.options, **delivery}, type(self.options))

    def search(self, pages: Iterable[Page], since: datetime, **how: Any) -> Any | None:
        """:func:`.post_search.search` for this account; None when the post is certainly not there.

        :raises Unknown: when it may be there, because responses may lack any field
        """
        pages = iter(pages)
        first = [*itertools.islice(pages, 1)]  # its response has the server's time
        start = self.search_start(since)
        return search(f"{self.account}: {self.name}", itertools.chain(first, pages), since=start, **how)

    def search_start(self, since: datetime) -> datetime:
        """Where a search starts, by the server's clock, for a post begun at ``since`` by ours; rather too early."""
        ahead = self.session.ahead or timedelta()
        return since.astimezone(UTC) - SLACK - (ahead if ahead >= SLACK else timedelta())

    def ask_since(self, since: datetime, ask: Callable[[datetime], Answer]) -> Answer:
        """Request the posts since then; again if the response shows that our clock is ahead."""
        start = self.search_start(since)
        try:
            answer = ask(start)
        except Rejected:  # the time is in the future there
            if self.search_start(since) > start - SLACK:
                raise
            return ask(self.search_start(since))
        earlier = self.search_start(since)
        return ask(earlier) if earlier <= start - SLACK else answer

    def _hold_back(self, post: Post, error: MediaError) -> None:
        override = post.overrides.for_account(self.account, self.key)
        if compose.for_post(self.style, self.options, override, post.path)[0].on_broken_picture == "hold":
            raise PictureBroken(f"{self.account}: held back until its picture is repaired: {error}")

    def mark(self) -> str:
        """Eight hex digits that change with the credentials and the network's settings, without revealing them.

        A setting, such as the Page, may decide who posts, so an identity from before a change must not be used.
        """
        known = "\n".join(f"{name}={secret.reveal()}" for name, secret in sorted(self._credentials.items()))
        settings = msgspec.json.encode(self.options).decode()
        source = f"{self.account}\n{self.base_url}\n{known}\n{settings}"
        return hashlib.blake2s(source.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()

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
            raise AuthExpired(f"{self.account}: {variable(self.account, field)} cannot be used, because {value.wrong}")
        if _CONTROL.search(value.reveal()):
            raise AuthExpired(
                f"{self.account}: there is a line break or another control character in "
                f"{variable(self.account, field)}: copy it again"
            )
        return value.reveal()

    def fitted(self, picture: Picture, limits: ImageLimits | None = None) -> Fitted:
        """The picture, made to fit this server's limits, or the given tighter ones; a title card is drawn.

        :raises MediaError: when it cannot be used
        """
        framing, limits = picture.framing, limits or self.allowed.images
        if picture.drawn is not None:
            return fit_card(picture.drawn, limits, framing)
        if not picture.path:
            raise MediaError(f"{picture.url} is not a file of the site, so it cannot be uploaded")
        return fit(picture.path, limits, shape=framing.shape, background=framing.background, focus=framing.focus)

    def sketched(self, picture: Picture) -> Fitted:
        """Like :meth:`fitted`, but a title card is not drawn: its ``data`` is empty.

        :raises MediaError: when it cannot be used
        """
        if picture.drawn is None:
            return self.fitted(picture)
        return sketch_card(picture.drawn, self.allowed.images, picture.framing)

    def uploaded(
        self,
        prepared: Prepared,
        save: Save,
        upload: Callable[[Picture], str],
        ready: Callable[[str], None] = lambda _: None,
    ) -> Prepared:
        """Upload the pictures one by one, each only once; ``media_0``, ``media_1`` … store the results of ``upload``.

        :param ready: waits until the server has processed an upload, including one of an earlier attempt
        """
        remote = dict(prepared.remote)
        for number, picture in enumerate(prepared.draft.images):
            key = f"media_{number}"
            if key not in remote:
                remote[key] = upload(picture)
                save(key, remote[key])
            ready(remote[key])
        return msgspec.structs.replace(prepared, remote=remote)

    def variants(self, draft: Draft) -> tuple[Variant, ...]:  # noqa: ARG002  # part of the shape
        """Pictures that must be on the site before this draft can go out; () where pictures are uploaded."""
        return ()


def _at(receipt: Receipt) -> str:
    return f" ({receipt.url})" if receipt.url else ""


def _with_digest(picture: Picture) -> Picture:
    """The picture with the checksum of its file."""
    if not picture.path:
        return picture
    try:
        return msgspec.structs.replace(picture, digest=digest(picture.path))
    except OSError:  # it has just disappeared; the upload will report that
        return picture


def library(module: str, extra: str) -> Any:
    """Import a network's library on first use.

    :raises ConfigError: naming the extra to install
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if error.name and not module.startswith(error.name.split(".")[0]):
            raise
        from crosspost.config.installation import adding

        raise ConfigError(f"this network needs one more package: {adding(extra)}") from None
