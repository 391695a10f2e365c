"""Where a part of a text stands, in UTF-16 code units: what messengers want for bold and other styles.

Sources: core.telegram.org/bots/api#messageentity, signal-cli(1) ``--text-style``, both checked 2026-11-22.
"""

from typing import NamedTuple

from crosspost.model import Draft


class Span(NamedTuple):
    """A run of text: ``offset`` and ``length`` in UTF-16 code units."""

    offset: int
    length: int


def title_span(draft: Draft) -> Span | None:
    """Where the title stands in the text of a draft; None when it does not say one."""
    before, title, _ = draft.text.partition(draft.title) if draft.title else ("", "", "")
    return Span(_units(before), _units(title)) if title else None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
