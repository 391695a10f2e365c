"""Networks that show a picture from where it is on the web: only its address goes along, no file is uploaded."""

from collections.abc import Iterable, Mapping

import msgspec

from crosspost.errors import MediaError
from crosspost.model import Draft, Picture, Post
from crosspost.networks.base import Network
from crosspost.networks.drafting import Drafting, without


class LeavesOut(Network):
    """A mixin for networks whose text shows pictures, too: without a picture it is another text."""

    def draft_without(self, post: Post, found: Mapping[str, MediaError]) -> Draft:
        """:meth:`draft` of a post without some of its pictures; warnings say why.

        :param found: path of a picture → what is wrong with it
        :raises PictureBroken: with ``on_broken_picture = "hold"``
        """
        self._hold_back(post, next(iter(found.values())))
        draft = self.draft(less(post, found))
        return without(draft, *(f"goes out without a picture: {error}" for error in found.values()))


class LinkedPictures(LeavesOut):
    """A mixin. No file has to be fitted, but one that no program can show is left out here, too."""

    def draft(self, post: Post) -> Draft:
        draft = self.compose(post)
        found = broken(self, draft.images)
        if found:
            return self.draft_without(post, found)
        shown = [one for one in draft.images if one.path]
        if not shown:
            return draft
        from crosspost.networks.picture_remarks import linked  # a post without pictures has no use for it

        told = [said for one in shown for said in linked(one, self.sketched(one), self.allowed.images)]
        return msgspec.structs.replace(draft, warnings=(*draft.warnings, *told))


def broken(network: Drafting, pictures: Iterable[Picture]) -> dict[str, MediaError]:
    """The paths of those pictures that no program can show, each with the reason; one that is on the web only is not
    looked at."""
    found: dict[str, MediaError] = {}
    for picture in pictures:
        if picture.path:
            try:
                network.sketched(picture)
            except MediaError as error:
                found[picture.path] = error
    return found


def less(post: Post, paths: Iterable[str]) -> Post:
    """The post without the pictures that have these paths, wherever it names them."""
    gone = set(paths)
    lines = (*post.gallery_lines, *[0] * len(post.gallery))
    listed = [pair for pair in zip(post.gallery, lines, strict=False) if pair[0].path not in gone]
    thumbnail = post.thumbnail if post.thumbnail is None or post.thumbnail.path not in gone else None
    return msgspec.structs.replace(
        post,
        thumbnail=thumbnail,
        images=tuple(one for one in post.images if one.path not in gone),
        gallery=tuple(picture for picture, _ in listed),
        gallery_lines=tuple(line for _, line in listed),
    )
