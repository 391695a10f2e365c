"""Changes keys in the front matter of a post's file, and nothing else: not a byte of comments, order or line endings.

What was written is parsed again and compared with what was asked for before the file is replaced.
"""

import difflib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from crosspost.errors import PostRefused, SourceError
from crosspost.sources import front_matter, whole_file, yaml_edit
from crosspost.sources.strict_yaml import YamlError
from crosspost.sources.yaml_edit import REMOVE
from crosspost.text.lazy_pattern import lazy

__all__ = ["REMOVE", "Change", "propose", "save"]

_BOM = b"\xef\xbb\xbf"
_BREAK = lazy(rb"\r\n|\n|\r")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a file that is not saved yet: its bytes before and after; ``path`` as the user named it."""

    path: str
    before: bytes
    after: bytes

    @property
    def seen(self) -> str:
        """A checksum of the file that was read."""
        return hashlib.sha256(self.before).hexdigest()

    @property
    def diff(self) -> str:
        """A unified diff to show first; "" when nothing changes."""
        old, new = (raw.decode("utf-8-sig").splitlines() for raw in (self.before, self.after))
        return "\n".join(difflib.unified_diff(old, new, self.path, self.path, lineterm="", n=2))


def propose(path: str, keys: Mapping[tuple[str, ...], Any]) -> Change:
    """How a file would be with these keys changed. Changes nothing.

    :param keys: path of a key (``("crosspost", "mastodon", "text")``) → its value, or :data:`REMOVE`; a mapping that
        is empty then is taken away, too
    :raises PostRefused: when the file cannot be understood, or cannot be changed in this way
    :raises SourceError: when it cannot be read
    """
    try:
        before = front_matter.read_bytes(path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    return Change(path=path, before=before, after=edited(before, path, keys))


def edited(raw: bytes, path: str, keys: Mapping[tuple[str, ...], Any]) -> bytes:
    """The bytes of the file with these keys changed.

    :raises PostRefused: as :func:`propose`
    """
    front = front_matter.parse(raw, path)
    if not front.there:
        if said := front_matter.instead(front.body):
            raise PostRefused(path, f"begins with {said}")
        raw = _with_front(raw)
        front = front_matter.parse(raw, path)
    source, data = front.source, front.data
    for keypath, value in keys.items():
        try:
            found = yaml_edit.splice(source, keypath, value)
        except YamlError as error:
            line = error.line + front.offset if error.line else 0
            raise PostRefused(path, f"{error.reason}; nothing was changed", line) from None
        except ValueError as error:
            raise PostRefused(path, f"{'.'.join(keypath)}: {error}; nothing was changed") from None
        data = yaml_edit.changed(data, keypath, value)
        if found is not None:
            source = f"{source[: found.start]}{found.text}{source[found.end :]}"
    after = _put_back(raw, front, source)
    removed = [keypath for keypath, value in keys.items() if value is REMOVE]
    _check(after, path, data, front.body, removed)
    return after


def save(change: Change, *, seen: str = "", begin: Callable[[], None] = lambda: None) -> None:
    """Replace the file, at once and as a whole; its mode stays.

    :param seen: the checksum of the file that somebody saw, when that is longer ago than ``change``
    :param begin: called when everything is ready and only the file's name has to be given to what was written
    :raises SourceError: when the file changed since it was read, or cannot be written; nothing was changed then
    """
    if seen and seen != change.seen:
        raise SourceError(_moved_on(change.path))
    if change.before == change.after:
        return
    try:
        whole_file.replace(Path(change.path), change.before, change.after, begin=begin)
    except whole_file.FileChanged:
        raise SourceError(_moved_on(change.path)) from None
    except OSError as error:
        why = error.strerror or error
        raise SourceError(
            f"{change.path}: cannot be written: {why}. `--in-ledger` keeps the change beside it"
        ) from None


def _moved_on(path: str) -> str:
    return f"{path}: the file changed meanwhile, so nothing was written; look at it and try again"


def _with_front(raw: bytes) -> bytes:
    end = _ending(raw)
    bom = _BOM if raw.startswith(_BOM) else b""
    return bom + b"---" + end + b"---" + end + raw[len(bom) :]


def _ending(raw: bytes) -> bytes:
    """The line ending of the file's first line."""
    found = _BREAK.search(raw)
    return found[0] if found else b"\n"


def _put_back(raw: bytes, front: front_matter.FrontMatter, source: str) -> bytes:
    """Replace the lines of the front matter that changed; of all others the bytes stay, with their endings."""
    old, new = front.source.split("\n"), source.split("\n")
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    starts = [0, *(found.end() for found in _BREAK.finditer(raw)), len(raw)]
    begin, end = starts[front.offset + same], starts[front.offset + len(old) - tail]
    ending = _ending(raw)
    middle = b"".join(line.encode() + ending for line in new[same : len(new) - tail])
    return raw[:begin] + middle + raw[end:]


def _check(after: bytes, path: str, data: Mapping[str, Any], body: str, removed: Sequence[tuple[str, ...]]) -> None:
    """:raises PostRefused: when what would be written does not say what it should"""
    try:
        read = front_matter.parse(after, path)
    except PostRefused:
        read = None
    got = dict(read.data) if read is not None else {}
    for keypath in removed:
        got, data = _pruned(got, keypath), _pruned(data, keypath)
    if read is None or read.body != body or not _same(got, data):
        raise PostRefused(path, "its front matter is written in a way that cannot be changed here; change it by hand")


def _pruned(data: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Without what is empty on the way to a key: comments may have kept ``crosspost:`` in the file."""
    name, *below = path
    found = dict(data)
    if below and isinstance(found.get(name), Mapping):
        found[name] = _pruned(found[name], below)
    if below and name in found and found[name] in (None, {}):
        del found[name]
    return found


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, datetime) and isinstance(other, datetime):
        return (one.tzinfo is None) == (other.tzinfo is None) and one == other
    return type(one) is type(other) and (one == other or (one != one and other != other))  # noqa: PLR0124  # nan
