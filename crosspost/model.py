"""The values that flow through crosspost: frozen, typed, without any input or output.

    Post ──compose──▶ Draft ──prepare──▶ Prepared ──publish──▶ Receipt

Everything here is a frozen :class:`msgspec.Struct`: small in memory, quick to make, and written to the ledger or to
``--json`` output by the same encoder.
"""

from datetime import date, datetime
from typing import Any, Literal

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value: immutable, made with keywords only."""


# ── what the site says ────────────────────────────────────────────────────────────────────────────────────────────


class Framing(Value, frozen=True, kw_only=True):
    """How a picture is brought to a ratio the network takes.

    ``shape`` adds a margin or crops, ``background`` is the colour of margins and behind transparent parts (CSS name or
    ``#rrggbb``), ``focus`` the point to keep when cropping, 0…1 from left and from top.
    """

    shape: Literal["pad", "crop"] = "pad"
    background: str = "#ffffff"
    focus: tuple[float, float] = (0.5, 0.5)


class TitleCard(Value, frozen=True, kw_only=True):
    """A picture to be drawn from a title; ``width`` and ``height`` in pixels, colours as in :class:`Framing`."""

    title: str
    site: str = ""
    width: int
    height: int
    background: str
    text: str
    accent: str


class Picture(Value, frozen=True, kw_only=True):
    """A picture named by a post, or drawn for it.

    ``path`` is the absolute path of the file inside the site ("" when it is only on the web), ``url`` its public
    address ("" when unknown), ``alt`` what a person who cannot see it should read ("" when nobody wrote that).
    ``drawn`` says that there is no file: the picture is a title card. ``framing`` is how it is made to fit.
    ``digest`` is of the file's bytes, where somebody looked at them: another picture under the same name is another.
    """

    path: str = ""
    url: str = ""
    alt: str = ""
    drawn: TitleCard | None = None
    framing: Framing = Framing()
    digest: str = ""


#: what becomes of a post that is out when its file changed, and when its file is gone
OnEdit = Literal["update", "ask", "ignore"]
OnDelete = Literal["unpublish", "ask", "ignore"]


class Override(Value, frozen=True, kw_only=True, omit_defaults=True):
    """What a post says about one target: everywhere, a network or one account. ``None`` means "not said"."""

    skip: bool | None = None
    at: datetime | None = None
    text: str | None = None
    on_edit: OnEdit | None = None
    on_delete: OnDelete | None = None
    settings: dict[str, Any] = {}


class Overrides(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The ``crosspost:`` mapping of a post's front matter.

    ``everywhere`` holds what is said for all accounts, ``only`` the account or network names the post is limited to
    (empty: no limit), ``targets`` what is said per network or account name.
    """

    everywhere: Override = Override()
    only: tuple[str, ...] = ()
    targets: dict[str, Override] = {}

    def for_account(self, account: str, network: str) -> Override:
        """Merge what applies to one account; the more specific wins: everywhere < network < account."""
        said = [self.everywhere, self.targets.get(network), self.targets.get(account)]
        skip, at, text, on_edit, on_delete = None, None, None, None, None
        settings: dict[str, Any] = {}
        for one in said:
            if one is None:
                continue
            skip = one.skip if one.skip is not None else skip
            at = one.at or at
            text = one.text if one.text is not None else text
            on_edit, on_delete = one.on_edit or on_edit, one.on_delete or on_delete
            settings |= one.settings
        if self.only and skip is None:
            skip = account not in self.only and network not in self.only
        return Override(skip=skip, at=at, text=text, on_edit=on_edit, on_delete=on_delete, settings=settings)


EntryState = Literal["ready", "skipped", "refused"]


class Entry(Value, frozen=True, kw_only=True, omit_defaults=True):
    """One file of a source as a listing shows it: cheap, without reading the text.

    ``state`` is ``ready`` (may be published), ``skipped`` (the site itself does not publish it: draft, future date,
    no date in the name …) or ``refused`` (it cannot be understood; ``reason`` says file, line and why).
    ``fingerprint`` changes when a byte of the file does ("" when the source cannot tell).
    """

    id: str
    path: str
    url: str = ""
    date: datetime | None = None
    title: str = ""
    tags: tuple[str, ...] = ()
    state: EntryState = "ready"
    reason: str = ""
    overrides: Overrides = Overrides()
    fingerprint: str = ""


class Post(Value, frozen=True, kw_only=True):
    """What the site says in one post.

    ``id`` is stable when title, date or text change. ``description`` and ``excerpt`` are plain text, ``body`` is
    Markdown with the template language and attribute lists of the site generator already removed. ``date`` has a zone.
    """

    id: str
    path: str
    url: str
    title: str
    date: datetime
    description: str = ""
    excerpt: str = ""
    body: str = ""
    lang: str = ""
    author: str = ""
    site: str = ""
    tags: tuple[str, ...] = ()
    thumbnail: Picture | None = None
    images: tuple[Picture, ...] = ()
    overrides: Overrides = Overrides()
    warnings: tuple[str, ...] = ()


# ── what a network accepts and can do ─────────────────────────────────────────────────────────────────────────────


class ImageLimits(Value, frozen=True, kw_only=True):
    """What a network accepts as a picture. 0 means "no such limit".

    ``formats`` are Pillow's names (``JPEG``, ``PNG`` …), ``bytes`` the greatest file size, ``pixels`` the greatest
    width × height, ``min_width``/``max_width``/``max_height`` in pixels, ``min_ratio``/``max_ratio`` width ÷ height,
    ``alt`` the greatest length of the alternative text in ``alt_unit``.
    """

    count: int = 0
    formats: tuple[str, ...] = ("JPEG", "PNG")
    bytes: int = 0
    pixels: int = 0
    min_width: int = 0
    max_width: int = 0
    max_height: int = 0
    min_ratio: float = 0
    max_ratio: float = 0
    alt: int = 0
    alt_unit: str = "code-points"


class Limits(Value, frozen=True, kw_only=True):
    """What a network accepts, as data with its source.

    ``text`` counts in ``unit`` (a name of :data:`crosspost.compose.measure.UNITS`); ``also`` are further (unit, limit)
    pairs that must hold at the same time; ``url_length`` is what a link costs (0: as many as it has). ``hashtags`` is
    the greatest number of them (-1: no limit). ``text_with_images`` takes the place of ``text`` when pictures go along
    (0: the same; in ``unit``).
    """

    text: int
    unit: str
    also: tuple[tuple[str, int], ...] = ()
    url_length: int = 0
    hashtags: int = -1
    text_with_images: int = 0
    images: ImageLimits = ImageLimits()
    source: str
    checked: date


class Abilities(Value, frozen=True, kw_only=True):
    """What a network can do.

    ``card``: who makes the link card, ``crawler`` (the network reads the page), ``client`` (we upload it) or ``none``.
    ``idempotent_for`` is how long (seconds) the network itself refuses to repeat a request with our key, 0 for never.
    ``absence_after`` is how long (seconds) after the request a look at the account that finds nothing proves that
    nothing went out; ``None`` when it never proves it and a person must decide. ``read_back`` is False where nobody can
    look up what an account posted, ``permalink`` False where a post has no address. ``same_text_once`` is True where
    the network's rules forbid the same text from several accounts, ``digest`` where several posts may be said as one.
    ``edit_keeps`` names the parts of a draft that an edit leaves as they were sent.
    """

    card: Literal["crawler", "client", "none"] = "crawler"
    alt_text: bool = True
    needs_image: bool = False
    edit: bool = False
    edit_keeps: tuple[Literal["images", "card", "language"], ...] = ()
    delete: bool = False
    thread: bool = False
    idempotent_for: int = 0
    absence_after: int | None = None
    read_back: bool = True
    digest: bool = False
    permalink: bool = True
    same_text_once: bool = False


class Identity(Value, frozen=True, kw_only=True):
    """Who we are on a network, and what that server allows: the answer of ``connect``.

    ``server`` is the software it runs, ``limits`` and ``abilities`` are given where they differ from the network's.
    ``expires_at`` is when the token ends, at the latest; None where it does not, or nobody can know.
    """

    id: str
    handle: str
    url: str = ""
    server: str = ""
    limits: Limits | None = None
    abilities: Abilities | None = None
    expires_at: datetime | None = None


# ── what is said, and what came of it ─────────────────────────────────────────────────────────────────────────────


class Card(Value, frozen=True, kw_only=True):
    """A link preview: made by us, or what the network's crawler is expected to show."""

    url: str
    title: str
    description: str = ""
    image: Picture | None = None


class Draft(Value, frozen=True, kw_only=True):
    """What would be said on one account: exactly this is previewed, stored and sent.

    ``length`` and ``limit`` count in ``unit``. ``title`` is the title as it stands in ``text`` ("" when it does not),
    for networks that can set it in bold. ``lost`` names what had to give way. ``options`` carries the network's own
    settings (visibility, content warning …) that travel with the text. ``parts`` are the replies that follow in a
    thread, in order.
    """

    account: str
    network: str
    text: str
    length: int
    limit: int
    unit: str
    title: str = ""
    link: str = ""
    card: Card | None = None
    images: tuple[Picture, ...] = ()
    language: str = ""
    lost: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    options: dict[str, Any] = {}
    parts: tuple["Draft", ...] = ()


class Price(Value, frozen=True, kw_only=True):
    """What a network bills for one post: ``amount`` in ``currency``, and what the same costs ``without_link``."""

    amount: float
    without_link: float
    currency: str = "USD"
    source: str
    checked: date


class Prepared(Value, frozen=True, kw_only=True):
    """A Draft and what was left on the server for it. ``handle`` is the idempotency key, stored before it is used.

    ``begun`` is when an earlier attempt began of which nobody knows whether it is out; None at the first.
    """

    draft: Draft
    handle: str
    remote: dict[str, Any] = {}
    begun: datetime | None = None

    @property
    def reply_to(self) -> str:
        """The network's id of the post this one answers; "" for a post of its own."""
        return str(self.remote.get("reply_to", ""))

    @property
    def root(self) -> str:
        """The network's id of the first post of the thread; "" for a post of its own."""
        return str(self.remote.get("root", ""))


class Receipt(Value, frozen=True, kw_only=True):
    """The network's answer: its id of the post, the address where people see it ("" where there is none), and when.

    ``notes`` say what a person should know although the post is out, such as members it did not reach.
    """

    id: str
    url: str
    at: datetime
    notes: tuple[str, ...] = ()
