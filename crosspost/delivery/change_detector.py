"""What becomes of posts that are out when their file changes or goes away: decided here, carried out by the Editor."""

import os
from collections.abc import Callable, Mapping, Sequence

import msgspec

from crosspost.delivery.account_identity import introduce
from crosspost.delivery.differences import Part, carried, differences, kept, picture_name
from crosspost.delivery.digest import is_digest
from crosspost.delivery.inventory import Inventory
from crosspost.errors import CrosspostError, NotSent, Unknown
from crosspost.ledger import Change, ChangeState, Delivery, Fate, Image, Ledger, Looked
from crosspost.media import digest
from crosspost.model import Draft, Entry, OnDelete, OnEdit, Overrides, Picture, Post, Value
from crosspost.networks.base import Network

#: posts that one run compares at most: a change of every file must not hold the run up, the next one goes on
MOST = 100
_MEANT: dict[OnDelete, ChangeState] = {"unpublish": "planned", "ask": "asked", "ignore": "ignored"}
#: what a post says of its own deletion: (account, network or "" for everywhere; what). None: nobody is asked
_Said = tuple[tuple[str, OnDelete], ...] | None
_SILENT = Overrides()


class Policy(Value, frozen=True, kw_only=True):
    """What an account does by itself when a post that is out changes or is gone."""

    on_edit: OnEdit = "ask"
    on_delete: OnDelete = "ask"


