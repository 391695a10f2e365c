"""Finds the posts of a site by their file names alone, and gives them ids.

A post's *id* is its file's path relative to the site, without the posts folder, date and extension::

    _posts/2022-12-01-erstes-arbeitstreffen.md  →  erstes-arbeitstreffen
    news/_posts/2022-12-01-x.md                 →  news/x
    _posts/sub/2022-12-01-x.md                  →  sub/x

so it does not change with title, text, front matter or date, and even a post that cannot be read has one. If several
files would have the same id (a recurring ``newsletter``), *all* of them get the date of their file name,
``newsletter@2024-03-01``, and if that is not enough, the extension, too: ``newsletter@2024-03-01.md``. The id of drafts
and of files that are not posts is their whole path, so that they never change the id of a post.
"""

import fnmatch
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from crosspost.sources import unreadable
from crosspost.text.lazy_pattern import lazy
from crosspost.text.printable import printable

POSTS, DRAFTS = "_posts", "_drafts"

_DATED = lazy(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.*)(\.[^.]+)\Z", re.ASCII | re.DOTALL)
_UNDATED = lazy(r"(.*)(\.[^.]+)\Z", re.DOTALL)

# people keep related files beside posts; Jekyll publishes only text
_BINARY = frozenset(
    [
        ".jpg",
        ".jpeg",
        ".png",
        ".gif",
        ".webp",
        ".avif",
        ".heic",
        ".svg",
        ".ico",
        ".bmp",
        ".tif",
        ".tiff",
        ".mp3",
        ".mp4",
        ".ogg",
        ".ogv",
        ".wav",
        ".webm",
        ".mov",
        ".pdf",
        ".zip",
        ".gz",
        ".doc",
        ".docx",
        ".xls",
        ".xlsx",
        ".ppt",
        ".pptx",
        ".odt",
        ".ods",
        ".odp",
        ".psd",
        ".ttf",
        ".woff",
        ".woff2",
    ]
)


class Name(msgspec.Struct, frozen=True, gc=False):
    """One file of a posts folder.

    ``path`` is relative to the site with ``/``; ``day``, ``slug`` and ``ext`` are parts of its name ("" without a
    date); ``reason`` is why the site does not publish it ("" for a post), ``link`` whether it is a symbolic link.
    ``unread`` marks a file or folder that should be read but cannot be; a folder's path ends with a slash.
    """

    id: str
    path: str
    day: str = ""
    slug: str = ""
    ext: str = ""
    reason: str = ""
    link: bool = False
    unread: bool = False

    @property
    def draft(self) -> bool:
        """Whether it is in a drafts folder."""
        return DRAFTS in self.path.split("/")[:-1]

    @property
    def basename(self) -> str:
        """The file's name without its extension."""
        return os.path.splitext(self.path.rpartition("/")[2])[0]  # noqa: PTH122 - pathlib costs as much as reading YAML


class Rules(msgspec.Struct, frozen=True):
    """Where to look. ``folder`` is the only posts folder ("": every ``_posts`` of a site, ".": the root itself).

    ``below`` is Jekyll's ``collections_dir``, to which the search is limited.
    """

    folder: str = ""
    below: str = ""
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def list_names(root: str, rules: Rules) -> list[Name]:
    """List every file of the posts folders below ``root``, oldest first by file name.

    :raises OSError: when the folder cannot be read
    """
    if rules.folder:
        start = root if rules.folder == "." else os.path.join(root, rules.folder)  # noqa: PTH118 - one join per site
        prefix = "" if rules.folder == "." else rules.folder.strip("/") + "/"
        found = list(_files(start, prefix, prefix, rules))
    elif rules.below:
        found = list(_site(os.path.join(root, rules.below), rules.below + "/", rules))  # noqa: PTH118 - as above
    else:
        found = list(_site(root, "", rules))
    return sorted(_with_ids(found), key=lambda name: (_sort_day(name), name.path))


def _site(folder: str, prefix: str, rules: Rules) -> Iterator[tuple[Name, str]]:
    """Walk a site as Jekyll does: skip hidden and underscored folders, but walk posts and drafts folders completely."""
    with os.scandir(folder) as entries:
        folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    for entry in folders:
        path = prefix + entry.name
        if _excluded(path, rules):
            continue
        if entry.name in (POSTS, DRAFTS):
            yield from _within(path, _files(entry.path, path + "/", prefix, rules), posts=True)
        elif entry.name[0] not in "._#~" or path in rules.include or entry.name in rules.include:
            yield from _within(path, _site(entry.path, path + "/", rules), posts=False)


