"""What publishing platforms share: the whole article as a draft."""

import msgspec

from crosspost.compose.formats.article import as_article, plain
from crosspost.compose.mentions import Mentions
from crosspost.compose.style import for_post
from crosspost.model import Draft, Post
from crosspost.networks.base import Network
from crosspost.text.numbers import counted


class Articles(Network):
    """An account that publishes whole articles."""

    def compose(self, post: Post) -> Draft:
        """The whole article with the pictures of its text, or title, description and link."""
        override = post.overrides.for_account(self.account, self.key)
        own = override.text is not None or bool(self.style.template)
        draft = self.composed(msgspec.structs.replace(post, gallery=()), style=plain(self.style))
        style, _ = for_post(self.style, self.options, override, post.path)
        names = None if self.able.mentions == "nothing" else Mentions(style.mentions, self.able.mentions)
        article = as_article(draft, post, own=own, names=names)
        shown = {one.path or one.url for one in (*draft.images, *post.images)}
        more = sum((one.path or one.url) not in shown for one in post.gallery)
        if not more or not style.gallery:
            return article
        lost = f"{counted(more, 'picture')} of the front matter, for an article shows those of its text"
        return msgspec.structs.replace(article, lost=(*article.lost, lost))
