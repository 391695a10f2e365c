"""A branch that is checked out is not a deletion: what is missing there waits until the branch is back or confirmed."""

from collections.abc import Sequence

from crosspost.ledger import KnownPost, Ledger
from crosspost.sources.git_checkout import Checkout

#: the branch whose posts are the site's, and the other branch that was reported
_BRANCH, _TOLD = "git.branch", "git.told"


def accept(checkout: Checkout, ledger: Ledger) -> None:
    """From now on what this branch shows is the site; also what it does not show."""
    ledger.keep_fact(_BRANCH, checkout.branch)
    ledger.keep_fact(_TOLD, "")


def elsewhere(checkout: Checkout | None, missing: Sequence[KnownPost], ledger: Ledger) -> tuple[str, bool]:
    """Why posts that are missing do not count as deleted now ("" when they may), and whether that is new.

    :param missing: the posts that the site has not
    """
    if checkout is None:
        return "", False
    usual = ledger.fact(_BRANCH)
    if not checkout.busy and usual in ("", checkout.branch):
        return "", False
    out = ledger.posts.out([post.id for post in missing])
    open_ones = [post for post in missing if post.id in out]
    if open_ones:
        decided = {change.post for change in ledger.changes.all() if change.kind == "delete"}
        open_ones = [post for post in open_ones if post.id not in decided]
    if not open_ones:
        return "", False
    reported = ledger.fact(_TOLD) == _name(checkout)
    return _sentence(checkout, usual, len(open_ones)), not reported


def note(checkout: Checkout | None, away: str, ledger: Ledger) -> None:
    """Write down which branch is the site's, or that another one was reported."""
    if checkout is None:
        return
    if away:
        ledger.keep_fact(_TOLD, _name(checkout))
    elif not checkout.busy and ledger.fact(_BRANCH) != checkout.branch:
        accept(checkout, ledger)
    elif ledger.fact(_TOLD):
        ledger.keep_fact(_TOLD, "")


def _name(checkout: Checkout) -> str:
    return f"{checkout.branch}\n{checkout.busy}"


def _sentence(checkout: Checkout, usual: str, number: int) -> str:
    posts = f"{number} post{'s' if number != 1 else ''} that {'are' if number != 1 else 'is'} out"
    rest = "so nothing counts as deleted or changed"
    if checkout.busy:
        return f"git is in the middle of {checkout.busy} in the site's folder and {posts} cannot be found there, {rest}"
    return (
        f"the site's folder shows the branch {checkout.branch}, not {usual} as before, and {posts} cannot be found "
        f"there, {rest}. Go back to {usual}, or accept it with `crosspost run --accept-branch`. See `crosspost "
        "help changes`"
    )
