"""What `crosspost ledger account` does: which user an account is, and a person's word when that changed."""

from typing import TYPE_CHECKING

from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger
    from crosspost.model import Identity, NetworkUser


def shown(app: "App", ledger: "Ledger", name: str) -> str:
    """Who the account was so far, who it is now, and what stands against it."""
    from crosspost.delivery import network_users

    before = ledger.network_users().get(name)
    _, now = _asked(app, name)
    if why := network_users.objection(now, name, ledger):
        return why
    return f"{name} is {network_users.said(now)}" + ("." if before is not None else "; nothing was sent there yet.")


def accepted(app: "App", ledger: "Ledger", name: str) -> str:
    """From now on the account is who answers now; nothing that is out is repeated."""
    from crosspost.delivery import network_users
    from crosspost.delivery.inventory import take
    from crosspost.delivery.rebuild import leave_the_rest

    before = ledger.network_users().get(name)
    identity, now = _asked(app, name)
    trial = network_users.from_the_sandbox(before, ledger, name) and now.server != network_users.THIS_MACHINE
    if trial:
        ledger.set_aside(name, "was said in the sandbox only")
    elif before is not None and network_users.objection(now, name, ledger):
        ledger.hold_open(name, f"was begun when {name} was {before.handle or before.id}; look there")
    _speaks(app, ledger, name, identity, now)
    if before is None and ledger.account(name).started_at is None:
        entries = take(app.source().scan(), ledger).entries
        leave_the_rest(ledger, entries, {name: app.accounts()[name].network}, doubted=False)
    return f"{name} is {network_users.said(now)} from now on; earlier posts are not said there again."


def renamed(app: "App", ledger: "Ledger", name: str, was: str) -> str:
    """Everything noted for ``was`` belongs to ``name``, which is the same account.

    :raises ConfigError: when it is not, or something was sent under the new name already
    """
    from crosspost.delivery import network_users

    before = ledger.network_users().get(was)
    identity, now = _asked(app, name)
    if was in ledger.configured:
        raise ConfigError(f"{was} is still in the config; take it out first")
    if before is None and not any(account == was for account, _ in ledger.counts()):
        raise ConfigError(f"the ledger has no account {was}")
    if before is not None and not network_users.same(before, now):
        raise ConfigError(
            f"{name} is {network_users.said(now)}, but {was} was {network_users.said(before)}; nothing was changed"
        )
    if ledger.account(name).started_at is not None:
        raise ConfigError(f"{name} has had its first run already; nothing was changed")
    ledger.rename_account(was, name)
    _speaks(app, ledger, name, identity, now)
    return f"What was noted for {was} belongs to {name} now: {network_users.said(now)}."


def _asked(app: "App", name: str) -> tuple["Identity", "NetworkUser"]:
    """Who answers now.

    :raises DeliveryError: when nobody does
    """
    from crosspost.delivery import network_users

    network = app.network(name)
    identity = network.connect()
    return identity, network_users.user_of(network, identity)


def _speaks(app: "App", ledger: "Ledger", name: str, identity: "Identity", now: "NetworkUser") -> None:
    network, free = app.network(name), {"paused_until": None, "paused_for": "", "paused_why": ""}
    mark = network.mark()
    ledger.note(name, voice=now, identity=identity, identity_at=app.clock(), credential=mark, **free)
