"""The pages of a Hugo site as they are in its files: which there are, and what one of them says."""

import hashlib
import os
from functools import cached_property
from pathlib import Path

from crosspost.sources.hugo.cascade import inherited
from crosspost.sources.hugo.content_files import ContentFile, list_content
from crosspost.sources.hugo.hugo_config import HugoConfig, Language
from crosspost.sources.hugo.hugo_files import HugoFiles, with_bundle_picture
from crosspost.sources.hugo.hugo_front_matter import lowered, parse, plain_of
from crosspost.sources.hugo.hugo_record import HugoRecord
from crosspost.sources.hugo.mounts import asset_folders, static_folders
from crosspost.sources.hugo.sections import Sections
from crosspost.sources.jekyll_site import Site
from crosspost.sources.post_paths import below, need_plain_name, read_inside
from crosspost.sources.post_record import Check


class Pages:
    """The files of a site, listed once.

    :param old: whether a Hugo before 0.123 builds the site
    """

    def __init__(self, root: Path, config: HugoConfig, *, old: bool) -> None:
        self._root, self._config, self._old = root, config, old

    @cached_property
    def files(self) -> dict[str, ContentFile]:
        """Path below the site → the page.

        :raises SourceError: when a folder cannot be read
        """
        need_plain_name(self._root)
        return {file.path: file for file in list_content(self._root, self._config)}

    @cached_property
    def _sections(self) -> Sections:
        return Sections(self._root, self.files.values(), self._config, old=self._old)

    def path(self, file: ContentFile) -> str:
        """Where a page's file is."""
        return os.path.join(self._root, file.path)  # noqa: PTH118 - thousands of them

    def file(self, path: Path) -> ContentFile | None:
        """The page of a file or a bundle's folder; None when it is not listed.

        :raises SourceError: when there is no such file, or it is outside the site
        """
        if path.is_dir() and not path.is_symlink():  # a bundle
            path = next((path / name for name in ("index.md", "index.html") if (path / name).is_file()), path)
        return self.files.get(below(path, self._root))

    def record(self, file: ContentFile, check: Check) -> HugoRecord:
        """What a page says.

        :raises PostRefused: when its front matter cannot be understood
        """
        path = self.path(file)
        raw = read_inside(path, self._root)
        front = plain_of(parse(raw, path))
        cascade = self._sections.inherited(file)
        if not self._old:  # a page's own cascade is for itself, too
            cascade = {**cascade, **inherited(file, [lowered(front.data).get("cascade")])}
        record = HugoRecord(
            file,
            path,
            with_bundle_picture(front, Path(path).parent) if file.bundle else front,
            site_in(self._config, file.language),
            self._config,
            sections=self._sections.names(file),
            folders=self._sections.folders(file),
            below=cascade,
            old=self._old,
            check=check,
        )
        record.fingerprint = hashlib.blake2b(raw, digest_size=8).hexdigest()
        return record

    def pictures(self, record: HugoRecord) -> HugoFiles:
        """Where the pictures of a page may be."""
        return HugoFiles(
            self._root,
            Path(record.path).parent,
            record.site,
            data=record.data,
            page=record.relative_url(),
            url=record.absolute_url(),
            bundle=record.file.bundle,
            statics=static_folders(self._config),
            assets=asset_folders(self._config),
        )


def site_in(config: HugoConfig, language: Language) -> Site:
    """What the configuration says of the site in one of its languages."""
    return Site(
        url=language.base_url.rstrip("/"),
        zone=config.zone,
        title=language.title,
        lang=language.tag,
        author=config.author,
        emoji=config.emoji,
        warnings=config.warnings,
        config={"excerpt_separator": "<!--more-->"},
    )
