"""Networks that take no uploads but fetch the picture from a public address: the post's own site has it."""

from typing import TYPE_CHECKING, Any

from crosspost.errors import MediaError, NotSent
from crosspost.media import Fitted, Variant, public
from crosspost.model import Draft, ImageLimits, Picture
from crosspost.networks.base import Network

if TYPE_CHECKING:
    from requests import Response


class SitePictures(Network):
    """Its settings have ``folder``: where `crosspost images` writes fitted copies, beside the picture."""

    def variants(self, draft: Draft) -> tuple[Variant, ...]:
        chosen = self.spoken(draft)
        return tuple(self._variant(picture, chosen) for picture in draft.images)

    def fitted(self, picture: Picture, limits: ImageLimits | None = None) -> Fitted:
        return super().fitted(picture, limits) if limits is not None else self._variant(picture, self.options).fitted

    def sketched(self, picture: Picture) -> Fitted:
        if picture.drawn is None:
            return super().sketched(picture)
        limits, folder = self.allowed.images, self.options.folder
        return public(picture, limits, network=self.key, folder=folder, drawn=False).fitted

    def on_the_site(self, picture: Picture, chosen: Any) -> str:
        """The address of a picture on the site, checked now.

        :param chosen: the network's own settings for the draft
        :raises NotSent: when the site does not serve it yet, with what to do
        """
        try:
            return self._deployed(self._variant(picture, chosen))
        except MediaError as error:
            raise NotSent(f"{self.account}: {error}") from error

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

    def _served(self, url: str, fitted: Fitted) -> "tuple[Response, str]":
        """What the address answers, and what is wrong with it; "" when it is the picture."""
        with self.talking():
            answer = self.session.get(url)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if answer.status_code == 200 and kind == fitted.mime:
            return answer, ""
        return answer, f"is {kind or 'of no type'}, not {fitted.mime}" if answer.status_code == 200 else "is not there"
