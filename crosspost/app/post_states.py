"""Where the site's posts stand: what is out, what is old, what is still to go out."""

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import ledger_to_look_at
from crosspost.errors import LedgerError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Entry

#: account, state and address of each delivery of a post
Deliveries = Sequence[tuple[str, str, str]]


def deliveries_of(app: "App", listed: "Iterable[Entry]") -> Mapping[str, Deliveries]:
    """The deliveries of posts, by the posts' ids in the site; none before the first run.

    :raises LedgerError: when the ledger cannot be read
    """
    ledger = ledger_to_look_at(app)
    if ledger is None:
        return {}
    from crosspost.delivery.renames import recognise

    try:
        names = recognise([entry for entry in listed if entry.state != "skipped"], ledger.posts.known())
        links = ledger.history.links()
    finally:
        ledger.close()
    return {entry.id: links.get(names.get(entry.id, entry.id), ()) for entry in listed}


def shell_names(ledger: "Ledger") -> dict[str, str]:
    """Post id → its file, written as a shell takes it."""
    here = f"{Path.cwd()}/"
    return {post.id: shlex.quote(post.path.removeprefix(here)) for post in ledger.posts.known().values()}


def state_of(entry: "Entry", deliveries: Deliveries) -> str:
    """What a person calls it: a post that is out, or older than the first run, is not about to be published."""
    states = {state for _, state, _ in deliveries}
    if "sent" in states:
        return "sent"
    return "old" if entry.state == "ready" and states == {"before"} else entry.state


def in_numbers(app: "App", entries: "Sequence[Entry]") -> str:
    """How many posts are out, and so on: "24 posts: 20 out, 3 old, 1 to go out; 2 skipped, 0 refused"."""
    try:
        known = deliveries_of(app, entries)
    except LedgerError:  # told where the ledger is looked at
        known = {}
    counts = Counter(state_of(entry, known.get(entry.id, ())) for entry in entries)
    posts = counts["sent"] + counts["old"] + counts["ready"]
    said = f"{posts} post{'' if posts == 1 else 's'}"
    if known:
        said += f": {counts['sent']} out, {counts['old']} old, {counts['ready']} to go out"
    return f"{said}; {counts['skipped']} skipped, {counts['refused']} refused"
