"""Publishes single posts now, because a person asks for them."""

from collections.abc import Sequence
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

    def wanted(self, ledger: "Ledger", posts: "dict[str, Entry]", accounts: list[str]) -> Progress:  # noqa: ARG002  # a subclass uses them
        """These posts are asked for on these accounts; gives what is told how the deliveries get on."""
        return Progress()


def publish(
    app: "App", files: Sequence[Path], accounts: list[str], view: PublishView, *, again: bool = False
) -> tuple[list["Delivery"], list[Wrong]]:
    """Publish the posts of these files now, once on each of these accounts.

    :param again: also where a post was taken back
    :returns: every delivery of these posts on these accounts, as it stands now, and the files that are not posts
    :raises CrosspostError: when nothing could be sent
    """
    from crosspost.ledger import Busy

    source = app.source()
    entries, errors = entries_of(source, files)
    try:
        with lock(app, wait=120):
            ledger = open_ledger(app)
            try:
                view.begin(ledger)
                if (doubt := ledger.open_doubt) is not None:
                    view.warn(doubt.why)
                accounts = admitted(app, ledger, accounts, view.warn)
                wanted = {entry.id: entry for entry in _ask_for(app, ledger, source, entries, accounts, again=again)}
                progress = view.wanted(ledger, wanted, accounts)
                deliver(app, ledger, source, wanted, accounts, by_hand=True, progress=progress)
                if app.keeps_articles():
                    from crosspost.app import articles

                    articles.follow(app, ledger, source, wanted, view.warn, whole=False)
                write_back(app, ledger, view.warn)
                _besides(app, ledger, source, wanted, view)
                rows = [row for post in wanted for row in ledger.deliveries(post=post) if row.account in accounts]
            finally:
                ledger.close()
    except Busy as busy:
        raise CrosspostError(f"another run is still at work ({busy}); nothing was sent, try again later") from None
    return rows, errors


def _besides(app: "App", ledger: "Ledger", source: "Source", wanted: "dict[str, Entry]", view: PublishView) -> None:
    """What most sites do not ask for."""
    if app.settings is not None and app.settings.feed.files:
        from crosspost.app import said_feed_file

        said_feed_file.in_a_run(app, ledger, view.warn)
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
    from crosspost.delivery.edits import with_edits
    from crosspost.delivery.inventory import note_some
    from crosspost.delivery.plan import BY_HAND, known_as, skipped
    from crosspost.delivery.renames import renamed
    from crosspost.ledger import TAKEN_BACK

    networks = {name: account.network for name, account in app.accounts().items()}
    names = known_as(ledger, entries, source.scan)
    edits = ledger.edits.all()
    wanted = [with_edits(renamed(entry, names[entry.id]), edits) for entry in entries]
    now = app.clock()
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
            if delivery.why == TAKEN_BACK and delivery.state == "skipped":
                if not again or delivery.part > 1:  # the parts of a thread follow its first
                    continue
                ledger.changes.drop(delivery.id)
            ledger.revive(delivery)
    return wanted
