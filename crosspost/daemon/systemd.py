"""What systemd is told (sd_notify(3), sd_watchdog_enabled(3)); nothing where it does not ask."""

import contextlib
import os
import socket
from collections.abc import Mapping


def notify(state: str) -> None:
    """Tell systemd how we are: ``READY=1``, ``WATCHDOG=1``, ``STOPPING=1``, ``STATUS=…``.

    A manager that is gone or busy does not stop the work.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.settimeout(1)
        out.connect("\0" + address[1:] if address.startswith("@") else address)
        out.sendall(state.encode())


def watchdog(environ: Mapping[str, str], pid: int) -> float | None:
    """Seconds within which systemd wants a sign of life; None when it does not watch this process."""
    wanted = environ.get("WATCHDOG_USEC", "")
    meant = environ.get("WATCHDOG_PID", str(pid)) == str(pid)
    return int(wanted) / 1_000_000 if meant and wanted.isdecimal() and int(wanted) > 0 else None
