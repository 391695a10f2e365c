"""Deliveries in parts, changes of what is out, what somebody was told, and facts about the ledger itself."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.String(32)
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("fingerprint", sa.Text, nullable=False, server_default=""))
        posts.add_column(sa.Column("gone_at", moment))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("part", sa.Integer, nullable=False, server_default="1"))
        deliveries.drop_constraint("uq_deliveries_post_account", type_="unique")
        deliveries.create_unique_constraint("uq_deliveries_post_account_part", ["post", "account", "part"])
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "changes",
        sa.Column("delivery", sa.Integer, sa.ForeignKey("deliveries.id"), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("draft", sa.Text),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", moment),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
    )
    op.create_table(
        "notices",
        sa.Column("matter", sa.Text, primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("told_at", moment),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
