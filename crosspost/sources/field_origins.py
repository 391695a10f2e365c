"""Where the posts' pictures and descriptions come from, and keys that are probably misspelt."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from crosspost.sources.keys import Keys, steps
from crosspost.text.near_names import near_name, plain

#: a key in more posts than this, and in more than a tenth of the posts with the usual key, is the site's own
FEW = 5

#: names whose misspellings are detected: common ones, and long enough that another word is rarely close
_USUAL = (
    "title", "description", "thumbnail", "thumbnail_alt", "image", "image_alt", "excerpt", "subtitle", "summary",
    "categories", "category", "permalink", "published", "crosspost", "header", "cover-img", "share-img",
    "thumbnail-img", "feature-img", "featured_image", "og_image", "language",
)  # fmt: skip
#: names that other programs and themes use, however close they are
_OTHERS = frozenset(
    ("headings", "reader", "leader", "imagen", "publisher", "publish", "publishdate", "summaries", "tile", "tiles")
)
_ALTS = ("thumbnail_alt", "image_alt")


class Origin(NamedTuple):
    """One post: where its picture and description come from ("" for none), and its front matter keys."""

    post: str
    path: str
    picture: str
    description: str
    keys: tuple[str, ...]


class Slip(NamedTuple):
    """A key that is probably misspelt, and the files that have it."""

    key: str
    meant: str
    paths: tuple[str, ...]


def slips(origins: Iterable[Origin], keys: Keys) -> Iterator[Slip]:
    """Find keys that look misspelt: close to a usual key, in few posts, and never together with the usual key.

    :param keys: the keys that are read, which are never misspellings
    """
    listed = list(origins)
    read = {plain(str(steps(key)[0])) for key in (*keys.pictures, *keys.alts, *keys.descriptions)}
    count = Counter(key for origin in listed for key in origin.keys)
    there = Counter(plain(key) for origin in listed for key in origin.keys)
    for key, number in count.items():
        meant = _meant(key, read)
        if not meant or (number > FEW and number * 10 > there[plain(meant)]):
            continue
        used = [origin for origin in listed if key in origin.keys]
        if not any(plain(meant) in map(plain, origin.keys) for origin in used):
            yield Slip(key, meant, tuple(origin.path for origin in used))


def summary(origins: Iterable[Origin]) -> tuple[str, str]:
    """Two short sentences: where the pictures and the descriptions come from."""
    from crosspost.text.numbers import counted  # a run needs it not

    listed = list(origins)
    found = []
    for what, places in (
        ("pictures", [origin.picture for origin in listed]),
        ("descriptions", [origin.description for origin in listed]),
    ):
        count = Counter(places)
        none = count.pop("", 0) + count.pop("none", 0)
        counts = ", ".join(f"{place} ({number})" for place, number in count.most_common())
        has = "has" if none == 1 else "have"
        without = f"{none} of {counted(len(listed), 'post')} {has} none" if none else ""
        if not counts and without:
            without = f"{what}: {without}"
        found.append("; ".join(filter(None, (f"{what} from {counts}" if counts else "", without))))
    return found[0], found[1]


def _meant(key: str, read: set[str]) -> str:
    written = plain(key)
    if written in read:
        return ""
    for alt in _ALTS:  # thumbnail_alt_text, image_alternative
        if written != plain(alt) and written.startswith(plain(alt)):
            return alt
    if near := near_name(key, _ALTS, slips=1):
        return near
    if written in _OTHERS or any(written.startswith(plain(name)) for name in _USUAL):
        return ""  # a longer name, such as description_de, is a separate key
    return near_name(key, _USUAL)
