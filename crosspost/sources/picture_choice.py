"""Chooses the picture for a post: from its front matter, else from its text, else the site's own."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from crosspost.model import Picture
from crosspost.sources.body_pictures import ShownPicture, candidates, missing
from crosspost.sources.front_matter_pictures import alternatives, named, place
from crosspost.sources.keys import Keys, PictureFrom
from crosspost.sources.post_record import Record
from crosspost.sources.site_files import SiteFiles

#: the values of ``Post.picture_from`` for pictures that are not from a key
BODY, PAGE = "the text", "the page"
#: keys of ``_config.yml`` for the picture of the whole site, as documented by themes
SITE_KEYS = ("og_image", "social_image", "social_preview_image", "share-img", "image", "cover", "logo", "avatar")


#: the first of these keys that is a list of pictures counts
GALLERY_KEYS = ("pictures", "gallery", "photos", "images")


class Gallery(NamedTuple):
    """The pictures of a list, the key of the list, and what is wrong with others.

    ``lines`` are those of pictures without an alternative text in the file; 0 for the others.
    """

    pictures: tuple[Picture, ...] = ()
    lines: tuple[int, ...] = ()
    key: str = ""
    problems: tuple[str, ...] = ()


class Chosen(NamedTuple):
    """A picture and where it comes from; None and "" when there is none, "none" when the post wants none."""

    picture: Picture | None = None
    source: str = ""


class Chooser:
    """Tries the places a picture may come from, in order.

    :param render: renders the Liquid of a front matter value
    :param line: turns a front matter value into one plain line
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
        self.lost: list[str] = []  # those of its warnings that are about a picture the post names and does not have
        self._nothing: list[str] = []  # warnings for when no other place has a picture

    def choose(self, body: str, images: list[ShownPicture], listed: Gallery = Gallery()) -> Chosen:  # noqa: B008  # frozen
        """The post's picture.

        :param images: the pictures of the text
        :param listed: those of a list in the front matter, whose first stands for the post when no key names one
        """
        own = named(self._record.front.data, self._keys.pictures)
        if own.none:
            return Chosen(None, "none")
        looks: dict[PictureFrom, Callable[[], Chosen]] = {
            "keys": lambda: self._of_keys(images, listed),
            "body": lambda: self._of_body(body, images),
            "defaults": lambda: self._named(self._record.defaults, images, "defaults: "),
            "site": self._of_site,
            "page": Chosen,  # known only after the page was read, see crosspost.app.page_facts
        }
        for place_ in self._keys.picture_from:
            found = looks[place_]()
            if found.picture is not None or found.source:
                return found
        self._lose(self._nothing)
        return Chosen()

    def _of_keys(self, images: list[ShownPicture], listed: Gallery) -> Chosen:
        found = self._named(self._record.front.data, images)
        if found.picture is None and not found.source and listed.pictures:
            return Chosen(listed.pictures[0], listed.key)
        return found

    def _named(self, data: dict[str, Any], images: list[ShownPicture], prefix: str = "") -> Chosen:
        """The first usable picture of the keys; if there are some but none is usable, no other place is tried."""
        found = named(data, self._keys.pictures)
        problems = [str(self._record.refuse(problem, *keys)) for problem, keys in found.wrong]
        for candidate in found.named:
            picture, complaint = place(candidate, self._files, self._render)
            if picture is None:
                problems.append(complaint)
                continue
            self.warnings += problems if problems and found.named[0] is not candidate else []
            alts = (self._line(value) for value in alternatives(candidate, data, self._keys.alts))
            return Chosen(self._described(picture, candidate.name, alts, images), prefix + candidate.name)
        if not found.named:
            self._nothing += problems
            return Chosen()
        self._lose(problems)
        return Chosen(None, found.named[0].name)

    def _lose(self, problems: list[str]) -> None:
        """The post goes without a picture, for these reasons."""
        self.warnings += problems
        self.lost += problems

    def _described(self, picture: Picture, name: str, alts: Iterator[str], images: list[ShownPicture]) -> Picture:
        """The picture with an alternative text: from the front matter, else from the same picture in the text."""
        alt = next(filter(None, alts), "")
        if not alt:
            same = (image.alt for _, image, _ in images if (image.path or image.url) == (picture.path or picture.url))
            alt = next(filter(None, same), "")
        if not alt:
            self.warnings.append(f"{name}: has no description for people who cannot see it; add thumbnail_alt")
        return msgspec.structs.replace(picture, alt=alt)

    def _of_body(self, body: str, images: list[ShownPicture]) -> Chosen:
        found = next(candidates(body, images), None)
        self._nothing += missing(images, self._files) if found is None else []
        return Chosen(found, BODY if found is not None else "")

    def _of_site(self) -> Chosen:
        for candidate in named(self._record.site.config, SITE_KEYS).named:
            picture, _ = place(candidate, self._files, self._render)
            if picture is not None:
                return Chosen(picture, f"_config.yml: {candidate.name}")
        return Chosen()
