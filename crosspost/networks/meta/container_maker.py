"""Containers of Instagram and Threads: a post or a picture that is prepared there and not shown yet.

Sources: developers.facebook.com/docs/instagram-platform/content-publishing (carousel posts), docs/threads/posts
(carousel), docs/threads/troubleshooting, checked 2026-11-27.
"""

import re
from abc import abstractmethod
from datetime import timedelta
from typing import Any, ClassVar

from crosspost.config.credentials import Secret
from crosspost.errors import DeliveryError, NotSent, Rejected, Unknown
from crosspost.model import Draft, Picture, Value, Video
from crosspost.networks.base import Save
from crosspost.networks.meta import graph
from crosspost.networks.meta.public_media import HostedNetwork
from crosspost.networks.meta.token_renewal import Renewal

#: states of a container that was not published and never will be
DEAD = ("EXPIRED", "ERROR")
#: seconds between checks of a container: Meta asks for at most one a minute and says that most take half of that
_LOOKS = (0, 1, 3, 6, 20, 30)


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


class ContainerMaker(HostedNetwork):
    """Makes containers and asks how far they are."""

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
        """The form that creates the post's container; several pictures have a container each, made and ready before."""
        if draft.video is not None:
            return self.film(draft, draft.video, self.film_address(draft.video))
        urls = [self.address(number, draft, remote, save) for number in range(len(draft.images))]
        if len(urls) < 2:
            return self.contents(draft, urls[0] if urls else "")
        items = []
        for number, (picture, url) in enumerate(zip(draft.images, urls, strict=True)):
            key = f"media_item_{number}"  # an upload: a new one can be made at any time
            if key not in remote or self.status_of(remote[key])[0] in (*DEAD, "GONE"):
                remote[key] = self.make(self.album_item(picture, url))
                save(key, remote[key])
            items.append(remote[key])
        for item in items:
            self.await_container(item)
        return self.album(draft) | {"media_type": "CAROUSEL", "children": ",".join(items)}

    def refresh(self) -> tuple[Secret, timedelta]:
        """Request a new token, valid for 60 days; the current one must be at least 24 hours old.

        :returns: the token and its lifetime; the caller must store it
        :raises AuthExpired: when the current token is no longer valid
        :raises NotSent: when the response has no token
        """
        with self.talking():
            answer = self._graph().request("refresh_access_token", args={"grant_type": self.grant})
            token, lasts = answer.get("access_token"), timedelta(seconds=int(answer.get("expires_in") or 0))
        if not isinstance(token, str) or not token.strip():
            raise NotSent(f"{self.account}: {self.name} returned no new token")
        self.session.hide(token)
        return Secret(token), lasts

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
