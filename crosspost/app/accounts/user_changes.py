"""Who the accounts of the config were so far: whoever logs one in anew may have agreed as somebody else."""

from typing import TYPE_CHECKING

from crosspost.app.application import App
from crosspost.delivery import network_users
from crosspost.errors import ConfigError, CrosspostError

if TYPE_CHECKING:
    from crosspost.app.accounts.candidate import Candidate
    from crosspost.model import NetworkUser
    from crosspost.networks.logins.dialog import Dialog


def need_the_same(app: App, candidate: "Candidate", dialog: "Dialog") -> None:
    """Ask the person when an account that is in the config would become somebody else.

    :raises ConfigError: when that is not meant
    """
    before = _before(app, candidate)
    if before is None or network_users.same(before, candidate.user):
        return
    name, now, was = candidate.name, network_users.said(candidate.user), network_users.said(before)
    question = f"This is the login of {now}. So far {name} was {was}. Shall {name} be somebody else from now on?"
    if not dialog.confirm("other", question, default=False):
        one, other = before.handle or before.id, candidate.user.handle or candidate.user.id
        raise ConfigError(
            f"nothing was changed: this is the login of {now}, but until now {name} was {was}. Try again as {one}. If "
            f"the browser is still logged in there as {other}, log out first. To have both, connect {other} under a "
            f"name of its own: `crosspost accounts add {candidate.found.network}`"
        )
    dialog.say(f"Before anything is sent on it, say so once more: `crosspost ledger account {name} --accept`.")


def same_elsewhere(app: App, candidate: "Candidate") -> str:
    """The account of the config that is this very one under another name; "" when there is none.

    Only what the ledgers know is compared: nobody is asked.
    """
    for known in _known(app):
        for name, user in known.items():
            twin = name in app.every_account() and name != candidate.name
            if twin and network_users.same(user, candidate.user) and user.audience in ("", candidate.user.audience):
                return name
    return ""


def _before(app: App, candidate: "Candidate") -> "NetworkUser | None":
    """Who an account was: as a ledger has it, else as its present login says, as long as that works."""
    name = candidate.name
    if app.settings is None or name not in app.settings.accounts:
        return None
    if found := next((known[name] for known in _known(app) if name in known), None):
        return found
    try:
        network = app.network(name)
        return network_users.user_of(network, network.connect())
    except (CrosspostError, KeyError):  # its login ended, which is why it is renewed; or it is switched off
        return None


def _known(app: App) -> list[dict[str, "NetworkUser"]]:
    """Account → who it is, of the ledger of each site."""
    from crosspost.app.sites.shared_accounts import read_only
    from crosspost.app.sites.site_choice import every_site

    found = []
    for one in every_site(app):
        with read_only(one) as ledger:
            found.append(ledger.network_users() if ledger is not None else {})
    return found
