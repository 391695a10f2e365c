"""What people change: edits beside the files, approvals with the links that were used, and who did what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.String(32)
    for table, what in (("edits", "said"), ("approvals", "seen")):
        op.create_table(
            table,
            sa.Column("post", sa.Text, primary_key=True),
            sa.Column("account", sa.Text, primary_key=True),
            sa.Column(what, sa.Text, nullable=False),
            sa.Column("by", sa.Text, nullable=False),
            sa.Column("at", moment, nullable=False),
        )
    op.create_table(
        "used_links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", moment, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("by", "origin", "action", "post", "account", "said")),
    )
    op.create_index("ix_audit_post", "audit", ["post"])
