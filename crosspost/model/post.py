"""What the site says: its posts, and what each of them says about crosspost."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from crosspost.model.value import Value


class Framing(Value, frozen=True, kw_only=True):
    """How a picture is brought to a ratio the network takes.

    ``shape`` adds a margin or crops, ``background`` is the colour of margins and behind transparent parts (CSS name or
    ``#rrggbb``), ``focus`` the point to keep when cropping, 0…1 from left and from top.
    """

    shape: Literal["pad", "crop"] = "pad"
    background: str = "#ffffff"
    focus: tuple[float, float] = (0.5, 0.5)


class TitleCard(Value, frozen=True, kw_only=True):
    """A picture to be drawn from a title; ``width`` and ``height`` in pixels, colours as in :class:`Framing`.

    ``root`` and ``root_url`` are the site's folder and its address ("" when there is none): a network that fetches
    pictures from the web finds the drawn one there.
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
    settings: dict[str, Any] = msgspec.field(default_factory=dict)


class Overrides(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The ``crosspost:`` mapping of a post's front matter.

    ``everywhere`` holds what is said for all accounts, ``only`` the account or network names the post is limited to
    (empty: no limit), ``targets`` what is said per network or account name.
    """

    everywhere: Override = Override()
    only: tuple[str, ...] = ()
    targets: dict[str, Override] = msgspec.field(default_factory=dict)

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

    def names_text(self, account: str, network: str) -> bool:
        """Whether the text for one account was written for it, or for its network, by name."""
        said = (self.targets.get(name) for name in (account, network))
        return any(one is not None and one.text is not None for one in said)


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
    ``root`` and ``root_url`` are the site's folder and its address, for pictures that are drawn. ``picture_from`` and
    ``description_from`` say where ``thumbnail`` and ``description`` stand: a key of the front matter (``image.path``),
    or words such as "the text"; "" when there is none, or nobody knows.
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
    overrides: Overrides = Overrides()
    warnings: tuple[str, ...] = ()
