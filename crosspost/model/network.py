"""What a network accepts and can do."""

from datetime import date, datetime
from typing import Literal

from crosspost.model.value import Value


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
    the greatest number of them (-1: no limit), ``hashtag_signs`` what one may have between its letters beside letters,
    digits, marks and ``_``, ``hashtag_length`` (unit, limit) pairs for one without ``#``. ``text_with_images`` takes
    the place of ``text`` when pictures go along (0: the same; in ``unit``).
    """

    text: int
    unit: str
    also: tuple[tuple[str, int], ...] = ()
    url_length: int = 0
    hashtags: int = -1
    hashtag_signs: str = ""
    hashtag_length: tuple[tuple[str, int], ...] = ()
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
    ``edit_keeps`` names the parts of a draft that an edit leaves as they were sent. ``mentions`` says what tags
    somebody: any ``@name``; ``@name@server`` in full (``fediverse``), besides ``@name`` on one's own server; a handle
    that is a domain; or nothing that stands in a text.
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
    mentions: Literal["names", "fediverse", "domains", "nothing"] = "names"


class Voice(Value, frozen=True, kw_only=True):
    """Who speaks on an account, as it never changes by itself.

    ``server`` is given where an id means something on its server only, ``audience`` where it depends on the settings
    who hears it, such as a mailing list; ``handle`` is for people.
    """

    network: str
    id: str
    server: str = ""
    handle: str = ""
    audience: str = ""


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


class Doubt(Value, frozen=True, kw_only=True):
    """How a person is told of a delivery of which nobody knows whether it is out, in a network's own words.

    ``look`` is how they can find out ("look …, then"), ``url`` whether they then know an address of the post;
    ``absent`` is said when it is proved not to be out, ``guarded`` when the network itself keeps a repetition from
    doing harm, ``unproved`` when it is not shown and that proves nothing.
    """

    look: str = "look at the account"
    url: bool = True
    absent: str = "Not on the account, so it is sent again"
    guarded: str = "Not on the account, so it is sent again: a repetition is safe there"
    unproved: str = "The account does not show it, but that proves nothing there"
