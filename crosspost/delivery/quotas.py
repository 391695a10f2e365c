"""What the networks said is left of their limits, kept between runs for whoever looks at an account."""

from datetime import UTC, datetime, timedelta

import msgspec

from crosspost.ledger import Ledger
from crosspost.ledger.facts import decoded
from crosspost.networks.base import Network
from crosspost.transport.rate_limits import RateLimit

_FACT = "limits:"
#: the longest span of time a network counts over, where it does not say when it begins anew
_SPAN = timedelta(days=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


def remember(network: Network, ledger: Ledger) -> None:
    """Write down what the account's network said in this run; nothing when it said nothing."""
    for name, value in said(network).items():
        ledger.keep_fact(name, value)


def said(network: Network) -> dict[str, str]:
    """The same as facts of the ledger, for whoever writes something down anyway."""
    newest = sorted(network.session.limits.values())
    return {f"{_FACT}{network.account}": msgspec.json.encode(newest).decode()} if newest else {}


def take_over(account: str, ledger: Ledger, other: Ledger) -> None:
    """Know what another ledger knows of an account, where that is newer."""
    mine, theirs = (decoded(one.fact(f"{_FACT}{account}"), list[RateLimit]) or [] for one in (ledger, other))
    if theirs and max(limit.at for limit in theirs) > max((limit.at for limit in mine), default=_NEVER):
        ledger.keep_fact(f"{_FACT}{account}", msgspec.json.encode(theirs).decode())


def known(account: str, ledger: Ledger) -> list[RateLimit]:
    """What is known of the limits of an account, the tightest first; without those that are full again by now."""
    limits = decoded(ledger.fact(f"{_FACT}{account}"), list[RateLimit]) or []
    return [limit for limit in limits if (limit.until or limit.at + _SPAN) > ledger.clock()]
