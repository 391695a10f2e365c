"""Where a picture of a page is, when a lazy loader writes its address elsewhere than into ``src``.

Sources: https://html.spec.whatwg.org/multipage/images.html#srcset-attributes; lazysizes and WordPress's lazy loaders
use ``data-src``, ``data-lazy-src`` and ``data-original``; checked 2026-11-28.
"""

from collections.abc import Mapping

_LAZY = ("data-src", "data-lazy-src", "data-original")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")


def shown_address(attributes: Mapping[str, str | None]) -> str:
    """The address of an ``<img>``; "" for one that has none.

    >>> shown_address({"src": "data:image/gif;base64,R0lGOD", "srcset": "a.jpg 300w, b.jpg 900w"})
    'b.jpg'
    """
    src = (attributes.get("src") or "").strip()
    if not _nothing(src):
        return src
    named = ((attributes.get(name) or "").strip() for name in _LAZY)
    widest = (_widest(attributes.get(name) or "") for name in _SETS)
    return next((found for found in (*named, *widest) if not _nothing(found)), src)


def _nothing(address: str) -> bool:
    return not address or address[:5].lower() == "data:"


def _widest(srcset: str) -> str:
    """The address with the greatest width or density."""
    found = [one.split() for one in srcset[:10_000].split(", ") if one.strip()]
    return max(found, key=lambda one: _size(one[-1]))[0].rstrip(",") if found else ""


def _size(descriptor: str) -> float:
    number = descriptor.rstrip(",")[:-1]
    return float(number) if number.replace(".", "", 1).isdecimal() and number.isascii() else 1.0
