"""Webmentions: telling the pages that an article links to, and keeping what other pages say, at the end of a run.

No post depends on it, and what cannot be done now the next run tries again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.app.runner import RunControl
    from crosspost.ledger import Ledger
    from crosspost.model import Entry
    from crosspost.sources.base import Source

_TROUBLE = "webmentions trouble"


def sends(app: "App") -> bool:
    """Whether webmentions are sent; not for posts that are in the sandbox only, which nobody sees."""
    return app.settings is not None and app.settings.site.webmentions and not app.on_trial()


def receives(app: "App") -> bool:
    """Whether webmentions are taken."""
    return app.settings is not None and app.settings.responses.webmentions


def in_a_run(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    entries: Mapping[str, "Entry"],
    warn: Callable[[str], None],
    control: "RunControl",
) -> datetime | None:
    """Look at what came, and tell the pages that articles link to, a few in each run; the caller has the run's lock.

    :param entries: the posts of the site
    :param warn: takes a sentence about one that was refused for good, once
    :returns: when there is something to do again; None: not by what is known now
    """
    again: list[datetime] = []
    if receives(app):
        from crosspost.app import open_problems
        from crosspost.app.webmentions import inbox, receiving

        open_problems.keep(ledger, _TROUBLE, receiving.in_a_run(app, ledger, control), warn)
        again += [one.due for one in inbox.waiting(inbox.folder(app))]
    if sends(app):
        from crosspost.app.webmentions.sending import Round

        again += filter(None, [Round(app, ledger, source, entries, control).go(warn)])
    return min(again, default=None)


def tell(
    app: "App", ledger: "Ledger", source: "Source", entries: Mapping[str, "Entry"], warn: Callable[[str], None]
) -> None:
    """Tell the pages that these posts link to at once; what cannot be done now the next run does.

    :param entries: posts that a person just sent
    :param warn: takes a sentence about one that was refused for good, once
    """
    if sends(app):
        from crosspost.app.runner import RunControl
        from crosspost.app.webmentions.sending import Round

        Round(app, ledger, source, entries, RunControl()).go(warn)
