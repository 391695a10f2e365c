"""Networks that publish in two steps: a container is created and processed, then one request publishes it.

Instagram and Threads differ in names and in the container's fields, but not in the procedure. The container's id is
stored before anything is published, and it can be published only once: after a crash its status shows the result.

Sources: developers.facebook.com/docs/instagram-platform/content-publishing, docs/threads/posts and
docs/threads/troubleshooting, checked 2026-11-22.
"""

import re
from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec

from crosspost.config.credentials import Secret
from crosspost.errors import DeliveryError, NotSent, RateLimited, Rejected, Unknown, Unsupported
from crosspost.model import Draft, Picture, Prepared, Receipt, Value, Video
from crosspost.networks.base import Save
from crosspost.networks.meta import graph
from crosspost.networks.meta.graph import DEAD
from crosspost.networks.meta.public_media import HostedNetwork
from crosspost.networks.meta.token_renewal import Renewal, exchanged
from crosspost.networks.post_search import Page, moment, text
from crosspost.transport.exchange import Exchange
from crosspost.transport.rate_limits import RateLimit

#: seconds between checks of a container: Meta asks for at most one a minute and says that most take half of that
_LOOKS = (0, 1, 3, 6, 20, 30)
#: a container that takes longer than this will never be ready (Meta: most take half a minute)
_STUCK = timedelta(hours=1)
#: a published post is in the list by then, unless the network changed its text
_LISTED_BY = timedelta(hours=1)


class Steps(Value, frozen=True, kw_only=True):
    """The network's names: the account's edges ``make``, ``show``, ``posts``, ``replies``, ``quota``; a container's
    fields ``status`` and ``why``; a post's field ``text``."""

    make: str
    show: str
    posts: str
    replies: str = ""
    quota: str
    status: str
    why: str
    text: str


