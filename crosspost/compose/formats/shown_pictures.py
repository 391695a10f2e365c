"""Pictures that stand in a text as Markdown, with their words, from where they are on the web. Pure."""

from collections.abc import Iterable

import msgspec

from crosspost.compose.clean import one_line
from crosspost.model import Draft, Picture

# what would end or change the words early, for readers of Markdown that know no backslash there (Redcarpet)
_WORDS = str.maketrans({"[": "(", "]": ")", "\\": "/", "`": "'"})


def with_pictures(draft: Draft, pictures: Iterable[Picture]) -> Draft:
    """The draft with pictures at the end of its text, but above its link where that stands last.

    :param pictures: with an address on the web each
    """
    shown = "\n\n".join(markdown(one) for one in pictures)
    if not shown:
        return draft
    end = draft.link if draft.link and draft.text.endswith(draft.link) else ""
    text = "\n\n".join(filter(None, (draft.text.removesuffix(end).strip(), shown, end)))
    return msgspec.structs.replace(draft, text=text, length=len(text))


def markdown(picture: Picture) -> str:
    """One picture as Markdown (CommonMark 0.31, 6.4); its address stays as it is, character by character."""
    address = f"<{picture.url}>" if any(char in picture.url for char in " ()") else picture.url
    return f"![{one_line(picture.alt).translate(_WORDS)}]({address})"
