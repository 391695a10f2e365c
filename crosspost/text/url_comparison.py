"""Compares web addresses by where they lead, whatever their spelling."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from crosspost.text.lazy_pattern import lazy

#: parameters that say where a reader came from, not which page is meant
_TRACKING = lazy(
    r"(?:utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|_hs\w+|ref_src|yclid|srsltid|at_\w+)\Z",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=100_000)
def place(url: str) -> str:
    """What two addresses of one page have in common: not the scheme, ``www.``, a slash or ``index.html`` at the end,
    a fragment, or parameters for tracking. "" for what is not a web address.

    >>> place("http://www.example.org/a/?utm_source=feed#top") == place("https://example.org/a")
    True
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host:
        return ""
    path = re.sub(r"/(?:index\.html?)?\Z", "", unquote(parts.path))
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0])])
    return f"{host}{f':{port}' if port and port not in _PORTS.values() else ''}{path}{f'?{query}' if query else ''}"


def without_tracking(url: str) -> str:
    """The same address without parameters for tracking.

    >>> without_tracking("https://example.org/a?utm_source=rss&page=2#b")
    'https://example.org/a?page=2#b'
    """
    head, hash_sign, fragment = url.partition("#")
    path, mark, query = head.partition("?")
    kept = [one for one in query.split("&") if one and not _TRACKING.match(one.partition("=")[0])]
    return path + (mark + "&".join(kept) if kept else "") + hash_sign + fragment
