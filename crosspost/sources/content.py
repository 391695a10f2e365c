"""What a post says: description, pictures and text, rendered from its file."""

import os
from datetime import date
from pathlib import Path
from typing import Any

from crosspost import markup
from crosspost.model import Picture, Post
from crosspost.printable import printable
from crosspost.sources.emoji import with_emoji
from crosspost.sources.files import OutsideError, SiteFiles
from crosspost.sources.foreign import without_shortcodes, without_template_tags
from crosspost.sources.kramdown import as_commonmark
from crosspost.sources.permalink import absolute_url
from crosspost.sources.record import Record
from crosspost.sources.rendering import render, without_attributes
from crosspost.sources.site import Site, author, language


def make_post(record: Record, root: Path, post_id: str, url: str) -> Post:
    """Make the full post.

    :param root: the folder of the site
    :param url: the post's address
    :raises PostRefused: when the post says nothing or a value has the wrong kind
    """
    return _Maker(record, root, url).post(post_id)


class _Maker:
    """Gathers the parts of one post and what there is to warn of."""

    def __init__(self, record: Record, root: Path, url: str) -> None:
        self.record, self.url = record, url
        self.site: Site = record.site
        self.files = SiteFiles(root, Path(record.path).parent, record.site)
        self.warnings: list[str] = []

    def post(self, post_id: str) -> Post:
        record = self.record
        body = self._body()
        title = record.headline()
        excerpt = markup.first_paragraph(body)
        said = self._text("description")
        description = said if said and _bare(said) != _bare(title) else excerpt
        if not title or (not body.strip() and not said and record.data.get("title") is None):
            raise record.refuse("the post is empty: it has neither a title nor a text")
        images = self._images(body)
        return Post(
            id=post_id,
            path=record.path,
            url=self.url,
            title=title,
            date=record.date,
            description=description,
            excerpt=self._text("excerpt") or excerpt,
            body=body,
            lang=language(record.data.get("lang", record.data.get("locale"))) or self.site.lang,
            author=markup.to_line(author(record.data.get("author")) or self.site.author),
            site=markup.to_line(self.site.title),
            root=str(self.files.root),
            root_url=absolute_url(self.site.url, self.site.baseurl, "/").rstrip("/") if self.site.url else "",
            tags=record.tags(),
            thumbnail=self._thumbnail(images),
            images=images,
            overrides=record.overrides(),
            warnings=tuple(printable(said) for said in dict.fromkeys([*self.warnings, *self.files.hints])),
        )

    def _body(self) -> str:
        text = self._rendered(self.record.front.body)
        if self.record.name.ext.lower() in (".html", ".htm"):
            # HTML is not indented code, and its empty lines end nothing
            text = "\n".join(line.strip() for line in text.split("\n") if line.strip())
        return as_commonmark(self._own_markup(text)).strip()

    def _rendered(self, text: str) -> str:
        text = without_template_tags(text)
        rendered, warning = render(text, self._variables(), self._relative, self._absolute)
        if warning:
            self.warnings.append(warning)
        return rendered

    def _own_markup(self, text: str) -> str:
        """A text without what only this site's generator, or the one before it, understands."""
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

    def _text(self, key: str) -> str:
        """Give a value of the front matter as one plain line; numbers and dates as written, all else is no text."""
        value = self.record.data.get(key)
        if isinstance(value, bool) or not isinstance(value, str | int | float | date):
            return ""
        return markup.to_line(self._own_markup(self._rendered(str(value))))

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────

    def _images(self, body: str) -> tuple[Picture, ...]:
        found = []
        for written, alt in markup.pictures(body):
            try:
                path, url = self.files.locate(written)
            except OutsideError:
                self.warnings.append(f"the picture {written} lies outside the site and was left out")
                continue
            if path or url:
                found.append(Picture(path=path, url=url, alt=alt))
        return tuple(found)

    def _thumbnail(self, images: tuple[Picture, ...]) -> Picture | None:
        value = self.record.data.get("thumbnail")
        if value in (None, False):
            return None
        if not isinstance(value, str):
            raise self.record.refuse("thumbnail: should be the path of a picture", "thumbnail")
        written = self._rendered(value).strip()
        if not written:
            self.warnings.append("thumbnail: is empty")
            return None
        try:
            path, url = self.files.locate(written)
        except OutsideError:
            self.warnings.append(f"thumbnail: {written} lies outside the site and is not used")
            return None
        if not path and not (url == written and "://" in written):
            self.warnings.append(f"thumbnail: there is no file {written} in the site")
            return None
        if path and not os.path.getsize(path):  # noqa: PTH202 - the path is text here
            self.warnings.append(f"thumbnail: the file {written} is empty")
            return None
        return Picture(path=path, url=url, alt=self._alt(path, url, images))

    def _alt(self, path: str, url: str, images: tuple[Picture, ...]) -> str:
        """Give ``thumbnail_alt``, else what the text says of the same picture; never the file name."""
        said = self._text("thumbnail_alt")
        same = [image.alt for image in images if image.alt and (image.path == path if path else image.url == url)]
        if not said and not same:
            self.warnings.append("thumbnail: has no description for people who cannot see it; add thumbnail_alt")
        return said or next(iter(same), "")


def _bare(text: str) -> str:
    """Reduce a text to what is said, to see whether two say the same."""
    return "".join(char for char in text.casefold() if char.isalnum())
