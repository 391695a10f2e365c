"""The ledger has an id, and knows for good who speaks on each account."""

import json
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("voice", sa.Text))
    connection = op.get_bind()
    connection.execute(sa.text("INSERT INTO facts VALUES ('id', :id)"), {"id": uuid.uuid4().hex})
    known = connection.execute(sa.text("SELECT name, identity FROM accounts WHERE identity IS NOT NULL")).all()
    for name, said in known:
        rows = sa.text("SELECT network FROM deliveries WHERE account = :name LIMIT 1")
        network = connection.execute(rows, {"name": name}).scalar()
        voice = _voice(said, network)
        if voice:
            change = sa.text("UPDATE accounts SET voice = :voice WHERE name = :name")
            connection.execute(change, {"voice": voice, "name": name})


def _voice(identity: str, network: str | None) -> str:
    """Who it was: of which server was not written down then, so it is added at the next look."""
    try:
        known = json.loads(identity)
        return json.dumps({"network": network or "", "id": str(known["id"]), "handle": str(known["handle"])})
    except (ValueError, KeyError, TypeError):
        return ""
