"""What publishing platforms share: the whole article as a draft."""

from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from crosspost.compose.formats.article import as_article, plain
from crosspost.compose.mentions import Mentions
from crosspost.compose.style import for_post
from crosspost.model import Draft, Picture, Post
from crosspost.networks.linked_pictures import LeavesOut, broken
from crosspost.text.numbers import counted


class Articles(LeavesOut):
    """An account that publishes whole articles."""

    #: the pictures of its text are uploaded; else they stay where they are on the web
    takes_along: ClassVar[bool] = True
    #: those that the front matter lists stand at the end of its text; else the network shows what is attached itself
    at_end: ClassVar[bool] = True

    def compose(self, post: Post) -> Draft:
        """The whole article with the pictures of its text, or title, description and link.

        With ``gallery`` those that only the front matter lists stand at its end, each with its words.
        """
        override = post.overrides.for_account(self.account, self.key)
        own = override.text is not None or bool(self.style.template)
        inside = {_key(one) for one in post.images}
        along = post.images if self.takes_along else ()
        lines = (*post.gallery_lines, *[0] * len(post.gallery))  # where each stands, for those without words
        listed = [pair for pair in zip(post.gallery, lines, strict=False) if _key(pair[0]) not in inside]
        draft = self.composed(
            msgspec.structs.replace(
                post,
                gallery=(*along, *(picture for picture, _ in listed)),
                gallery_lines=(*[0] * len(along), *(line for _, line in listed)),
                images=along,
            ),
            style=plain(self.style),
        )
        keys = {_key(picture) for picture, _ in listed}
        found = [one for one in draft.images if _key(one) in keys]
        shown = [one for one in found if self.at_end and one != draft.images[0] and _on_the_web(one)]
        style, _ = for_post(self.style, self.options, override, post.path)
        names = None if self.able.mentions == "nothing" else Mentions(style.mentions, self.able.mentions)
        article = as_article(draft, post, own=own, listed=shown, names=names)
        if self.takes_along and self.at_end:  # what is only on the web stays there: the text shows it from its address
            files = (one for one in draft.images[1:] if one.path or one.drawn)
            article = msgspec.structs.replace(article, images=(*draft.images[:1], *files))
        missing = len(keys) - len(found)
        if not missing or style.gallery is not True:
            return article
        return msgspec.structs.replace(
            article, lost=(*article.lost, f"{counted(missing, 'picture')} of the front matter")
        )

    def draft(self, post: Post) -> Draft:
        listed = {one.path for one in post.gallery}
        found = broken(self, (one for one in self.compose(post).images if one.path in listed)) if listed else {}
        return self.draft_without(post, found) if found else super().draft(post)


def _on_the_web(picture: Picture) -> bool:
    return urlsplit(picture.url).scheme in ("http", "https")


def _key(picture: Picture) -> str:
    return picture.path or picture.url
