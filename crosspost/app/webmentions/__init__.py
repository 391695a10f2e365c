"""Webmentions: telling the pages that an article links to, at the end of a run.

No post depends on it, and what cannot be told now the next run tries again.
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


def sends(app: "App") -> bool:
    """Whether webmentions are sent; not for posts that are in the sandbox only, which nobody sees."""
    return app.settings is not None and app.settings.site.webmentions and not app.on_trial()


def in_a_run(
    app: "App",
    ledger: "Ledger",
    source: "Source",
    entries: Mapping[str, "Entry"],
    warn: Callable[[str], None],
    control: "RunControl",
) -> datetime | None:
    """Tell the pages that articles link to, a few in each run; the caller has the run's lock.

    :param entries: the posts of the site
    :param warn: takes a sentence about one that was refused for good, once
    :returns: when there is something to do again; None: not by what is known now
    """
    if not sends(app):
        return None
    from crosspost.app.webmentions.sending import Round

    return Round(app, ledger, source, entries, control).go(warn)
