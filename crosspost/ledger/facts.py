"""What is known about the ledger itself, such as the machine at work and whether it is a copy."""

import sqlalchemy as sa

from crosspost.ledger.access import Access
from crosspost.ledger.connection import told
from crosspost.ledger.tables import facts


class Facts(Access):
    """The table of facts."""

    def fact(self, name: str) -> str:
        """What is written down under a name; "" when nothing is."""
        rows = self._all(sa.select(facts.c.value).where(facts.c.name == name))
        return str(rows[0].value) if rows else ""

    def keep_fact(self, name: str, value: str) -> None:
        """Write something down; "" takes it away."""
        with told(self.path), self._engine.begin() as connection:
            connection.execute(sa.delete(facts).where(facts.c.name == name))
            if value:
                connection.execute(sa.insert(facts).values(name=name, value=value))
