"""A Facebook Page as the host of a picture: uploaded unpublished, nobody sees it, but it has a public address.

Source: developers.facebook.com/docs/graph-api/reference/page/photos and /photo (field ``images``), checked 2026-11-22.
"""

import io

from crosspost.errors import NotSent
from crosspost.media import Fitted
from crosspost.networks import graph
from crosspost.networks.base import Network


class PageHost:
    """One Page.

    :param network: the adapter that needs the picture; its session, its name in messages
    :param token: a Page access token
    :param page: the Page's id, or "me"
    :param base: address of the Graph API
    """

    def __init__(self, network: Network, token: str, page: str, base: str) -> None:
        self._network, self._page = network, page
        self._client = graph.client(network.session, token, base=base)

    def upload(self, fitted: Fitted) -> str:
        """Upload a picture that nobody sees; its photo id."""
        with self._network.talking():
            photo = self._client.put_photo(
                io.BytesIO(fitted.data), album_path=f"{self._page}/photos", published="false"
            )
        if not photo.get("id"):
            raise NotSent(f"{self._network.account}: Facebook took the picture but gave it no id")
        return str(photo["id"])

    def address(self, photo: str) -> str:
        """The public address of a photo, in its largest size."""
        with self._network.talking():
            told = self._client.get_object(photo, fields="images")
        images = [image for image in told.get("images") or [] if image.get("source")]
        if not images:
            raise NotSent(f"{self._network.account}: Facebook does not tell where the uploaded picture is")
        return str(max(images, key=lambda image: int(image.get("width") or 0))["source"])
