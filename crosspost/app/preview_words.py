"""Lengths, pictures, prices and differences in the words of a preview, on a terminal and on a page."""

from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.preview_model import AccountPreview
from crosspost.media import Fitted
from crosspost.model import Draft, Look, Picture, Poll, Price, Video

if TYPE_CHECKING:
    from crosspost.media.video_file import VideoFile


def size(number: int) -> str:
    """Bytes as a person reads them."""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1000))} kB"


def cost(price: Price) -> str:
    """What a post costs, and what it would cost without its link."""
    sign = "$" if price.currency == "USD" else f"{price.currency} "
    rest = f" (without a link {sign}{price.without_link:.3f})" if price.without_link != price.amount else ""
    return f"{sign}{price.amount:.3f}{rest}, as of {price.checked.isoformat()}"


def picture(picture: Picture, fitted: Fitted) -> str:
    """A picture's name, and its size before and after."""
    after = f"{fitted.width}×{fitted.height} {fitted.format}"
    after += f", {size(len(fitted.data))}" if fitted.data else ""  # a title card that was not drawn
    if picture.drawn is not None:
        return f"title card, {after}{''.join(f' ({note})' for note in fitted.left_out)}"
    name = Path(picture.path).name
    before = f"{fitted.source_width}×{fitted.source_height}, {size(fitted.source_bytes)}"
    return f"{name}, {before} → {after}" if fitted.changed else f"{name}, {after}, as it is"


def before_video(video: Video) -> str:
    """What is shown before a video plays; "" where the network decides."""
    if video.poster is not None:
        return Path(video.poster.path).name
    return f"{video.poster_at:g} s" if video.poster_at > 0 else ""


def video(video: Video, film: "VideoFile") -> str:
    """A video's name, and what it contains."""
    kind = " ".join(dict.fromkeys(filter(None, (film.container, film.codec, film.audio))))
    return f"{Path(video.path).name}, {kind}, {film.width}×{film.height}, {film.seconds:.1f} s, {size(film.bytes)}"


def poll(poll: Poll) -> str:
    """What a poll asks where it asks it itself, its answers and its rules."""
    from crosspost.compose.poll_fitting import lasting  # few posts have one

    rules = [lasting(poll.seconds)] if poll.seconds else []
    rules += ["several may be chosen"] if poll.multiple else []
    said = ", ".join(rules)
    asked = f"{poll.question} " if poll.question else ""
    return f"{asked}{' / '.join(poll.options)}{f' ({said})' if said else ''}"


def count(draft: Draft) -> str:
    """Length and limit in the network's unit."""
    return f"{draft.length:,} of {draft.limit:,} ({draft.unit})" if draft.limit else f"{draft.length:,} ({draft.unit})"


def link_apart(draft: Draft, look: Look) -> bool:
    """Whether the link is not in the text, but on the title or in a box below."""
    return look.linked_title and bool(draft.link) and draft.link not in draft.text


def difference(shown: AccountPreview) -> list[str]:
    """What was sent against what would be sent now, a line each, as ``diff -u`` shows it."""
    if shown.sent is None or shown.draft is None:
        return []
    before, after = _whole(shown.sent), _whole(shown.draft)
    import difflib

    lines = list(difflib.unified_diff(before, after, "sent", "now", lineterm="", n=99))[3:]
    return [*lines, *(f"{name} differs" for name in shown.changed if name != "text")]


def _whole(draft: Draft) -> list[str]:
    """The lines of a text and of the replies that follow it."""
    return "\n\n".join(part.text for part in (draft, *draft.parts)).splitlines()
