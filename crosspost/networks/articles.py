"""What publishing platforms share: the whole article as a draft."""

from crosspost.compose.formats.article import as_article, plain
from crosspost.model import Draft, Post
from crosspost.networks.base import Network


class Articles(Network):
    """An account that publishes whole articles."""

    def compose(self, post: Post) -> Draft:
        """The whole article, or title, description and link."""
        own = post.overrides.for_account(self.account, self.key).text is not None or bool(self.style.template)
        return as_article(self.composed(post, style=plain(self.style)), post, own=own)
