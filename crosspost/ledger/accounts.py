"""What is known of each account between runs."""

from typing import Any

import msgspec

from crosspost.ledger.base import LedgerPart
from crosspost.ledger.changes import TAKEN_BACK
from crosspost.ledger.connection import translate_errors
from crosspost.ledger.database import assigned, moment
from crosspost.ledger.facts import CLOCK, decoded
from crosspost.ledger.rows import AccountState, as_identity
from crosspost.ledger.write_requests import Row
from crosspost.model import Identity, NetworkUser

_COLUMNS = "name, started_at, paused_until, paused_for, paused_why, identity_at, credential, failures"
#: everything of an account ``a``, as :func:`as_state` reads it, and its identity
ACCOUNT = f"""{", ".join(f"a.{name}" for name in _COLUMNS.split(", "))},
    (SELECT value FROM facts WHERE facts.name = '{CLOCK}' || a.name), a.identity"""
_NEW = """INSERT INTO accounts (name, paused_for, paused_why, credential, failures) VALUES (:the_name, '', '', '', 0)
    ON CONFLICT DO NOTHING"""
_RENAMED_DIGEST = """INSERT INTO posts (id, path, url, title, seen_at, fingerprint, gone_at)
    SELECT :new, path, url, title, seen_at, fingerprint, gone_at FROM posts WHERE id = :old"""
_DROP_CHANGES = "DELETE FROM changes WHERE delivery IN (SELECT id FROM deliveries WHERE account = :name)"
_SET_ASIDE = """UPDATE deliveries SET publishing_at = NULL, sent_at = NULL, receipt = NULL, draft = NULL, handle = NULL,
    url = '', remote = '{}', remote_at = NULL, lease = NULL, lease_until = NULL, error = '', why = :why, state = :state
    WHERE account = :name AND (state = 'sent' OR publishing_at IS NOT NULL OR part > 1)"""
_HOLD_OPEN = """UPDATE deliveries SET state = 'held', error = :why, lease = NULL, lease_until = NULL
    WHERE account = :name AND publishing_at IS NOT NULL AND state IN ('planned', 'sending', 'unknown')"""


class Accounts(LedgerPart):
    """The table of accounts."""

    def account(self, name: str) -> AccountState:
        with translate_errors(self.path):
            rows = self._database.rows(f"SELECT {ACCOUNT} FROM accounts a WHERE a.name = :name", {"name": name})
            return as_state(rows[0][:-1], as_identity(rows[0][-1])) if rows else AccountState(name=name)

    def note(self, name: str, **known: Any) -> None:
        """Store fields of an account; see :class:`AccountState` for the names."""
        for field, value in known.items():
            if isinstance(value, Identity | NetworkUser):
                known[field] = msgspec.json.encode(value).decode()
        change = f"UPDATE accounts SET {assigned(known)} WHERE name = :the_name"
        with self._transaction() as statements:
            if not statements.change(change, known | {"the_name": name}):
                statements.change(_NEW, {"the_name": name})
                statements.change(change, known | {"the_name": name})

    def network_users(self) -> dict[str, NetworkUser]:
        """The confirmed identity of each account that has one."""
        rows = self._all("SELECT name, voice FROM accounts WHERE voice IS NOT NULL")
        found = {name: decoded(stored, NetworkUser) for name, stored in rows}
        return {name: user for name, user in found.items() if user is not None}

    def rename_account(self, old: str, new: str) -> None:
        """Move everything stored for ``old`` to ``new``: the same account under another name in the config."""
        names, was, is_now = {"old": old, "new": new}, f"digest/{old}/", f"digest/{new}/"
        with self._transaction() as statements:
            statements.change("DELETE FROM accounts WHERE name = :new", names)
            statements.change("UPDATE accounts SET name = :new WHERE name = :old", names)
            statements.change("UPDATE deliveries SET account = :new WHERE account = :old", names)
            digests = "SELECT id FROM posts WHERE substr(id, 1, length(:was)) = :was"
            for (post,) in statements.rows(digests, {"was": was}):
                ids = {"old": post, "new": is_now + post.removeprefix(was)}
                statements.change(_RENAMED_DIGEST, ids)
                statements.change("UPDATE deliveries SET post = :new WHERE post = :old", ids)
                statements.change("UPDATE deliveries SET why = :new WHERE why = :old", ids)
                statements.change("DELETE FROM posts WHERE id = :old", ids)

    def set_aside(self, name: str, why: str) -> None:
        """Discard what an account has sent or begun, because it was on another account; those posts count as old."""
        with self._transaction() as statements:
            statements.change(_DROP_CHANGES, {"name": name})
            statements.change(f"{_SET_ASIDE} AND part = 1", {"name": name, "state": "before", "why": why})
            statements.change(f"{_SET_ASIDE} AND part > 1", {"name": name, "state": "skipped", "why": TAKEN_BACK})

    def hold_open(self, name: str, why: str) -> None:
        """Hold every delivery of an account that was begun and whose outcome is unknown, for a person to decide."""
        self._change(_HOLD_OPEN, {"name": name, "why": why})

    def account_states(self) -> dict[str, AccountState]:
        """The state of every account, without its identity and its server's clock."""
        with translate_errors(self.path):
            return {row[0]: as_state(row) for row in self._database.rows(f"SELECT {_COLUMNS}, '' FROM accounts")}


def as_state(row: Row, identity: Identity | None = None) -> AccountState:
    """Convert the columns of an account to a value."""
    name, started_at, paused_until, paused_for, paused_why, identity_at, credential, failures, clock = row
    return AccountState(
        name=name,
        started_at=moment(started_at),
        paused_until=moment(paused_until),
        paused_for=paused_for,
        paused_why=paused_why,
        identity=identity,
        identity_at=moment(identity_at),
        credential=credential,
        failures=failures,
        clock=clock or "",
    )
