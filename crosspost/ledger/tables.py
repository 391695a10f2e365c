"""The tables of the ledger. Migrations must lead to exactly these (a test compares)."""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

#: the newest schema; the name of the last migration
VERSION = "0001"


class Moment(TypeDecorator[datetime]):
    """A moment as UTC ISO 8601 text of fixed width: sorts by time, reads by eye, the same in every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's shape
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the same
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)

#: where each post was last seen; a post that moved is recognised by its address
posts = Table(
    "posts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

#: one row per (post, account); see :mod:`crosspost.ledger.store` for the states
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("post", Text, ForeignKey("posts.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("why", Text, nullable=False),  # why it is due then, or what it waits for
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Moment),  # the first attempt: giving up is counted from here
    Column("draft", Text),  # frozen before anything is sent
    Column("handle", Text),  # idempotency key
    Column("remote", Text, nullable=False),  # JSON: media ids, container …
    Column("remote_at", Moment),
    Column("publishing_at", Moment),  # set before the irreversible request, for ever
    Column("lease", Text),
    Column("lease_until", Moment),
    Column("receipt", Text),  # the network's id of the post
    Column("url", Text, nullable=False),
    Column("sent_at", Moment),
    Column("error", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("post", "account"),
    Index(None, "account", "state", "due_at"),
)

#: what is known of each account between runs; never a secret
accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("started_at", Moment),  # the first run: what existed then is not sent
    Column("paused_until", Moment),
    Column("paused_for", String(8), nullable=False),  # "rate": only time helps; "auth": a new token helps at once
    Column("paused_why", Text, nullable=False),
    Column("identity", Text),
    Column("identity_at", Moment),
    Column("credential", Text, nullable=False),  # 32 bits of a digest: tells only that the token was changed
)
