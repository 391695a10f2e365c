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
VERSION = "0004"


class Moment(TypeDecorator[datetime]):
    """A moment as UTC ISO 8601 text of fixed width: it sorts by time, is readable, and is the same in every
    database.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # the same
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)

#: where each post was last seen; a moved post is recognised by its address
posts = Table(
    "posts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("fingerprint", Text, nullable=False, server_default=""),  # of the file when it was last compared
    Column("gone_at", Moment),  # the site does not have it any more
)

#: one row per (post, account), and one for each further part of a thread; its states: :mod:`crosspost.ledger.store`
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("post", Text, ForeignKey("posts.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("network", Text, nullable=False),
    Column("part", Integer, nullable=False, server_default="1"),  # 1 is the post, others are replies in its thread
    Column("state", String(16), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("why", Text, nullable=False),  # why it is due then, or what it is waiting for
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Moment),  # the first attempt: giving up is counted from here
    Column("draft", Text),  # frozen before anything is sent
    Column("handle", Text),  # idempotency key
    Column("remote", Text, nullable=False),  # JSON: media ids, container …
    Column("remote_at", Moment),
    Column("publishing_at", Moment),  # set before the irreversible request, and kept
    Column("lease", Text),
    Column("lease_until", Moment),
    Column("receipt", Text),  # the network's id of the post
    Column("url", Text, nullable=False),
    Column("sent_at", Moment),
    Column("error", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("post", "account", "part"),
    Index(None, "account", "state", "due_at"),
)

#: the state of each account between runs; never a secret
accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("started_at", Moment),  # the first run: what existed then is not sent
    Column("paused_until", Moment),
    Column(
        "paused_for", String(8), nullable=False
    ),  # "rate" ends with time, "auth" with a new token, "trouble" after a probe
    Column("paused_why", Text, nullable=False),
    Column("identity", Text),
    Column("identity_at", Moment),
    Column("credential", Text, nullable=False),  # 32 bits of a hash: enough to notice a changed token
    Column("failures", Integer, nullable=False, server_default="0"),  # consecutive failures since the last success
    Column("voice", Text),  # JSON: the confirmed identity; another one needs a person's consent
)

#: pending edits and deletions of published posts
changes = Table(
    "changes",
    metadata,
    Column("delivery", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("kind", String(8), nullable=False),  # "edit" or "delete"
    Column("state", String(16), nullable=False),
    Column("draft", Text),  # the new content
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Moment),
    Column("error", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

#: alerts; each is sent once
notices = Table(
    "notices",
    metadata,
    Column("matter", Text, primary_key=True),
    Column("said", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("told_at", Moment),
)

#: facts about the ledger itself: see :mod:`crosspost.ledger.facts`
facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: what people changed without touching a post's file: see :mod:`crosspost.ledger.edits`
edits = Table(
    "edits",
    metadata,
    Column("post", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("said", Text, nullable=False),  # JSON: an Override
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

#: who said yes to which text: see :mod:`crosspost.ledger.approvals`
approvals = Table(
    "approvals",
    metadata,
    Column("post", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("seen", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

#: links with which something was decided; each counts once
used_links = Table("used_links", metadata, Column("id", Text, primary_key=True), Column("at", Moment, nullable=False))

#: who changed what by hand: see :mod:`crosspost.ledger.audit`
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("by", "origin", "action")),
    Column("post", Text, nullable=False, index=True),
    *(Column(name, Text, nullable=False) for name in ("account", "said")),
)
