"""Networks that accept no uploads but fetch the picture from a public address: on the site, or of a Page photo.

Sources: developers.facebook.com/docs/instagram-platform/content-publishing (public image_url), docs/threads/posts,
docs/graph-api/reference/page/photos and /photo (field ``images``), checked 2026-11-22.
"""

import hashlib
import io
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from crosspost.errors import MediaError, NotSent
from crosspost.media import Fitted, Variant, public
from crosspost.media.storage import StorageAway
from crosspost.model import Draft, ImageLimits, Picture, Value, Video
from crosspost.networks.base import Network, Save
from crosspost.networks.meta import graph

if TYPE_CHECKING:
    from requests import Response

    from crosspost.media.video_file import VideoFile


class HostOptions(Value, frozen=True, kw_only=True):
    """Where the network fetches the picture.

    ``host``: "site" uses the post's own file, or the fitted copy that `crosspost images` wrote into ``folder`` beside
    it (for a title card: into ``folder`` in the site's root); "store" puts a fitted copy where everybody can read the
    store of pictures; "page" uploads it unpublished to a Facebook Page (``page`` is its id; "me" is the Page the token
    belongs to).
    """

    carried: ClassVar[tuple[str, ...]] = ("host", "page", "folder")
    host: Literal["site", "store", "page"] = "site"
    page: str = "me"
    folder: str = "crosspost"


class PageHost:
    """A Facebook Page that hosts pictures.

    :param network: the adapter that needs the picture; its session and name are used
    :param token: a Page access token
    :param page: the Page's id, or "me"
    :param base: the address of the Graph API
    """

    def __init__(self, network: Network, token: str, page: str, base: str) -> None:
        self._network, self._page = network, page
        self._client = graph.client(network.session, token, base=base)

    def upload(self, fitted: Fitted) -> str:
        """Upload a picture without publishing it, and return its photo id."""
        with self._network.talking():
            photo = self._client.put_photo(
                io.BytesIO(fitted.data), album_path=f"{self._page}/photos", published="false"
            )
        if not photo.get("id"):
            raise NotSent(f"{self._network.account}: Facebook accepted the picture but returned no id")
        return str(photo["id"])

    def address(self, photo: str) -> str:
        """The public address of the largest size of a photo."""
        with self._network.talking():
            answer = self._client.get_object(photo, fields="images")
        images = [image for image in answer.get("images") or [] if image.get("source")]
        if not images:
            raise NotSent(f"{self._network.account}: Facebook does not return the address of the uploaded picture")
        return str(max(images, key=lambda image: int(image.get("width") or 0))["source"])


class HostedNetwork(Network):
    """Base of adapters with :class:`HostOptions`, which get their picture's address from :meth:`address`."""

    #: the credential to use as the Page token when ``page_token`` is not set
    page_token: ClassVar[str] = "page_token"  # noqa: S105  # the name of a credential

    def variants(self, draft: Draft) -> tuple[Variant, ...]:
        chosen = self.spoken(draft)
        return () if chosen.host != "site" else tuple(self._variant(picture, chosen) for picture in draft.images)

    def fitted(self, picture: Picture, limits: ImageLimits | None = None) -> Fitted:
        return super().fitted(picture, limits) if limits is not None else self._fitted(picture, self.options)

    def sketched(self, picture: Picture) -> Fitted:
        if picture.drawn is None or self.options.host != "site":
            return super().sketched(picture)
        limits, folder = self.allowed.images, self.options.folder
        return public(picture, limits, network=self.key, folder=folder, drawn=False).fitted

    def _fitted(self, picture: Picture, chosen: Any) -> Fitted:
        return self._variant(picture, chosen).fitted if chosen.host == "site" else super().fitted(picture)

    def _variant(self, picture: Picture, chosen: Any) -> Variant:
        return public(picture, self.allowed.images, network=self.key, folder=chosen.folder)

    def address(self, number: int, draft: Draft, remote: dict[str, Any], save: Save) -> str:
        """The address of one of the pictures for the network: on the site, checked now, or on the Page, uploaded now.

        :param number: which of ``draft.images``, from 0
        """
        chosen, picture = self.spoken(draft), draft.images[number]
        if chosen.host == "page":
            key = f"media_photo_{number}" if number else "media_photo"
            if key not in remote:
                remote[key] = self._page(chosen).upload(self._fitted(picture, chosen))
                save(key, remote[key])
            return self._page(chosen).address(remote[key])
        if chosen.host == "store":
            return self._stored(self._fitted(picture, chosen))
        try:
            return self._deployed(self._variant(picture, chosen))
        except MediaError as error:
            raise NotSent(f"{self.account}: {error}") from error

    def filmed(self, video: Video) -> "VideoFile":
        """Like the inherited method; the network must be able to fetch the file, too."""
        if self.options.host == "page":
            raise MediaError(f'{video.path}: with host = "page" a video has no address; set host = "site"')
        if not video.url:
            raise MediaError(f"{video.path}: it is not a file of the site that readers can open")
        return super().filmed(video)

    def _stored(self, fitted: Fitted) -> str:
        """The address of a picture in the store of pictures: put there now, under a name that its content gives.

        :raises NotSent: when it cannot be put there, or others cannot read it, with what to do
        """
        store = self.pictures
        assert store is not None  # noqa: S101  # for the type checker: without one the config is refused
        name = f"{hashlib.blake2s(fitted.data, digest_size=16).hexdigest()}.{fitted.format.lower()}"
        try:
            store.publish(name, fitted.data, fitted.mime)
        except StorageAway as why:
            raise NotSent(
                f"{self.account}: the picture cannot be put into {store.storage.where}: {why}; `crosspost doctor` looks"
                " at it"
            ) from None
        todo = "let everybody read the folder `public` of the store, see `crosspost help pictures`"
        url = store.address(name)
        answer, wrong = self._served(url, fitted)
        if wrong:
            raise NotSent(
                f"{self.account}: {self.name} fetches the picture from the store, and {url} {wrong}"
                f" (HTTP {answer.status_code}): {todo}"
            )
        return answer.request.url or url  # as requested: ASCII only

    def _deployed(self, variant: Variant) -> str:
        """The address of a picture, after checking that the site serves it.

        :raises NotSent: when it does not yet, with what to do
        """
        todo = "deploy the site" if variant.own else "run `crosspost images` for the post and deploy the site"
        answer, wrong = self._served(variant.url, variant.fitted)
        if wrong:
            raise NotSent(
                f"{self.account}: {self.name} fetches the picture from the site, and {variant.url} {wrong}"
                f" (HTTP {answer.status_code}): {todo}"
            )
        return answer.request.url or variant.url  # as requested: ASCII only

    def _served(self, url: str, fitted: Fitted) -> "tuple[Response, str]":
        """What the address answers, and what is wrong with it; "" when it is the picture."""
        with self.talking():
            answer = self.session.get(url)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if answer.status_code == 200 and kind == fitted.mime:
            return answer, ""
        what = f"is {kind or 'of no type'}, not {fitted.mime}" if answer.status_code == 200 else "is not there"
        return answer, what

    def _page(self, chosen: Any) -> PageHost:
        token = self.secret("page_token" if "page_token" in self._credentials else self.page_token)
        return PageHost(self, token, chosen.page, self._page_base)

    @property
    def _page_base(self) -> str:
        """The address of Facebook's Graph API; the sandbox has all of Meta's APIs at one address."""
        return graph.HOST if self.base_url == self.home else self.base_url
