"""Whether this user may write where the ledger is: else a run says so only when something should go out."""

import os
from pathlib import Path


def unwritable(ledger: Path) -> str:
    """What of a ledger's files cannot be written, as a clause; "" when all can.

    :param ledger: its file, which need not be there yet; nor its folder
    """
    folder = next(one for one in (ledger.parent, *ledger.parent.parents) if one.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder} cannot be written by this user, so nothing can be recorded or sent"
    beside = (ledger.with_name(f"{ledger.name}{end}") for end in ("", "-wal", "-shm", ".lock"))
    closed = next((one for one in beside if one.exists() and not os.access(one, os.R_OK | os.W_OK)), None)
    return f"{closed} cannot be read and written by this user, so nothing can be sent" if closed is not None else ""
