"""Idempotency keys: what makes a network, or a look at it, recognise a delivery."""

import uuid
from urllib.parse import urlsplit

from crosspost.ledger import Delivery

#: stands between the name and the address of a site that is one of several
_OF_SEVERAL = "\0"
_KEYS = uuid.UUID("5f3b2f4e-6f0c-5d55-9c3a-2b1f5f6f8a10")


def handle(site: str, post: str, account: str, part: int = 1) -> str:
    """The key of a delivery: always the same for a post of a site, or a part of its thread, on an account.

    :param site: the site's address, else what else is its own: two sites may have posts of one name, and one account
    """
    return str(uuid.uuid5(_KEYS, f"{_plain(site)}\n{post}\n{account}" + (f"\n{part}" if part > 1 else "")))


def of_several(name: str, site: str) -> str:
    """What tells a site of several from the others, which may have its address, too.

    :param name: its name in the config; "": it has none
    """
    return f"{name}{_OF_SEVERAL}{site}" if name else site


def again(used: str) -> str:
    """The key for publishing again on purpose: networks remember the previous one."""
    return str(uuid.uuid5(_KEYS, f"again\n{used}"))


def anew(row: Delivery, ledger: str) -> str:
    """:func:`again` for a delivery that is taken back, also one that never had a key.

    :param ledger: the ledger's id
    """
    return again(row.handle or f"{ledger}\n{row.post}\n{row.account}\n{row.part}")


def _plain(site: str) -> str:
    """An address without what may change although the site is the same."""
    name, several, address = site.rpartition(_OF_SEVERAL)
    parts = urlsplit(address)
    plain = f"{parts.netloc.lower()}{parts.path.rstrip('/')}" if parts.netloc else address
    return f"{name}{several}{plain}"
