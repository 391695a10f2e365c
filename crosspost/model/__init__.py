"""The values that flow through crosspost: frozen and typed, with no input or output.

    Post ──compose──▶ Draft ──prepare──▶ Prepared ──publish──▶ Receipt

Everything here is a frozen :class:`msgspec.Struct`: small in memory, quick to create, and written to the ledger or to
``--json`` output by the same encoder.
"""

from crosspost.model.draft import Card, Draft, Prepared, Price, Receipt, as_stored
from crosspost.model.event import Event, EventStatus, Place
from crosspost.model.network import (
    Abilities,
    Doubt,
    Identity,
    ImageLimits,
    Limits,
    Look,
    NetworkUser,
    PollLimits,
    Remark,
    VideoLimits,
)
from crosspost.model.post import (
    Entry,
    EntryState,
    Framing,
    OnDelete,
    OnEdit,
    Override,
    Overrides,
    Picture,
    Poll,
    Post,
    Site,
    TitleCard,
    Video,
)
from crosspost.model.value import Value

__all__ = [
    "Abilities",
    "Card",
    "Doubt",
    "Draft",
    "Entry",
    "EntryState",
    "Event",
    "EventStatus",
    "Framing",
    "Identity",
    "ImageLimits",
    "Limits",
    "Look",
    "NetworkUser",
    "OnDelete",
    "OnEdit",
    "Override",
    "Overrides",
    "Picture",
    "Place",
    "Poll",
    "PollLimits",
    "Post",
    "Prepared",
    "Price",
    "Receipt",
    "Remark",
    "Site",
    "TitleCard",
    "Value",
    "Video",
    "VideoLimits",
    "as_stored",
]
