"""What is said on one account, and what came of it."""

from datetime import date, datetime
from typing import Any

import msgspec

from crosspost.model.post import Picture
from crosspost.model.value import Value


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
    options: dict[str, Any] = msgspec.field(default_factory=dict)
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

    ``begun`` is when an earlier attempt began of which nobody knows whether it is out; None at the first. ``dated`` is
    the post's own date, for keys that hold a time.
    """

    draft: Draft
    handle: str
    remote: dict[str, Any] = msgspec.field(default_factory=dict)
    begun: datetime | None = None
    dated: datetime | None = None

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
