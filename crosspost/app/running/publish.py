"""Publishes single posts now, because a person asks for them."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_access import lock, open_ledger
from crosspost.app.outcome import Wrong
from crosspost.app.progress import Progress
from crosspost.app.runner import admitted, deliver
from crosspost.app.write_back import write_back
from crosspost.errors import CrosspostError, SourceError
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger
    from crosspost.model import Entry
    from crosspost.sources.base import Source


class PublishView:
    """What watches it; this one watches nothing."""

    def begin(self, ledger: "Ledger") -> None:
        """No other run is at work, and nothing is changed yet; an error raised here stops it."""

    def warn(self, sentence: str) -> None:
        """Something that a person should know, but that stops nothing."""

    def left_out(self, sentence: str) -> None:
        """A post is asked for on every account, and one of them does not take it."""

    def wanted(self, ledger: "Ledger", posts: "dict[str, Entry]", accounts: list[str]) -> Progress:  # noqa: ARG002  # a subclass uses them
        """These posts are asked for on these accounts; gives what is told how the deliveries get on."""
        return Progress()


def publish(
    app: "App",
    files: Sequence[Path],
    accounts: list[str],
    view: PublishView,
    *,
    again: bool = False,
    named: bool = False,
) -> tuple[list["Delivery"], list[Wrong]]:
    """Publish the posts of these files now, once on each of these accounts.

    :param again: also where a post was taken back
    :param named: a person named these accounts, so they get posts too that they do not take by themselves
    :returns: every delivery of these posts on these accounts, as it stands now, and the files that are not posts
    :raises CrosspostError: when nothing could be sent
    """
    from crosspost.ledger import Busy

    source = app.source()
    entries, errors = entries_of(source, files)
    if named:
        import msgspec

        entries = [msgspec.structs.replace(one, left_out=tuple(_impossible(app, source, one))) for one in entries]
    try:
        with lock(app, wait=120):
            ledger = open_ledger(app)
            try:
                view.begin(ledger)
                if (doubt := ledger.open_doubt) is not None:
                    view.warn(doubt.why)
                accounts = admitted(app, ledger, accounts, view.warn)
                wanted = {entry.id: entry for entry in _ask_for(app, ledger, source, entries, accounts, again=again)}
                for sentence in _left_out(app, wanted.values(), accounts):
                    view.left_out(sentence)
                progress = view.wanted(ledger, wanted, accounts)
                deliver(app, ledger, source, wanted, accounts, by_hand=True, progress=progress)
                if app.keeps_articles():
                    from crosspost.app import article_records

                    article_records.follow(app, ledger, source, wanted, view.warn, whole=False)
                write_back(app, ledger, view.warn)
                _besides(app, ledger, source, wanted, view)
                rows = [row for post in wanted for row in ledger.deliveries(post=post) if row.account in accounts]
            finally:
                ledger.close()
    except Busy as busy:
        raise CrosspostError(f"another run is still at work ({busy}); nothing was sent, try again later") from None
    return rows, errors


def _left_out(app: "App", entries: "Iterable[Entry]", accounts: Sequence[str]) -> Iterator[str]:
    """Which accounts do not take which of the posts."""
    routes = app.routes()
    for entry in entries if routes else ():
        for name in accounts:
            said = entry.overrides.for_account(name, app.accounts()[name].network)
            if name in entry.left_out and said.skip is None:
                anyway = "" if _only_events(app, name) else f"; with `--to {name}` it goes there anyway"
                yield f"{entry.id}: {name} {routes[name].words}{anyway}"


def _impossible(app: "App", source: "Source", entry: "Entry") -> Iterator[str]:
    """The accounts to which nobody can send a post, because it has no event."""
    for name in entry.left_out:
        with contextlib.suppress(CrosspostError):  # one that cannot be read is told where it would be sent
            if _only_events(app, name) and source.load(entry).event is None:
                yield name


def _only_events(app: "App", name: str) -> bool:
    from crosspost.config.registry import EVENTS_ONLY  # the help needs it not

    return app.accounts()[name].network in EVENTS_ONLY


def _besides(app: "App", ledger: "Ledger", source: "Source", wanted: "dict[str, Entry]", view: PublishView) -> None:
    """What most sites do not ask for."""
    if app.settings is not None and app.settings.feed.files:
        from crosspost.app.syndication import feed_files

        feed_files.in_a_run(app, ledger, view.warn)
    if app.settings is not None and app.settings.site.webmentions:
        from crosspost.app import webmentions

        webmentions.tell(app, ledger, source, wanted, view.warn)


def entries_of(source: "Source", files: Sequence[Path]) -> tuple[list["Entry"], list[Wrong]]:
    """The posts in these files; one that is not a post does not stop the others."""
    entries: list[Entry] = []
    errors: list[Wrong] = []
    for file in files:
        try:
            entry = source.entry(file)
        except SourceError as error:
            errors.append(Wrong(printable(str(file)), str(error)))
            continue
        if entry.state == "ready":
            entries.append(entry)
        else:
            named = printable(str(file))
            reason = entry.reason if entry.reason.startswith(entry.path) else f"{named}: {entry.reason}"
            errors.append(Wrong(named, reason))
    return entries, errors


def _ask_for(
    app: "App", ledger: "Ledger", source: "Source", entries: list["Entry"], accounts: list[str], *, again: bool
) -> list["Entry"]:
    """Have a delivery of each post on each account that is due now, unless it is out, in doubt, or the post says no.

    :param again: also where it was taken back
    """
    from crosspost.delivery.digest import is_digest
    from crosspost.delivery.edit_overlay import with_edits
    from crosspost.delivery.inventory import note_some
    from crosspost.delivery.planner import known_as, skipped
    from crosspost.delivery.renames import renamed
    from crosspost.ledger import BY_HAND, TAKEN_BACK

    networks = {name: account.network for name, account in app.accounts().items()}
    names = known_as(ledger, entries, source.scan)
    edits = ledger.edits.all()
    wanted = [with_edits(renamed(entry, names[entry.id]), edits) for entry in entries]
    now, routes = app.clock(), {name: route.words for name, route in app.routes().items()}
    ledger.add(
        (entry, name, networks[name], "planned", now, BY_HAND)
        for entry in wanted
        for name in accounts
        if not skipped(entry, name, networks[name])
    )
    note_some(entries, names, ledger)
    for entry in wanted:
        for delivery in ledger.deliveries(post=entry.id):
            open_now = delivery.state in ("before", "failed", "planned", "skipped")
            if delivery.account not in accounts or not open_now or is_digest(delivery.why):  # a digest has said it
                continue
            if skipped(entry, delivery.account, delivery.network):
                continue  # the account does not take it; what was planned before is left to the next run
            if delivery.why == TAKEN_BACK and delivery.state == "skipped":
                if not again or delivery.part > 1:  # the parts of a thread follow its first
                    continue
                ledger.changes.drop(delivery.id)
            if delivery.state == "skipped" and delivery.why == routes.get(delivery.account):
                ledger.by_hand.decide([(delivery, "planned", BY_HAND)])  # so that the next run leaves it so
            else:
                ledger.revive(delivery)
    return wanted
