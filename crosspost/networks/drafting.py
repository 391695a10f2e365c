"""What is said on an account, with pictures that can be used, made to fit and uploaded."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from crosspost import compose
from crosspost.compose import Style
from crosspost.errors import MediaError, PictureBroken, Unsupported
from crosspost.media import Fitted, Variant, digest, fit, fit_card
from crosspost.model import Draft, Framing, ImageLimits, Limits, Picture, Post, Prepared, Video, VideoLimits
from crosspost.networks.searching import Searching
from crosspost.transport.sandbox_mark import on_this_machine

if TYPE_CHECKING:
    from crosspost.media.video_file import VideoFile


Shown = TypeVar("Shown", Picture, Video)
_NO_VIDEO = "goes out without its video"


class Save(Protocol):
    """Stores an intermediate id (media id, container …) before the next request uses it: ``save("media_0", id)``.

    What is known at the same moment may follow as pairs: all of it is written down at once.
    """

    def __call__(self, key: str, value: Any, /, *more: tuple[str, Any]) -> None: ...


class Drafting(Searching):
    """From a post to a draft, and its pictures to what the server takes."""

    uploads = True  # pictures, as they were made to fit; else they are shown from where they are on the web

    def compose(self, post: Post) -> Draft:
        """Compose the post's content; pure, and the same for preview and sending.

        :raises Unsupported: when this network cannot take the post
        :raises ConfigError: when the post's own settings for this account are not valid
        """
        return self.composed(post)

    def composed(
        self, post: Post, *, style: Style | None = None, instead: str = "", limits: Limits | None = None
    ) -> Draft:
        """:func:`crosspost.compose.compose` for this account; ``style`` and ``limits`` stand instead of its own."""
        draft = compose.compose(
            post,
            account=self.account,
            network=self.key,
            limits=limits or self.allowed,
            abilities=self.able,
            style=style or self.style,
            options=self.options,
            instead=instead,
        )
        return self._as_answer(draft, post) if post.answers else draft

    def is_here(self, url: str) -> bool:
        """Whether an address is that of a post on this network, as far as can be told without asking."""
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("mobile.").removeprefix("m.")
        in_sandbox = on_this_machine(self.base_url) and url.startswith(f"{self.base_url}/")
        return host in self.hosts or (in_sandbox and self.answers and bool(self.id_in(url)))

    @classmethod
    def id_in(cls, url: str) -> str:  # noqa: ARG003  # part of the shape
        """The network's id of a post, from its address, so that a thread can continue; "" when the address lacks it."""
        return ""

    def _as_answer(self, draft: Draft, post: Post) -> Draft:
        """The draft as an answer to somebody's post here, where the post says so."""
        here = [url for url in post.answers if self.is_here(url)]
        if not here:
            return draft
        if self.answers:
            return msgspec.structs.replace(draft, answers=here[0])
        said = f"goes out on its own: crosspost cannot answer {here[0]} on {self.name}"
        return msgspec.structs.replace(draft, warnings=(*draft.warnings, said))

    def draft(self, post: Post) -> Draft:
        """:meth:`compose`, but without pictures that cannot be used; a warning says so.

        :raises PictureBroken: for such a picture, with ``on_broken_picture = "hold"``
        """
        draft = self._with_video(self.compose(post), post)
        usable, broken, told = [], [], []
        for picture in draft.images:
            try:
                fitted = self.sketched(picture)
                if self.uploads and (fitted.frames > 1 or fitted.blank):
                    from crosspost.networks import picture_remarks  # few pictures lose anything

                    told += picture_remarks.uploaded(picture, fitted, self.allowed.videos)
                usable.append(_with_digest(picture))
            except MediaError as error:
                broken.append(error)
        if broken:
            self._hold_back(post, broken[0])
        if broken and self.able.needs_image and not usable:
            raise Unsupported(f"{self.account}: {self.name} does not accept a post without a picture: {broken[0]}")
        if broken and self.allowed.text_with_images and not usable:
            # without a picture there is room for more
            draft = self.compose(msgspec.structs.replace(post, thumbnail=None, images=(), gallery=()))
        warnings = [f"goes out without a picture: {error}" for error in broken]
        draft = without(draft, *warnings, images=tuple(usable))
        draft = msgspec.structs.replace(draft, warnings=(*draft.warnings, *told))
        return self._usable_cards(draft, post) if self.able.card == "client" else draft

    def _with_video(self, draft: Draft, post: Post) -> Draft:
        """The draft with a video that can be used, or without; then the pictures go out, and a warning says why."""
        if draft.video is None:
            return draft
        video, warnings = _with_digest(draft.video), draft.warnings
        try:
            self.filmed(video)
        except MediaError as error:
            from crosspost.networks.video_conversion import after_refusal  # few videos need it

            found = after_refusal(self, video, post, error)
            if isinstance(found, str):
                return without(self.compose(msgspec.structs.replace(post, video=None)), f"{_NO_VIDEO}: {found}")
            video = found
        try:
            self.poster(video)
        except MediaError as error:
            video = msgspec.structs.replace(video, poster=None)
            warnings = (*warnings, f"its video goes out without the picture before it: {error}")
        return msgspec.structs.replace(draft, video=video, warnings=warnings)

    def filmed(self, video: Video) -> "VideoFile":
        """What the video's file contains.

        :raises MediaError: when it cannot be used, or this server does not take it
        """
        from crosspost.media.video import examine_video, read_any, read_captions  # few posts have one

        limits = self.allowed.videos or VideoLimits()
        found = read_any(video) if video.convert else examine_video(video, limits)
        if video.captions and limits.captions:
            read_captions(video.captions, limits)
        return found

    def sendable(self, video: Video) -> Video:
        """The video as it is uploaded: converted now, unless it was before, where its file does not fit.

        :raises MediaError: when that fails
        """
        if not video.convert:
            return video
        from crosspost.networks.video_conversion import film  # few videos need it

        return film(self, video)

    def poster(self, video: Video) -> Fitted | None:
        """The picture shown before a video plays, cut to the video's shape; None where it has none.

        :raises MediaError: when it cannot be used
        """
        if video.poster is None:
            return None
        if not video.poster.path:
            raise MediaError(f"{video.poster.url} is not a file of the site, so it cannot be uploaded")
        framing = poster_framing(video.poster)
        limits = poster_limits(self.filmed(video), self.allowed.images.bytes)
        return fit(video.poster.path, limits, shape="crop", background=framing.background, focus=framing.focus)

    def _usable_cards(self, draft: Draft, post: Post) -> Draft:
        """The draft and its parts, without link card pictures that cannot be used."""
        parts = tuple(self._usable_cards(part, post) for part in draft.parts)
        warnings = [warning for part in parts for warning in part.warnings]
        card, lost = draft.card, [warning for part in parts for warning in part.lost_pictures]
        draft = msgspec.structs.replace(draft, parts=parts, warnings=(*draft.warnings, *warnings))
        draft = msgspec.structs.replace(draft, lost_pictures=(*draft.lost_pictures, *lost))
        if card is not None and card.image is not None:
            try:
                self.card_picture(card.image)
                card = msgspec.structs.replace(card, image=_with_digest(card.image))
            except MediaError as error:
                self._hold_back(post, error)
                card = msgspec.structs.replace(card, image=None)
                return without(draft, f"the link's card goes out without a picture: {error}", card=card)
        return msgspec.structs.replace(draft, card=card)

    def card_picture(self, picture: Picture) -> Fitted:
        """Like :meth:`fitted`, for the picture of a link card that we upload.

        :raises MediaError: when it cannot be used
        """
        return self.fitted(picture)

    def fitted(self, picture: Picture, limits: ImageLimits | None = None) -> Fitted:
        """The picture, made to fit this server's limits, or the given tighter ones; a title card is drawn.

        :raises MediaError: when it cannot be used
        """
        framing, limits = picture.framing, limits or self.allowed.images
        if picture.drawn is not None:
            return fit_card(picture.drawn, limits, framing)
        if not picture.path:
            raise MediaError(f"{picture.url} is not a file of the site, so it cannot be uploaded")
        return fit(
            picture.path,
            limits,
            shape=framing.shape,
            background=framing.background,
            focus=framing.focus,
            store=self.pictures,
        )

    def sketched(self, picture: Picture) -> Fitted:
        """Like :meth:`fitted`, but a title card is not drawn: its ``data`` is empty.

        :raises MediaError: when it cannot be used
        """
        if picture.drawn is None:
            return self.fitted(picture)
        from crosspost.media.sketch import sketch_card  # few posts have one

        return sketch_card(picture.drawn, self.allowed.images, picture.framing)

    def uploaded(
        self,
        prepared: Prepared,
        save: Save,
        upload: Callable[[Picture], str],
        ready: Callable[[str], None] = lambda _: None,
        upload_video: Callable[[Video], str] | None = None,
    ) -> Prepared:
        """Upload the pictures, or the video, one by one, each only once; ``media_0``, ``media_1`` … store
        the results.

        :param ready: waits until the server has processed an upload, including one of an earlier attempt
        """
        remote, draft = dict(prepared.remote), prepared.draft
        video = (draft.video,) if draft.video is not None else ()
        for number, one in enumerate((*video, *draft.images)):
            key = f"media_{number}"
            if key not in remote:
                if not isinstance(one, Video):
                    remote[key] = upload(one)
                elif upload_video is not None:
                    remote[key] = upload_video(one)
                save(key, remote[key])
            ready(remote[key])
        return msgspec.structs.replace(prepared, remote=remote)

    def variants(self, draft: Draft) -> tuple[Variant, ...]:  # noqa: ARG002  # part of the shape
        """Pictures that must be on the site before this draft can go out; () where pictures are uploaded."""
        return ()

    def _hold_back(self, post: Post, error: MediaError) -> None:
        override = post.overrides.for_account(self.account, self.key)
        if compose.for_post(self.style, self.options, override, post.path)[0].on_broken_picture == "hold":
            raise PictureBroken(f"{self.account}: held back until its picture is repaired: {error}")


