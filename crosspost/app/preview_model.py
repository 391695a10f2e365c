"""What a preview knows: each draft as it would be sent, its fitted pictures, its price, and what was sent before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from crosspost.app.ledger_access import ledger_to_look_at
from crosspost.errors import CrosspostError, LedgerError, MediaError
from crosspost.media import Fitted
from crosspost.model import Draft, Entry, Picture, Post, Price, Value, as_stored

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.media.video_file import VideoFile
    from crosspost.networks.base import Network

#: what makes a draft another one for the person who reads the post
_SAID = ("text", "link", "card", "images", "language", "options", "parts", "poll", "video")


class AccountPreview(Value, frozen=True, kw_only=True):
    """One account: the very Draft that would be sent, or the sentence why there is none.

    ``pictures`` are its pictures with their bytes, ``film`` what its video contains (a ``VideoFile``), ``card_picture``
    the picture of its link card. ``skipped``: the post does not go there, with ``left_out`` because the account takes
    other posts only. ``remarks`` warn of what only shows beside the other accounts. ``sent`` is what the ledger says
    was sent (or may be out), ``state`` its state.
    """

    network: "Network"
    draft: Draft | None = None
    error: str = ""
    pictures: tuple[tuple[Picture, Fitted], ...] = ()
    film: "VideoFile | None" = None
    card_picture: Fitted | None = None
    price: Price | None = None
    skipped: bool = False
    left_out: bool = False
    remarks: tuple[str, ...] = ()
    sent: Draft | None = None
    sent_url: str = ""
    state: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """The draft's warnings and the remarks."""
        return (*(self.draft.warnings if self.draft is not None else ()), *self.remarks)

    @property
    def describes_videos(self) -> bool:
        """Whether the network takes words for videos."""
        limits = self.network.allowed.videos
        return limits is not None and limits.alt >= 0

    @property
    def same(self) -> bool:
        """Whether what was sent says the same as what would be sent."""
        return self.sent is not None and self.draft is not None and not self.changed

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the fields in which the draft differs from what was sent."""
        if self.sent is None or self.draft is None:
            return ()
        sent, draft = (as_stored(self.network.frozen(one)) for one in (self.sent, self.draft))
        return tuple(name for name in _SAID if getattr(sent, name) != getattr(draft, name))


def networks(app: "App", accounts: Sequence[str], ledger: "Ledger | None") -> list["Network"]:
    """Adapters that know what their servers allow, as far as the ledger has it from an earlier run."""
    found = [app.network(name) for name in accounts]
    for network in found if ledger is not None else ():
        network.identity = ledger.account(network.account).identity if ledger is not None else None
    return found


def ledger_to_read(app: "App") -> "Ledger | None":
    """The ledger, opened without changing a byte; None when there is none yet or it cannot be read."""
    try:
        return ledger_to_look_at(app)
    except LedgerError:  # a preview needs no ledger; the standard limits do
        return None


def look(
    network: "Network", post: Post, entry: Entry, before: "Delivery | None" = None, *, drawn: bool = True
) -> AccountPreview:
    """Everything about one post on one account. Asks no network and changes nothing.

    :param before: the ledger's delivery of this post to this account
    :param drawn: False: title cards are not drawn, and have no bytes
    """
    skip = entry.for_account(network.account, network.key).skip
    itself = entry.overrides.for_account(network.account, network.key).skip
    common: dict[str, Any] = {"network": network, "skipped": bool(skip), "left_out": bool(skip) and not itself}
    if before is not None:
        common |= {"sent": before.draft, "sent_url": before.url, "state": before.state}
    try:
        draft: Draft = network.draft(post)
        fit = network.fitted if drawn else network.sketched
        files = tuple(one for one in draft.images if one.path or one.drawn)
        pictures = tuple((picture, fit(picture)) for picture in files)
        unseen = [f"{one.url} is shown from there, so it is not shown here" for one in draft.images if one not in files]
        draft = msgspec.structs.replace(draft, warnings=(*draft.warnings, *unseen))
        film = network.filmed(draft.video) if draft.video is not None else None
    except CrosspostError as error:
        return AccountPreview(error=str(error), **common)
    return AccountPreview(
        draft=draft,
        pictures=pictures,
        film=film,
        card_picture=next(filter(None, (_card_picture(network, part) for part in (draft, *draft.parts))), None),
        price=network.price(draft),
        **common,
    )


def with_repetitions(found: Sequence[AccountPreview]) -> list[AccountPreview]:
    """Say where an account would be refused for saying what one before it says (see ``same_text_once``)."""
    from crosspost.compose.formats.duplicates import repetition, same_words

    heard: list[tuple[Network, str]] = []
    said: list[AccountPreview] = []
    for shown in found:
        network, draft = shown.network, shown.draft
        if draft is not None and network.able.same_text_once and not shown.skipped:
            same = [one for one, text in heard if one.key == network.key and same_words(text, draft.text)]
            if same:
                remark = repetition(network.name, network.account, same[0].account)
                shown = msgspec.structs.replace(shown, remarks=(remark,))  # noqa: PLW2901  # the same, with its remark
            else:
                heard.append((network, draft.text))
        said.append(shown)
    return said


def _card_picture(network: "Network", draft: Draft) -> Fitted | None:
    if draft.card is None or draft.card.image is None:
        return None
    try:
        return network.card_picture(draft.card.image)
    except MediaError:
        return None


def row(shown: AccountPreview, *, diff: bool = False) -> dict[str, Any]:
    """One account as ``--json`` shows it."""
    network, draft, price = shown.network, shown.draft, shown.price
    known: dict[str, Any] = {
        "account": network.account, "network": network.key, "text": "", "length": None,
        "limit": network.allowed.text or None,
        "unit": network.allowed.unit, "link": "", "answers": "", "card": None, "poll": None, "video": None,
        "images": [], "language": "", "lost": [], "warnings": [],
        "parts": [], "price": None, "skipped": shown.skipped, "error": shown.error,
    }  # fmt: skip
    if draft is not None:
        known |= _measured(draft)
        known |= {"lost": list(draft.lost), "warnings": list(shown.warnings), "card": _card_row(draft)}
        known["poll"] = msgspec.to_builtins(draft.poll)
        known["video"] = _video_row(draft, shown.film)
        known["parts"] = [_measured(part) for part in draft.parts]
        known["images"] = [_picture_row(picture, fitted) for picture, fitted in shown.pictures]
    if price is not None:
        names = ("amount", "without_link", "currency", "source")
        known["price"] = {name: getattr(price, name) for name in names} | {"checked": price.checked.isoformat()}
    if diff:
        sent = {"text": shown.sent.text, "url": shown.sent_url, "state": shown.state} if shown.sent else None
        known |= {"sent": sent, "changed": list(shown.changed)}
    return known


def _measured(draft: Draft) -> dict[str, Any]:
    """What a draft says and how long that is; a limit that does not exist is null."""
    said = {name: getattr(draft, name) for name in ("text", "length", "limit", "unit", "link", "language", "answers")}
    return said | {"limit": draft.limit or None}


def _card_row(draft: Draft) -> dict[str, Any] | None:
    if (card := draft.card) is None:
        return None
    image = None if card.image is None else card.image.path or card.image.url
    return {"url": card.url, "title": card.title, "description": card.description, "image": image}


def _video_row(draft: Draft, film: "VideoFile | None") -> dict[str, Any] | None:
    if draft.video is None or film is None:
        return None
    known = {name: getattr(draft.video, name) for name in ("path", "alt", "captions", "convert")}
    known["poster"] = draft.video.poster.path if draft.video.poster is not None else ""
    about = ("container", "codec", "audio", "seconds", "width", "height", "bytes")
    return known | {name: getattr(film, name) for name in about}


def _picture_row(picture: Picture, fitted: Fitted) -> dict[str, Any]:
    drawn = picture.drawn is not None  # such a picture has no file it was made from
    known = {"path": picture.path, "alt": picture.alt, "title_card": drawn, "bytes": len(fitted.data)}
    known |= {name: getattr(fitted, name) for name in ("width", "height", "format")}
    source = ("source_bytes", "source_width", "source_height")
    known |= {name: None if drawn else getattr(fitted, name) for name in source}
    return known | {"changed": list(fitted.changed)}
