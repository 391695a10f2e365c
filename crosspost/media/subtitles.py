"""Turns captions from WebVTT (w3.org/TR/webvtt1) into SubRip (SRT), which some networks want.

Own code, because the packages that do it (webvtt-py, pysubs2) drop the names of voices or bring ten other formats.
"""

import html
import re
from collections.abc import Iterator

from crosspost.errors import MediaError

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMES = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"<(?!/?[biu]>)[^>]*>")
_ASIDE = ("NOTE", "STYLE", "REGION")


def as_srt(data: bytes) -> bytes:
    """Captions as SubRip; who speaks stands before the words, and positions and colours are left out.

    :param data: a WebVTT file
    :raises MediaError: naming the line, when a cue has no times, or when there is none
    """
    try:
        lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except UnicodeDecodeError:
        raise MediaError("the captions are not in UTF-8") from None
    cues = [f"{number}\n{cue}\n" for number, cue in enumerate(_cues(lines), start=1)]
    if not cues:
        raise MediaError("the captions contain no words")
    return "\n".join(cues).encode()


def _cues(lines: list[str]) -> Iterator[str]:
    """The times and words of each cue."""
    for start, block in list(_blocks(lines))[1:]:  # the first is the file's head
        if block[0].startswith(_ASIDE) and "-->" not in block[0]:
            continue
        at = 1 if len(block) > 1 and "-->" in block[1] else 0  # a cue may have a name
        times = _TIMES.fullmatch(block[at]) if at < len(block) else None
        if times is None:
            raise MediaError(f"line {start + at}: a cue begins with two times, such as 00:01.000 --> 00:02.500")
        begin, end = _written(*times.groups()[:4]), _written(*times.groups()[4:])
        if begin >= end:
            raise MediaError(f"line {start + at}: the cue ends before it begins")
        words = [text for line in block[at + 1 :] if (text := _plain(line))]
        if words:
            yield "\n".join([f"{begin} --> {end}", *words])


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """What stands between empty lines, with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _written(hours: str | None, minutes: str, seconds: str, milliseconds: str) -> str:
    return f"{hours or '00':0>2}:{minutes}:{seconds},{milliseconds}"


def _plain(line: str) -> str:
    line = html.unescape(_TAG.sub("", _VOICE.sub(lambda found: f"{found[1].strip()}: ", line)))
    return line.replace("-->", "→").strip()