def poster_framing(picture: Picture) -> Framing:
    """How a picture is cut to a video's shape."""
    return msgspec.structs.replace(picture.framing, shape="crop")


def poster_limits(film: "VideoFile", most: int) -> ImageLimits:
    """What the picture before a video must be: of its shape, and not larger.

    :param most: bytes
    """
    ratio = film.width / max(1, film.height)
    return ImageLimits(
        count=1, formats=("JPEG",), bytes=most, max_width=film.width, max_height=film.height,
        min_ratio=ratio * 0.995, max_ratio=ratio * 1.005,
    )  # fmt: skip


def shown(draft: Draft) -> int:
    """How many uploads a draft has: its pictures, or its video."""
    return 1 if draft.video is not None else len(draft.images)


def _with_digest(picture: Shown) -> Shown:
    """The picture or video with the checksum of its file."""
    if not picture.path:
        return picture
    try:
        return msgspec.structs.replace(picture, digest=digest(picture.path))
    except OSError:  # it has just disappeared; the upload will report that
        return picture


def without(draft: Draft, *warnings: str, **changes: Any) -> Draft:
    """The draft with these changes, and with warnings about pictures it lost."""
    changes |= {"warnings": (*draft.warnings, *warnings), "lost_pictures": (*draft.lost_pictures, *warnings)}
    return msgspec.structs.replace(draft, **changes)
