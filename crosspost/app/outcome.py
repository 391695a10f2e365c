"""What a run led to, and the exit code that says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crosspost.ledger import Change, Delivery
    from crosspost.model import Entry


class Wrong(NamedTuple):
    """A file that cannot be published, and the sentence why."""

    path: str
    error: str


class Resting(NamedTuple):
    """An account whose login was refused, what was said, and how many posts wait for it."""

    account: str
    why: str
    posts: int


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """What one run came to.

    :ivar settled: every delivery that was touched, as it stands now
    :ivar changes: what changed in posts that are out
    :ivar refused: posts that cannot go out
    :ivar first: accounts that had their first run
    :ivar people: number of a delivery → who may or may not have its mail
    :ivar quiet: whether refused posts count as an error only when something was due
    :ivar resting: accounts that wait for a person to log in again
    """

    settled: tuple["Delivery", ...]
    changes: tuple["Change", ...]
    refused: tuple["Entry", ...]
    first: tuple[str, ...]
    people: dict[int, tuple[str, ...]]
    quiet: bool
    resting: tuple[Resting, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done · 1 something failed or could not be sent yet · 3 something waits for a person."""
        errors = 0 if self.quiet and not self.settled else len(self.refused)
        code = exit_code(self.settled, errors=errors, people=any(self.people.values()))
        waiting = 3 if any(one.posts for one in self.resting) else 0
        return code or exit_code_of_changes(self.changes) or waiting


def exit_code(deliveries: Iterable["Delivery"], *, errors: int = 0, people: bool = False) -> int:
    """0 done · 1 something failed or could not be sent yet · 3 something waits for a person.

    What a network took and looks at is done as far as we are concerned: the next look tells what it decided.

    :param people: whether somebody may or may not have a mail
    """
    states = {(d.state, bool(d.error)) for d in deliveries if not d.under_review or d.as_handed}
    if errors or any(state in ("failed", "unknown") or (state == "planned" and wrong) for state, wrong in states):
        return 1
    return 3 if people or any(state == "held" for state, _ in states) else 0


def exit_code_of_changes(changes: Iterable["Change"], *, left: bool = False) -> int:
    """0 done · 1 something failed or could not be done yet · 3 something waits for a person.

    :param left: also what the network cannot do waits for a person, who asked for it
    """
    states = {(change.state, bool(change.error)) for change in changes}  # thousands of them are soon told apart
    if any(state == "failed" or (state == "planned" and wrong) for state, wrong in states):
        return 1
    return 3 if any(state == "asked" or (left and state == "left") for state, _ in states) else 0


def bare(said: str, account: str) -> str:
    """What was said of an account, where its name stands in the line already."""
    return said.removeprefix(f"{account}: ")
