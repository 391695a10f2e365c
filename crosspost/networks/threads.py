"""Threads, through facebook-sdk.

Sources: developers.facebook.com/docs/threads (posts, create-posts/text-attachments, troubleshooting, overview),
checked 2026-11-22.
"""

import json
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from crosspost.compose.twitter_text import find_urls
from crosspost.errors import AuthExpired, Rejected, Unsupported
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    PollLimits,
    Post,
    Prepared,
    Receipt,
    Remark,
    Video,
    VideoLimits,
)
from crosspost.networks.meta.containers import ContainerNetwork, Steps
from crosspost.networks.meta.public_media import HostOptions

if TYPE_CHECKING:
    from crosspost.model.response import Responses

LINKS = 5


class Options(HostOptions, frozen=True, kw_only=True):
    """``topic_tag`` is the post's only topic ("": the first hashtag of the text), ``reply_control`` who may answer ("":
    everybody).
    """

    topic_tag: str = ""
    reply_control: Literal["", "accounts_you_follow", "mentioned_only", "followers_only"] = ""


class Threads(ContainerNetwork):
    key = "threads"
    name = "Threads"
    limits = Limits(
        text=500,
        unit="threads",
        hashtag_length=(("code-points", 50),),
        images=ImageLimits(
            count=20,
            formats=("JPEG", "PNG"),
            bytes=8_000_000,
            min_width=320,
            max_width=1440,
            min_ratio=0.1,
            max_ratio=10,
            alt=1000,
            alt_unit="utf-16",
        ),
        polls=PollLimits(options=4, characters=25),  # docs/threads/create-posts/polls, checked 2026-11-27
        videos=VideoLimits(
            containers=("MP4", "MOV"),
            codecs=("H.264", "HEVC"),
            bytes=1_000_000_000,
            longest=300,
            max_width=1920,
            min_ratio=0.01,
            max_ratio=10,
            min_rate=23,
            rate=60,
            fast_start=True,
            alt=1000,
        ),
        source="https://developers.facebook.com/docs/threads/posts",
        checked=date(2026, 11, 22),
    )
    # The container's status is proof. A minute, because a request that was cut off may still be in progress.
    abilities = Abilities(
        card="crawler",
        delete=True,
        thread=True,
        absence_after=60,
        responses=("likes", "reposts", "replies", "views", "texts"),
    )
    look = Look(layout="timeline", brand=("#101010", "#6b6b6b"), link=("#0095f6", "#0095f6"), short_links=True)
    Options = Options
    example = """\
# topic_tag = "Garten"           # the one topic of every post; without it the first hashtag is
# reply_control = "followers_only"   # who may answer: accounts_you_follow, mentioned_only, followers_only; else all
# host = "site"                  # as for Instagram, also "store"; "page" needs a Page token too
# page = "1234567890"
# folder = "crosspost"
"""
    hint = "topic_tag"
    credentials: ClassVar = {
        "access_token": "a Threads access token",
        "page_token": "a Facebook Page access token, only for host = page",
    }
    home = "https://graph.threads.net"
    hosts: ClassVar = ("threads.net", "threads.com")
    login = "crosspost.networks.logins.threads:ThreadsLogin"
    boosts = "crosspost.networks.threads_boosts:ThreadsBoosts"
    token_ends = True
    style_defaults: ClassVar = {"max_hashtags": 1}  # a post has one topic; further tags are plain text
    version = "v1.0"
    grant = "th_refresh_token"
    steps = Steps(
        make="threads",
        show="threads_publish",
        posts="threads",
        replies="replies",
        quota="threads_publishing_limit",
        status="status",
        why="error_message",
        text="text",
    )

    def connect(self) -> Identity:
        with self.talking():
            me = self._graph().get_object("me", fields="id,username")
        if not me.get("id") or not me.get("username"):
            raise AuthExpired(f"{self.account}: Threads did not say whose token this is")
        name, ends = str(me["username"]), self.renewal.look_after()
        url = f"{self._pages}/@{name}"
        return Identity(id=str(me["id"]), handle=f"@{name}", url=url, expires_at=ends)

    def remarks(self) -> list[Remark]:
        from crosspost.networks.meta import meta_rights  # for `crosspost doctor` only

        reading = (*meta_rights.THREADS_REPLIES, *meta_rights.THREADS_FIGURES)
        return meta_rights.remarks(self, self._graph(), ("threads_basic", "threads_content_publish"), reading)

    def compose(self, post: Post) -> Draft:
        draft = super().compose(post)
        topic = str(draft.options.get("topic_tag", ""))
        if len(topic) > 50 or "." in topic or "&" in topic:
            raise Unsupported(f"{self.account}: topic_tag “{topic}” has more than 50 characters, or one of . and &")
        if any(_links(part) > LINKS for part in (draft, *draft.parts)):
            raise Unsupported(f"{self.account}: Threads allows {LINKS} links; the text has more: remove some")
        return draft

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Figures, and the whole conversation, each only where the token may read it."""
        from crosspost.model.response import Figures, Responses  # a run needs none of these
        from crosspost.networks import threads_responses as read
        from crosspost.networks.meta import meta_responses, meta_rights

        client = self._graph()
        try:
            with self.talking():
                number = str(client.get_object(receipt.id, fields="id")["id"])
        except Rejected:
            if meta_responses.gone(self, client, meta_rights.READ_THREADS):
                return None
            raise

        def asked(**where: Any) -> Any:
            return client.get_object(f"{number}/conversation", fields=read.REPLY, reverse="false", **where)

        def told() -> Figures:
            return read.figures_of(client.get_object(f"{number}/insights", metric=read.METRICS))

        figures, unread = meta_responses.allowed(self, meta_rights.THREADS_FIGURES, told)
        found, why = meta_responses.replies(
            self,
            client,
            meta_rights.THREADS_REPLIES,
            figures.replies if figures else None,
            lambda: meta_responses.listed(asked),
        )
        with self.talking():
            replies = read.replies_of(found.rows, number, self._pages)
        return Responses(figures=figures or Figures(), replies=replies, whole=found.whole, unread=unread or why)

    def contents(self, draft: Draft, image_url: str) -> dict[str, str]:
        form = {"media_type": "IMAGE" if image_url else "TEXT", "text": draft.text}
        if image_url:
            form |= {"image_url": image_url} | ({"alt_text": draft.images[0].alt} if draft.images[0].alt else {})
        elif draft.poll is not None:  # in the place of the link's card; the link is in the text
            form["poll_attachment"] = json.dumps(
                {f"option_{n}": o for n, o in zip("abcd", draft.poll.options, strict=False)}
            )
        elif draft.card is not None:
            form["link_attachment"] = draft.link
        return form | self._circumstances(draft)

    def film(self, draft: Draft, video: Video, video_url: str) -> dict[str, str]:
        form = {"media_type": "VIDEO", "video_url": video_url, "text": draft.text}
        return form | ({"alt_text": video.alt} if video.alt else {}) | self._circumstances(draft)

    def album(self, draft: Draft) -> dict[str, str]:
        return {"text": draft.text} | self._circumstances(draft)

    def album_item(self, picture: Picture, image_url: str) -> dict[str, str]:
        return super().album_item(picture, image_url) | {"media_type": "IMAGE"}

    def _circumstances(self, draft: Draft) -> dict[str, str]:
        options = self.spoken(draft)
        said = {"topic_tag": options.topic_tag, "reply_control": options.reply_control}
        return {name: value for name, value in said.items() if value}

    @property
    def _pages(self) -> str:
        """What addresses of profiles begin with."""
        return self.page("https://www.threads.net", "/threads")

    def answering(self, prepared: Prepared) -> dict[str, str]:
        return {"reply_to_id": prepared.reply_to} if prepared.reply_to else {}


def _links(draft: Draft) -> int:
    return len({url.text for url in find_urls(draft.text)} | ({draft.link} if draft.link else set()))
