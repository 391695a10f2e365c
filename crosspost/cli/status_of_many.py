"""``crosspost status`` of many sites: a line for each that needs a person, and the others counted."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from crosspost.app.ledger_access import doubted, no_ledger_yet, open_ledger
from crosspost.app.sites.arrivals import not_there
from crosspost.app.sites.site_folder import missing_folder
from crosspost.cli.each_site import worst
from crosspost.cli.layout import paragraph, speak_of, table
from crosspost.cli.many_sites import by_what_is_said
from crosspost.errors import ConfigError, CrosspostError, SourceError
from crosspost.text.numbers import counted, listed

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

    Site = tuple[str, App | ConfigError]


class _Seen(NamedTuple):
    """What one look at a site saw.

    :ivar code: the exit code for it alone
    :ivar needs: what needs a person, in a few words
    :ivar said: sentences that other sites may have, too
    """

    code: int = 0
    needs: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    counts: Counter[str] = Counter()  # noqa: RUF012  # never changed


def show(found: "Sequence[Site]") -> int:
    """Print it; gives the exit code of all."""
    unfetched = not_there(found)
    seen = {name: _seen(app, unfetched.get(name, "")) for name, app in found}
    speak_of("")
    needs = {name: one.needs for name, one in seen.items() if one.needs}
    said = by_what_is_said({name: one.said for name, one in seen.items()})
    wanting = [name for name, one in seen.items() if one.needs or one.said]
    few = f"{counted(len(wanting), 'needs', 'need')} you, {counted(len(seen) - len(wanting), 'does', 'do')} not"
    many = few if wanting else "nothing needs you"
    click.secho(f"{len(seen):,} sites: {many}.", bold=True)
    if needs:
        click.echo()
        table([(name, ", ".join(words)) for name, words in needs.items()])
    if said:
        click.echo()
    for sentence, names in said:
        paragraph(f"{listed(names)}: {sentence}", rest="  ", colour="yellow")
    _print_rest(sum((one.counts for one in seen.values()), Counter()))
    return worst(one.code for one in seen.values())


def _print_rest(counts: Counter[str]) -> None:
    """How much there is in all sites together, and how to see one."""
    click.echo()
    paragraph(
        f"In all of them: {counted(counts['sent'], 'delivery', 'deliveries')} sent, {counts['planned']:,} planned, "
        f"{counts['before']:,} old. `crosspost status --site NAME` shows one of them."
    )


def _seen(app: "App | ConfigError", unfetched: str) -> _Seen:
    try:
        if isinstance(app, ConfigError):
            raise app
        if unfetched:
            raise SourceError(unfetched)
        if no_ledger_yet(app):
            return _Seen(said=_gone(app))
        ledger = open_ledger(app, read_only=True)
        try:
            return _looked(app, ledger)
        finally:
            ledger.close()
    except CrosspostError as error:
        return _Seen(code=2 if isinstance(error, ConfigError | SourceError) else 1, said=(str(error),))


def _looked(app: "App", ledger: "Ledger") -> _Seen:
    from crosspost.app.recipients_in_doubt import people_in_doubt
    from crosspost.app.running.backlog import held_back
    from crosspost.ledger import WAITS

    counts = Counter[str]()
    for (_, state), number in ledger.counts_as_told(app.clock()).items():
        counts[state] += number
    waits = sum(row.why.startswith(WAITS) for row in ledger.deliveries(states=["planned", "sending"]))
    asked = len(ledger.changes.all(states=["asked"]))
    waits += counts["held"] + len(people_in_doubt(app, ledger))
    old = len({row.post for row in held_back(app, ledger)})
    needs = [
        (waits, "waits for you", "wait for you"),
        (counts["failed"], "failed", "failed"),
        (counts["unknown"], "in doubt", "in doubt"),
        (asked, "change asks you", "changes ask you"),
        (old, "old post held back", "old posts held back"),
    ]
    return _Seen(
        code=3 if waits or asked or old else 0,
        needs=tuple(counted(number, *words) for number, *words in needs if number),
        said=(*_gone(app), *filter(None, [doubted(app)]), *_paused(app, ledger), *_told(ledger)),
        counts=counts,
    )


def _gone(app: "App") -> tuple[str, ...]:
    return (gone,) if (gone := missing_folder(app)) else ()


def _paused(app: "App", ledger: "Ledger") -> tuple[str, ...]:
    now = app.clock()
    states = [ledger.account(name) for name in app.accounts()]
    return tuple(
        f"{state.name} is paused: {state.paused_why}"
        for state in states
        if state.paused_until is not None and state.paused_until > now
    )


def _told(ledger: "Ledger") -> tuple[str, ...]:
    """What somebody was told, or will be, and no count says."""
    return tuple(notice.said for notice in ledger.notices.standing() if notice.alert.startswith(("site:", "clock:")))
