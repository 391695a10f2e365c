"""Finds the pages of a Hugo site: each file of the content folders, its language, and the sections it is in."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from crosspost.errors import SourceError
from crosspost.sources.hugo.config import HugoConfig, Language
from crosspost.text.printable import printable

#: what Hugo takes for content that it can render by itself
EXTENSIONS = (".md", ".markdown", ".mdown", ".html", ".htm")
_MOST = 100_000


class ContentFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a content folder.

    ``path`` is relative to the site with ``/``; ``folders`` are those below the content folder, without a bundle's own;
    ``base`` is its name without language and extension, or the name of its bundle.
    """

    id: str
    path: str
    folders: tuple[str, ...]
    base: str
    language: Language
    bundle: bool = False
    section: bool = False
    html: bool = False

    @property
    def logical(self) -> str:
        """Hugo's path of the page, which cascades look at: ``/posts/name``."""
        return "/" + "/".join((*self.folders, *(() if self.section else (self.base,)))).lower().replace(" ", "-")


def list_content(root: Path, config: HugoConfig) -> list[ContentFile]:
    """Every page of the site, by path.

    :raises SourceError: when a content folder cannot be read
    """
    found: dict[str, ContentFile] = {}
    folders = {one.content for one in config.languages.values()}
    for folder in sorted(folders):
        deeper = {os.fspath(root / other) for other in folders if other != folder and other.startswith(f"{folder}/")}
        for path in _walk(root / folder, deeper):
            if (file := of_path(root, folder, path, config)) is not None:
                found[file.path] = file
    if not any((root / folder).is_dir() for folder in folders):
        raise SourceError(f"{root / config.main.content}: there is no such folder, so there are no posts")
    return _unique(sorted(found.values(), key=lambda file: file.path))


def _walk(folder: Path, but: set[str]) -> Iterator[Path]:
    """The files below a folder that may be pages; Hugo follows no links to folders and reads no hidden files."""

    def refuse(error: OSError) -> None:
        raise SourceError(f"{printable(str(error.filename))}: cannot be read: {error.strerror}") from None

    number = 0
    for above, below, names in os.walk(folder, onerror=refuse if folder.is_dir() else None):
        below[:] = sorted(
            one
            for one in below
            if not one.startswith(".") and os.path.join(above, one) not in but  # noqa: PTH118 - one join per folder
        )
        leaf = next((name for name in names if re.match(r"index\.(?:[^.]+\.)?(?:md|markdown|html?)\Z", name)), "")
        if leaf and Path(above) != folder:
            below[:] = []  # what lies in a bundle are its resources
        for name in sorted(names):
            if name.startswith(".") or not name.lower().endswith(EXTENSIONS):
                continue
            if leaf and Path(above) != folder and not name.startswith("index."):
                continue
            number += 1
            if number > _MOST:
                raise SourceError(f"{folder}: has more than {_MOST:,} pages")
            yield Path(above) / name


def of_path(root: Path, folder: str, path: Path, config: HugoConfig) -> ContentFile | None:
    """What a file of a content folder is; None when its language is switched off."""
    inside = path.relative_to(root / folder)
    stem, extension = os.path.splitext(inside.name)  # noqa: PTH122 - both parts are wanted
    language = next((one for one in config.languages.values() if one.content == folder), config.main)
    if len({one.content for one in config.languages.values()}) == 1:
        language = config.main
    name, _, code = stem.rpartition(".")
    if name and code.lower() in config.languages:
        stem, language = name, config.languages[code.lower()]
    if language.disabled:
        return None
    folders = inside.parts[:-1]
    bundle = stem == "index" and bool(folders)
    base = folders[-1] if bundle else stem
    whole = "/".join((*folders[: -1 if bundle else None], base))
    prefix = "" if folder == config.main.content else f"{folder.rpartition('/')[2]}:"
    suffix = f".{language.code}" if language.code != config.default and not prefix else ""
    return ContentFile(
        id=printable(f"{prefix}{whole}{suffix}"),
        path=printable(path.relative_to(root).as_posix()),
        folders=folders[: -1 if bundle else None],
        base=base,
        language=language,
        bundle=bundle,
        section=stem == "_index",
        html=extension.lower() in (".html", ".htm"),
    )


def _unique(files: list[ContentFile]) -> list[ContentFile]:
    """Ids stay apart where only the extension differs: ``a.md`` and ``a.html``, or ``a.md`` and ``a/index.md``."""
    seen: dict[str, int] = {}
    for file in files:
        seen[file.id] = seen.get(file.id, 0) + 1
    return [msgspec.structs.replace(file, id=file.path) if seen[file.id] > 1 else file for file in files]
