"""Whether a page ends in the middle, because the build that writes it is still at work or was stopped."""

import re

from crosspost.text.lazy_pattern import lazy

#: elements whose end HTML demands, unlike that of ``html``, ``body`` or ``p``, which some generators leave out
_CLOSED = "article|main|section|div|header|footer|nav|aside|ul|ol|table|h1|h2|title|script|style"
_TAGS = lazy(rf"<(/?)(?:{_CLOSED})\b[^>]*>".encode(), re.IGNORECASE)


def cut_off(raw: bytes) -> bool:
    """Whether the page is not whole: it does not end in a tag, or leaves elements open and has no ``</html>``.

    Source: https://html.spec.whatwg.org/multipage/syntax.html#optional-tags, checked 2026-11-26.
    """
    end = raw.rstrip()
    if not end.endswith(b">"):
        return True
    if end[-7:].lower() == b"</html>":
        return False
    closing = sum(bool(found[1]) for found in _TAGS.finditer(raw))
    return sum(1 for _ in _TAGS.finditer(raw)) - closing > closing