class ContainerNetwork(HostedNetwork):
    """Base of adapters that define ``steps``, ``version``, ``grant``, ``connect`` and what containers hold."""

    steps: ClassVar[Steps]
    version: ClassVar[str]
    #: this network's grant type for renewing a token
    grant: ClassVar[str]

    @abstractmethod
    def contents(self, draft: Draft, image_url: str) -> dict[str, str]:
        """The form that creates the container; ``image_url`` is "" for a post without a picture."""

    @abstractmethod
    def film(self, draft: Draft, video: Video, video_url: str) -> dict[str, str]:
        """The form that creates the container of a video."""

    @abstractmethod
    def album(self, draft: Draft) -> dict[str, str]:
        """The form that creates the container of several pictures, without its ``children``."""

    def album_item(self, picture: Picture, image_url: str) -> dict[str, str]:
        """The form that creates the container of one of several pictures."""
        form = {"image_url": image_url, "is_carousel_item": "true"}
        return form | ({"alt_text": picture.alt} if picture.alt else {})

    def form_of(self, draft: Draft, remote: dict[str, Any], save: Save) -> dict[str, str]:
        """The form that creates the post's container."""
        if draft.video is None and len(draft.images) < 2:
            return self.contents(draft, self.address(0, draft, remote, save) if draft.images else "")
        from crosspost.networks.meta import carousel  # few posts have one

        return carousel.form_of(self, draft, remote, save)

    def answering(self, prepared: Prepared) -> dict[str, str]:  # noqa: ARG002  # part of the shape
        """The container's fields for a reply."""
        return {}

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        remote = dict(prepared.remote)
        if "container" in remote and self._useless(prepared):
            del remote["container"]
        self._room(reply=bool(prepared.reply_to))
        if "container" not in remote:
            form = self.form_of(prepared.draft, remote, save) | self.answering(prepared)
            remote["container"] = self.make(form)
            remote["container_made"] = self.clock().isoformat()
            save("container", remote["container"], ("container_made", remote["container_made"]))
        self.await_container(remote["container"])
        return msgspec.structs.replace(prepared, remote=remote)

    def publish(self, prepared: Prepared) -> Receipt:
        me, container = self.me().id, prepared.remote["container"]
        try:
            with self.talking(irreversible=True):
                answer = self._graph().put_object(me, self.steps.show, creation_id=container)
        except Rejected as error:
            self._unless_shown(container, error)
            raise
        # facebook-sdk ignores the HTTP status: a 500 with {} looks like success
        if not isinstance(answer, dict) or not answer.get("id"):
            raise self.unreadable("the answer has no id")
        return Receipt(id=str(answer["id"]), url=self._permalink(str(answer["id"])), at=self.clock())

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The container shows whether it was published; only the list of posts shows which post it became."""
        container = prepared.remote.get("container")
        if not container and (found := self._listed(prepared, since)) is not None:
            return found
        if not container:
            raise Unknown(
                f"{self.account}: what was prepared there can no longer be found; look at the account and decide"
            )
        status, _ = self.status_of(container)
        if status in ("FINISHED", "IN_PROGRESS"):
            return None
        try:
            found = self._listed(prepared, since)
        except Unknown:  # the list proves nothing; the container does
            if status != "PUBLISHED":
                raise
            found = None
        if found is None and status == "PUBLISHED" and self.clock() - since >= _LISTED_BY:
            return Receipt(id="", url=self.me().url, at=since)  # certainly out; only its address is unknown
        if found is None and status not in DEAD:
            raise Unknown(f"{self.account}: the prepared post is {status}, but the list of posts does not show it yet")
        return found

    def look_back(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """Search the list of posts when no container is known."""
        return self.find(prepared, since) if "container" in prepared.remote else self._listed(prepared, since)

    def delete(self, receipt: Receipt) -> None:
        if not receipt.id:
            raise Unsupported(f"{self.account}: it is not known which of the posts this is; delete it on {receipt.url}")
        if not self.able.delete:
            super().delete(receipt)
        try:
            with self.talking():
                self._graph().delete_object(receipt.id)
        except Rejected:
            if not self._missing():  # deleting a post that is already gone is not an error
                raise

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        return graph.explain(message, exchange, irreversible=irreversible, now=self.clock())

    def refresh(self) -> tuple[Secret, timedelta]:
        return exchanged(self, self._graph(), self.grant)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def base(self) -> str:
        """The address of this network's API."""
        return self.base_url

    @property
    def renewal(self) -> Renewal:
        """Keeps the token valid."""
        return Renewal(self, self.refresh)

    def _graph(self) -> Any:
        return graph.client(self.session, self._token(), self.version, self.base)

    def _token(self) -> str:
        return self.renewal.token()

    def _useless(self, prepared: Prepared) -> bool:
        """Whether a new container is needed: this one failed, or is still being processed after an hour.

        If an earlier attempt to publish it is in doubt it is kept, because its status shows the result.
        """
        status = self.status_of(prepared.remote["container"])[0]
        made = datetime.fromisoformat(prepared.remote.get("container_made") or self.clock().isoformat())
        stuck = status == "IN_PROGRESS" and prepared.begun is None and self.clock() - made > _STUCK
        return status in DEAD or stuck

    def _room(self, *, reply: bool) -> None:
        """:raises RateLimited: when the quota of 24 hours is used up; it is checked again an hour later"""
        usage, config = ("reply_quota_usage", "reply_config") if reply else ("quota_usage", "config")
        with self.talking():
            answer = self._graph().get_object(f"{self.me().id}/{self.steps.quota}", fields=f"{usage},{config}")
        for row in answer.get("data") or []:
            used, total = row.get(usage), (row.get(config) or {}).get("quota_total")
            if not isinstance(used, int) or not isinstance(total, int):
                continue
            kind, left = "replies a day" if reply else "posts a day", max(0, total - used)
            self.session.note_limit(RateLimit(of=kind, most=total, left=left, at=self.clock()))
            if used >= total:
                message = f"{self.account}: {self.name} allows {total} posts in 24 hours, and they are used up"
                raise RateLimited(message, self.clock() + graph.QUOTA_PAUSE)

    def make(self, form: dict[str, str]) -> str:
        with self.talking():
            answer = self._graph().put_object(self.me().id, self.steps.make, **form)
        if not isinstance(answer, dict) or not answer.get("id"):
            raise NotSent(f"{self.account}: {self.name} prepared the post but gave no number for it")
        return str(answer["id"])

    def status_of(self, container: str) -> tuple[str, str]:
        """The status and its explanation; GONE when the network does not have this container (any more)."""
        try:
            with self.talking():
                answer = self._graph().get_object(container, fields=f"{self.steps.status},{self.steps.why}")
        except Rejected as error:
            if self._missing():
                return "GONE", str(error)
            raise
        status = str(answer.get(self.steps.status) or "")
        if not status:
            raise NotSent(f"{self.account}: {self.name} does not say how far it has prepared the post")
        return status, self.session.redact(str(answer.get(self.steps.why) or ""))

    def _missing(self) -> bool:
        """Whether the last response was that there is no such object."""
        last = self.session.last
        return last is not None and graph.error_of(last).get("error_subcode") == 33

    def await_container(self, container: str) -> None:
        """Wait until a container can be published."""
        for pause in _LOOKS:
            self.sleep(pause)
            status, why = self.status_of(container)
            if status == "FINISHED":
                return
            if status == "PUBLISHED":
                raise Unknown(f"{self.account}: the prepared post is published already")
            if status == "GONE":  # perhaps published long ago: a new one might publish the post twice
                raise NotSent(
                    f"{self.account}: the prepared post is gone; check whether the post is on the account: {why}"
                )
            if status in DEAD:
                raise self._dead(status, why)
        raise NotSent(f"{self.account}: {self.name} is still processing the picture")

    def _dead(self, status: str, why: str) -> DeliveryError:
        """The error for a failed container: whether a new attempt, with a new container, can help."""
        message = f"{self.account}: {self.name} says: {why or status}"
        number = next((int(found) for found in re.findall(r"\b(?:36\d{3}|\d{7})\b", why)), 0)
        known = graph.by_number(number, message, irreversible=False, now=self.clock())
        return known or (Rejected(message) if why.startswith("INVALID") else NotSent(message))

    def _unless_shown(self, container: str, error: Rejected) -> None:
        """:raises Unknown: when the refused container may already be published, which looks like any other refusal"""
        try:
            status, _ = self.status_of(container)
        except DeliveryError:
            raise Unknown(f"{error}. Whether an earlier attempt succeeded cannot be checked now") from error
        if status == "PUBLISHED":
            raise Unknown(f"{error}. The prepared post is published: an earlier attempt succeeded") from error

    def _permalink(self, post: str) -> str:
        """The post's address; "" when the network does not return it now, which does not matter: the post is out."""
        try:
            with self.talking():
                return str(self._graph().get_object(post, fields="id,permalink").get("permalink") or "")
        except DeliveryError:
            return ""

    def _listed(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The first post with this text that is not older than ``since``."""
        draft, edge = prepared.draft, self.steps.replies if prepared.reply_to else self.steps.posts
        fields = f"id,{self.steps.text},permalink,timestamp"
        with self.talking():
            page = graph.page(self._graph().get_object(f"{self.me().id}/{edge}", fields=fields, limit=50))
        found = self.search(
            [Page(page.posts[::-1], page.more)],
            since,
            at=_made,
            order=lambda _: _made(page.posts[-1]),
            same=lambda post: self._same(post, draft),
            shows=lambda post: (post.get(self.steps.text), str(post.get("permalink") or "")),
        )
        if found is None:
            return None
        return Receipt(id=self.id_of(found), url=str(found.get("permalink") or ""), at=_made(found) or self.clock())

    def _same(self, post: dict[str, Any], draft: Draft) -> bool | None:
        caption = text(post.get(self.steps.text))
        return None if caption is None else caption.split() == draft.text.split()


def _made(post: dict[str, Any]) -> datetime | None:
    return moment(post.get("timestamp"))
