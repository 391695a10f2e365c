"""Which picture stands for a post: the one its front matter names, else one of its text, else the site's own."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from crosspost.model import Picture
from crosspost.sources.body_pictures import ShownPicture, candidates
from crosspost.sources.files import SiteFiles
from crosspost.sources.keys import Keys, PictureFrom
from crosspost.sources.pictures import alternatives, named, place
from crosspost.sources.record import Record

#: what ``Post.picture_from`` says of pictures that no key names
BODY, PAGE = "the text", "the page"
#: keys of ``_config.yml`` with the picture that stands for the whole site, as themes document them
SITE_KEYS = ("og_image", "social_image", "social_preview_image", "share-img", "image", "cover", "logo", "avatar")


class Chosen(NamedTuple):
    """A picture and where it stands; None and "" when there is none, "none" when the post wants none."""

    picture: Picture | None = None
    source: str = ""


class Chooser:
    """Looks at the places a picture may come from, in their order.

    :param render: a text of the front matter with its Liquid rendered
    :param line: a value of the front matter as one plain line
    """

    def __init__(
        self,
        record: Record,
        files: SiteFiles,
        keys: Keys,
        render: Callable[[str], str],
        line: Callable[[Any], str],
    ) -> None:
        self._record, self._files, self._keys = record, files, keys
        self._render, self._line = render, line
        self.warnings: list[str] = []
        self._nothing: list[str] = []  # said when no other place has a picture

    def choose(self, body: str, images: list[ShownPicture]) -> Chosen:
        """The post's picture.

        :param images: the pictures of the text
        """
        own = named(self._record.front.data, self._keys.pictures)
        if own.none:
            return Chosen(None, "none")
        looks: dict[PictureFrom, Callable[[], Chosen]] = {
            "keys": lambda: self._named(self._record.front.data, images),
            "body": lambda: self._of_body(body, images),
            "defaults": lambda: self._named(self._record.defaults, images, "defaults: "),
            "site": self._of_site,
            "page": Chosen,  # known only when the page was read, see crosspost.app.page_facts
        }
        for place_ in self._keys.picture_from:
            found = looks[place_]()
            if found.picture is not None or found.source:
                return found
        self.warnings += self._nothing
        return Chosen()

    def _named(self, data: dict[str, Any], images: list[ShownPicture], prefix: str = "") -> Chosen:
        """The first picture of the keys that can be used; when one is named and none can be, nothing stands in."""
        found = named(data, self._keys.pictures)
        wrong = [str(self._record.refuse(said, *keys)) for said, keys in found.wrong]
        for one in found.named:
            picture, complaint = place(one, self._files, self._render)
            if picture is None:
                wrong.append(complaint)
                continue
            self.warnings += wrong if wrong and found.named[0] is not one else []
            said = (self._line(value) for value in alternatives(one, data, self._keys.alts))
            return Chosen(self._described(picture, one.name, said, images), prefix + one.name)
        (self.warnings if found.named else self._nothing).extend(wrong)
        return Chosen(None, found.named[0].name if found.named else "")

    def _described(self, picture: Picture, name: str, said: Iterator[str], images: list[ShownPicture]) -> Picture:
        """The picture with an alternative text: a written one, else the text's of the same picture."""
        alt = next(filter(None, said), "")
        if not alt:
            same = (image.alt for _, image, _ in images if (image.path or image.url) == (picture.path or picture.url))
            alt = next(filter(None, same), "")
        if not alt:
            self.warnings.append(f"{name}: has no description for people who cannot see it; add thumbnail_alt")
        return msgspec.structs.replace(picture, alt=alt)

    def _of_body(self, body: str, images: list[ShownPicture]) -> Chosen:
        found = next(candidates(body, images), None)
        return Chosen(found, BODY if found is not None else "")

    def _of_site(self) -> Chosen:
        for one in named(self._record.site.config, SITE_KEYS).named:
            picture, _ = place(one, self._files, self._render)
            if picture is not None:
                return Chosen(picture, f"_config.yml: {one.name}")
        return Chosen()
