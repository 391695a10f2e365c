"""Builds a post from its file: renders text, description and pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost import markup
from crosspost.model import Picture, Post, Video
from crosspost.sources.body_pictures import ShownPicture, addresses
from crosspost.sources.descriptions import SEPARATOR, TEXT, Description, as_text, from_text, separator, written, wrong
from crosspost.sources.emoji_shortcodes import with_emoji
from crosspost.sources.jekyll_site import Site, author
from crosspost.sources.keys import Keys, lookup
from crosspost.sources.kramdown import as_commonmark
from crosspost.sources.liquid_rendering import render, without_attributes
from crosspost.sources.permalink import absolute_url
from crosspost.sources.picture_choice import GALLERY_KEYS, Chooser, Chosen, Gallery
from crosspost.sources.post_language import Layouts, of_post
from crosspost.sources.post_record import Record
from crosspost.sources.shortcodes import without_shortcodes, without_template_tags
from crosspost.sources.site_files import OutsideError, SiteFiles
from crosspost.text.lazy_pattern import lazy
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.sources.field_origins import Origin

#: a key, or a picture's address, that may mean a video
_VIDEO = lazy(r"(?i)video|\.(?:mp4|m4v|mov|webm)")


def make_post(  # one per part
    record: Record, root: Path, post_id: str, url: str, keys: Keys, layouts: Layouts, files: SiteFiles | None = None
) -> Post:
    """Build the full post.

    :param root: the folder of the site
    :param url: the post's address
    :param keys: the front matter keys for picture and description
    :param layouts: for the language of posts without one
    :param files: finds its pictures; None: as Jekyll does
    :raises PostRefused: when the post is empty or a value has the wrong type
    """
    return _Maker(record, root, url, keys, layouts, files).post(post_id)


def make_origin(
    record: Record, root: Path, post_id: str, keys: Keys, layouts: Layouts, files: SiteFiles | None = None
) -> "Origin":
    """Find where a post's picture and description come from; faster than :func:`make_post`, without rendering."""
    return _Maker(record, root, "", keys, layouts, files).origin(post_id)


