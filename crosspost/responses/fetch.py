"""Asks every account what came back to its posts, all accounts at the same time; one's trouble stops no other.

What is kept here is not a part of any delivery: a limit that is reached, or a right that is missing, only means that
the account is not asked for a while. Accounts that rest because of their deliveries are left alone.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from crosspost import tracing
from crosspost.delivery.account_identity import introduce
from crosspost.delivery.backoff import may_work
from crosspost.errors import AuthExpired, CrosspostError, LedgerError, NotSent, RateLimited, Unsupported
from crosspost.ledger import Ledger
from crosspost.ledger.responses import Out
from crosspost.model import Receipt, Value
from crosspost.networks.base import Network
from crosspost.responses.polling_intervals import Rules, due
from crosspost.transport.rate_limits import nearly_used_up, retry_at

#: posts in a row that could not be asked about, after which the server is left alone
_TROUBLE = 3
#: how long an account is not asked after a limit, when the network does not say
_PAUSE = timedelta(minutes=15)


class Asked(Value, frozen=True, kw_only=True):
    """What happened on one account: posts asked about, new replies, and posts that are left for the next time.

    ``error`` is what went wrong, ``resting`` why it was not asked further, although nothing did, ``unread`` why not
    all was read that the network has.
    """

    account: str
    asked: int = 0
    new: int = 0
    left: int = 0
    error: str = ""
    resting: str = ""
    unread: str = ""


class Fetch:
    """One round.

    :param networks: account name → adapter, made only where something is due
    :param posts: only these posts; None: all
    :param stop: once set, no further post is asked about
    :param progress: called after each post
    """

    def __init__(
        self,
        ledger: Ledger,
        networks: Mapping[str, Network],
        rules: Rules,
        *,
        posts: Collection[str] | None = None,
        stop: threading.Event | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger, self._networks, self._rules = ledger, networks, rules
        self._posts, self._stop, self._progress = posts, stop or threading.Event(), progress

    def run(self, accounts: Sequence[str]) -> list[Asked]:
        """Ask about what is due on these accounts, and forget what is kept no longer.

        :raises LedgerError: when nothing more can be written down
        """
        now = self._ledger.clock()
        since = now - self._rules.keep
        self._ledger.responses.forget(since)
        todo: dict[str, list[Out]] = {name: [] for name in accounts}
        for out in self._ledger.responses.out(todo.keys(), since):
            if (self._posts is None or out.post in self._posts) and due(out, now, self._rules):
                todo[out.account].append(out)
        busy = [name for name in accounts if todo[name]]
        with ThreadPoolExecutor(max_workers=max(len(busy), 1), thread_name_prefix="responses") as pool:
            futures = {name: pool.submit(tracing.carried(self._account), name, todo[name]) for name in busy}
            try:
                found = {name: future.result() for name, future in futures.items()}
            except BaseException:
                self._stop.set()
                raise
        return [found.get(name, Asked(account=name)) for name in accounts]

    def _account(self, name: str, todo: Sequence[Out]) -> Asked:
        if resting := self._resting(name):
            return Asked(account=name, left=len(todo), resting=resting)
        with tracing.about(account=name):
            return self._asked(name, todo)

    def _asked(self, name: str, todo: Sequence[Out]) -> Asked:
        try:
            network = self._networks[name]
            if not may_work(network, self._ledger, by_hand=False):
                why = self._ledger.account(name).paused_why
                return Asked(account=name, left=len(todo), resting=f"the account rests: {why}")
            introduce(network, self._ledger)
        except LedgerError:
            raise
        except CrosspostError as error:
            return Asked(account=name, left=len(todo), error=str(error))
        return self._posts_of(network, todo)

    def _posts_of(self, network: Network, todo: Sequence[Out]) -> Asked:
        asked = new = trouble = 0
        error, resting, unread = "", "", ""
        for out in todo[: self._rules.most]:
            if self._stop.is_set() or error or resting:
                break
            try:
                more, why = self._one(network, out)
                new, unread = new + more, why or unread
                trouble, asked = 0, asked + 1
                resting = self._spared(network)
            except RateLimited as limit:
                resting = self._rest(network.account, limit.retry_at, str(limit))
            except (AuthExpired, Unsupported) as wrong:  # it is the same for every post
                error = str(wrong)
            except LedgerError:
                raise
            except CrosspostError as wrong:
                self._ledger.responses.not_told(out, str(wrong))
                trouble, asked = trouble + 1, asked + 1
                if isinstance(wrong, NotSent) and trouble == _TROUBLE:
                    error = str(wrong)
            self._progress()
        left = len(todo) - asked
        return Asked(
            account=network.account, asked=asked, new=new, left=left, error=error, resting=resting, unread=unread
        )

    def _one(self, network: Network, out: Out) -> tuple[int, str]:
        """:returns: how many replies are new, and why they were not read"""
        found = network.responses(Receipt(id=out.receipt, url=out.url, at=out.sent_at))
        if found is None:
            self._ledger.responses.not_told(
                out, f"{network.account}: {network.name} does not have it any more", gone=True
            )
            return 0, ""
        return self._ledger.responses.keep(out, found, moderated=self._rules.moderated), found.unread

    # ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _spared(self, network: Network) -> str:
        """Leave to the posts what little is left of a limit: why nothing more is asked, or ""."""
        last = network.session.last
        if last is None or not nearly_used_up(last.headers):
            return ""
        until = retry_at(last.headers, self._ledger.clock())
        return self._rest(network.account, until, f"{network.name}'s limit is nearly used up; the rest is for posts")

    def _rest(self, account: str, until: datetime | None, why: str) -> str:
        self._ledger.keep_fact(_fact(account), (until or self._ledger.clock() + _PAUSE).isoformat())
        return why

    def _resting(self, account: str) -> str:
        until = self._ledger.fact(_fact(account))
        if not until or datetime.fromisoformat(until) <= self._ledger.clock():
            return ""
        return f"a limit of the network was reached; it is asked again from {until[:16].replace('T', ' ')} UTC on"


def _fact(account: str) -> str:
    return f"responses.{account}"
