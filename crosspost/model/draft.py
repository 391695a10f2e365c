"""What is posted on one account, and the network's response."""

from datetime import date, datetime
from typing import Any

import msgspec

from crosspost.model.post import Picture, Poll, Video
from crosspost.model.value import Value, ready


class Card(Value, frozen=True, kw_only=True):
    """A link preview: made by us, or what the network's crawler is expected to show."""

    url: str
    title: str
    description: str = ""
    image: Picture | None = None


class Draft(Value, frozen=True, kw_only=True):
    """What would be posted on one account: exactly this is previewed, stored and sent.

    ``length`` and ``limit`` count in ``unit``. ``title`` is the title exactly as ``text`` contains it ("" when it does
    not), for networks that can set it in bold. ``lost`` names what had to be left out,
    ``lost_pictures`` those of the ``warnings`` that are about a picture that does not go along. ``options`` carries the
    network's own settings (visibility, content warning …) that are sent with the text. ``parts`` are the replies that
    follow in a thread, in order. ``answers`` is the address of the post on this network that it is an answer to ("":
    it is on its own). ``poll`` is what people may vote on, ``video`` what is shown in the
    place of pictures.
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
    lost_pictures: tuple[str, ...] = ()
    options: dict[str, Any] = msgspec.field(default_factory=dict)
    parts: tuple["Draft", ...] = ()
    answers: str = ""
    poll: Poll | None = None
    video: Video | None = None


def as_stored(draft: Draft) -> Draft:
    """The draft as the ledger gives it back, which is the form in which drafts are compared.

    ``options`` have any type, so JSON forgets part of it: a tuple comes back as a list.
    """
    return msgspec.json.decode(msgspec.json.encode(draft), type=ready(Draft))


class Price(Value, frozen=True, kw_only=True):
    """What a network charges for one post: ``amount`` in ``currency``; ``without_link`` for a post without a link."""

    amount: float
    without_link: float
    currency: str = "USD"
    source: str
    checked: date


class Prepared(Value, frozen=True, kw_only=True):
    """A Draft and what was uploaded or created for it. ``handle`` is the idempotency key, stored before it is used.

    ``remote`` holds ids the network returned so far. ``begun`` is when an earlier attempt with an unknown outcome
    began; None for the first attempt. ``dated`` is the post's own date, for keys that contain a time. ``show_at`` is
    when the network is to show it by itself; None: at once.
    """

    draft: Draft
    handle: str
    remote: dict[str, Any] = msgspec.field(default_factory=dict)
    begun: datetime | None = None
    dated: datetime | None = None
    show_at: datetime | None = None

    @property
    def reply_to(self) -> str:
        """The network's id of the post this replies to; "" when it is not a reply."""
        return str(self.remote.get("reply_to", ""))

    @property
    def root(self) -> str:
        """The network's id of the first post of the thread; "" when it is not a reply."""
        return str(self.remote.get("root", ""))

    @property
    def taken(self) -> str:
        """The network's id of a post that it took and is looking at before it shows it; "" when there is none."""
        return str(self.remote.get("taken", ""))

    @property
    def may_be_kept(self) -> bool:
        """Whether an attempt may have handed it over ahead of its time, so that the network may keep it until then."""
        return "show_at" in self.remote


class Receipt(Value, frozen=True, kw_only=True):
    """The network's response: its id for the post, the address where people see it ("" when there is none), and when.

    ``notes`` hold what a person should know although the post is out, such as members it did not reach.
    """

    id: str
    url: str
    at: datetime
    notes: tuple[str, ...] = ()
