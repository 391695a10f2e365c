"""What is known of each account between runs."""

from typing import Any

import msgspec
import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import told
from crosspost.ledger.rows import AccountState, as_identity
from crosspost.ledger.tables import accounts


class Accounts(Access):
    """The table of accounts."""

    def account(self, name: str) -> AccountState:
        rows = self._all(sa.select(accounts).where(accounts.c.name == name))
        if not rows:
            return AccountState(name=name)
        found = dict(rows[0]._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a mapping
        identity = found.pop("identity")
        return AccountState(**found, identity=as_identity(identity))

    def note(self, name: str, **known: Any) -> None:
        """Write down something about an account; see :class:`AccountState` for the names."""
        if "identity" in known and known["identity"] is not None:
            known["identity"] = msgspec.json.encode(known["identity"]).decode()
        with told(self.path), self._engine.begin() as connection:
            connection.execute(
                sa.insert(accounts)
                .prefix_with("OR IGNORE")
                .values(name=name, paused_for="", paused_why="", credential="", failures=0)
            )
            connection.execute(sa.update(accounts).where(accounts.c.name == name).values(**known))

    def account_states(self) -> dict[str, AccountState]:
        """What is known of every account, less who it is."""
        columns = [column for column in accounts.c if column.name != "identity"]
        return {row.name: AccountState(**row._mapping) for row in self._all(sa.select(*columns))}  # noqa: SLF001  # as above
