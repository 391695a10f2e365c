"""What cannot be done now and is tried again by each run: told once, and kept for as long as it stands."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.ledger import Ledger


def keep(
    ledger: "Ledger", name: str, wrong: Sequence[str], warn: Callable[[str], None], *, told: Sequence[str] = ()
) -> None:
    """Keep these sentences, and tell those that are new: what stands is in `crosspost status`, not in cron's mails.

    :param name: of the fact that holds them
    :param warn: takes a sentence
    :param told: what a person has to do once, which is not kept
    """
    before = ledger.fact(name)
    for sentence in (*wrong, *told):
        if sentence not in before.splitlines():
            warn(sentence)
    if (now := "\n".join(wrong)) != before:
        ledger.keep_fact(name, now)
