"""A Facebook Page, through facebook-sdk.

Sources: developers.facebook.com/docs/pages-api/posts, docs/graph-api/reference/page/photos, checked 2026-11-22.
"""

import io
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from crosspost.errors import AuthExpired, DeliveryError, NotSent, Rejected
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Picture,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks import facebook_video as videos
from crosspost.networks.base import Network, Save
from crosspost.networks.forms import NUMBER, form
from crosspost.networks.meta import graph
from crosspost.networks.post_search import Page, moment, says_link, text
from crosspost.transport.exchange import Exchange

if TYPE_CHECKING:
    from crosspost.model.response import Responses


class Options(Value, frozen=True, kw_only=True):
    """``page`` is the Page's id; "me" is the Page the token belongs to. ``place`` is the id of a place's Page."""

    carried: ClassVar = ("page",)
    page: Annotated[str, form(r"[\w.-]+", 'the number of the Page, such as "101234567890123"')] = "me"
    place: Annotated[str, form(NUMBER, 'the number of the place\'s Page, such as "106078429431815"')] | int = ""


class Facebook(Network):
    key = "facebook"
    name = "Facebook"
    limits = Limits(
        text=63_206,  # a widely used number; Meta documents none
        unit="utf-16",
        images=ImageLimits(count=10, formats=("JPEG", "PNG"), bytes=4_000_000, alt=2000),
        videos=videos.LIMITS,
        source="https://developers.facebook.com/docs/pages-api/posts",
        checked=date(2026, 11, 22),
    )
    # Meta documents that the list of posts may omit some, so finding nothing proves nothing.
    abilities = Abilities(
        card="crawler",
        mentions="pages",
        edit=True,
        edit_keeps=("images", "language"),
        delete=True,
        absence_after=None,
        responses=("likes", "reposts", "replies", "texts"),
        ahead=(600, 29 * 86_400),  # ten minutes; Meta's pages say 30 days and 75
    )
    look = Look(brand=("#0866ff", "#0866ff"), link=("#0064d1", "#5aa7ff"))
    Options = Options
    example = """\
# page = "1234567890"            # the Page's id; without it the Page the token belongs to
# place = "213385402"            # where it is: the id of that place's Page; mostly said in a post
"""
    hint = "page"
    credentials: ClassVar = {"access_token": "a Page access token"}
    home = "https://graph.facebook.com"
    hosts: ClassVar = ("facebook.com", "fb.com")
    login = "crosspost.networks.logins.facebook:FacebookLogin"
    token_ends = True
    fixed_hosts = ("https://graph.facebook.com",)

    def connect(self) -> Identity:
        with self.talking():
            page = self._graph().get_object(self.options.page, fields="id,name,link")
        if not page.get("id"):
            raise AuthExpired(f"{self.account}: Facebook did not say whose token this is")
        who, name = str(page["id"]), str(page.get("name", ""))
        return Identity(id=who, handle=name, url=str(page.get("link", "")), expires_at=self._ends())

    def remarks(self) -> list[Remark]:
        from crosspost.networks.meta import meta_rights  # for `crosspost doctor` only

        return meta_rights.remarks(self, self._graph(), meta_rights.PAGE, meta_rights.PAGE_COMMENTS)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        if prepared.draft.video is not None:
            return videos.upload(self, prepared, save)
        more = {"temporary": "true"} if prepared.show_at is not None else {}
        return self.uploaded(prepared, save, lambda picture: self._upload(picture, more))

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        if draft.video is not None:
            receipt = self._receipt({"id": videos.publish(self, prepared)})
            return msgspec.structs.replace(receipt, notes=videos.caption(self, draft.video, receipt.id))
        form = {"message": draft.text, "fields": "id,permalink_url"}
        if draft.images:  # photos replace the link card; the link is in the text
            photos = [{"media_fbid": prepared.remote[f"media_{n}"]} for n in range(len(draft.images))]
            form["attached_media"] = json.dumps(photos)  # facebook-sdk mangles lists
        elif draft.link:
            form["link"] = draft.link
        form |= graph.at_place(self.spoken(draft).place, "place")
        if prepared.show_at is not None:
            from crosspost.networks import facebook_kept  # few accounts hand anything over ahead of its time

            form |= facebook_kept.asked(prepared, prepared.show_at)
        page = self.me().id
        with self.talking(irreversible=True):
            answer = self._post(f"{page}/feed", form)
        receipt = self._receipt(answer)
        if prepared.show_at is not None:
            raise facebook_kept.keeps(self.account, receipt.id, prepared.show_at)
        return receipt

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        if "video" in prepared.remote:
            node = videos.find(self, prepared, since)
            return self._receipt(node) if node is not None else None
        if prepared.taken or prepared.may_be_kept:
            from crosspost.networks import facebook_kept

            if prepared.taken:
                node = facebook_kept.told(self, self._graph(), prepared.taken)
                return self._receipt(node, at=facebook_kept.shown_at(node)) if node is not None else None
            facebook_kept.refuse_listed(self, self._graph(), lambda post: _same(post, prepared.draft))
        found = self.search(
            [self.ask_since(since, self._posts)],
            since,
            at=lambda post: moment(post.get("created_time")),
            same=lambda post: _same(post, prepared.draft),
            shows=lambda post: (post.get("message"), self._receipt(post).url),
        )
        return self._receipt(found) if found is not None else None

    def not_ahead(self, draft: Draft) -> str:
        return "" if draft.video is None else "crosspost has Facebook keep no videos"

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        """Changes the text; Facebook cannot change photos or the link card of a published post."""
        words = "message" if videos.is_post(receipt.id) else "description"
        with self.talking():
            answer = self._post(receipt.id, {words: prepared.draft.text})
        self._confirmed(answer)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        try:
            with self.talking():
                answer = self._graph().delete_object(receipt.id)
        except Rejected:
            if self.session.last is None or not graph.missing(self.session.last):
                raise
            return
        self._confirmed(answer)

    def responses(self, receipt: Receipt) -> "Responses | None":
        """Comments only where the token may read what others wrote."""
        from crosspost.model.response import Responses  # a run needs none of these
        from crosspost.networks import facebook_responses as read
        from crosspost.networks.meta import meta_responses, meta_rights

        client = self._graph()
        try:
            with self.talking():
                post = client.get_object(videos.post_of(client, receipt.id, self.me().id), fields=read.POST)
                figures, number = read.figures_of(post), str(post["id"])
        except Rejected:
            if meta_responses.gone(self, client, meta_rights.READ_PAGE):
                return None
            raise

        def asked(**where: Any) -> Any:
            return client.get_object(f"{number}/comments", fields=read.COMMENT, filter="stream", **where)

        found, unread = meta_responses.replies(
            self, client, meta_rights.PAGE_COMMENTS, figures.replies, lambda: meta_responses.listed(asked)
        )
        with self.talking():
            replies = read.replies_of(found.rows, number, self.me().id)
        return Responses(figures=figures, replies=replies, whole=found.whole, unread=unread)

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: Facebook says: {self.sentence(exchange)}"
        return graph.explain(message, exchange, irreversible=irreversible, now=self.clock())

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _graph(self) -> Any:
        return graph.client(self.session, self.secret("access_token"))

    def _posts(self, start: datetime) -> Page:
        with self.talking():
            return graph.page(
                self._graph().get_object(
                    f"{self.me().id}/published_posts",
                    fields="id,message,created_time,permalink_url",
                    limit=25,
                    since=int(start.timestamp()),
                )
            )

    def _ends(self) -> datetime | None:
        """When the token expires; a Page token created the right way does not."""
        try:
            with self.talking():
                return graph.ends(self._graph())
        except DeliveryError:  # checking the token must not fail a delivery
            return None

    def _post(self, path: str, form: dict[str, str]) -> Any:
        client = self._graph()
        # With form fields the token goes into the body; otherwise facebook-sdk would put it into the address.
        return client.request(f"{client.version}/{path}", post_args=dict(form), method="POST")

    def _upload(self, picture: Picture, more: dict[str, str]) -> str:
        fitted = self.fitted(picture)
        form = {"published": "false", **more} | ({"alt_text_custom": picture.alt} if picture.alt else {})
        page = self.me().id
        with self.talking():
            answer = self._graph().put_photo(io.BytesIO(fitted.data), album_path=f"{page}/photos", **form)
        if not answer.get("id"):
            raise NotSent(f"{self.account}: Facebook accepted the picture but returned no id")
        return str(answer["id"])

    def _confirmed(self, answer: Any) -> None:
        if not isinstance(answer, dict) or answer.get("success") is not True:  # a 500 with {} again
            raise NotSent(f"{self.account}: Facebook did not confirm the change; try again")

    def _receipt(self, answer: Any, *, at: datetime | None = None) -> Receipt:
        # facebook-sdk ignores the HTTP status: a 500 with {} looks like success
        if not isinstance(answer, dict) or not answer.get("id"):
            raise self.unreadable("the answer has no id")
        post_id, home = str(answer["id"]), self.page("https://www.facebook.com", "/facebook")
        url = str(answer.get("permalink_url") or f"/{post_id}")
        url = f"{home}{url}" if url.startswith("/") else url  # of videos it tells the path only
        return Receipt(id=post_id, url=url, at=at or self.clock())


def _same(post: dict[str, Any], draft: Draft) -> bool | None:
    message = text(post.get("message"))
    if message is None:
        return None
    return message.split() == draft.text.split() or says_link(message, draft.link)
