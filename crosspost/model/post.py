"""The site's posts, and each post's own crosspost settings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from crosspost.model.event import Event
from crosspost.model.value import Value


class Site(Value, frozen=True, kw_only=True):
    """The site the posts are on: its address with its base path ("" when it has none), and its name."""

    url: str = ""
    title: str = ""


class Framing(Value, frozen=True, kw_only=True):
    """How a picture is brought to an aspect ratio the network accepts.

    ``shape`` adds a margin or crops, ``background`` is the colour of margins and behind transparent parts (CSS name or
    ``#rrggbb``), ``focus`` the point to keep when cropping: 0…1 from the left and from the top.
    """

    shape: Literal["pad", "crop"] = "pad"
    background: str = "#ffffff"
    focus: tuple[float, float] = (0.5, 0.5)


class TitleCard(Value, frozen=True, kw_only=True):
    """A picture to be drawn from a title; ``width`` and ``height`` in pixels, colours as in :class:`Framing`.

    ``root`` and ``root_url`` are the site's folder and its address ("" when there is none): networks that fetch
    pictures from the web find the drawn picture there.
    """

    title: str
    site: str = ""
    width: int
    height: int
    background: str
    text: str
    accent: str
    root: str = ""
    root_url: str = ""


class Picture(Value, frozen=True, kw_only=True):
    """A picture named by a post, or drawn for it.

    ``path`` is the absolute path of the file inside the site ("" when it is only on the web), ``url`` its public
    address ("" when unknown), ``alt`` its alternative text ("" when there is none).
    ``drawn`` is set when there is no file: the picture is a title card. ``framing`` is how it is made to fit.
    ``digest`` is the checksum of the file's bytes ("" when it was not computed): a changed file is another picture.
    """

    path: str = ""
    url: str = ""
    alt: str = ""
    drawn: TitleCard | None = None
    framing: Framing = Framing()
    digest: str = ""


class Video(Value, frozen=True, kw_only=True):
    """A video of a post: a file of the site.

    ``path`` is its absolute path, ``url`` its public address ("": unknown), ``alt`` what it shows in words.
    ``captions`` is the path of its captions (WebVTT; "": none), ``captions_language`` their language, ``digest`` the
    checksum of the file ("": not computed). ``poster`` is the picture shown before it plays (None: nobody named one),
    ``poster_at`` the second of the video to be shown instead (-1: nobody named one).
    ``convert``: it must be converted before it is sent.
    """

    path: str
    url: str = ""
    alt: str = ""
    captions: str = ""
    captions_language: str = ""
    digest: str = ""
    poster: Picture | None = None
    poster_at: float = -1
    convert: bool = False


class Poll(Value, frozen=True, kw_only=True):
    """A poll: its answers in their order.

    ``seconds`` is how long it lasts (0: nobody said, or the network decides), ``multiple`` whether one may choose
    several answers. ``question`` is what it asks; "" where nobody said, or where the post's text asks it.
    """

    options: tuple[str, ...]
    seconds: int = 0
    multiple: bool = False
    question: str = ""


#: what to do about a published post when its file changed, and when its file is gone
OnEdit = Literal["update", "ask", "ignore"]
OnDelete = Literal["unpublish", "ask", "ignore"]


class Override(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A post's settings for one target: everywhere, a network or one account. ``None`` means "not set".

    ``alt`` are alternative texts: the name of a picture's file → its text; "" is the post's main picture.
    ``poll`` False: none here, although the post has one elsewhere.
    """

    skip: bool | None = None
    at: datetime | None = None
    text: str | None = None
    alt: dict[str, str] = msgspec.field(default_factory=dict)
    poll: Poll | bool | None = None
    on_edit: OnEdit | None = None
    on_delete: OnDelete | None = None
    settings: dict[str, Any] = msgspec.field(default_factory=dict)

    def over(self, other: "Override | None") -> "Override":
        """These settings, and those of ``other`` where these say nothing."""
        if other is None:
            return self
        kept = {name: getattr(other, name) for name in self.__struct_fields__ if getattr(self, name) is None}
        both = {"alt": other.alt | self.alt, "settings": other.settings | self.settings}
        return msgspec.structs.replace(self, **kept, **both)


class Overrides(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The ``crosspost:`` mapping of a post's front matter.

    ``everywhere`` holds the settings for all accounts, ``only`` the account or network names the post is limited to
    (empty: no limit), ``targets`` the settings per network or account name.
    """

    everywhere: Override = Override()
    only: tuple[str, ...] = ()
    targets: dict[str, Override] = msgspec.field(default_factory=dict)

    def for_account(self, account: str, network: str) -> Override:
        """Merge the settings for one account; the more specific wins: everywhere < network < account."""
        found = self.everywhere
        for layer in (self.targets.get(network), self.targets.get(account)):
            found = layer.over(found) if layer is not None else found
        if self.only and found.skip is None:
            found = msgspec.structs.replace(found, skip=account not in self.only and network not in self.only)
        return found

    def with_edits(self, edits: Mapping[str, Override]) -> "Overrides":
        """With what people changed beside the file: account → what goes before everything the file says."""
        if not edits:
            return self
        changed = {account: said.over(self.targets.get(account)) for account, said in edits.items()}
        return msgspec.structs.replace(self, targets=self.targets | changed)

    def names_text(self, account: str, network: str) -> bool:
        """Whether the post has a text for this account, or its network, by name."""
        named = (self.targets.get(name) for name in (account, network))
        return any(override is not None and override.text is not None for override in named)


EntryState = Literal["ready", "skipped", "refused"]


class Entry(Value, frozen=True, kw_only=True, omit_defaults=True, gc=False):  # a listing makes thousands
    """One file of a source as listings show it: cheap, because the text is not read.

    ``state`` is ``ready`` (may be published), ``skipped`` (the site itself does not publish it: a draft, a future date,
    no date in the name …) or ``refused`` (it cannot be understood; ``reason`` says file, line and why).
    ``fingerprint`` changes with every byte of the file ("" when the source cannot tell). ``left_out`` are the accounts
    that do not take such a post, as the config says.
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
    left_out: tuple[str, ...] = ()

    def for_account(self, account: str, network: str) -> Override:
        """What counts on one account: what the post says, else whether the account takes such a post."""
        found = self.overrides.for_account(account, network)
        if found.skip is None and account in self.left_out:
            return msgspec.structs.replace(found, skip=True)
        return found


class Post(Value, frozen=True, kw_only=True):
    """One post of the site.

    ``id`` stays the same when title, date or text change. ``description`` and ``excerpt`` are plain text, ``body`` is
    Markdown with the site generator's template tags and attribute lists already removed. ``date`` has a time zone.
    ``root`` and ``root_url`` are the site's folder and its address, for pictures that are drawn. ``picture_from`` and
    ``description_from`` are where ``thumbnail`` and ``description`` came from: a front matter key (``image.path``),
    or words such as "the text"; "" when there is none, or it is unknown. ``lost_pictures`` are those
    of the ``warnings`` that are about a picture it names and does not have. ``answers`` are the addresses that it says
    it is an answer to. ``gallery`` are the pictures of a list in its front matter, in that order (``images`` are those
    of its text), ``gallery_lines`` the line in the file of each that has no alternative text (0 for the others).
    ``event`` is what it announces; None where nothing asks for events. ``video`` is a file that its front matter or its
    text names.
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
    root: str = ""
    root_url: str = ""
    tags: tuple[str, ...] = ()
    thumbnail: Picture | None = None
    picture_from: str = ""
    description_from: str = ""
    images: tuple[Picture, ...] = ()
    gallery: tuple[Picture, ...] = ()
    gallery_lines: tuple[int, ...] = ()
    video: Video | None = None
    overrides: Overrides = Overrides()
    warnings: tuple[str, ...] = ()
    lost_pictures: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    event: Event | None = None
