"""Rows for the tests of the ledger, made the way the engine makes them."""

from datetime import timedelta
from typing import Any

import msgspec
import psycopg

from crosspost.ledger import Delivery, Ledger, State
from crosspost.ledger.database import assigned, moment
from crosspost.ledger.postgresql.address import Address
from crosspost.model import Draft, Entry, Receipt

OWNER = "machine:1"


def entry(post: str = "beet") -> Entry:
    return Entry(id=post, path=f"_posts/{post}.md", url=f"https://a.example/{post}", title=post.title())


def draft(text: str = "Grüße", account: str = "m", *, parts: tuple[str, ...] = ()) -> Draft:
    rest = tuple(draft(part, account) for part in parts)
    return Draft(account=account, network="mastodon", text=text, length=len(text), limit=500, unit="x", parts=rest)


def planned(
    ledger: Ledger,
    post: str = "beet",
    account: str = "m",
    *,
    state: State = "planned",
    due: timedelta = timedelta(),
    why: str = "",
) -> Delivery:
    """A row as the plan adds it."""
    ledger.add([(entry(post), account, "mastodon", state, ledger.clock() + due, why)])
    (row,) = (row for row in ledger.deliveries(post=post, account=account) if row.part == 1)
    return row


def claimed(ledger: Ledger, post: str = "beet", account: str = "m") -> Delivery:
    held = ledger.claim(planned(ledger, post, account), OWNER)
    assert held is not None
    return held


def frozen(ledger: Ledger, post: str = "beet", account: str = "m", *, parts: tuple[str, ...] = ()) -> Delivery:
    return ledger.freeze(claimed(ledger, post, account), draft(account=account, parts=parts), f"key of {post}")


def begun(ledger: Ledger, post: str = "beet", account: str = "m", *, parts: tuple[str, ...] = ()) -> Delivery:
    """A row whose irreversible request comes next."""
    return ledger.begin(frozen(ledger, post, account, parts=parts))


def sent(ledger: Ledger, post: str = "beet", account: str = "m", *, parts: tuple[str, ...] = ()) -> Delivery:
    return ledger.sent(begun(ledger, post, account, parts=parts), receipt(ledger))


def receipt(ledger: Ledger, number: str = "1", *notes: str) -> Receipt:
    return Receipt(id=number, url=f"https://m.example/{number}", at=ledger.clock(), notes=notes)


def stored(ledger: Ledger, row: Delivery) -> dict[str, Any]:
    """All columns, those that :class:`Delivery` does not have too."""
    names = ledger._database.columns("deliveries")
    (values,) = ledger._database.rows("SELECT * FROM deliveries WHERE id = :id", {"id": row.id})
    found = dict(zip(names, values, strict=True))
    return found | {name: moment(found[name]) for name in names if name.endswith(("_at", "_until"))}


def put(ledger: Ledger, row: Delivery, **values: Any) -> Delivery:
    """Bring a row to a state that is long to reach."""
    if "remote" in values:
        values["remote"] = msgspec.json.encode(values["remote"]).decode()
    with ledger._database.transaction() as connection:
        change = f"UPDATE deliveries SET {assigned(values)} WHERE id = :the_id"
        connection.change(change, values | {"the_id": row.id})
    return ledger.get(row.id)


def same(ledger: Ledger, *rows: Delivery) -> bool:
    """Whether these rows are as they were."""
    return all(ledger.get(row.id) == row for row in rows)


def facts(address: Address) -> dict[str, str]:
    """The facts of a ledger in PostgreSQL but its id, as another client sees them."""
    with psycopg.connect(address.url) as asked:
        return dict(asked.execute("SELECT name, value FROM facts WHERE name <> 'id'").fetchall())
