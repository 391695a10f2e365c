"""Finds the pages of a Hugo site: each file of the content folders, its language, and the sections it is in."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from crosspost.errors import SourceError
from crosspost.sources.hugo.hugo_config import HugoConfig, Language
from crosspost.sources.hugo.mounts import Mount, content_mounts
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
    found: dict[tuple[str, str, bool], ContentFile] = {}
    mounts = content_mounts(config)
    sources = {mount.source for mount in mounts}
    for mount in mounts:
        deeper = {
            os.fspath(root / other)
            for other in sources
            if other != mount.source and other.startswith(f"{mount.source}/") and mount.own
        }
        for path in _walk(root / mount.source, deeper):
            file = of_path(root, mount, path, config)
            if file is not None:  # of two at one place, Hugo takes the first
                found.setdefault((file.language.code, _place(file), file.html), file)
    if not any((root / mount.source).exists() for mount in mounts):
        raise SourceError(f"{root / config.main.content}: there is no such folder, so there are no posts")
    return _unique(sorted(found.values(), key=lambda file: file.path))


def _place(file: ContentFile) -> str:
    """Where a file lies among all that is mounted."""
    name = "_index" if file.section else f"{file.base}/index" if file.bundle else file.base
    return "/".join((*file.folders, name))


def _walk(folder: Path, but: set[str]) -> Iterator[Path]:
    """The files below a folder, or the file itself, that may be pages.

    Hugo follows no links to folders and reads no hidden files.
    """

    def refuse(error: OSError) -> None:
        raise SourceError(f"{printable(str(error.filename))}: cannot be read: {error.strerror}") from None

    if folder.is_file() and folder.name.lower().endswith(EXTENSIONS):
        yield folder
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


def adapters(root: Path, config: HugoConfig) -> list[str]:
    """The files that make pages while the site is built (content adapters), as paths in the site."""
    found = []
    for mount in content_mounts(config):
        for above, below, names in os.walk(root / mount.source):
            below[:] = sorted(one for one in below if not one.startswith("."))
            found += [Path(above, name).relative_to(root).as_posix() for name in names if name == "_content.gotmpl"]
    return list(dict.fromkeys(found))


def of_path(root: Path, mount: Mount, path: Path, config: HugoConfig) -> ContentFile | None:
    """What a file of a mounted folder is; None when its language is switched off, or the mount leaves it out."""
    whole_mount = path == root / mount.source
    below = path.name if whole_mount else path.relative_to(root / mount.source).as_posix()
    if not mount.has(below):
        return None
    inside = Path(mount.target) if whole_mount and mount.target else Path(mount.target, below)
    stem, extension = os.path.splitext(inside.name)  # noqa: PTH122 - both parts are wanted
    language = config.languages.get(mount.language, config.main)
    name, _, code = stem.rpartition(".")
    if name and code.lower() in config.languages:
        stem, language = name, config.languages[code.lower()]
    if language.disabled:
        return None
    folders = inside.parts[:-1]
    bundle = stem == "index" and bool(folders)
    base = folders[-1] if bundle else stem
    whole = "/".join((*folders[: -1 if bundle else None], base))
    prefix = f"{mount.source.rpartition('/')[2]}:" if mount.own and mount.source != config.main.content else ""
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
