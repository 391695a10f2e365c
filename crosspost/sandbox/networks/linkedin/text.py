"""How the stand-in of LinkedIn reads little text: what a reader would see, cut at the first unescaped reserved
character.

Written from learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format and from reports of
posts that were cut at a bare parenthesis.
"""

import re

_TOKEN = re.compile(
    r"\\(?P<escaped>[|{}@\[\]()<>#\\*_~])"
    r"|\{hashtag\|\\?(?P<sign>[#＃])\|(?P<tag>(?:\\.|[^|{}\\])+)\}"
    r"|@\[(?P<name>(?:\\.|[^\]\\])+)\]\(urn:li:(?:person|organization):[\w-]+\)"
    r"|(?P<link>https?://[^\s|{}\[\]()<>*~\\]+)"
    r"|(?P<hashtag>#(?=[\w]*[^\W\d_]))"
    r"|(?P<plain>[^|{}@\[\]()<>#\\*_~])",
    re.DOTALL,
)


def read(little: str) -> str:
    """The text a reader sees. Everything from the first bare reserved character on is lost, without an error."""
    seen, at = [], 0
    while match := _TOKEN.match(little, at):
        seen.append(_seen(match))
        at = match.end()
    return "".join(seen)


def _seen(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "tag":
        return match["sign"] + read(match["tag"])
    return read(match["name"]) if kind == "name" else match[kind or 0]
