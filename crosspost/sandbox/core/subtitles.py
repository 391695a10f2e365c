"""Reads subtitles strictly, written apart from crosspost's own: SubRip (SRT), and WebVTT's first line."""

import re

_TIME = r"\d{2}:[0-5]\d:[0-5]\d,\d{3}"
_TIMES = re.compile(rf"({_TIME}) --> ({_TIME})")


def is_srt(data: bytes) -> bool:
    """Whether it is SubRip: UTF-8, blocks with an empty line between, each a number, two times and its lines."""
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return False
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", text.strip("\n")) if block]
    for number, block in enumerate(blocks, start=1):
        times = _TIMES.fullmatch(block[1]) if len(block) > 2 else None
        if block[0] != str(number) or times is None or times[1] >= times[2]:
            return False
        if any("-->" in line or re.search(r"<(?!/?[biu]>)[^>]*>", line) for line in block[2:]):
            return False
    return bool(blocks)
