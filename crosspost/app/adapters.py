"""Builds the adapter of an account: its network's class, with everything that is handed to it."""

import importlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from crosspost.config.credentials import Secret
from crosspost.config.settings import Account
from crosspost.config.vault import Vault
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.compose import Style
    from crosspost.networks.base import Network
    from crosspost.transport.session import Session


def build(
    account: Account,
    cls: type["Network"],
    *,
    base_url: str,
    options: Value,
    style: "Style",
    credentials: Mapping[str, Secret],
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
    vault: Vault,
) -> "Network":
    """The adapter; its session, which loads an HTTP client, is opened when it asks for it.

    :param base_url: the address of its server
    """

    def session() -> "Session":
        from crosspost.transport.session import Session

        return Session(
            rewrite={host: base_url for host in cls.fixed_hosts if base_url},
            secrets=[secret.reveal() for secret in credentials.values()],
            read_timeout=account.timeout,
            deadline=max(account.timeout * 2, 30),
            clock=clock,
        )

    if account.boost_from:
        module, _, boosts = cls.boosts.partition(":")
        cls = getattr(importlib.import_module(module), boosts)
    made = cls(
        account=account.name,
        base_url=base_url,
        options=options,
        style=style,
        credentials=credentials,
        session=session,
        clock=clock,
        sleep=sleep,
        vault=vault,
    )
    made.wants_responses = account.responses is True
    made.source = account.boost_from
    return made
