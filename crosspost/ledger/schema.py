"""The tables of the ledger, as a new one gets them. Migrations must lead to exactly these (a test compares).

A moment is UTC ISO 8601 text of fixed width: it sorts by time, is readable, and is the same in every database.
"""

#: the newest schema; the name of the last migration
VERSION = "0007"

_POSTS = """
CREATE TABLE posts (  -- where each post was last seen; a moved post is recognised by its address
    id TEXT NOT NULL PRIMARY KEY,
    path TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    seen_at VARCHAR(32) NOT NULL,
    fingerprint TEXT DEFAULT '' NOT NULL,  -- of the file when it was last compared
    gone_at VARCHAR(32)  -- the site does not have it any more
)"""
_DELIVERIES = """
CREATE TABLE deliveries (  -- one row per (post, account), and one for each further part of a thread
    id INTEGER NOT NULL PRIMARY KEY,
    post TEXT NOT NULL REFERENCES posts (id),
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    part INTEGER DEFAULT '1' NOT NULL,  -- 1 is the post, others are replies in its thread
    state VARCHAR(16) NOT NULL,  -- see crosspost.ledger.store
    due_at VARCHAR(32) NOT NULL,
    why TEXT NOT NULL,  -- why it is due then, or what it is waiting for
    attempts INTEGER NOT NULL,
    tried_at VARCHAR(32),  -- the first attempt: giving up is counted from here
    draft TEXT,  -- frozen before anything is sent
    handle TEXT,  -- idempotency key
    remote TEXT NOT NULL,  -- JSON: media ids, container …
    remote_at VARCHAR(32),
    publishing_at VARCHAR(32),  -- set before the irreversible request, and kept
    lease TEXT,
    lease_until VARCHAR(32),
    receipt TEXT,  -- the network's id of the post
    url TEXT NOT NULL,
    sent_at VARCHAR(32),
    error TEXT NOT NULL,
    updated_at VARCHAR(32) NOT NULL,
    CONSTRAINT uq_deliveries_post_account_part UNIQUE (post, account, part)
)"""
_ACCOUNTS = """
CREATE TABLE accounts (  -- the state of each account between runs; never a secret
    name TEXT NOT NULL PRIMARY KEY,
    started_at VARCHAR(32),  -- the first run: what existed then is not sent
    paused_until VARCHAR(32),
    paused_for VARCHAR(8) NOT NULL,  -- "rate" ends with time, "auth" with a new token, "trouble" after a probe
    paused_why TEXT NOT NULL,
    identity TEXT,
    identity_at VARCHAR(32),
    credential TEXT NOT NULL,  -- 32 bits of a hash: enough to notice a changed token
    failures INTEGER DEFAULT '0' NOT NULL,  -- consecutive failures since the last success
    voice TEXT  -- JSON: the confirmed identity; another one needs a person's consent
)"""
_CHANGES = """
CREATE TABLE changes (  -- pending edits and deletions of published posts
    delivery INTEGER NOT NULL PRIMARY KEY REFERENCES deliveries (id),
    kind VARCHAR(8) NOT NULL,  -- "edit" or "delete"
    state VARCHAR(16) NOT NULL,
    draft TEXT,  -- the new content
    due_at VARCHAR(32) NOT NULL,
    attempts INTEGER NOT NULL,
    tried_at VARCHAR(32),
    error TEXT NOT NULL,
    updated_at VARCHAR(32) NOT NULL
)"""
_NOTICES = """
CREATE TABLE notices (  -- alerts; each is sent once
    matter TEXT NOT NULL PRIMARY KEY,
    said TEXT NOT NULL,
    since VARCHAR(32) NOT NULL,
    told_at VARCHAR(32)
)"""
_FACTS = """
CREATE TABLE facts (  -- about the ledger itself: see crosspost.ledger.facts
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
)"""
_EDITS = """
CREATE TABLE edits (  -- what people changed without touching a post's file: see crosspost.ledger.edits
    post TEXT NOT NULL,
    account TEXT NOT NULL,
    said TEXT NOT NULL,  -- JSON: an Override
    by TEXT NOT NULL,
    at VARCHAR(32) NOT NULL,
    PRIMARY KEY (post, account)
)"""
_APPROVALS = """
CREATE TABLE approvals (  -- who said yes to which text: see crosspost.ledger.approvals
    post TEXT NOT NULL,
    account TEXT NOT NULL,
    seen TEXT NOT NULL,
    by TEXT NOT NULL,
    at VARCHAR(32) NOT NULL,
    PRIMARY KEY (post, account)
)"""
_USED_LINKS = """
CREATE TABLE used_links (  -- links with which something was decided; each counts once
    id TEXT NOT NULL PRIMARY KEY,
    at VARCHAR(32) NOT NULL
)"""
_AUDIT = """
CREATE TABLE audit (  -- who changed what by hand: see crosspost.ledger.audit
    id INTEGER NOT NULL PRIMARY KEY,
    at VARCHAR(32) NOT NULL,
    by TEXT NOT NULL,
    origin TEXT NOT NULL,
    action TEXT NOT NULL,
    post TEXT NOT NULL,
    account TEXT NOT NULL,
    said TEXT NOT NULL
)"""
_FIGURES = """
CREATE TABLE figures (  -- what came back to a post when its network was last asked: see crosspost.ledger.responses
    delivery INTEGER NOT NULL PRIMARY KEY REFERENCES deliveries (id),
    likes INTEGER,  -- NULL: the network does not tell
    reposts INTEGER,
    replies INTEGER,
    views INTEGER,
    asked_at VARCHAR(32) NOT NULL,
    gone_at VARCHAR(32),  -- since when the network says that the post is not there
    error TEXT NOT NULL
)"""
_REPLIES = """
CREATE TABLE replies (  -- what people answered; personal data, kept no longer than [responses] keep says
    id INTEGER NOT NULL PRIMARY KEY,
    delivery INTEGER NOT NULL REFERENCES deliveries (id),
    reply TEXT NOT NULL,  -- the network's id
    parent TEXT NOT NULL,
    url TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    handle TEXT NOT NULL,
    author_url TEXT NOT NULL,
    said_at VARCHAR(32) NOT NULL,
    public INTEGER NOT NULL,
    mine INTEGER NOT NULL,
    state VARCHAR(8) NOT NULL,  -- see crosspost.ledger.responses
    CONSTRAINT uq_replies_delivery_reply UNIQUE (delivery, reply)
)"""
_WEBMENTION_PAGES = """
CREATE TABLE webmention_pages (  -- the site's pages whose links are told: see crosspost.ledger.sent_webmentions
    post TEXT NOT NULL PRIMARY KEY REFERENCES posts (id),
    url TEXT NOT NULL,
    fingerprint TEXT NOT NULL,  -- of the post's file when its page was last read
    digest TEXT NOT NULL,  -- of the page then
    state VARCHAR(8) NOT NULL,
    since VARCHAR(32) NOT NULL,
    due_at VARCHAR(32) NOT NULL
)"""
_WEBMENTIONS = """
CREATE TABLE webmentions (  -- that a page links to another, as it is told there; a repetition does no harm
    post TEXT NOT NULL REFERENCES posts (id),
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    linked INTEGER NOT NULL,
    state VARCHAR(8) NOT NULL,
    endpoint TEXT NOT NULL,
    status_url TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tried_at VARCHAR(32),
    sent_at VARCHAR(32),
    due_at VARCHAR(32) NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (source, target)
)"""
_MENTIONS = """
CREATE TABLE mentions (  -- what other sites said of posts, by webmention; personal data, see received_webmentions.py
    id INTEGER NOT NULL PRIMARY KEY,
    post TEXT NOT NULL REFERENCES posts (id),
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    kind VARCHAR(8) NOT NULL,
    url TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    author_url TEXT NOT NULL,
    said_at VARCHAR(32) NOT NULL,
    received_at VARCHAR(32) NOT NULL,
    checked_at VARCHAR(32) NOT NULL,
    state VARCHAR(8) NOT NULL,  -- see crosspost.ledger.responses
    CONSTRAINT uq_mentions_post_source UNIQUE (post, source)
)"""
#: name → how it is made, in the order of an export
TABLES = {
    "posts": _POSTS,
    "deliveries": _DELIVERIES,
    "changes": _CHANGES,
    "accounts": _ACCOUNTS,
    "notices": _NOTICES,
    "facts": _FACTS,
    "edits": _EDITS,
    "approvals": _APPROVALS,
    "used_links": _USED_LINKS,
    "audit": _AUDIT,
    "figures": _FIGURES,
    "replies": _REPLIES,
    "webmention_pages": _WEBMENTION_PAGES,
    "webmentions": _WEBMENTIONS,
    "mentions": _MENTIONS,
}
#: name → the columns that tell its rows apart
KEYS = {
    "posts": "id",
    "deliveries": "id",
    "changes": "delivery",
    "accounts": "name",
    "notices": "matter",
    "facts": "name",
    "edits": "post, account",
    "approvals": "post, account",
    "used_links": "id",
    "audit": "id",
    "figures": "delivery",
    "replies": "id",
    "webmention_pages": "post",
    "webmentions": "source, target",
    "mentions": "id",
}
#: conditions of indexes; SQLite uses such an index only for a query with the very same condition
OPEN = "(state = 'planned' OR state = 'sending' OR state = 'unknown' OR state = 'held' OR state = 'failed')"
OUT = "(state = 'sent' OR publishing_at IS NOT NULL)"
#: name → what it is on
INDEXES = {
    "ix_posts_url": "posts (url)",
    "ix_posts_gone_at": "posts (gone_at)",
    "ix_audit_post": "audit (post)",
    "ix_changes_state_due_at": "changes (state, due_at)",
    "ix_deliveries_account_state_due_at": "deliveries (account, state, due_at)",
    "ix_deliveries_open": f"deliveries (state, due_at) WHERE {OPEN[1:-1]}",
    "ix_deliveries_out": f"deliveries (post, part, state) WHERE {OUT[1:-1]}",
    "ix_deliveries_begun": "deliveries (account, publishing_at) WHERE publishing_at IS NOT NULL",
    "ix_webmentions_state_due_at": "webmentions (state, due_at)",
    "ix_deliveries_sent_at": "deliveries (sent_at) WHERE sent_at IS NOT NULL",
}
#: what makes a new ledger, and where its version is, as Alembic wants it
CREATE = (
    *TABLES.values(),
    *(f"CREATE INDEX {name} ON {what}" for name, what in INDEXES.items()),
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
)
