"""Reposts on the X stand-in (docs.x.com/x-api/posts/retweets, checked 2026-11-27)."""

from crosspost.sandbox.core.http_messages import Refused, Reply, Request
from crosspost.sandbox.core.standin import only, route
from crosspost.sandbox.core.store import Account, Post
from crosspost.sandbox.networks.x.media import Media
from crosspost.sandbox.networks.x.server import invalid


class Reposts(Media):
    """The same post can be reposted once. A repost is in the account's timeline, as a post of its own."""

    @route("POST", "/2/users/{user}/retweets")
    def repost(self, request: Request, user: str) -> Reply:
        """Repost a post; a second time is refused (docs.x.com/x-api/posts/retweets)."""
        me = self.me(request)
        fields = request.json
        post = self.store.post(self.key, str(fields.get("tweet_id")))
        if user != me.id or only(fields, ("tweet_id",)) or post is None:
            raise Refused(invalid("$.tweet_id: must be a post, and {id} the owner of the token"))
        if any((one.account, one.extra["reposts"]) == (me.name, post.id) for one in self.reposts()):
            raise Refused(invalid("You cannot retweet a Tweet that you have already retweeted."))
        author = self.store.accounts[self.key, post.account]
        number = self.store.new_id()
        made = Post(number, self.key, me.name, f"RT @{author.handle}: {post.text}", request.now, post.path)
        made.extra |= {"reposts": post.id, "reply_settings": "everyone"}
        self.reposts().append(made)
        return Reply.json({"data": {"retweeted": True}})

    @route("DELETE", "/2/users/{user}/retweets/{post_id}")
    def unrepost(self, request: Request, user: str, post_id: str) -> Reply:
        """Take that back; it does not matter whether there was one."""
        me = self.me(request)
        if user != me.id:
            raise Refused(invalid("{id} must be the owner of the token"))
        self.reposts()[:] = [one for one in self.reposts() if (one.account, one.extra["reposts"]) != (me.name, post_id)]
        return Reply.json({"data": {"retweeted": False}})

    def reposts(self) -> list[Post]:
        """All there are."""
        kept: list[Post] = self.store.memory.setdefault((self.key, "reposts"), [])
        return kept

    def with_reposts(self, owner: Account) -> list[Post]:
        """An account's posts and reposts, newest first."""
        own = [post for post in self.reposts() if post.account == owner.name]
        return sorted([*self.own_posts(owner), *own], key=lambda post: post.id, reverse=True)
