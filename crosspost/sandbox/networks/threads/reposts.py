"""Reposts on the Threads stand-in (developers.facebook.com/documentation/threads/posts/reposts, checked 2026-11-27)."""

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.meta.graph import fields, only_known
from crosspost.sandbox.networks.threads.conversations import Conversations


class Reposts(Conversations):
    """A repost is listed among the posts of the account, without words."""

    @route("POST", "/{number}/repost")
    def repost(self, request: Request, number: str) -> Reply:
        """Repost a post. Whether twice is once is not documented: here it is twice."""
        me = self.me(request)
        only_known(fields(request))
        if self.store.post(self.key, number) is None:
            raise Refused(self.missing(number))
        made = Post(self.number(), self.key, me.name, "", request.now, f"/{self.key}/@{me.handle}/{number}")
        made.extra["reposts"] = number
        self.reposts().append(made)
        return Reply.json({"id": made.id})

    def own_posts(self, account: Account) -> list[Post]:
        """See :class:`StandIn`; reposts are listed among the posts."""
        own = [post for post in self.reposts() if post.account == account.name]
        return sorted([*super().own_posts(account), *own], key=lambda post: post.time, reverse=True)

    def reposts(self) -> list[Post]:
        """All there are."""
        kept: list[Post] = self.store.memory.setdefault((self.key, "reposts"), [])
        return kept
