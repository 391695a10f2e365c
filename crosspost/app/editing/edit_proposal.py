"""Changes words, alternative texts, time and skipping of one post on one account: in its file, or in the ledger."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from crosspost.app.editing.edit_words import UNSET, Edit, checksum, in_words, ledger_diff
from crosspost.app.editing.editable import Editable, find, look, looked, network_of, reading, writing
from crosspost.app.ledger_access import lock, no_ledger_yet
from crosspost.app.times import zone_of
from crosspost.errors import CrosspostError, SourceError
from crosspost.model import Entry, Override, Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger, Person
    from crosspost.sources.front_matter_edit import Change

#: seconds that a change of a file waits for a run to end
_WAIT = 30

Where = Literal["file", "ledger"]


class Proposal(Value, frozen=True, kw_only=True):
    """An edit that is not made yet. ``diff`` shows it, ``seen`` is a checksum of what it starts from."""

    post: str
    path: str
    account: str
    where: Where
    words: str
    diff: str
    seen: str
    before: Override | None
    after: Override | None
    change: Any = None


def propose(app: "App", post: "str | Path", account: str, edit: Edit, where: Where) -> Proposal:
    """How an edit would be made; changes nothing.

    :raises CrosspostError: when it cannot be made, with the reason
    """
    with reading(app) as ledger:
        entry = find(app, ledger, post)
        now = looked(app, ledger, entry, account)
        if now.refusal:
            raise CrosspostError(now.refusal)
        words = in_words(edit, app)
        common: dict[str, Any] = {
            "post": now.post,
            "path": now.path,
            "account": account,
            "where": where,
            "words": words,
        }
        if where == "ledger":
            after = _over(now.in_ledger or Override(), edit)
            diff = ledger_diff(now, after)
            seen = checksum(now.in_ledger)
            return Proposal(diff=diff, seen=seen, before=now.in_ledger, after=after, **common)
        if not app.source().has_front_matter(Path(now.path)):
            raise SourceError(
                f"{now.path}: this site's posts have no front matter that could be changed; `--in-ledger` keeps the "
                "change beside them"
            )
        _refuse_hidden(now, edit)
        change = _in_file(app, entry, account, edit)
        return Proposal(diff=change.diff, seen=change.seen, before=now.in_ledger, after=None, change=change, **common)


def apply(app: "App", proposal: Proposal, person: "Person", *, seen: str = "") -> Editable:
    """Make an edit, and write down who made it.

    In a file it is made while no run is at work; in the ledger at any time, because a run asks there once more before
    it sends.

    :param seen: the checksum of what the person saw, when that is longer ago than ``proposal``
    :raises CrosspostError: when file or ledger changed since the proposal, or the delivery is under way; nothing was
        changed then
    """
    if seen and seen != proposal.seen:
        raise CrosspostError(f"{proposal.post} on {proposal.account}: it changed since you looked; look again")
    if proposal.where == "file":
        _apply_to_file(app, proposal, person)
    else:
        with writing(app) as ledger:
            ledger.edits.put(
                proposal.post,
                proposal.account,
                proposal.after,
                person,
                f"in the ledger: {proposal.words}",
                before=proposal.before,
            )
            _move(app, ledger, proposal, person)
    return look(app, proposal.path, proposal.account)


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_hidden(now: Editable, edit: Edit) -> None:
    """:raises CrosspostError: when the ledger says something else, which wins over the file"""
    beside = now.in_ledger or Override()
    hidden = [name for name in ("text", "at", "skip") if getattr(edit, name) is not UNSET]
    if any(getattr(beside, name) is not None for name in hidden) or set(edit.alt) & set(beside.alt):
        raise CrosspostError(
            f"{now.post} on {now.account}: the ledger says something else there, which wins over the file; change it "
            "with --in-ledger, or take that away first (`--reset --in-ledger`)"
        )


def _over(said: Override, edit: Edit) -> Override | None:
    """The edit on top of what was changed before; None when nothing is left."""
    given = {name: value for name in ("text", "at", "skip") if (value := getattr(edit, name)) is not UNSET}
    alt = {name: text for name, text in {**said.alt, **edit.alt}.items() if text is not None}
    found: Override = msgspec.structs.replace(said, **given, alt=alt)
    return found if found != Override() else None


def _in_file(app: "App", entry: Entry, account: str, edit: Edit) -> "Change":
    """The change of the post's file."""
    from crosspost.sources.front_matter_edit import REMOVE, propose

    above: tuple[str, ...] = ("crosspost", account)
    keys: dict[tuple[str, ...], Any] = {}
    said = _written(entry, account)
    for name in ("text", "at", "skip"):
        value = getattr(edit, name)
        if value is not UNSET:
            keys[(*above, name)] = REMOVE if value is None else _local(app, value)
    if edit.alt:
        alts = entry.overrides.targets.get(account, Override()).alt
        alt = {name: text for name, text in {**alts, **edit.alt}.items() if text is not None}
        keys[(*above, "alt")] = REMOVE if not alt else alt[""] if set(alt) == {""} else alt
    if said is not None and keys:  # `mastodon: false` and the like become a mapping with the same meaning
        whole = {name: value for (*_, name), value in keys.items() if value is not REMOVE}
        keys = {above: said | whole or REMOVE} if isinstance(said, dict) else keys
    return propose(entry.path, keys)


