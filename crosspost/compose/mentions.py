"""``@names`` in a text: on each network only those tag somebody that are meant for it.

``@verein@social.example`` is somebody on Mastodon; on X the same text would tag a stranger called @verein. What the
account's ``mentions`` table does not know loses its ``@`` where it would tag somebody.

Sources: twitter-text (``extractMentions``), mastodon app/models/account.rb (``MENTION_RE``), telegram td
(``find_mentions``), developers.facebook.com for Instagram and Threads, atproto rich-text detection; checked 2026-11-25.
"""

import re
from collections.abc import Mapping
from typing import Literal

from crosspost.text.lazy_pattern import lazy

#: what tags somebody on a network: any ``@name``; ``@name@server`` in full, which is what the fediverse writes, and
#: ``@name`` on one's own server; ``@name.example``; ``@[123456]``, which is how Facebook's API tags a Page; what any
#: chat service may take for a call; nothing
Tagging = Literal["names", "fediverse", "domains", "pages", "services", "nothing"]

_SIGNS = "@＠"
_PAGE = lazy(r"[@＠]+(?P<page>\[\s*\d[^\[\]\n]{0,200}\])")
#: Discord's roles, Slack's groups and channels, Google Chat's users; Zulip's names. Others begin with an ``@name``
_CALL = lazy(
    r"<(?P<inside>@&\d{1,25}|!(?:here|channel|everyone|subteam\^\w+)(?:\|[^<>\n]{0,100})?|users/\w{1,30})>"
    r"|@(?P<starred>_?\*{1,2}[^*\n]{1,100}\*{1,2})"
)
_DOMAIN = r"[\w-]+(?:\.[\w-]+)+"
_PLACE = lazy(
    r"(?P<kept>(?<![A-Za-z0-9_@＠])(?i:https?)://\S+"  # an address, which may hold @name; glued to a word it is none
    rf"|(?<![\w@＠/.-])(?:[\w-]{{1,63}}\.){{1,8}}[A-Za-z]{{2,24}}/[^\s@＠]*@\S+)"  # the same without its scheme
    rf"|(?<![A-Za-z0-9_@＠])(?P<full>[@＠]+[A-Za-z0-9_][\w.-]{{0,100}}@{_DOMAIN})"
    rf"|(?P<mail>(?<![\w@＠])\w[\w.!#$%&'*+=?^`{{|}}~-]{{0,63}}@{_DOMAIN})"
    r"|(?P<name>(?:(?<![A-Za-z0-9_@＠])[@＠]|[@＠]{2,8})[A-Za-z0-9_]\w{0,100}(?:[.-]\w{1,63}){0,8})"
)


class Mentions:
    """Says the names in a text as one network wants them, and remembers whom it said without an ``@``.

    :param names: ``"@verein"`` → the handle it has on this network, whatever its case where it begins with ``@``
    :param tagging: what tags somebody there
    """

    def __init__(self, names: Mapping[str, str], tagging: Tagging) -> None:
        self._names = {_key(name): to for name, to in names.items()}
        self._known = {to.casefold() for to in names.values()}
        self._tagging = tagging
        self._table = _pattern(self._names)
        self.plain: dict[str, None] = {}

    def said(self, text: str, *, own: bool = False) -> str:
        """The text with the table's handles, and without the ``@`` of everybody who is not meant.

        :param own: the author wrote it for this network by name, and knows whom it tags
        """
        if "@" not in text and "＠" not in text and self._table is None and self._tagging != "services":
            return text
        parts, at = [], 0
        for found in self._table.finditer(text) if self._table is not None else ():
            # a handle of the table is what it is: it is not looked at again
            parts += [self._untagged(text, at, found.start(), own), self._names[_key(found[0])]]
            at = found.end()
        return "".join([*parts, self._untagged(text, at, len(text), own)])

    def warnings(self, text: str) -> tuple[str, ...]:
        """The sentence about those who stand in a text without their ``@``; none when there are none."""
        found = [name for name in self.plain if name.lstrip(_SIGNS) in text]
        if not found:
            return ()
        said = f"{', '.join(found[:-1])} and {found[-1]} are" if len(found) > 1 else f"{found[0]} is"
        return (
            f"{said} said without the “@”: here it would tag a stranger. If you mean somebody on this network, add the "
            "name to `mentions` of this account",
        )

    def _untagged(self, text: str, start: int, end: int, own: bool) -> str:
        if own or self._tagging == "nothing":
            return text[start:end]
        if self._tagging == "pages":
            return self._without_pages(text[start:end])
        out, at = [], start
        for found in _PLACE.finditer(text, start, end):
            name = found["full"] or found["name"]
            if name and not self._means_somebody_here(found):
                self.plain[name] = None
                out += [text[at : found.start()], name.lstrip(_SIGNS)]
                at = found.end()
        said = "".join([*out, text[at:end]])
        return _CALL.sub(self._uncalled, said) if self._tagging == "services" else said

    def _uncalled(self, found: re.Match[str]) -> str:
        name = (found["inside"] or found["starred"]).lstrip("!" + _SIGNS)
        self.plain[f"@{name}"] = None
        return name

    def _without_pages(self, text: str) -> str:
        self.plain |= dict.fromkeys(found[0] for found in _PAGE.finditer(text))
        return _PAGE.sub(r"\g<page>", text)

    def _means_somebody_here(self, found: re.Match[str]) -> bool:
        """Whether a name is this network's own form, or tags nobody on it."""
        if (found["full"] or found["name"]).casefold() in self._known:
            return True
        if self._tagging == "fediverse":
            return found["full"] is not None
        return self._tagging == "domains"  # there a name without a domain tags nobody, and @a@b.example neither


def _key(name: str) -> str:
    return name.casefold() if name.startswith("@") else name


def _pattern(names: Mapping[str, str]) -> re.Pattern[str] | None:
    if not names:
        return None
    longest_first = sorted(names, key=len, reverse=True)
    known = "|".join(f"(?i:{re.escape(one)})" if one.startswith("@") else re.escape(one) for one in longest_first)
    return re.compile(rf"(?<![A-Za-z0-9_/@＠])(?:{known})(?![\w@]|\.\w)")
