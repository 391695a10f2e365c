"""Which user of its network an account is: the same one for good, unless a person says otherwise.

A token that was swapped, a server that was changed or a name that is new in the config must not make one account say
what another has said already, or was to say.
"""

from urllib.parse import urlsplit

from crosspost.errors import OtherUser
from crosspost.ledger import Ledger
from crosspost.model import Identity, NetworkUser
from crosspost.networks.base import Network
from crosspost.transport.sandbox_mark import on_this_machine

#: the server of every account of the sandbox, whatever its port is today
THIS_MACHINE = "this machine"
_MORE = "See `crosspost help accounts`"


def user_of(network: Network, identity: Identity) -> NetworkUser:
    """Who speaks: an id, and the server where ids are only a server's own."""
    local, host = on_this_machine(network.base_url), urlsplit(network.base_url).netloc.rpartition("@")[2].lower()
    server = ("localhost" if local else host) if network.ids_of_server else ""
    if local and not network.at_home:
        server = THIS_MACHINE
    return NetworkUser(
        network=network.key, server=server, id=identity.id, handle=identity.handle, audience=network.audience
    )


def objection(user: NetworkUser, account: str, ledger: Ledger) -> str:
    """Why this account must not post as this user; "" when it may."""
    users = ledger.network_users()
    before = users.get(account)
    if before is not None:
        return "" if same(before, user) else _other(account, before, user)
    twins = [name for name, one in users.items() if same(one, user) and one.audience in ("", user.audience)]
    if not twins or not ledger.configured:
        return ""
    name = next((name for name in twins if name not in ledger.configured), twins[0])
    accept = f"crosspost ledger account {account} --accept"
    if name not in ledger.configured:
        return (
            f"{account}: this is {said(user)}, which was called {name} until now. Nothing is sent on it yet. If it is "
            f"the same under a new name: `crosspost ledger account {account} --was {name}`; to start over: `{accept}`. "
            f"{_MORE}"
        )
    return (
        f"{account}: this is {said(user)}, and so is {name}: every post would appear there twice. Nothing is sent on "
        f"{account}. Take one of them out of the config; if both are meant: `{accept}`. {_MORE}"
    )


def check(network: Network, identity: Identity, ledger: Ledger) -> NetworkUser:
    """The account's user, when nothing speaks against it.

    :raises OtherUser: with what a person can do
    """
    user = user_of(network, identity)
    if why := objection(user, network.account, ledger):
        raise OtherUser(why)
    return user


def said(user: NetworkUser) -> str:
    """Who it is, for people."""
    where = f" on {user.server}" if user.server else ""
    return f"{user.handle or user.id}{where} ({user.network} id {user.id})"


def from_the_sandbox(user: NetworkUser | None, ledger: Ledger, account: str) -> bool:
    """Whether what the ledger has of an account was only said to the sandbox."""
    if user is not None and user.server:
        return user.server == THIS_MACHINE
    sent = ledger.deliveries(states=["sent"], account=account)
    return any(on_this_machine(row.url) for row in sent)


def same(one: NetworkUser, other: NetworkUser) -> bool:
    """Whether two are one. What an earlier version noted has no server."""
    return (one.network or other.network, one.id) == (other.network, other.id) and one.server in ("", other.server)


def _other(account: str, before: NetworkUser, user: NetworkUser) -> str:
    return (
        f"{account}: its login and address now lead to {said(user)}, but until now {account} was {said(before)}. "
        f"Nothing is sent on it. Put back what belongs to {before.handle or before.id}; if the change is meant: "
        f"`crosspost ledger account {account} --accept`. {_MORE}"
    )
