"""Networks that take no uploads but fetch pictures from a public address: on the post's own site, or in the store."""

import hashlib
from typing import TYPE_CHECKING, Any

from crosspost.errors import MediaError, NotSent
from crosspost.media import Fitted, Variant, public
from crosspost.media.storage import StorageAway
from crosspost.model import Draft, ImageLimits, Picture
from crosspost.networks.base import Network

if TYPE_CHECKING:
    from requests import Response


class SitePictures(Network):
    """Its settings have ``host``, where the network fetches pictures, and ``folder``.

    With ``host`` "site" that is the post's own file, or the fitted copy that `crosspost images` wrote into ``folder``
    beside it; with "store" a fitted copy where everybody can read the store of pictures.
    """

    def variants(self, draft: Draft) -> tuple[Variant, ...]:
        chosen = self.spoken(draft)
        return tuple(self._variant(picture, chosen) for picture in draft.images) if chosen.host == "site" else ()

    def fitted(self, picture: Picture, limits: ImageLimits | None = None) -> Fitted:
        return super().fitted(picture, limits) if limits is not None else self._fitted(picture, self.options)

    def sketched(self, picture: Picture) -> Fitted:
        if picture.drawn is None or self.options.host != "site":
            return super().sketched(picture)
        limits, folder = self.allowed.images, self.options.folder
        return public(picture, limits, network=self.key, folder=folder, drawn=False).fitted

    def public_address(self, picture: Picture, chosen: Any) -> str:
        """The address of a picture for the network: on the site, checked now, or in the store, put there now.

        :param chosen: the network's own settings for the draft
        :raises NotSent: when the network could not fetch it there, with what to do
        """
        if chosen.host == "store":
            return self._stored(self._fitted(picture, chosen))
        return self.on_the_site(picture, chosen)

    def on_the_site(self, picture: Picture, chosen: Any) -> str:
        """The address of a picture on the site, checked now.

        :param chosen: the network's own settings for the draft
        :raises NotSent: when the site does not serve it yet, with what to do
        """
        try:
            return self._deployed(self._variant(picture, chosen))
        except MediaError as error:
            raise NotSent(f"{self.account}: {error}") from error

    def _fitted(self, picture: Picture, chosen: Any) -> Fitted:
        return self._variant(picture, chosen).fitted if chosen.host == "site" else Network.fitted(self, picture)

    def _variant(self, picture: Picture, chosen: Any) -> Variant:
        return public(picture, self.allowed.images, network=self.key, folder=chosen.folder)

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

    def _served(self, url: str, fitted: Fitted) -> "tuple[Response, str]":
        """What the address answers, and what is wrong with it; "" when it is the picture."""
        with self.talking():
            answer = self.session.get(url)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if answer.status_code == 200 and kind == fitted.mime:
            return answer, ""
        return answer, f"is {kind or 'of no type'}, not {fitted.mime}" if answer.status_code == 200 else "is not there"