def _files(folder: str, prefix: str, section: str, rules: Rules) -> Iterator[tuple[Name, str]]:
    """Yield each file below a posts folder with its preferred id; ``section`` is the path before that folder."""
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if entry.name[0] not in "._#~" and not _excluded(path, rules):
                yield from _within(path, _files(entry.path, path + "/", section, rules), posts=True)
            continue
        problem = "" if unreadable.is_file(entry) else unreadable.no_file(entry)
        if problem is None:
            continue
        name, wanted = _named(path, entry.name, _excluded(path, rules))
        # fast path: most names are printable
        unnamed = "" if path.isprintable() else unreadable.no_name(path)
        if unnamed:
            shown = printable(path)
            yield Name(id=shown, path=shown, reason=name.reason or unnamed, unread=not name.reason), ""
        elif problem and not name.reason:
            yield msgspec.structs.replace(name, reason=problem, unread=True), wanted
        else:
            yield (msgspec.structs.replace(name, link=True) if entry.is_symlink() else name), wanted


def _within(path: str, found: Iterator[tuple[Name, str]], *, posts: bool) -> Iterator[tuple[Name, str]]:
    """Yield what is found in a folder, or the folder itself if it cannot be read, so that the others go on.

    :param posts: whether the folder may contain posts, so that not reading it is an error
    """
    try:
        yield from found
    except OSError as error:
        shown = f"{printable(path)}/"
        yield Name(id=shown, path=shown, reason=f"cannot be read: {error.strerror}", unread=posts), ""


def _named(path: str, base: str, excluded: bool) -> tuple[Name, str]:
    reason = _why_not(base, excluded)
    if reason:
        return Name(id=path, path=path, reason=reason), ""
    drafts, before = _place(path[: -len(base)])
    if drafts:
        day, slug, ext = _parts(base)
        return Name(id=path, path=path, day=day, slug=slug, ext=ext, reason="a draft"), ""
    dated = _DATED.match(base)
    if dated is None:
        return Name(id=path, path=path, reason="no date in the file name; name it like 2024-03-05-title.md"), ""
    day, slug, ext = dated.groups()
    wanted = f"{before}{slug}" or path
    return Name(id=wanted, path=path, day=day, slug=slug, ext=ext), wanted


@lru_cache(maxsize=256)
def _place(folder: str) -> tuple[bool, str]:
    """Whether the files of a folder (its path with a slash) are drafts, and what the ids of its posts begin with."""
    folders = folder.split("/")[:-1]
    return DRAFTS in folders, "".join(f"{part}/" for part in folders if part != POSTS)


def _parts(base: str) -> tuple[str, str, str]:
    dated = _DATED.match(base)
    if dated:
        return dated[1], dated[2], dated[3]
    undated = _UNDATED.match(base)
    return ("", undated[1], undated[2]) if undated else ("", base, "")


def _why_not(base: str, excluded: bool) -> str:
    if base.endswith("~") or base[0] in ".#~":
        return "left behind by an editor, or hidden"
    if base[0] == "_":
        return "a name with an underscore in front is not published"
    if excluded:
        return "excluded in _config.yml"
    dot = base.rfind(".")
    extension = base[dot:].lower()
    if dot < 0:
        return "no extension in the file name, such as .md"
    return "not a text" if extension in _BINARY else ""


def _excluded(path: str, rules: Rules) -> bool:
    # fast path for the usual patterns, which are names of folders, because this runs for every file
    patterns = _patterns(rules.exclude)
    if not path.startswith(rules.exclude) and not (
        patterns and any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
    ):
        return False
    return not any(fnmatch.fnmatchcase(path, pattern) for pattern in rules.include)


@lru_cache(maxsize=8)
def _patterns(exclude: tuple[str, ...]) -> list[str]:
    return [pattern for pattern in exclude if "*" in pattern or "?" in pattern]


def _with_ids(found: list[tuple[Name, str]]) -> Iterator[Name]:
    """Assign unique ids: the preferred one, else with the date, else with the extension, else the whole path."""
    variants: tuple[Callable[[Name, str], str], ...] = (
        lambda name, wanted: f"{wanted}@{_iso(name.day)}",
        lambda name, wanted: f"{wanted}@{_iso(name.day)}{name.ext}",
        lambda name, _: name.path,
    )
    ids = [wanted or name.path for name, wanted in found]
    for variant in variants:
        count = Counter(ids)
        # a file that is not a post already has its path as id, which is unique
        ids = [
            variant(name, wanted) if wanted and count[post_id] > 1 else post_id
            for post_id, (name, wanted) in zip(ids, found, strict=True)
        ]
    for post_id, (name, _) in zip(ids, found, strict=True):
        yield name if name.id == post_id else msgspec.structs.replace(name, id=post_id)


def _iso(day: str) -> str:
    """The date of a file name with all digits: ``24-1-2`` → ``2024-01-02``."""
    year, month, date = day.split("-")
    return (
        f"{int(year) + (0 if int(year) >= 100 else 2000 if int(year) < 69 else 1900):04}-{int(month):02}-{int(date):02}"
    )


def _sort_day(name: Name) -> str:
    return name.day if len(name.day) in (0, 10) else _iso(name.day)


def folders_above(path: str, posts_below: str) -> list[str]:
    """The folders above the posts folder, which are categories."""
    if posts_below:
        path = path.removeprefix(posts_below + "/")
    for special in (POSTS, DRAFTS):
        above, found, _ = path.partition(special)
        if found:
            return [part for part in above.split("/") if part]
    return []
