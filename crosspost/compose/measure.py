"""How long a text is, in the unit a network counts in. A new unit is one more function in :data:`UNITS`."""

import re
import unicodedata
from collections.abc import Callable

from crosspost.compose import emoji_sequences, graphemes, twitter_text
from crosspost.model import Limits
from crosspost.text.lazy_pattern import lazy

_MASTODON_URL = 23  # what a server that does not say takes for a link
_REMOTE_MENTION = lazy(r"(?<![\w/@])@([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)@[^\W_](?:[\w.-]*\w)?", re.IGNORECASE)
_EMOJI = lazy(f"[{emoji_sequences.TEXT_DEFAULT}\u20e3\u23e9-\u23f3\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")


def x_weight(text: str, limits: Limits) -> int:
    """X: weighted characters, a link always costs 23 (twitter-text, configuration v3)."""
    weight = twitter_text.weight(text)
    if limits.url_length in {0, twitter_text.URL_WEIGHT}:
        return weight
    return weight + (limits.url_length - twitter_text.URL_WEIGHT) * len(twitter_text.find_urls(text))


def mastodon(text: str, limits: Limits) -> int:
    """Mastodon: graphemes; an http(s) link costs ``limits.url_length`` (else 23), ``@user@domain`` as ``@user``.

    Source: https://github.com/mastodon/mastodon, app/validators/status_length_validator.rb
    """
    pieces, at, links = [], 0, 0
    for url in twitter_text.find_urls(text, bare=False, rules="mastodon"):
        pieces.append(text[at : url.start])
        at = url.end
        links += 1
    rest = "\n".join([*pieces, text[at:]]) if links else text
    if "@" in rest:
        rest = _REMOTE_MENTION.sub(r"@\1", rest)
    return graphemes.count(rest) + links * ((limits.url_length or _MASTODON_URL) - 1)


def grapheme_count(text: str, _limits: Limits) -> int:
    """Extended grapheme clusters (Bluesky)."""
    return graphemes.count(text)


def utf8_bytes(text: str, _limits: Limits) -> int:
    """Bytes of the UTF-8 form (Bluesky's second limit, Signal)."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def utf16_units(text: str, _limits: Limits) -> int:
    """UTF-16 code units (LinkedIn counts them before escaping, Instagram, Telegram)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def code_points(text: str, _limits: Limits) -> int:
    """Unicode code points (GoToSocial, Facebook)."""
    return len(text)


def discord(text: str, _limits: Limits) -> int:
    """Discord: code points, with the backslashes that keep its Markdown from changing the text."""
    from crosspost.compose import discord_markdown  # only who posts there pays for it

    return len(discord_markdown.escape(text))


def slack(text: str, _limits: Limits) -> int:
    """Slack: code points, with the references for ``&``, ``<`` and ``>``."""
    from crosspost.compose import slack_text  # the same

    return len(slack_text.escape(text))


def threads(text: str, _limits: Limits) -> int:
    """Threads: code points, but an emoji counts the bytes of its UTF-8 form."""
    if not _EMOJI.search(text):
        return len(text)
    return sum(len(g.encode()) if _EMOJI.search(g) else len(g) for g in graphemes.graphemes(text))


UNITS: dict[str, Callable[[str, Limits], int]] = {
    "x": x_weight,
    "mastodon": mastodon,
    "graphemes": grapheme_count,
    "utf-8": utf8_bytes,
    "utf-16": utf16_units,
    "code-points": code_points,
    "threads": threads,
    "discord": discord,
    "slack": slack,
}


def links(text: str, unit: str) -> list[twitter_text.Url]:
    """The links a network finds that counts in ``unit``: X also without a scheme, Mastodon by rules of its own."""
    return twitter_text.find_urls(text, bare=unit == "x", rules="mastodon" if unit == "mastodon" else "x")


def normalise(text: str) -> str:
    """The form every text is sent and measured in: Unicode NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def length(text: str, limits: Limits) -> int:
    """Length of ``text`` in ``limits.unit``.

    >>> from datetime import date
    >>> text = "👩\\u200d🌾 https://example.org/a-long-address"
    >>> for unit in ("x", "mastodon", "graphemes", "threads", "code-points", "utf-16"):
    ...     print(unit, length(text, Limits(text=0, unit=unit, source="", checked=date.min)))
    x 26
    mastodon 25
    graphemes 36
    threads 46
    code-points 38
    utf-16 40

    :raises KeyError: when the unit is none of :data:`UNITS`
    """
    return UNITS[limits.unit](text, limits)


def fits(text: str, limits: Limits) -> bool:
    """Whether ``text`` keeps ``limits.text`` and every further limit of ``limits.also``; a limit of 0 means none.

    :raises KeyError: when a unit is none of :data:`UNITS`
    """
    pairs = ((limits.unit, limits.text), *limits.also)
    return all(not most or UNITS[unit](text, limits) <= most for unit, most in pairs)
