"""What every network adapter is; the boundary at which foreign errors become ours is :mod:`.boundary`.

An adapter file always has this order: class with ``key``, ``name``, ``limits``, ``abilities``, ``Options``,
``credentials`` → ``connect`` → ``compose`` (inherited) → ``prepare`` → ``publish`` → ``find`` → ``explain`` → privates.
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
from crosspost.media import Fitted, Variant, digest, fit, fit_card
from crosspost.model import (
    Abilities,
    Doubt,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Picture,
    Post,
    Prepared,
    Price,
    Receipt,
    Value,
)
from crosspost.networks.boundary import Boundary, Clock
from crosspost.networks.post_search import Page, look
from crosspost.transport.sandbox_mark import on_this_machine

if TYPE_CHECKING:
    from crosspost.transport.session import Session

#: clocks differ by a little: what is less is no difference
SLACK = timedelta(minutes=2)
Answer = TypeVar("Answer")
#: no name, token or password holds one of these; in a header they would begin another one
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
#: stores one intermediate id (media id, container …) before the next request uses it
Save = Callable[[str, Any], None]


class Network(Boundary):
    """One account on one network. Making one does no I/O.

    :param account: the account's name in the config
    :param options: the network's own settings for this account
    :param style: how this account speaks
    :param credentials: field name → secret; see ``credentials`` of the class
    :param session: the guarded session; nothing else talks to the network
    :param clock: gives the present moment, with a zone
    :param sleep: waits for seconds, while a server processes a picture
    :param vault: keeps sessions and renewed tokens between runs; in memory when there is none
    """

    key: ClassVar[str]
    limits: ClassVar[Limits]
    abilities: ClassVar[Abilities]
    #: settings of this network in ``[accounts.NAME]`` and in a post's ``crosspost: {NAME: …}``; its ``carried`` names
    #: those that say how a post is carried, not what it says: they are never frozen, and no post can set them
    Options: ClassVar[type[Value]]
    #: credential field → what it is, in the words of the network's own pages
    credentials: ClassVar[dict[str, str]]
    #: one line of TOML comment for the config that `crosspost init` writes: the setting people want first
    hint: ClassVar[str] = ""
    #: settings there must be, each with an example; ``crosspost init`` writes them down
    needs: ClassVar[dict[str, Any]] = {}
    #: settings that are paths of files, relative to the config
    files: ClassVar[tuple[str, ...]] = ()
    #: where the service is when ``base_url`` is not set; "" when the user must say
    home: ClassVar[str] = ""
    #: what ``base_url`` may begin with
    schemes: ClassVar[tuple[str, ...]] = ("https", "http")
    #: whether a server of this kind answers at the root of its name and nowhere else
    at_root: ClassVar[bool] = True
    #: how an account speaks here when neither it nor the post says otherwise: keys of :class:`Style`
    style_defaults: ClassVar[dict[str, Any]] = {}
    #: whether a token may end by itself: then it is looked at once a day, also when nothing is due
    token_ends: ClassVar[bool] = False
    #: address prefix fixed in a library → replaced by ``base_url``
    fixed_hosts: ClassVar[tuple[str, ...]] = ()
    #: whether an account's id means something on its server only
    ids_of_server: ClassVar[bool] = False
    #: whether the real server often is on this machine, so that a local address does not tell the sandbox
    at_home: ClassVar[bool] = False
    #: how a person is told of a delivery in doubt
    doubt: ClassVar[Doubt] = Doubt()
    #: whether a delivery may write to people one by one, of whom some may be in doubt
    one_by_one: ClassVar[bool] = False
    #: own settings that an edit changes in a post that is out
    edits: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *,
        account: str,
        base_url: str = "",
        options: Value,
        style: Style,
        credentials: Mapping[str, Secret],
        session: "Session",
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        vault: Vault | None = None,
    ) -> None:
        self.account = account
        #: the account's name in front of people; it says so when nobody sees what is posted there
        self.label = account
        self.base_url = (base_url or self.home).rstrip("/")
        self.options: Any = options
        self.style = style
        self.session = session
        self.clock = clock
        self.sleep = sleep
        self.vault = vault or Vault()
        self.identity: Identity | None = None
        self._credentials = credentials

    @abstractmethod
    def connect(self) -> Identity:
        """Who am I, and what does this server allow? Reads only."""

    def compose(self, post: Post) -> Draft:
        """What would be said: pure; the same for preview and for sending.

        :raises Unsupported: when this network cannot take the post
        :raises ConfigError: when the post's own settings for this account cannot be understood
        """
        return compose.compose(
            post,
            account=self.account,
            network=self.key,
            limits=self.allowed,
            abilities=self.able,
            style=self.style,
            options=self.options,
        )

    def draft(self, post: Post) -> Draft:
        """:meth:`compose`, less the pictures that cannot be used: the post goes out without them, and says so.

        :raises PictureBroken: for such a picture, where ``on_broken_picture = "hold"`` asks for it
        """
        draft = self.compose(post)
        usable, broken = [], []
        for picture in draft.images:
            try:
                self.fitted(picture)
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
        """The draft and its parts, less the pictures of link cards that cannot be used."""
        parts = tuple(self._usable_cards(part, post) for part in draft.parts)
        warnings = [*draft.warnings, *(said for part in parts for said in part.warnings)]
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
        """:meth:`fitted` for the picture of a link card that we upload.

        :raises MediaError: when it cannot be used
        """
        return self.fitted(picture)

    def price(self, draft: Draft) -> Price | None:  # noqa: ARG002  # part of the shape
        """What sending the draft costs; None where the network bills nothing."""
        return None

    @abstractmethod
    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        """Upload what the post needs. May be repeated; nobody sees anything of it. Stores each id with ``save``.

        Ids named ``media_…`` are uploads, forgotten after an hour; everything else is kept until the post is out.
        ``save`` may be used until :meth:`publish` of the same delivery has ended: a network that writes to many
        people one after the other keeps its journal with it.
        """

    @abstractmethod
    def publish(self, prepared: Prepared) -> Receipt:
        """The one irreversible request."""

    @abstractmethod
    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Did it go out after ``since``? Changes nothing; None when it is not there (see ``absence_after``)."""

    def look_back(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """:meth:`find` where nobody knows that anything was begun, and nothing on the server could be asked for.

        :raises Unknown: when that the account does not show it proves nothing
        """
        return self.find(prepared, since)

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Change a post that is out so that it says ``prepared``; only where ``able.edit``.

        The same edit twice says the same as once, so whoever got no answer may repeat it.

        :param pictures: they are others now, and take the place of those that are out; else those stay
        :raises Unsupported: where the network cannot
        """
        raise Unsupported(f"{self.account}: {self.name} cannot change a post that is out{_at(receipt)}")

    def delete(self, receipt: Receipt) -> None:
        """Take a post back; deleting what is gone already is no error. Only where ``able.delete``.

        :raises Unsupported: where the network cannot
        """
        raise Unsupported(f"{self.account}: {self.name} cannot take a post back{_at(receipt)}")

    @classmethod
    def id_in(cls, url: str) -> str:  # noqa: ARG003  # part of the shape
        """The network's id of a post, from its address; "" when that does not tell. A thread can then go on."""
        return ""

    def in_doubt(self, prepared: Prepared) -> tuple[str, ...]:  # noqa: ARG002  # part of the shape
        """Of the people a delivery writes to one by one: who may or may not have it, as a person knows them."""
        return ()

    def decided(self, prepared: Prepared, who: str, *, has_it: bool, over: bool) -> dict[str, Any]:  # noqa: ARG002  # the same
        """A person has found out whether ``who`` of :meth:`in_doubt` has it: the delivery's ``remote`` from now on.

        :param has_it: False: the next attempt writes to them, and to nobody else once the delivery is ``over``
        :raises ConfigError: when ``who`` is not in doubt, or cannot be written to any more
        """
        raise ConfigError(f"{self.account}: {self.name} does not write to people one by one")

    def unfinished(self, prepared: Prepared) -> bool:  # noqa: ARG002  # the same
        """Whether a delivery is well under way and goes on by itself, so that many attempts are no bad sign."""
        return False

    # ── shared by all adapters ────────────────────────────────────────────────────────────────────────────────────

    @property
    def allowed(self) -> Limits:
        """This server's limits where it told them, else the network's."""
        return (self.identity and self.identity.limits) or self.limits

    @property
    def audience(self) -> str:
        """Who hears it, where that depends on the settings and not on who speaks."""
        return ""

    @property
    def able(self) -> Abilities:
        """What this server can do; some speak a network's language without all of it."""
        return (self.identity and self.identity.abilities) or self.abilities

    def page(self, home: str, local: str) -> str:
        """The beginning of the addresses people look at: ``home``, or the sandbox's own pages below ``local``.

        No link of a post that only the sandbox has may lead to the real network, where it is not.
        """
        return f"{self.base_url}{local}" if on_this_machine(self.base_url) else home

    def frozen(self, draft: Draft) -> Draft:
        """The draft as it is written down: without what says how it is carried."""
        how = compose.carried(self.options)
        said = {name: value for name, value in draft.options.items() if name not in how}
        return msgspec.structs.replace(draft, options=said, parts=tuple(self.frozen(part) for part in draft.parts))

    def spoken(self, draft: Draft) -> Any:
        """The network's own settings for a draft: what it says as it was frozen, how it is carried as the config says
        today; also for a draft that an older version froze whole.
        """
        how = msgspec.to_builtins(compose.carried(self.options))
        return msgspec.convert({**draft.options, **how}, type(self.options))

    def looked(self, pages: Iterable[Page], since: datetime, **how: Any) -> Any | None:
        """:func:`.looking.look` for this account; None when a post certainly is not there.

        :raises Unknown: when it may be: an answer may lack anything
        """
        pages = iter(pages)
        first = [*itertools.islice(pages, 1)]  # its answer tells the server's time
        start = self.looking_from(since)
        return look(f"{self.account}: {self.name}", itertools.chain(first, pages), since=start, **how)

    def looking_from(self, since: datetime) -> datetime:
        """Where to start looking, by the server's clock, for a post begun at ``since`` by ours; rather too early."""
        ahead = self.session.ahead or timedelta()
        return since.astimezone(UTC) - SLACK - (ahead if ahead >= SLACK else timedelta())

    def asked(self, since: datetime, ask: Callable[[datetime], Answer]) -> Answer:
        """Ask for what was posted since then; once more when only the answer tells that our clock is ahead."""
        start = self.looking_from(since)
        try:
            answer = ask(start)
        except Rejected:  # a moment that is still to come there
            if self.looking_from(since) > start - SLACK:
                raise
            return ask(self.looking_from(since))
        earlier = self.looking_from(since)
        return ask(earlier) if earlier <= start - SLACK else answer

    def _hold_back(self, post: Post, error: MediaError) -> None:
        override = post.overrides.for_account(self.account, self.key)
        if compose.for_post(self.style, self.options, override, post.path)[0].on_broken_picture == "hold":
            raise PictureBroken(f"{self.account}: held back until its picture is repaired: {error}")

    def mark(self) -> str:
        """Eight hex digits that change when the credentials or the network's settings do, and tell nothing about them.

        Whose voice it is may be a setting, such as the Page: an identity of before must not speak after a change.
        """
        known = "\n".join(f"{name}={secret.reveal()}" for name, secret in sorted(self._credentials.items()))
        settings = msgspec.json.encode(self.options).decode()
        said = f"{self.account}\n{self.base_url}\n{known}\n{settings}"
        return hashlib.blake2s(said.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()

    def me(self) -> Identity:
        """Who we are: as stored, or asked now."""
        if self.identity is None:
            self.identity = self.connect()
        return self.identity

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
                f"{variable(self.account, field)}: copy it anew"
            )
        return value.reveal()

    def fitted(self, picture: Picture, limits: ImageLimits | None = None) -> Fitted:
        """The picture's bytes, made to fit this server's limits, or tighter ones; a title card is drawn.

        :raises MediaError: when it cannot be used
        """
        framing, limits = picture.framing, limits or self.allowed.images
        if picture.drawn is not None:
            return fit_card(picture.drawn, limits, framing)
        if not picture.path:
            raise MediaError(f"{picture.url} is not a file of the site, so it cannot be uploaded")
        return fit(picture.path, limits, shape=framing.shape, background=framing.background, focus=framing.focus)

    def uploaded(
        self,
        prepared: Prepared,
        save: Save,
        upload: Callable[[Picture], str],
        ready: Callable[[str], None] = lambda _: None,
    ) -> Prepared:
        """The pictures uploaded one by one, each only once: ``media_0``, ``media_1`` … name what ``upload`` gave them.

        :param ready: waits until the server can use one, also one of an earlier attempt
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
        """Pictures that must be on the site before this draft can go out; none where pictures are uploaded."""
        return ()


def _at(receipt: Receipt) -> str:
    return f" ({receipt.url})" if receipt.url else ""


def _with_digest(picture: Picture) -> Picture:
    """The picture with the digest of its file, which was read a moment ago."""
    if not picture.path:
        return picture
    try:
        return msgspec.structs.replace(picture, digest=digest(picture.path))
    except OSError:  # it is gone since then; uploading it says so
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
        raise ConfigError(f"this network needs one more package: pip install 'crosspost[{extra}]'") from None
