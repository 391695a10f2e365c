"""Which known post each file is: the same file name, the same bytes, the same address, or the same title and date.

A renamed file is the same post. A copy, whose original is still there, is a new one. Pure.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

import msgspec

from crosspost.ledger import KnownPost
from crosspost.model import Entry
from crosspost.text.url_comparison import place


def recognise(listed: Sequence[Entry], known: Mapping[str, KnownPost]) -> dict[str, str]:
    """The post each listed file is.

    :param listed: a whole listing, less what the site does not publish; ids are the source's names of the files
    :param known: the ledger's posts by id
    :returns: source's name → post id, for every entry. Two files with one address are one post.
    """
    matching = _Matching(listed, known)
    matching.unchanged()
    matching.by_bytes()
    matching.by_name()
    matching.by_url()
    matching.by_title_and_date()
    return matching.with_the_new()


def familiar(listed: Iterable[Entry], there: Mapping[str, KnownPost]) -> dict[str, str] | None:
    """The same as :func:`recognise`, if every file is where it was and what it was: then what is gone does not matter.

    :param there: the ledger's posts that the site has, by id
    :returns: None when a file is new or another
    """
    homes = {post.name: post for post in there.values()}
    found: dict[str, str] = {}
    for entry in listed:
        post = homes.get(entry.id)
        if post is None or not _as_it_was(entry, post):
            return None
        found[entry.id] = post.id
    return found


def _as_it_was(entry: Entry, post: KnownPost) -> bool:
    return post.looked.seen in ("", entry.fingerprint) or not entry.fingerprint


def _another(entry: Entry, post: KnownPost) -> bool:
    """Whether an item of a feed has the id of another article: some feeds number theirs from the newest on, and some
    use an id again. Address, title and date all differ then.
    """
    if not entry.path.startswith(("https://", "http://")) or None in (entry.date, post.looked.date):
        return False
    same = (place(entry.url) == place(post.url), entry.title == post.title, entry.date == post.looked.date)
    return not any(same)


class _Matching:
    """Files and posts that are not matched yet, and those that are."""

    def __init__(self, listed: Sequence[Entry], known: Mapping[str, KnownPost]) -> None:
        self.known, self.listed = known, listed
        by_age = sorted(known.values(), key=lambda post: post.gone_at is None)  # of two, the one that is there
        self.home = {post.name: post for post in by_age}
        self.by_address = {place(post.url): post for post in by_age if place(post.url)}
        self.names = {entry.id for entry in listed}
        self.found: dict[str, str] = {}
        self.taken: set[str] = set()

    def match(self, entry: Entry, post: KnownPost) -> None:
        self.found[entry.id] = post.id
        self.taken.add(post.id)

    def open_entries(self) -> Iterator[Entry]:
        return (entry for entry in self.listed if entry.id not in self.found)

    def open_posts(self) -> Iterator[KnownPost]:
        return (post for post in self.known.values() if post.id not in self.taken)

    def gone_posts(self) -> Iterator[KnownPost]:
        """Posts whose file is not where it was."""
        return (post for post in self.open_posts() if post.name not in self.names)

    def unchanged(self) -> None:
        """The file is where it was and what it was (or nobody knows what it was)."""
        for entry in self.listed:
            post = self.home.get(entry.id)
            if post is not None and _as_it_was(entry, post):
                self.match(entry, post)

    def by_bytes(self) -> None:
        """A file that has the bytes of another post is that post, if the file that was there before is not left over:
        it is gone, or is some other known post by now (two files that swapped their names, a chain of renames).
        """
        pairs = dict(_pairs(self.open_entries(), self.open_posts(), lambda e: e.fingerprint, lambda p: p.looked.seen))
        while left := {
            name
            for name, post in pairs.items()
            if post.name in self.names and post.name not in pairs and post.name != name
        }:
            pairs = {name: post for name, post in pairs.items() if name not in left}
        for entry in list(self.open_entries()):
            if entry.id in pairs:
                self.match(entry, pairs[entry.id])

    def by_name(self) -> None:
        """The file is where it was and says something else: it was edited."""
        for entry in list(self.open_entries()):
            post = self.home.get(entry.id)
            if post is not None and post.id not in self.taken and not _another(entry, post):
                self.match(entry, post)

    def by_url(self) -> None:
        """A file at the address of a post: the site shows only one of them."""
        for entry in list(self.open_entries()):
            if (post := self.by_address.get(place(entry.url))) is not None:
                self.match(entry, post)

    def by_title_and_date(self) -> None:
        """A file that was renamed and edited at once."""
        pairs = _pairs(
            self.open_entries(),
            self.gone_posts(),
            lambda e: (e.title, e.date) if e.title and e.date else "",
            lambda p: (p.title, p.looked.date) if p.title and p.looked.date else "",
        )
        found = dict(pairs)
        for entry in list(self.open_entries()):
            if entry.id in found:
                self.match(entry, found[entry.id])

    def with_the_new(self) -> dict[str, str]:
        """New posts keep the source's name, unless an older post that was renamed has it as its id."""
        ids = set(self.known) | set(self.found.values())
        for entry in list(self.open_entries()):
            wanted = entry.id
            if wanted in ids:
                day = f"{entry.date:%Y-%m-%d}" if entry.date else "new"
                wanted = next(one for n in range(1, len(ids) + 2) if (one := f"{entry.id}@{day}.{n}") not in ids)
            self.found[entry.id] = wanted
            ids.add(wanted)
        return self.found


def renamed(entry: Entry, post: str) -> Entry:
    """The entry under the id the ledger knows its post by."""
    return entry if entry.id == post else msgspec.structs.replace(entry, id=post)


def _pairs(
    entries: Iterable[Entry],
    posts: Iterable[KnownPost],
    of_entry: Callable[[Entry], Hashable],
    of_post: Callable[[KnownPost], Hashable],
) -> Iterator[tuple[str, KnownPost]]:
    """Entries and posts that agree in something, where it is clear which belongs to which."""
    entries, posts = list(entries), list(posts)
    here, there = Counter(map(of_entry, entries)), Counter(map(of_post, posts))
    by_sign = {of_post(post): post for post in posts}
    for entry in entries:
        sign = of_entry(entry)
        if sign and here[sign] == 1 and there[sign] == 1:
            yield entry.id, by_sign[sign]
