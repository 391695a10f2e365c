"""Changes what is out, or takes it back, because a person asks for it: for the commands and the pages alike."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import alone, open_ledger
from crosspost.app.page_gate import pages
from crosspost.app.runner import Networks, editor, policies
from crosspost.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Change, Delivery, Ledger
    from crosspost.ledger.changes import Kind

#: states in which something of a delivery is out, or may be, or is still to come
_OPEN = ("planned", "sending", "unknown", "held", "sent")


@contextmanager
def ledger_of(app: "App") -> Iterator["Ledger"]:
    """The ledger, while no other run is at work.

    :raises CrosspostError: when one still is after two minutes
    """
    with alone(app, wait=120):
        ledger = open_ledger(app)
        try:
            yield ledger
        finally:
            ledger.close()


def post_of(app: "App", ledger: "Ledger", file: Path) -> str:
    """The post a person means: a file of the site, one that was there, or an id.

    :raises ConfigError: when nobody knows it
    """
    from crosspost.delivery.planner import known_as

    source = app.source()
    try:
        entry = source.entry(file)
        if entry.state != "skipped":
            return known_as(ledger, [entry], source.scan)[entry.id]
    except SourceError:
        pass  # it may be gone
    known = list(ledger.posts.known().values())
    here = file.absolute()
    for found in (
        [post.id for post in known if Path(post.path).absolute() == here],
        [post.id for post in known if str(file) in (post.id, post.name)],
        [post.id for post in known if Path(post.path).name == file.name],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigError(f"{file}: several posts have that name; say which: {', '.join(found)}")
    raise ConfigError(f"{file}: crosspost does not know this post, neither by its file nor by its id")


def need_known(app: "App", files: Sequence[Path]) -> None:
    """Before there is a ledger: what a person named must at least be a post of the site.

    :raises CrosspostError: when it is not, with the nearest there is
    """
    source = app.source()
    for file in files:
        try:
            source.entry(file)
        except SourceError:
            if str(file) not in {entry.id for entry in source.scan()}:
                raise


def updated(
    app: "App", ledger: "Ledger", files: Sequence[Path], rows: Sequence["Delivery"], accounts: Sequence[str]
) -> list["Change"]:
    """Have what is out say what these files say now: each change that was needed, as it stands then.

    :param rows: deliveries of these posts
    :raises CrosspostError: when a file cannot be read, or an account cannot be asked what it allows
    """
    from crosspost.delivery.change_detector import ChangeDetector
    from crosspost.delivery.renames import renamed

    source = app.source()
    complete = pages(app, ledger, source.load).complete
    watch = ChangeDetector(ledger=ledger, networks=Networks(app), load=complete, policies=policies(app))
    found = []
    for file in files:
        mine = post_of(app, ledger, file)
        post = complete(renamed(source.entry(file), mine))
        for row in rows:
            if row.post == mine and row.part == 1:
                ledger.changes.drop(row.id)  # what was decided before does not count: a person asks now
                found.append(watch.compare(post, row, "update"))
    return _carried_out(app, ledger, accounts, [change for change in found if change is not None])


def out_and_waiting(rows: Sequence["Delivery"]) -> tuple[list["Delivery"], list["Delivery"]]:
    """What of these deliveries is out, or may be; and what is only planned."""
    waiting = [row for row in rows if row.state in ("planned", "held") and row.publishing_at is None]
    out = [row for row in rows if row.state in _OPEN and row.part == 1 and row not in waiting]
    return out, waiting


def taken_back(
    app: "App",
    ledger: "Ledger",
    accounts: Sequence[str],
    rows: Sequence["Delivery"],
    sure: "Callable[[list[Delivery], list[Delivery]], None]" = lambda out, waiting: None,  # noqa: ARG005  # nobody is asked
) -> tuple[list["Change"], list["Delivery"]]:
    """Delete what is out, or may be, and give up what is not.

    :param sure: is told what is out and what is not out yet, and raises where a person does not want it
    """
    out, waiting = out_and_waiting(rows)
    if out or waiting:
        sure(out, waiting)
    from crosspost.delivery.idempotency_keys import anew
    from crosspost.ledger.facts import ID

    site = ledger.fact(ID)
    ledger.by_hand.give_up({row.id: anew(row, site) for row in waiting})
    changes = _carried_out(app, ledger, accounts, ledger.by_hand.delete([row.id for row in out]))
    return changes, [ledger.get(row.id) for row in waiting]


def left_alone(ledger: "Ledger", rows: Sequence["Delivery"], kind: "Kind") -> list["Change"]:
    """Nobody is asked about these any more.

    :param kind: "edit" or "delete"
    """
    return ledger.by_hand.dismiss([row.id for row in rows], kind)


def _carried_out(app: "App", ledger: "Ledger", accounts: Sequence[str], changes: Sequence["Change"]) -> list["Change"]:
    """Every change as it stands once the editor has worked on those that are planned."""
    editor(app, ledger).run(accounts, only=[change.delivery for change in changes])
    return [one for one in (ledger.changes.of(change.delivery) for change in changes) if one is not None]
