"""What a listing means for the posts the ledger knows: which are there, under which name, and which are gone."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crosspost.delivery import branches
from crosspost.delivery.branches import elsewhere
from crosspost.delivery.digest import is_digest
from crosspost.delivery.edit_overlay import with_edits
from crosspost.delivery.renames import familiar, recognise, renamed
from crosspost.ledger import Change, KnownPost, Ledger, Looked
from crosspost.model import Entry, Overrides, Value
from crosspost.sources.git_checkout import Checkout
from crosspost.text.numbers import counted

#: a post that is missing this long is gone; before that a program may be at work in the folder
GONE_AFTER = timedelta(minutes=10)
#: posts that are gone for longer matter only while something of them is out
_LATELY = timedelta(hours=1)
#: more new posts than these, all older than the newest known one, look like a feed or a site that changed how it names
#: its posts: they are held back, and a person decides
MOST_OLDER = 3
#: many posts have a day as their date, which begins at midnight
_A_DAY = timedelta(days=1)
#: stands for the fingerprint of a file that was renamed, which is looked at again although no byte changed
_MOVED = "moved"
_TROUBLE = (
    "{} not in the site any more, more than half of them at once. That looks like a mistake, "
    "so none of them counts as deleted; `crosspost unpublish FILE` takes one back. See `crosspost help changes`"
)


class Inventory(Value, frozen=True, kw_only=True):
    """The posts of a site and of the ledger together.

    ``entries`` are the files that are posts, under the ids the ledger knows them by; ``known`` is what is to be
    noted of each, ``before`` what was noted of every post that is there. ``missing`` are the posts of the ledger
    that the site has not, less those that are gone for long and of which nothing is left to decide; ``gone`` those
    of them that count as deleted. ``unread`` are folders that could not be read: what was in them is neither there
    nor missing. ``doubted`` are missing with so many others that they never count as deleted; ``trouble`` says so
    the first time. ``older`` are new posts, by id, that are older than what is known and too many at once to be
    believed (see :data:`MOST_OLDER`). ``gap`` is whether the listing has nothing that was known: a feed holds its
    newest items only, and those before them may have come and gone unseen. ``elsewhere`` says why nothing counts as
    deleted or changed now: another branch is checked out, as ``checkout`` has it.
    """

    entries: tuple[Entry, ...]
    known: dict[str, KnownPost]
    before: dict[str, KnownPost]
    unread: tuple[Entry, ...] = ()
    older: frozenset[str] = frozenset()
    gap: bool = False
    missing: tuple[KnownPost, ...] = ()
    gone: tuple[KnownPost, ...] = ()
    doubted: tuple[KnownPost, ...] = ()
    trouble: str = ""
    checkout: Checkout | None = None
    elsewhere: str = ""


def take(listed: Iterable[Entry], ledger: Ledger, checkout: Checkout | None = None, *, whole: bool = True) -> Inventory:
    """Match a listing with the ledger; changes nothing.

    :param checkout: what git has checked out in the site's folder
    :param whole: whether the listing has every post; what is not in a feed any more is not missing
    """
    listing = list(listed)
    by_name = {entry.id: entry for entry in listing}
    there = ledger.posts.there(lambda post: _sharing(post, by_name.get(post.name)))
    folders = {str(Path(entry.path)): entry for entry in listing if entry.path.endswith("/")}
    files = [entry for entry in listing if entry.state != "skipped" and not entry.path.endswith("/")]
    known, names = there, familiar(files, there)
    if names is None:
        known = ledger.posts.known()  # what is gone may be back under any name
        names = recognise(files, known)
    entries = _by_post(files, names, known)
    now = ledger.clock()
    expected = there | ledger.posts.missing(now - _LATELY) if whole else {}
    later = {entry.id for entry in listing if entry.state == "skipped" and entry.date and entry.date > now}
    missing = _missing(expected, entries, later, folders)
    fresh = {post.id for post in missing if post.gone_at is None or now - post.gone_at < GONE_AFTER}
    doubted = 2 * len(fresh) > len(fresh) + sum(post in known for post in entries)
    edits = ledger.edits.all()
    away, news = elsewhere(checkout, missing, ledger)
    doubtful = doubted and any(post.gone_at is None for post in missing)
    trouble = (
        _TROUBLE.format(counted(len(fresh), "post that was there is", "posts that were there are")) if doubtful else ""
    )
    return Inventory(
        entries=tuple(with_edits(renamed(entry, post), edits) for post, entry in entries.items()),
        known=_all_known(entries, known, ledger),
        before=known,
        unread=tuple(entry for entry in folders.values() if entry.state == "refused"),
        older=_older(entries, known, ledger),
        gap=not whole and bool(entries and known) and known.keys().isdisjoint(entries),
        missing=missing,
        gone=() if doubted or away else tuple(post for post in missing if post.id not in fresh),
        doubted=missing if doubted and not away else (),
        trouble=(away if news else "") if away else trouble,
        checkout=checkout,
        elsewhere=away,
    )


def _by_post(files: Iterable[Entry], names: Mapping[str, str], known: Mapping[str, KnownPost]) -> dict[str, Entry]:
    """The file of each post: of two files with one address, the one that was there first."""
    entries: dict[str, Entry] = {}
    for entry in files:
        post = names[entry.id]
        if post not in entries or (post in known and known[post].name == entry.id):
            entries[post] = entry
    return entries


def _missing(
    expected: Mapping[str, KnownPost], entries: Collection[str], later: Collection[str], folders: Collection[str]
) -> tuple[KnownPost, ...]:
    """The posts that were there and are not.

    :param later: the names of files whose date is to come
    :param folders: those that could not be read: nobody knows what is in them
    """
    return tuple(
        post
        for _, post in sorted(expected.items())
        if post.id not in entries
        and post.name not in later
        and not is_digest(post.id)
        and not (folders and any(str(above) in folders for above in Path(post.path).parents))
    )


def _older(entries: Mapping[str, Entry], known: Mapping[str, KnownPost], ledger: Ledger) -> frozenset[str]:
    """New posts that are older than the newest known one, if they are too many at once."""
    newest = max((post.looked.date for post in known.values() if post.looked.date is not None), default=None)
    if newest is None and entries:
        newest = _first_run(ledger)
    if newest is None:
        return frozenset()
    found = [
        post
        for post, entry in entries.items()
        if post not in known and entry.state == "ready" and entry.date is not None and entry.date < newest
    ]
    return frozenset(found) if len(found) > MOST_OLDER else frozenset()


def _first_run(ledger: Ledger) -> datetime | None:
    """Stands for the newest known post where the first run found an empty site, as when its folder was not there yet:
    what was written before that run is as old as what it should have found.
    """
    begun = [state.started_at for state in ledger.account_states().values() if state.started_at is not None]
    return min(begun) - _A_DAY if begun else None


def note(inventory: Inventory, ledger: Ledger) -> list[Change]:
    """Write down what is new: where posts are, what their files are, and which are not there any more.

    :returns: what was taken back when its file was gone, and whose file is there again
    """
    before = inventory.before
    back = _keep_what_is_back(inventory.known, before, ledger)
    branches.note(inventory.checkout, inventory.elsewhere, ledger)
    ledger.posts.note({p: k for p, k in inventory.known.items() if k is not before.get(p) and k != before.get(p)})
    if not inventory.elsewhere:
        ledger.posts.gone([post.id for post in inventory.missing if post.gone_at is None])
    return back


def note_some(entries: Iterable[Entry], names: Mapping[str, str], ledger: Ledger) -> None:
    """The same for single files; ``names``: the source's name → post id."""
    before = ledger.posts.known()
    posts = {names[entry.id]: entry for entry in entries}
    _keep_what_is_back(posts, before, ledger)
    ledger.posts.note(_all_known(posts, before, ledger))


