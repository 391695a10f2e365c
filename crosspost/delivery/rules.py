"""How deliveries are made, and who listens; the same for every run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple, Protocol

from crosspost.ledger import Delivery
from crosspost.model import Entry
from crosspost.schedule import Schedule


class Boost(NamedTuple):
    """Whose posts an account boosts, and how long after."""

    source: str
    after: timedelta


@dataclass(frozen=True)
class Rules:
    """What the user decided about deliveries.

    :ivar max_per_run: account name → how many posts one run sends at most
    :ivar site: the site's address, or what else is its own: part of every key
    :ivar schedules: account name → when it speaks; accounts without one speak at once
    :ivar live: (account, entry) → why the post's page is not on the web yet, "" when it is
    :ivar live_deadline: after how long of waiting for a page somebody is told
    :ivar approve: the accounts on which nothing goes out before somebody said yes
    :ivar boosts: account name → whose posts it boosts, instead of saying them itself
    :ivar give_up_after: how long a delivery that cannot be sent is tried
    :ivar ahead: account name → how long before its time a post is handed to the network; accounts without one say
        theirs when it is time
    """

    max_per_run: Mapping[str, int]
    site: str = ""
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    live: Callable[[str, Entry], str] = lambda _account, _entry: ""
    live_deadline: timedelta = timedelta(hours=24)
    give_up_after: timedelta = timedelta(hours=72)
    approve: frozenset[str] = frozenset()
    boosts: Mapping[str, Boost] = field(default_factory=dict)
    ahead: Mapping[str, timedelta] = field(default_factory=dict)


class Listener(Protocol):
    """Who wants to know how a run gets on. The calls come from any thread."""

    def expect(self, due: Sequence[Delivery]) -> None:
        """Called once with what is due, before anything is begun."""

    def begin(self, delivery: Delivery) -> None:
        """This delivery is taken on."""

    def report(self, delivery: Delivery) -> None:
        """This delivery is settled, as it stands now."""

    def done(self, account: str) -> None:
        """This account has nothing more to do."""

    def stopping(self) -> None:
        """Somebody wants it to end: what is being sent is ended, and nothing else is begun."""
