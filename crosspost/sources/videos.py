"""Finds the video of a post: a file of the site that its front matter names, or its text shows.

A page of a video service (YouTube, Vimeo …) is a link like any other; only files can be sent.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from crosspost.markup.inline import html_tree
from crosspost.model import Picture, Video
from crosspost.sources.body_pictures import ShownPicture
from crosspost.sources.front_matter_pictures import Render
from crosspost.sources.keys import written_as
from crosspost.sources.post_record import Record
from crosspost.sources.site_files import OutsideError, SiteFiles
from crosspost.text.lazy_pattern import lazy
from crosspost.text.near_names import near_name

#: the front matter's keys for it
VIDEO_KEYS = ("video", "video_file", "videos")
_ADDRESS, _ALT, _CAPTIONS = ("path", "src", "url", "file"), ("alt", "title", "description"), ("captions", "subtitles")
_LANGUAGE, _POSTER = ("captions_language", "lang", "language"), "poster"
_EXTENSION = lazy(r"\.(?:mp4|m4v|mov|webm|gif)(?:[?#]\S*)?\Z", re.IGNORECASE)
_ELEMENT = lazy(r"<video\b.{0,5000}?(?:</video>|/>|\Z)", re.IGNORECASE | re.DOTALL)


class Written(NamedTuple):
    """A video as a post names it: addresses as written, words, and the key for messages ("" in the text).

    ``poster`` is an address, a number of seconds, or False for none. ``slip`` is what is wrong with a key below it that
    is probably misspelt; a theme may have keys of its own there.
    """

    address: str
    alt: str = ""
    captions: str = ""
    language: str = ""
    key: str = ""
    poster: Any = None
    slip: str = ""


class Filmed(NamedTuple):
    """The video of a post, and what is wrong with it, with file and line where they are known."""

    video: Video | None = None
    problems: tuple[str, ...] = ()


def video_of(
    record: Record, body: str, images: list[ShownPicture], files: SiteFiles, render: Render, line: Callable[[Any], str]
) -> Filmed:
    """The post's video; none where it names none, or only one that is not a file of the site.

    :param body: the text
    :param images: the pictures of the text, among which a video may stand: ``![words](film.mp4)``
    :param render: renders the Liquid of a front matter value
    :param line: turns a front matter value into one plain line
    """
    written = _of_front(record.front.data, line) or _of_text(body, images)
    if written is None:
        return Filmed()

    def told(problem: str) -> str:
        return str(record.refuse(f"{written.key}: {problem}", written.key)) if written.key else problem

    path, url, problem = _file(written.address, files, render)
    slips = (told(written.slip),) if written.slip else ()
    if not path:
        return Filmed(None, (*slips, told(problem)) if problem else slips)
    captions, _, problem = _file(written.captions, files, render) if written.captions else ("", "", "")
    language = written.language or record.site.lang
    spoken = language if captions else ""
    video = Video(path=path, url=url, alt=written.alt, captions=captions, captions_language=spoken)
    video, wrong = _with_poster(video, written.poster, files, render)
    return Filmed(video, (*slips, *(told(one) for one in (problem, wrong) if one)))


def _of_front(data: dict[Any, Any], line: Callable[[Any], str]) -> Written | None:
    for name in VIDEO_KEYS:
        if (key := written_as(data, name)) is None:
            continue
        value = data[key][0] if isinstance(data[key], list) and data[key] else data[key]
        if isinstance(value, str):
            value = {"path": value}
        if not isinstance(value, dict):
            continue

        def first(names: tuple[str, ...], of: dict[Any, Any] = value) -> Any:
            keys = (written_as(of, one) for one in names)
            return next((of[one] for one in keys if one is not None and of[one]), "")

        address, captions = first(_ADDRESS), first(_CAPTIONS)
        if isinstance(address, str) and _EXTENSION.search(address):
            language, spoken = str(first(_LANGUAGE)), captions if isinstance(captions, str) else ""
            poster = value.get(written_as(value, _POSTER))
            return Written(address, line(first(_ALT)), spoken, language, key, poster, _slip(value))
    return None


def _slip(value: dict[Any, Any]) -> str:
    known = (*_ADDRESS, *_ALT, *_CAPTIONS, *_LANGUAGE, _POSTER)
    for name in map(str, value):
        if near := near_name(name, known):
            return f"does not know “{name}”; did you mean `{near}`?"
    return ""


def _of_text(body: str, images: list[ShownPicture]) -> Written | None:
    if "<video" in body.lower():
        for found in _ELEMENT.findall(body):
            for node in html_tree(found).css("video"):
                sources = [node.attributes.get("src"), *(one.attributes.get("src") for one in node.css("source"))]
                address = next((one for one in sources if one and _EXTENSION.search(one)), None)
                if address is None:
                    continue
                track = next((one for one in node.css("track") if one.attributes.get("src")), None)
                words = node.attributes.get("aria-label") or node.attributes.get("title") or ""
                poster = node.attributes.get("poster")
                if track is None:
                    return Written(address, words, poster=poster)
                language = track.attributes.get("srclang") or ""
                return Written(address, words, track.attributes.get("src") or "", language, poster=poster)
    for written, picture, _ in images:
        if _EXTENSION.search(written) and not written.lower().partition("?")[0].endswith(".gif"):
            return Written(written, picture.alt)
    return None


def _with_poster(video: Video, poster: Any, files: SiteFiles, render: Render) -> tuple[Video, str]:
    """The video with what is shown before it plays, and what is wrong with that."""
    if poster is None or poster is True or poster == "":
        return video, ""
    if isinstance(poster, int | float) and poster >= 0:  # False: from its beginning
        return msgspec.structs.replace(video, poster_at=float(poster)), ""
    if not isinstance(poster, str):
        return video, "`poster` is the path of a picture, a number of seconds, or false"
    path, url, problem = _file(poster, files, render)
    if not path:
        return video, problem or f"{poster} is not a file of the site, so it is not shown before the video"
    return msgspec.structs.replace(video, poster=Picture(path=path, url=url)), problem


def _file(written: str, files: SiteFiles, render: Render) -> tuple[str, str, str]:
    """The file's path, its address, and what is wrong; the path is "" where it is elsewhere on the web."""
    written = render(written).strip()
    try:
        found = files.locate(written, guess=True)
    except OutsideError:
        return "", "", f"{written} lies outside the site and is not used"
    if found.path or found.elsewhere:
        return found.path, found.url, ""
    return "", "", files.missing(written, guess=True)
