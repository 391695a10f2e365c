"""The types of columns that a migration makes, in SQLite's and in PostgreSQL's words.

PostgreSQL's numbers have 64 bits, as SQLite's have, and its texts are compared byte by byte, as SQLite compares them:
the same as :func:`crosspost.ledger.postgresql.statements.created` makes of a new ledger.
"""

import sqlalchemy as sa

NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def text(longest: int) -> sa.types.TypeEngine[str]:
    """A text of at most so many characters."""
    return sa.String(longest).with_variant(sa.String(longest, collation="C"), "postgresql")
