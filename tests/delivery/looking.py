"""What is done before a look through an account, and what it finds there."""

from datetime import timedelta
from typing import Any

from crosspost.ledger.facts import Suspicion
from tests.delivery.scripted import Quick


def doubtful(quick: Quick, **about: Any) -> Quick:
    quick.write(date=quick.clock() - timedelta(days=1))
    quick.run(most=0)
    quick.later(hours=1)
    about = {"since": quick.clock() - timedelta(hours=2), "until": quick.clock() - timedelta(minutes=2)} | about
    quick.ledger.keep_doubt(Suspicion(why="an older copy", **about))
    return quick


def out(quick: Quick, post: str = "beet", account: str = "") -> str:
    """The post is on the account, and the ledger does not know: its key."""
    network = quick.networks[account] if account else quick.network
    twin = quick.ledger.path.parent / "twin"
    other = Quick(twin, quick.clock, network.account)
    other.networks = {network.account: network}
    other.posts, other.entries = quick.posts, {post: quick.entries[post]}
    other.run()
    other.ledger.close()
    network.asked.clear()
    return network.out[-1][0]
