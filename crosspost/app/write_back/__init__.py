"""Writes into the site where its posts went, so that their pages can link there.

It is a matter of its own: nothing that is out depends on it, and what cannot be written now the next run tries again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.ledger import Ledger

_TROUBLE = "write-back trouble"


def write_back(app: "App", ledger: "Ledger", warn: Callable[[str], None]) -> None:
    """Write where the posts went into the site, as its settings say; the caller has the run's lock.

    :param warn: takes a sentence about what could not be written, the first time
    """
    if app.settings is None or app.settings.site.write_back == "none" or app.on_trial():
        return
    from crosspost.app import open_problems
    from crosspost.app.write_back.write_back_round import Round

    try:
        wrong, told = Round(app, ledger, app.settings.site).go()
    except CrosspostError as error:
        wrong, told = [str(error)], []
    open_problems.keep(ledger, _TROUBLE, wrong, warn, told=told)


def trouble(app: "App", ledger: "Ledger") -> tuple[str, ...]:
    """What could not be written back, sentences."""
    off = app.settings is None or app.settings.site.write_back == "none"
    return () if off else tuple(ledger.fact(_TROUBLE).splitlines())
