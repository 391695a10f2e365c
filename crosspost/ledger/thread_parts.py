"""The parts of a thread: the next one is planned in the transaction that marks the part before it as sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from crosspost.ledger.changes import TAKEN_BACK
from crosspost.ledger.plans import blank
from crosspost.ledger.rows import Delivery

#: plans again a part that was deleted with its thread, with the key it was given then
ONCE_MORE = f"""UPDATE deliveries SET network = :network, state = :state, due_at = :due_at, why = :why, attempts = 0,
    draft = :draft, remote = :remote, url = '', error = '', updated_at = :now
    WHERE post = :post AND account = :account AND part = :part AND state = 'skipped' AND why = '{TAKEN_BACK}'"""


def next_part(delivery: Delivery, values: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The row of a thread's next part; None when the part before it is not marked as sent, or is the last one.

    :param values: what becomes of the part before it
    """
    if values.get("state") != "sent" or delivery.draft is None or not delivery.draft.parts:
        return None
    receipt, (following, *rest) = str(values["receipt"]), delivery.draft.parts
    following = msgspec.structs.replace(following, parts=tuple(rest))
    remote = {"reply_to": receipt, "root": delivery.remote.get("root") or receipt}
    return blank(delivery.post, now) | {
        "account": delivery.account,
        "network": delivery.network,
        "part": delivery.part + 1,
        "state": "planned",
        "due_at": now,
        "why": f"part {delivery.part + 1} of the thread",
        "draft": msgspec.json.encode(following).decode(),
        "remote": msgspec.json.encode(remote).decode(),
    }


def thread(delivery: Delivery) -> dict[str, Any]:
    """The ids of the posts a part of a thread replies to, which must never be lost."""
    return lasting(delivery, "reply_to", "root")


def lasting(delivery: Delivery, *names: str) -> dict[str, Any]:
    """Those of its ids and notes that outlive what was prepared."""
    return {name: delivery.remote[name] for name in names if name in delivery.remote}