def _keep_what_is_back(there: Iterable[str], before: Mapping[str, KnownPost], ledger: Ledger) -> list[Change]:
    """Before anything else is noted of posts that were gone: nothing takes them away any more.

    :returns: what is not out any more, because it was taken back meanwhile
    """
    again = [post for post in there if post in before and before[post].gone_at is not None]
    return ledger.deletions.undo(again) if again else []


def _all_known(entries: Mapping[str, Entry], before: Mapping[str, KnownPost], ledger: Ledger) -> dict[str, KnownPost]:
    """What is to be noted of posts that are there; whether they are out is asked only of those that changed."""
    same = {post: old for post, entry in entries.items() if (old := before.get(post)) and _as_before(entry, old)}
    out = ledger.posts.out([post for post in entries if post not in same])
    return {
        post: same.get(post) or _known(entry, post, before.get(post), post in out) for post, entry in entries.items()
    }


def _known(entry: Entry, post: str, before: KnownPost | None, out: bool) -> KnownPost:
    """What is to be noted of a post that is there. What is out was compared with an earlier file: that one stays."""
    if entry.state == "refused":
        empty = KnownPost(id=post, path=entry.path, url=entry.url, title=entry.title)
        return msgspec.structs.replace(before or empty, gone_at=None)
    file, pictures = entry.fingerprint, None
    if before is not None and out:
        moved = (before.name, Path(before.path).name) != (entry.id, Path(entry.path).name)
        file = _MOVED if moved else before.looked.file or entry.fingerprint
        pictures = before.looked.pictures
    looked = Looked(
        file=file,
        seen=entry.fingerprint,
        name=entry.id if entry.id != post else "",
        date=entry.date,
        pictures=pictures,
        overrides=entry.overrides if _says_on_delete(entry.overrides) else Overrides(),
    )
    return KnownPost(id=post, path=entry.path, url=entry.url, title=entry.title, looked=looked)


def _as_before(entry: Entry, post: KnownPost) -> bool:
    """Whether there is nothing new to note; asked for thousands of posts."""
    looked = post.looked
    return (
        entry.state != "refused"
        and looked.seen == entry.fingerprint == looked.file
        and (post.path, post.url, post.title, looked.date) == (entry.path, entry.url, entry.title, entry.date)
        and post.name == entry.id
        and post.gone_at is None
    )


def _sharing(post: KnownPost, entry: Entry | None) -> KnownPost:
    """The same post with the texts and the date of its entry, if nothing about it changed: in memory, each of fifty
    thousand posts is enough once.
    """
    if entry is None or not _as_before(entry, post):
        return post
    looked, same = post.looked, entry.fingerprint
    return KnownPost(
        id=entry.id if post.id == entry.id else post.id,
        path=entry.path,
        url=entry.url,
        title=entry.title,
        looked=Looked(
            file=same,
            seen=same,
            name=looked.name and entry.id,
            date=entry.date,
            pictures=looked.pictures,
            overrides=looked.overrides,
        ),
    )


def _says_on_delete(overrides: Overrides) -> bool:
    said = (overrides.everywhere, *overrides.targets.values())
    return any(one.on_delete is not None for one in said)