def _written(entry: Entry, account: str) -> dict[str, Any] | None:
    """What the file says for an account in one word, as the mapping that means the same; None where it is a mapping."""
    from crosspost.sources import front_matter

    said = front_matter.parse(front_matter.read_bytes(entry.path), entry.path).data.get("crosspost")
    if said is False:
        raise SourceError(f"{entry.path}: says `crosspost: false`, so it goes nowhere; change that by hand first")
    if said is True:
        raise SourceError(f"{entry.path}: says `crosspost: true`; take that line out first, it means nothing")
    if not isinstance(said, dict) or account not in said or not isinstance(said[account], bool):
        return None
    return {} if said[account] else {"skip": True}


def _local(app: "App", value: Any) -> Any:
    """A time in the site's zone, as its author would write it."""
    return value.astimezone(zone_of(app)) if isinstance(value, datetime) else value


def _apply_to_file(app: "App", proposal: Proposal, person: "Person") -> None:
    from crosspost.ledger import Busy
    from crosspost.sources.front_matter_edit import save

    try:
        with lock(app, wait=_WAIT):
            if no_ledger_yet(app):
                save(proposal.change, seen=proposal.seen)
                return
            with writing(app) as ledger:
                ledger.edits.refuse_under_way(proposal.post, proposal.account)
                _save_noted(ledger, proposal, person)
                _move(app, ledger, proposal, person)
    except Busy as busy:
        raise CrosspostError(f"a run is at work ({busy}); nothing was changed, try again in a moment") from None


def _save_noted(ledger: "Ledger", proposal: Proposal, person: "Person") -> None:
    """Replace the file; who did it is written down just before, so that a kill at no moment leaves it unknown."""
    from crosspost.sources.front_matter_edit import save

    noted = False

    def note(words: str) -> None:
        ledger.audit.note(person, "edit", post=proposal.post, account=proposal.account, said=words)

    def begin() -> None:
        nonlocal noted
        note(f"in the file: {proposal.words}")
        noted = True

    try:
        save(proposal.change, seen=proposal.seen, begin=begin)
    except SourceError:
        if noted:
            note(f"not made, the file could not be replaced: {proposal.words}")
        raise


def _move(app: "App", ledger: "Ledger", proposal: Proposal, person: "Person") -> None:
    """Give a delivery that is planned its new moment."""
    entry = find(app, ledger, proposal.path)
    edits = ledger.edits.all().get(entry.id, {})
    at = entry.overrides.with_edits(edits).for_account(proposal.account, network_of(app, proposal.account)).at
    if at is not None:
        ledger.edits.move(entry.id, proposal.account, max(at, app.clock()), f"moved by {person.name}")
