"""What readers see of a message's Markdown (Discord's help page on Markdown, and what its apps do)."""

import re

from crosspost.sandbox.core import links

_BEGINNING = re.compile(r"[ \t]*(?:#{1,3}|-#|[-*]|>>>|>)[ \t]+")
# pairs that change how text looks, the longest mark first
_PAIRS = ("```", "***", "**", "__", "~~", "||", "``", "*", "_", "`")
_SPECIAL = re.compile(r"<(?:@[!&]?|#|/[^<>:]{1,64}:)\d+>|<t:-?\d+(?::\w)?>|<a?:\w{2,32}:\d+>|<(https?://[^\s<>]+)>")
_MASKED = re.compile(r"\[((?:\\.|[^\[\]\\])+)\]\(<?https?://[^\s<>()]+>?\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def seen(content: str) -> str:
    """The text without its markup; a mention or emoji that nobody has becomes ``…``."""
    whole = {url.start: url.url for url in links.find(content)}
    return "".join(_inline(content, start, end, whole) for start, end in _lines(content))


def _lines(content: str) -> list[tuple[int, int]]:
    """Each line without the sign that makes it a heading, quote or list."""
    found, at = [], 0
    for line in content.splitlines(keepends=True):
        sign = _BEGINNING.match(line)
        found.append((at + (sign.end() if sign else 0), at + len(line)))
        at += len(line)
    return found


def _inline(content: str, at: int, end: int, whole: dict[int, str]) -> str:
    out = []
    while at < end:
        shown, after = _next(content, at, end, whole)
        out.append(shown)
        at = after
    return "".join(out)


def _next(content: str, at: int, end: int, whole: dict[int, str]) -> tuple[str, int]:
    """What is shown of the piece that begins here, and where the next one begins."""
    if at in whole:  # nothing inside a link is markup
        return whole[at], at + len(whole[at])
    if escaped := _ESCAPED.match(content, at, end):
        return escaped[1], escaped.end()
    if special := _SPECIAL.match(content, at, end):
        return special[1] or "…", special.end()
    if masked := _MASKED.match(content, at, end):
        return seen(masked[1]), masked.end()
    for mark in _PAIRS:
        closing = _closing(content, at, end, mark)
        if closing:
            inner = content[at + len(mark) : closing]
            return inner if mark.startswith("`") else seen(inner), closing + len(mark)
    return content[at], at + 1


def _closing(content: str, at: int, end: int, mark: str) -> int:
    """Where the pair ends that begins here with ``mark``; 0 when there is none."""
    if not content.startswith(mark, at):
        return 0
    start = at + len(mark)
    while (found := content.find(mark, start, end)) >= 0:
        if found > at + len(mark) and (mark.startswith("`") or content[found - 1] != "\\"):
            return found
        start = found + len(mark)
    return 0