class _Maker:
    """Collects the parts of one post, and warnings."""

    def __init__(
        self, record: Record, root: Path, url: str, keys: Keys, layouts: Layouts, files: SiteFiles | None
    ) -> None:
        self.record, self.url, self.keys, self.layouts = record, url, keys, layouts
        self.site: Site = record.site
        folder = Path(record.path).parent
        self.files = files or SiteFiles(root, folder, record.site, data=record.data, page=record.relative_url())
        self.warnings: list[str] = []
        self.lost_pictures: list[str] = []

    def post(self, post_id: str) -> Post:
        record = self.record
        body = self._body()
        title = record.headline()
        if not title or (not body.strip() and not self._has_description() and not record.titled()):
            raise record.refuse("the post is empty: it has neither a title nor a text")
        description, excerpt = self._description(body, title)
        images = self._images(body)
        listed = self._listed()
        self.warnings += listed.problems
        self.lost_pictures += listed.problems
        self.warnings += [*record.misplaced(), *_doubts(record)]
        video = self._video(body, images)
        picture = self._picture(body, images, listed)
        return Post(
            id=post_id,
            path=record.path,
            url=self.url,
            title=title,
            date=record.date,
            description=description.text,
            description_from=description.source if description.text else "",
            excerpt=self._line_of(record.data.get("excerpt")) or excerpt,
            body=body,
            lang=self._language(),
            author=markup.to_line(author(record.data.get("author")) or self.site.author),
            site=markup.to_line(self.site.title),
            root=str(self.files.root),
            root_url=absolute_url(self.site.url, self.site.baseurl, "/").rstrip("/") if self.site.url else "",
            tags=record.tags(),
            thumbnail=picture.picture,
            picture_from=picture.source,
            images=tuple(image.picture for image in images),
            gallery=listed.pictures,
            gallery_lines=listed.lines,
            video=video,
            overrides=record.overrides(),
            warnings=tuple(printable(warning) for warning in dict.fromkeys([*self.warnings, *self.files.hints])),
            lost_pictures=tuple(printable(warning) for warning in dict.fromkeys(self.lost_pictures)),
            answers=record.answers(),
            event=record.event(),
        )

    def origin(self, post_id: str) -> "Origin":
        from crosspost.sources.field_origins import Origin

        data, body = self.record.data, self.record.front.body
        description = written(data, self.keys.descriptions, self._line, self.record.headline())
        listed = self._listed()
        shown = [shown for address in addresses(body) for shown in self._shown(address, "")]
        picture = self._picture(body, shown, listed)
        return Origin(
            post_id,
            self.record.path,
            picture.source if picture.picture is not None else "",
            description.source if description is not None else self._opening_from(body),
            tuple(key for key in self.record.front.data if isinstance(key, str)),
        )

    def _body(self) -> str:
        text = self._rendered(self.record.front.body)
        if self.record.generated:
            return markup.to_markdown(self._own_markup(text))
        if self.record.name.ext.lower() in (".html", ".htm"):
            # indented HTML is not code, and its empty lines end nothing
            text = "\n".join(line.strip() for line in text.split("\n") if line.strip())
        return as_commonmark(self._own_markup(text)).strip()

    def _rendered(self, text: str) -> str:
        text = without_template_tags(text)
        if not self.record.liquid or ("{{" not in text and "{%" not in text):
            return text
        rendered, warning = render(text, self._variables(), self._relative, self._absolute)
        if warning:
            self.warnings.append(warning)
        return rendered

    def _own_markup(self, text: str) -> str:
        """Remove markup that only this site's generator, or a previous one, understands."""
        text = without_attributes(without_shortcodes(text))
        return with_emoji(text) if self.site.emoji else text

    def _variables(self) -> dict[str, Any]:
        record = self.record
        known = {
            "title": record.title(),
            "date": record.date,
            "url": record.relative_url(),
            "slug": record.slug(),
            "tags": list(record.tags()),
            "categories": record.categories(),
        }
        site = self.site.config | {"url": self.site.url, "baseurl": self.site.baseurl}
        return {"site": site, "page": record.data | known}

    def _relative(self, path: str) -> str:
        return path if "://" in path else absolute_url("", self.site.baseurl, "/" + path.removeprefix("/"))

    def _absolute(self, path: str) -> str:
        return path if "://" in path else absolute_url(self.site.url, self.site.baseurl, "/" + path.removeprefix("/"))

    def _line_of(self, value: Any) -> str:
        """A front matter value as one plain line; numbers and dates as written, "" for other types."""
        text = as_text(value)
        return "" if text is None else self._line(text)

    def _line(self, text: str) -> str:
        return markup.to_line(self._own_markup(self._rendered(text)))

    # ── description and language ──────────────────────────────────────────────────────────────────────────────────

    def _has_description(self) -> bool:
        found = (lookup(self.record.data, key) for key in self.keys.descriptions)
        return any(value is not None and self._line_of(value.value) for value in found)

    def _description(self, body: str, title: str) -> tuple[Description, str]:
        """The description, and the excerpt to use when the front matter has none."""
        data = self.record.data
        opening = from_text(body, self._separators())
        self.warnings += wrong(data, self.keys.descriptions)
        return written(data, self.keys.descriptions, self._line, title) or opening, opening.text

    def _separators(self) -> tuple[Any, ...]:
        return self.record.data.get("excerpt_separator"), self.site.config.get("excerpt_separator")

    def _opening_from(self, body: str) -> str:
        return SEPARATOR if separator(body, self._separators()) else TEXT if body.strip() else ""

    def _language(self) -> str:
        found, complaints = of_post(self.record.data, self.layouts)
        self.warnings += [*complaints, *self.site.warnings]
        return found or self.site.lang

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _images(self, body: str) -> list[ShownPicture]:
        return [shown for address, alt in markup.pictures(body) for shown in self._shown(address, alt)]

    def _listed(self) -> Gallery:
        """The pictures that the front matter lists."""
        data = self.record.front.data
        if not any(found and isinstance(found.value, list) for found in (lookup(data, key) for key in GALLERY_KEYS)):
            return Gallery()
        from crosspost.sources.galleries import gallery  # few posts have one

        return gallery(self.record, self.files, self._rendered, self._line_of)

    def _video(self, body: str, images: list[ShownPicture]) -> Video | None:
        """The video that the front matter or the text names."""
        named = [str(key) for key in self.record.front.data] + [image.written for image in images]
        if not any(_VIDEO.search(name) for name in named) and "<video" not in body.lower():
            return None
        from crosspost.sources.videos import video_of  # few posts have one

        filmed = video_of(self.record, body, images, self.files, self._rendered, self._line_of)
        self.warnings += filmed.problems
        return filmed.video

    def _shown(self, address: str, alt: str) -> Iterator[ShownPicture]:
        try:
            path, url, elsewhere = self.files.locate(self._rendered(address))
        except OutsideError:
            said = f"the picture {address} lies outside the site and was left out"
            self.warnings.append(said)
            self.lost_pictures.append(said)
            return
        if path or url:
            yield ShownPicture(address, Picture(path=path, url=url, alt=alt), elsewhere)

    def _picture(self, body: str, images: list[ShownPicture], listed: Gallery) -> Chosen:
        chooser = Chooser(self.record, self.files, self.keys, self._rendered, self._line_of)
        chosen = chooser.choose(body, images, listed)
        self.warnings += chooser.warnings
        self.lost_pictures += chooser.lost
        return chosen


def _doubts(record: Record) -> list[str]:
    """What is probably not meant as it stands; most posts have nothing that could be, and need no module for it."""
    front = record.front
    tags = front.data.get("tags")
    odd = isinstance(front.data.get("title"), list | dict) or (isinstance(tags, list) and any(map(_is_mapping, tags)))
    plain = not odd and all(isinstance(key, str) and key.islower() for key in front.data)
    if plain and "#" not in front.source and record.data.get("event") is None:
        return []
    from crosspost.sources.probable_mistakes import probable_mistakes

    return probable_mistakes(record)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict)