class ChangeDetector:
    """Compares what the site says with what is out, and writes down what is to be changed.

    :param networks: account name → adapter
    :param load: reads a listed post fully
    :param policies: account name → what it does; accounts without one are left alone
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        networks: Mapping[str, Network],
        load: Callable[[Entry], Post],
        policies: Mapping[str, Policy],
    ) -> None:
        self._ledger, self._networks, self._load, self._policies = ledger, networks, load, policies
        self._compared = 0
        self._seen: dict[str, Looked] = {}

    def look(self, entries: Mapping[str, Entry], inventory: Inventory) -> list[Change]:
        """Compare every post that is out and whose file or pictures are others than at the last look.

        :returns: what came up that was not known before; nothing while another branch is checked out
        """
        if inventory.elsewhere:
            return []
        new: list[Change] = []
        others = {}
        for post, entry in entries.items():
            known = inventory.known.get(post)
            if known is None or not entry.fingerprint:
                continue
            looked = known.looked
            same = looked.file == entry.fingerprint and looked.pictures is not None and _unchanged(looked.pictures)
            if not same:
                others[post] = looked
        for post, settled in self._ledger.posts.out(list(others)).items():
            new += self._look_at(entries[post], others[post], settled=settled)
        self._ledger.posts.looked(self._seen)  # after what came up was written down, and all in one
        return new + self._all_gone(inventory)

    def compare(self, post: Post, delivery: Delivery, how: OnEdit) -> Change | None:
        """Compare one delivery that is out with what the post says now; None when there is nothing to be done.

        :raises CrosspostError: when it cannot be compared now
        """
        network = self._networks[delivery.account]
        introduce(network, self._ledger, however_old=True)
        known = self._ledger.changes.of(delivery.id)
        if known is not None and (known.kind, known.state) == ("delete", "planned"):
            return None  # somebody wants it taken back
        draft = network.draft(post)
        found = differences(delivery.draft, draft, network)
        if not carried(found, network) and not kept(found, network):
            if known is not None and known.state != "done":
                self._ledger.changes.drop(delivery.id)
            return None
        state, why = self._means(delivery, draft, found, network, how)
        same = known is not None and (known.kind, known.draft) == ("edit", draft)
        if same and known is not None and known.state in (state, "planned", "failed", "ignored"):
            return None  # it was reported, or somebody decided
        return self._ledger.changes.put(delivery.id, "edit", state, draft, why)

    # ── edits ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look_at(self, entry: Entry, looked: Looked, *, settled: bool) -> list[Change]:
        """One post. Only when everything that is out was compared, the file counts as looked at."""
        rows = [row for row in self._ledger.deliveries(post=entry.id, states=["sent"]) if row.part == 1]
        new: list[Change] = []
        complete = settled
        pictures = [picture for row in rows if row.draft is not None for picture in _pictures(row.draft)]
        if looked.file != entry.fingerprint or (looked.pictures is not None and _others(looked.pictures)):
            self._compared += 1
            if self._compared > MOST:
                return []
            try:
                post = self._load(entry)
            except CrosspostError:  # the listing tells; until it is repaired, nothing is changed
                return []
            for row in rows:
                try:
                    new += self._edit(entry, post, row)
                except (NotSent, Unknown):  # who we are is not known now
                    complete = False
                except CrosspostError as error:
                    new += self._failed(row, str(error))
            pictures += [*([post.thumbnail] if post.thumbnail else []), *post.gallery, *post.images]
        if complete:
            seen = msgspec.structs.replace(looked, file=entry.fingerprint, pictures=_images(pictures))
            self._seen[entry.id] = seen
        return new

    def _edit(self, entry: Entry, post: Post, row: Delivery) -> list[Change]:
        policy = self._policies.get(row.account)
        said = entry.overrides.for_account(row.account, row.network)  # what is out follows its file, whoever takes it
        if policy is None or said.skip:
            return []
        how = said.on_edit or policy.on_edit
        if how == "ignore":
            return []
        change = self.compare(post, row, how)
        return [change] if change is not None else []

    def _means(
        self, row: Delivery, draft: Draft, found: tuple[Part, ...], network: Network, how: OnEdit
    ) -> tuple[ChangeState, str]:
        """What becomes of a difference, and what to say about it."""
        where = f" ({row.url})" if row.url else ""
        if self._parts(row) or draft.parts:
            return "left", f"{row.account}: a thread cannot be changed{where}; {_again(network)}"
        if draft.poll is not None and network.able.edit:  # no network changes one: its votes would be lost
            return "left", f"{row.account}: a post with a poll cannot be changed{where}; {_again(network)}"
        if not network.able.edit:
            return "left", f"{row.account}: {network.name} cannot change a post that is out{where}; {_again(network)}"
        if not carried(found, network):
            stays = kept(found, network)
            return "left", f"{row.account}: {network.name} cannot change {stays} of a post that is out{where}"
        return ("planned" if how == "update" else "asked"), ""

    def _parts(self, row: Delivery) -> bool:
        return any(one.part > 1 for one in self._ledger.deliveries(post=row.post, account=row.account))

    def _failed(self, row: Delivery, error: str) -> list[Change]:
        known = self._ledger.changes.of(row.id)
        if known is not None and (known.state, known.error) == ("failed", error):
            return []
        return [self._ledger.changes.put(row.id, "edit", "failed", None, error)]

    # ── posts that are gone ───────────────────────────────────────────────────────────────────────────────────────

    def _all_gone(self, inventory: Inventory) -> list[Change]:
        """Decide once about each delivery of the posts that are gone."""
        posts: dict[_Said, list[str]] = {}
        for post in inventory.doubted or inventory.gone:
            if not is_digest(post.id):
                # what this version never saw may be gone for years: nobody asks for it now
                said = None if inventory.doubted or not post.looked.seen else _on_delete(post.looked.overrides)
                posts.setdefault(said, []).append(post.id)
        return self._ledger.deletions.decide(posts, self._fate) if posts else []

    def _fate(self, said: _Said, account: str, kind: str) -> Fate | None:
        """What becomes of a delivery of a post that is gone, and why.

        :param kind: its network's name
        """
        if account not in self._policies:
            return None
        if said is None:
            return Fate("ignored")
        told = dict(said)
        how = told.get(account) or told.get(kind) or told.get("") or self._policies[account].on_delete
        network = self._networks[account]
        if _MEANT[how] != "ignored" and not network.abilities.delete:
            return Fate("left", f"its file is gone, but {network.name} cannot take a post back")
        return Fate(_MEANT[how])


def _on_delete(overrides: Overrides) -> _Said:
    """What a post says of its own deletion: the names of accounts and networks, "" for everywhere."""
    if overrides == _SILENT:  # as nearly every post is
        return ()
    said = {**overrides.targets, "": overrides.everywhere}
    return tuple((name, one.on_delete) for name, one in sorted(said.items()) if one.on_delete is not None)


def _again(network: Network) -> str:
    if not network.able.delete:
        return "it stays as it is"
    return "to correct it, `crosspost unpublish` it there and publish it with --again"


def _pictures(draft: Draft) -> list[Picture]:
    card = [draft.card.image] if draft.card is not None and draft.card.image is not None else []
    return [*draft.images, *card]


def _images(pictures: Sequence[Picture]) -> tuple[Image, ...]:
    """What the files of pictures are now; those without a file, or with an unreadable one, are left out."""
    found = {}
    for picture in pictures:
        try:
            stat = os.stat(picture.path)  # noqa: PTH116  # beside the one below, which is called for every post
            name = picture_name(picture)
            found[picture.path] = Image(
                name=name, path=picture.path, changed=stat.st_mtime_ns, size=stat.st_size, digest=digest(picture.path)
            )
        except OSError:
            continue
    return tuple(found.values())


def _unchanged(pictures: Sequence[Image]) -> bool:
    """Whether all files are as they were, at a glance."""
    try:
        return all(
            (stat.st_mtime_ns, stat.st_size) == (image.changed, image.size)
            for image in pictures
            for stat in (os.stat(image.path),)  # noqa: PTH116  # pathlib doubles the cost
        )
    except OSError:
        return False


def _others(pictures: Sequence[Image]) -> bool:
    """Whether any file says something else than it did, or is not there any more."""
    try:
        return any(digest(image.path) != image.digest for image in pictures)
    except OSError:
        return True
