"""What publishing platforms share: the whole article as a draft."""

import msgspec

from crosspost.compose.formats.article import as_article, plain
from crosspost.model import Draft, Post
from crosspost.networks.base import Network


class Articles(Network):
    """An account that publishes whole articles."""

    def compose(self, post: Post) -> Draft:
        """The whole article with the pictures of its text, or title, description and link."""
        own = post.overrides.for_account(self.account, self.key).text is not None or bool(self.style.template)
        draft = self.composed(msgspec.structs.replace(post, gallery=()), style=plain(self.style))
        return as_article(draft, post, own=own)
