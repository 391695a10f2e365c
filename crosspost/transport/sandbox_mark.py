"""Tells the sandbox from the real networks by the address of the server."""

import re
from urllib.parse import urlsplit

MARK = "(sandbox)"
"""Shown after the name of an account that posts to the sandbox."""


def on_this_machine(url: str) -> bool:
    """Whether an address is on this machine, as the sandbox always is."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
