"""Looks through the files of another tool, or the accounts, and notes in the ledger what they show as sent."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.importing.matching import Match, Matcher
from crosspost.app.importing.records import read
from crosspost.app.ledger_access import alone, no_ledger_yet, open_ledger
from crosspost.errors import CrosspostError
from crosspost.model import Receipt, Value
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Delivery, Ledger, Person

#: what a look at a file may settle; anything else is known better here
_OPEN = ("before", "planned")


class Found(Value, frozen=True, kw_only=True):
    """What the files show. ``unsaid`` is how many entries were only planned or had failed there.

    ``homeless`` are posts of which nothing says on which account they were. ``unread`` says why an account could not be
    read.
    """

    matches: tuple[Match, ...]
    unsaid: int
    homeless: tuple[str, ...]
    unread: tuple[str, ...] = ()


def look(app: "App", files: Iterable[Path], to: Sequence[str]) -> Found:
    """Match what the files show with the site's posts; changes nothing.

    :param to: the accounts meant where a file does not say so; () for what the files say
    :raises ConfigError: when a file cannot be read
    """
    entries = [entry for entry in app.source().scan() if entry.state == "ready"]
    matcher = Matcher(entries, app.accounts(), to, app.clock())
    best: dict[tuple[str, str], Match] = {}
    for file in files:
        for record in read(file):
            for match in matcher.matches(record):
                key = (match.entry.id, match.account)
                if key not in best or (match.url and not best[key].url):
                    best[key] = match
    placed = {post for post, _ in best}
    return Found(
        matches=tuple(sorted(best.values(), key=lambda one: (one.entry.id, one.account))),
        unsaid=matcher.unsaid,
        homeless=tuple(post for post in matcher.homeless if post not in placed),
    )


def look_at_accounts(app: "App", accounts: Sequence[str], told: Callable[[str], None]) -> Found:
    """Find the site's posts on the accounts themselves; changes nothing. What the ledger has as sent is not looked for.

    :param accounts: the accounts to read
    :param told: told of each account that is read, and of those that show nothing to anybody, in sentences
    """
    from crosspost.app.importing.account_reader import AccountReader

    ready = [entry for entry in app.source().scan() if entry.state == "ready"]
    sent = _sent(app)
    matches: list[Match] = []
    unread: list[str] = []
    for account in accounts:
        wanted = [entry for entry in ready if (entry.id, account) not in sent]
        if wanted:
            price = app.network(account).responses_price
            cost = f"; each post it lists costs {price.amount:.3f} {price.currency}" if price is not None else ""
            told(f"Reading {app.label(account)} for {counted(len(wanted), 'post')}{cost}")
            reader = AccountReader(app, wanted, told)
            matches += reader.matches(account)
            unread += reader.unread
    ordered = tuple(sorted(matches, key=lambda one: (one.entry.id, one.account)))
    return Found(matches=ordered, unsaid=0, homeless=(), unread=tuple(unread))


def _sent(app: "App") -> set[tuple[str, str]]:
    """Post and account of what the ledger has as sent."""
    if no_ledger_yet(app):
        return set()
    ledger = open_ledger(app, read_only=True)
    try:
        return {(row.post, row.account) for row in ledger.deliveries(states=["sent"])}
    finally:
        ledger.close()


def note(app: "App", found: Found, person: "Person") -> tuple[list["Delivery"], list[str]]:
    """Note as sent what was found; what the ledger knows better stays as it is.

    :returns: the deliveries that count as sent now, and sentences about those that could not be noted
    """
    with alone(app):
        ledger = open_ledger(app)
        try:
            return _noted(app, ledger, found, person)
        finally:
            ledger.close()


def _noted(app: "App", ledger: "Ledger", found: Found, person: "Person") -> tuple[list["Delivery"], list[str]]:
    from crosspost.app.runner import site_of
    from crosspost.delivery.idempotency_keys import handle
    from crosspost.delivery.inventory import take

    source, now = app.source(), app.clock()
    ours = {entry.path: entry for entry in take(source.scan(), ledger).entries}  # under the ids the ledger knows
    networks = {name: app.network(name) for name in {one.account for one in found.matches}}
    sent: list[Delivery] = []
    told: list[str] = []
    for one in found.matches:
        entry, network = ours.get(one.entry.path, one.entry), networks[one.account]
        ledger.add([(entry, one.account, network.key, "before", now, "")])
        (row, *_) = ledger.deliveries(post=entry.id, account=one.account)
        if row.state not in _OPEN or row.publishing_at is not None:
            if row.state != "sent":
                told.append(f"{entry.id} to {one.account} is {row.state}, which stays so: see `crosspost status`")
            continue
        try:
            draft = network.frozen(network.draft(source.load(one.entry)))
        except CrosspostError as error:
            told.append(f"{entry.id} to {one.account} counts as old, because its text cannot be made again: {error}")
            continue
        receipt = Receipt(id=network.id_in(one.url) if one.url else "", url=one.url, at=one.at or entry.date or now)
        key = row.handle or handle(site_of(app, source, ledger), entry.id, one.account, 1)
        sent.append(ledger.recognise(row, draft, key, receipt))
        ledger.audit.note(person, "import", post=entry.id, account=one.account, said=one.url or f"by its {one.how}")
    return sent, told
