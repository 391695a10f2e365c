"""What is known of each account between runs."""

from typing import Any

import msgspec
import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.changes import TAKEN_BACK
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.facts import decoded
from crosspost.ledger.rows import AccountState, as_identity
from crosspost.ledger.tables import accounts, changes, deliveries, posts
from crosspost.model import Identity, Voice


class Accounts(Access):
    """The table of accounts."""

    def account(self, name: str) -> AccountState:
        rows = self._all(sa.select(accounts).where(accounts.c.name == name))
        if not rows:
            return AccountState(name=name)
        found = dict(rows[0]._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a mapping
        identity = found.pop("identity")
        del found["voice"]
        return AccountState(**found, identity=as_identity(identity))

    def note(self, name: str, **known: Any) -> None:
        """Store fields of an account; see :class:`AccountState` for the names."""
        for field, value in known.items():
            if isinstance(value, Identity | Voice):
                known[field] = msgspec.json.encode(value).decode()
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(
                sa.insert(accounts)
                .prefix_with("OR IGNORE")
                .values(name=name, paused_for="", paused_why="", credential="", failures=0)
            )
            connection.execute(sa.update(accounts).where(accounts.c.name == name).values(**known))

    def voices(self) -> dict[str, Voice]:
        """The confirmed identity of each account that has one."""
        rows = self._all(sa.select(accounts.c.name, accounts.c.voice).where(accounts.c.voice.is_not(None)))
        found = {name: decoded(stored, Voice) for name, stored in rows}
        return {name: voice for name, voice in found.items() if voice is not None}

    def rename_account(self, old: str, new: str) -> None:
        """Move everything stored for ``old`` to ``new``: the same account under another name in the config."""
        c, d = accounts.c, deliveries.c
        was, is_now = f"digest/{old}/", f"digest/{new}/"
        digests = sa.select(posts).where(posts.c.id.startswith(was, autoescape=True))
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(sa.delete(accounts).where(c.name == new))
            connection.execute(sa.update(accounts).where(c.name == old).values(name=new))
            connection.execute(sa.update(deliveries).where(d.account == old).values(account=new))
            for row in connection.execute(digests).all():
                values = {**row._mapping, "id": is_now + row.id.removeprefix(was)}  # noqa: SLF001  # as above
                connection.execute(sa.insert(posts).values({str(name): value for name, value in values.items()}))
                connection.execute(sa.update(deliveries).where(d.post == row.id).values(post=values["id"]))
                connection.execute(sa.update(deliveries).where(d.why == row.id).values(why=values["id"]))
                connection.execute(sa.delete(posts).where(posts.c.id == row.id))

    def set_aside(self, name: str, why: str) -> None:
        """Discard what an account has sent or begun, because it was on another account; those posts count as old."""
        d, blank = (
            deliveries.c,
            {"publishing_at": None, "sent_at": None, "receipt": None, "draft": None, "handle": None},
        )
        nothing = {
            **blank,
            "url": "",
            "remote": "{}",
            "remote_at": None,
            "lease": None,
            "lease_until": None,
            "error": "",
        }
        mine = sa.select(d.id).where(d.account == name)
        with translate_errors(self.path), self._engine.begin() as connection:
            connection.execute(sa.delete(changes).where(changes.c.delivery.in_(mine)))
            was_begun = sa.or_(d.state == "sent", d.publishing_at.is_not(None), d.part > 1)
            started = sa.update(deliveries).where(d.account == name, was_begun).values(**nothing)
            connection.execute(started.where(d.part == 1).values(state="before", why=why))
            connection.execute(started.where(d.part > 1).values(state="skipped", why=TAKEN_BACK))

    def hold_open(self, name: str, why: str) -> None:
        """Hold every delivery of an account that was begun and whose outcome is unknown, for a person to decide."""
        d = deliveries.c
        begun = d.account == name, d.publishing_at.is_not(None), d.state.in_(("planned", "sending", "unknown"))
        with translate_errors(self.path), self._engine.begin() as connection:
            held = sa.update(deliveries).where(*begun)
            connection.execute(held.values(state="held", error=why, lease=None, lease_until=None))

    def account_states(self) -> dict[str, AccountState]:
        """The state of every account, without its identity."""
        columns = [column for column in accounts.c if column.name not in ("identity", "voice")]
        return {row.name: AccountState(**row._mapping) for row in self._all(sa.select(*columns))}  # noqa: SLF001  # as above
