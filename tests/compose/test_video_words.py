"""What becomes of a video's words, captions and first picture on a network, and what its author is told."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from crosspost.compose.video_fitting import shown
from crosspost.model import Framing, Picture, Video, VideoLimits

VIDEO = Video(path="/v/a.mp4", alt="Ein Beet", captions="/v/a.vtt", captions_language="de")
LIMITS = VideoLimits(captions=1000, poster=("own", "picture", "time"))
THUMBNAIL = Picture(path="/t.jpg", url="https://e.org/t.jpg", alt="Titel", framing=Framing(shape="crop"))
OWN, NAMED = Picture(path="/t.jpg", url="https://e.org/t.jpg", framing=Framing(shape="crop")), Picture(path="/p.jpg")
UNUSED = "net does not take that as the picture before the video: its `poster` is not used"


def video(**changes: Any) -> Video:
    return msgspec.structs.replace(VIDEO, **changes)


def limits(**changes: Any) -> VideoLimits:
    return msgspec.structs.replace(LIMITS, **changes)


@pytest.mark.parametrize(
    ("limits", "poll", "told"),
    [
        (None, False, "goes out without its video: crosspost sends none there"),
        (LIMITS, True, "goes out without its video: net shows either a video or a poll"),
    ],
)
def test_a_video_that_cannot_go_is_told(limits: VideoLimits | None, poll: bool, told: str) -> None:
    assert shown(VIDEO, limits, "net", thumbnail=None, beside_poll=poll) == (None, (told,))


@pytest.mark.parametrize(
    ("changes", "more", "why"),
    [
        ({}, {}, ""),
        ({"captions": ""}, {"captions": 0}, ""),
        ({}, {"captions": 0}, "crosspost can hand over none there"),
        ({"path": "/v/a.GIF"}, {}, "a GIF has none"),
        ({}, {"captions_as": "SRT"}, ""),
        ({"captions_language": "xx"}, {}, ""),
        (
            {"captions_language": "xx"}, {"captions_as": "SRT"},
            "net wants to know their language, which is “xx”: add `lang` to the video, such as en",
        ),
        (
            {"captions_language": ""}, {"captions_as": "SRT"},
            "net wants to know their language, which is not known: add `lang` to the video, such as en",
        ),
    ],
)  # fmt: skip
def test_captions_that_stay_behind_are_told(changes: dict[str, Any], more: dict[str, Any], why: str) -> None:
    film = video(**changes)
    found, told = shown(film, limits(**more), "net", thumbnail=None, beside_poll=False)
    without = msgspec.structs.replace(film, captions="", captions_language="") if why else film
    assert found == without
    assert told == ((f"goes out without the captions of its video: {why}",) if why else ())


@pytest.mark.parametrize(
    ("alt", "most", "words", "told"),
    [
        ("Ein Beet im Regen", 0, "Ein Beet im Regen", False),
        ("Ein Beet im Regen", 12, "Ein Beet…", False),
        ("Ein Beet im Regen", 1, "", True),
        ("", 12, "", True),
        ("Ein Beet im Regen", -1, "", False),
        ("", -1, "", False),
    ],
)
def test_a_video_that_nobody_described_is_told_where_words_are_shown(
    alt: str, most: int, words: str, told: bool
) -> None:
    found, warnings = shown(video(alt=alt), limits(alt=most), "net", thumbnail=None, beside_poll=False)
    assert found is not None
    assert found.alt == words
    why = "nobody described the video /v/a.mp4: add `alt` to it, for those who cannot see it"
    assert warnings == ((why,) if told else ())


@pytest.mark.parametrize(
    ("takes", "named", "second", "before", "at", "told"),
    [
        ("own picture time", None, -1, OWN, -1, False),
        ("own picture time", NAMED, -1, NAMED, -1, False),
        ("own picture time", None, 0, None, 0, False),
        ("own picture time", None, 2.5, None, 2.5, False),
        ("picture time", None, -1, None, -1, False),
        ("own", NAMED, -1, None, -1, True),
        ("own", None, 0, None, -1, False),
        ("own", None, 0.5, OWN, -1, True),
        ("picture", NAMED, 0.5, NAMED, -1, True),
        ("time", NAMED, 0.5, None, 0.5, True),
        ("", None, -1, None, -1, False),
        ("", NAMED, -1, None, -1, True),
    ],
)
def test_what_is_shown_before_a_video_plays(
    takes: str, named: Picture | None, second: float, before: Picture | None, at: float, told: bool
) -> None:
    film = video(poster=named, poster_at=second)
    kinds: Iterable[Any] = takes.split()
    found, warnings = shown(film, limits(poster=tuple(kinds)), "net", thumbnail=THUMBNAIL, beside_poll=False)
    assert found == video(poster=before, poster_at=at)
    assert warnings == ((UNUSED,) if told else ())


def test_a_thumbnail_that_is_only_on_the_web_is_not_shown_before_it() -> None:
    elsewhere = msgspec.structs.replace(THUMBNAIL, path="")
    found, _ = shown(VIDEO, LIMITS, "net", thumbnail=elsewhere, beside_poll=False)
    assert found == VIDEO
