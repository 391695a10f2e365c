"""What a network accepts and can do."""

import re
from datetime import date, datetime
from typing import Literal

from crosspost.model.value import Value

#: a colour as ``#rrggbb``, first on a light page, then on a dark one
Shades = tuple[str, str]
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class ImageLimits(Value, frozen=True, kw_only=True):
    """What a network accepts as a picture. 0 means "no such limit".

    ``formats`` are Pillow's names (``JPEG``, ``PNG`` …), ``bytes`` the maximum file size, ``pixels`` the maximum
    width × height, ``min_width``/``max_width``/``max_height`` in pixels, ``min_ratio``/``max_ratio`` width ÷ height,
    ``alt`` the maximum length of the alternative text in ``alt_unit``.
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


class VideoLimits(Value, frozen=True, kw_only=True):
    """What a network accepts as a video. 0 means "no such limit".

    ``containers`` are ``MP4``, ``MOV``, ``WebM`` and ``GIF``, ``codecs`` and ``audio`` names such as ``H.264`` and
    ``AAC``; a silent video needs no audio. ``bytes`` is the file size, ``gif_bytes`` that of a GIF (0: the same);
    ``shortest`` and ``longest`` are seconds, ``max_width`` and ``max_height`` pixels as displayed, ``pixels`` their
    product, ``min_ratio`` and ``max_ratio`` width ÷ height, ``min_rate`` and ``rate`` frames a second, ``frames``
    those of a GIF. ``fast_start``: the description of an MP4 must stand before its pictures.
    ``captions`` is the greatest size of a WebVTT file in bytes (0: the network takes none); ``captions_as`` is what it
    gets, and with ``SRT`` it must know the language; ``captions_in`` are the codes of those it takes (empty: any).
    ``alt`` is the maximum length of the words in code points (-1: it
    takes none). ``poster`` is what may be shown before it plays: ``own`` the post's picture where none is named,
    ``picture`` a named one, ``time`` a second of the video.
    """

    containers: tuple[str, ...] = ("MP4",)
    codecs: tuple[str, ...] = ("H.264",)
    audio: tuple[str, ...] = ("AAC",)
    bytes: int = 0
    gif_bytes: int = 0
    shortest: float = 0
    longest: float = 0
    max_width: int = 0
    max_height: int = 0
    pixels: int = 0
    min_ratio: float = 0
    max_ratio: float = 0
    min_rate: float = 0
    rate: float = 0
    fast_start: bool = False
    frames: int = 0
    captions: int = 0
    captions_as: Literal["WebVTT", "SRT"] = "WebVTT"
    captions_in: tuple[str, ...] = ()
    poster: tuple[Literal["own", "picture", "time"], ...] = ()
    alt: int = 0


class PollLimits(Value, frozen=True, kw_only=True):
    """What a network takes as a poll: up to ``options`` answers (and at least two) of up to ``characters`` code points.

    ``shortest`` and ``longest`` are seconds; both are 0 where the network alone decides how long it lasts. It lasts a
    multiple of ``step`` seconds. ``multiple`` is False where one answer only may be chosen, ``with_images`` True where
    a post may have pictures beside its poll: ``images`` of them at most (0: as many as without one). ``question`` is
    how long a question of its own may be (0: the post's text asks it), ``text`` how long the text beside it may be, in
    the unit of the network's limit (0: as long as without one). ``mentions`` is True where a name in an answer tags
    somebody, as it does in the text.
    """

    options: int
    characters: int
    shortest: int = 0
    longest: int = 0
    step: int = 1
    multiple: bool = False
    with_images: bool = False
    images: int = 0
    question: int = 0
    text: int = 0
    mentions: bool = False


class Limits(Value, frozen=True, kw_only=True):
    """What a network accepts, as data with its source.

    ``text`` counts in ``unit`` (a name in :data:`crosspost.compose.measure.UNITS`); ``also`` are further (unit, limit)
    pairs that must hold at the same time; ``url_length`` is what every link counts as (0: its real length).
    ``hashtags`` is the maximum number of hashtags (-1: no limit), ``hashtag_signs`` the characters allowed inside a
    hashtag besides letters, digits, marks and ``_``, ``hashtag_length`` (unit, limit) pairs for a hashtag without its
    ``#``. ``text_with_images`` replaces ``text`` when the post has pictures (0: the same limit; in ``unit``).
    ``polls`` and ``videos`` are None where the network has none, or crosspost sends none there.
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
    polls: PollLimits | None = None
    videos: VideoLimits | None = None
    source: str
    checked: date


class Abilities(Value, frozen=True, kw_only=True):
    """What a network can do.

    ``card``: who makes the link card: ``crawler`` (the network reads the page), ``client`` (we upload it) or ``none``.
    ``idempotent_for``: for how many seconds the network itself refuses to repeat a request with our key; 0 for never.
    ``absence_after``: how many seconds after the request finding nothing on the account proves that nothing went out;
    ``None`` when it never proves that and a person must decide. ``forgets_after``: how many seconds after it the
    network may no longer show a post, so that finding nothing proves nothing again; ``None`` for never. ``read_back``
    is False where nobody can look up what an
    account posted, ``permalink`` False where a post has no address. ``same_text_once`` is True where the network's
    rules forbid the same text from several accounts, ``digest`` where several posts may be sent as one message.
    ``edit_keeps`` names the parts of a draft that an edit cannot change. ``mentions`` is what mentions somebody:
    ``names`` any ``@name``; ``fediverse`` a full ``@name@server``, or ``@name`` on the same server; ``domains`` a
    handle that is a domain; ``pages`` a Page's number as ``@[123456]``; ``services`` any ``@name``, and what
    chat services write for it, such as ``<!here>``; ``nothing`` no text at all. ``responses`` is what it tells of what
    came back to a post; ``texts`` are the replies themselves. ``ahead`` is how long before its time a post can be
    handed over, which the network then shows by itself: the least and the most, in seconds; None where it cannot, or
    crosspost does not.
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
    forgets_after: int | None = None
    read_back: bool = True
    digest: bool = False
    permalink: bool = True
    same_text_once: bool = False
    mentions: Literal["names", "fediverse", "domains", "pages", "services", "nothing"] = "names"
    responses: tuple[Literal["likes", "reposts", "replies", "views", "texts"], ...] = ()
    ahead: tuple[int, int] | None = None


class Look(Value, frozen=True, kw_only=True):
    """How a network shows a post, for previews.

    ``layout`` is the order of things: ``feed`` (pictures from edge to edge), ``timeline`` (the avatar has a column of
    its own), ``photo`` (the picture first, the text is its caption), ``chat`` (a bubble, pictures above the text) or
    ``letter`` (subject, sender and recipients above the text). ``brand`` colours avatar and marks, ``link`` links and
    hashtags, ``bubble`` the ground of a chat; None is the page's own colour. ``avatar`` is its shape, ``round_cards``
    True for link cards with wide corners. ``short_links``: a link is shown without its scheme, and cut. ``bold_title``:
    the title is shown in bold. ``linked_title``: where the link is not in the text, the title leads there.

    :raises ValueError: on a colour that is not ``#rrggbb``
    """

    layout: Literal["feed", "timeline", "photo", "chat", "letter"] = "feed"
    brand: Shades | None = None
    link: Shades | None = None
    bubble: Shades | None = None
    avatar: Literal["circle", "square"] = "circle"
    round_cards: bool = False
    short_links: bool = False
    bold_title: bool = False
    linked_title: bool = False

    def __post_init__(self) -> None:
        for colour in (*(self.brand or ()), *(self.link or ()), *(self.bubble or ())):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"{colour!r} is not a colour: write it as #rrggbb")


class NetworkUser(Value, frozen=True, kw_only=True):
    """The user, page or channel an account posts as: what identifies it for good.

    ``server`` is set where an id is valid on its server only, ``audience`` where the settings decide who receives the
    posts, such as a mailing list; ``handle`` is for display.
    """

    network: str
    id: str
    server: str = ""
    handle: str = ""
    audience: str = ""


class Identity(Value, frozen=True, kw_only=True):
    """Who we are on a network, and what that server allows: the result of ``connect``.

    ``server`` is the software it runs; ``limits`` and ``abilities`` are set where they differ from the network's.
    ``expires_at`` is when the token expires at the latest; None when it does not, or the time is unknown.
    """

    id: str
    handle: str
    url: str = ""
    server: str = ""
    limits: Limits | None = None
    abilities: Abilities | None = None
    expires_at: datetime | None = None


class Remark(Value, frozen=True, kw_only=True):
    """Something a person should know about an account before it matters.

    ``weight`` is "fail" when nothing can be posted, "warn" when something will go wrong, "ok" when it is only to be
    known. ``said`` is a sentence without a full stop, ``todo`` what to do about it, or "".
    """

    said: str
    todo: str = ""
    weight: Literal["ok", "warn", "fail"] = "warn"


class Doubt(Value, frozen=True, kw_only=True):
    """How to explain, in words that fit the network, a delivery with an unknown outcome.

    ``look`` is how a person can find out ("look …, then"), ``url`` whether they can then give the post's address.
    ``absent`` is shown when it is proved not to be out, ``guarded`` when the network itself makes a repeated request
    harmless, ``unproved`` when the post was not found but that proves nothing.
    """

    look: str = "look at the account"
    url: bool = True
    absent: str = "Not on the account, so it is sent again"
    guarded: str = "Not on the account, so it is sent again: a repetition is safe there"
    unproved: str = "The account does not show it, but that proves nothing there"
