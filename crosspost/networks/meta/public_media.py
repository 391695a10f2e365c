"""Networks of Meta that fetch the picture from a public address: on the site, or of a Page photo.

Sources: developers.facebook.com/docs/instagram-platform/content-publishing (public image_url), docs/threads/posts,
docs/graph-api/reference/page/photos and /photo (field ``images``), checked 2026-11-22.
"""

import io
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from crosspost.errors import MediaError, NotSent
from crosspost.media import Fitted, Variant, public
from crosspost.model import Draft, Picture, Value, Video
from crosspost.networks.base import Network, Save
from crosspost.networks.drafting import poster_framing, poster_limits
from crosspost.networks.meta import graph
from crosspost.networks.site_pictures import SitePictures

if TYPE_CHECKING:
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


class HostedNetwork(SitePictures):
    """Base of adapters with :class:`HostOptions`, which get their picture's address from :meth:`address`."""

    converts = False
    #: the credential to use as the Page token when ``page_token`` is not set
    page_token: ClassVar[str] = "page_token"  # noqa: S105  # the name of a credential

    def variants(self, draft: Draft) -> tuple[Variant, ...]:
        chosen, video = self.spoken(draft), draft.video
        posters = (self._poster(video, chosen),) if video is not None and video.poster is not None else ()
        return (*posters, *super().variants(draft)) if chosen.host == "site" else ()

    def address(self, number: int, draft: Draft, remote: dict[str, Any], save: Save) -> str:
        """The address of one of the pictures: a public one, or that of a photo that is uploaded to the Page now.

        :param number: which of ``draft.images``, from 0
        """
        chosen, picture = self.spoken(draft), draft.images[number]
        if chosen.host != "page":
            return self.public_address(picture, chosen)
        key = f"media_photo_{number}" if number else "media_photo"
        if key not in remote:
            remote[key] = self._page(chosen).upload(self._fitted(picture, chosen))
            save(key, remote[key])
        return self._page(chosen).address(remote[key])

    def filmed(self, video: Video) -> "VideoFile":
        """Like the inherited method; the network must be able to fetch the file, too."""
        if self.options.host == "page":
            raise MediaError(f'{video.path}: with host = "page" a video has no address; set host = "site"')
        if not video.url:
            raise MediaError(f"{video.path}: it is not a file of the site that readers can open")
        return super().filmed(video)

    def poster(self, video: Video) -> Fitted | None:
        """Like the inherited method, for a picture that the network fetches from the site."""
        return self._poster(video, self.options).fitted if video.poster is not None else None

    def poster_address(self, draft: Draft, video: Video) -> str:
        """The address of the picture before a video, after checking that the site or the store serves it."""
        try:
            made = self._poster(video, self.spoken(draft))
            return self._stored(made.fitted) if self.spoken(draft).host == "store" else self._deployed(made)
        except MediaError as error:
            raise NotSent(f"{self.account}: {error}") from error

    def _poster(self, video: Video, chosen: Any) -> Variant:
        picture = video.poster or Picture()
        picture = msgspec.structs.replace(picture, framing=poster_framing(picture))
        limits = poster_limits(self.filmed(video), self.allowed.images.bytes)
        return public(picture, limits, network=self.key, folder=chosen.folder)

    def _page(self, chosen: Any) -> PageHost:
        token = self.secret("page_token" if "page_token" in self._credentials else self.page_token)
        return PageHost(self, token, chosen.page, self._page_base)

    @property
    def _page_base(self) -> str:
        """The address of Facebook's Graph API; the sandbox has all of Meta's APIs at one address."""
        return graph.HOST if self.base_url == self.home else self.base_url
