"""The sites of a run in the order in which it can begin with them: whoever waits for a git server holds up no other."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from crosspost import tracing
from crosspost.app.sites.site_folder import unfetched
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App

    #: a site's name, and its app or what is wrong with its config
    Site = tuple[str, App | ConfigError]
    Fetches = Mapping[str, Future[App]]

#: sites that are fetched at the same time
_AT_ONCE = 8
#: seconds for which a site leaves the turn on an account to one that is fetched still
_COURTESY = 10.0


def arriving(sites: "Sequence[Site]", fetch: "Callable[[App], App]") -> "Iterator[Site]":
    """Those whose posts are in a folder at once, the others as soon as their newest posts are there.

    Of sites that share an account the order stays as it is, unless the posts of one take long.

    :param sites: in turn
    :param fetch: gives the same app with its newest posts, from any thread
    :returns: the same sites; what could not be fetched comes with the reason
    """
    slow = [(name, app) for name, app in sites if not isinstance(app, ConfigError) and _fetched(app)]
    if not slow:
        yield from sites
        return
    slow.sort(key=lambda site: unfetched(site[1]) is not None)  # servers that fail keep no others waiting
    pool = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="fetch")
    try:
        fetches = {name: pool.submit(tracing.carried(fetch, site=name), app) for name, app in slow}
        waiting, until = list(sites), time.monotonic() + _COURTESY
        while waiting:
            if (number := _next(waiting, fetches, courteous=time.monotonic() < until)) is None:
                courtesy = max(0.0, until - time.monotonic())
                open_ones = [one for one in fetches.values() if not one.done()]
                wait(open_ones, courtesy or None, return_when=FIRST_COMPLETED)
                continue
            name, app = waiting.pop(number)
            yield name, _arrived(fetches[name]) if name in fetches else app
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def not_there(sites: "Sequence[Site]") -> dict[str, str]:
    """The sites of which nothing could be fetched yet, name → why the last attempt failed."""
    found: dict[str, str] = {}
    for name, app in sites:
        if not isinstance(app, ConfigError) and _fetched(app) and not app.site.is_dir():
            failed = unfetched(app)
            found |= {name: failed.said} if failed is not None else {}
    return found


def _fetched(app: "App") -> bool:
    return app.settings is not None and bool(app.settings.site.git)


def _next(waiting: "Sequence[Site]", fetches: "Fetches", *, courteous: bool) -> int | None:
    """The place of the first site that is there; None while there is none."""
    ahead: set[str] = set()  # accounts of those that are first in turn, and are fetched still
    for number, (name, app) in enumerate(waiting):
        if isinstance(app, ConfigError):
            return number
        if name in fetches and not fetches[name].done():
            ahead.update(app.accounts())
        elif not courteous or ahead.isdisjoint(app.accounts()):
            return number
    return None


def _arrived(fetch: "Future[App]") -> "App | ConfigError":
    try:
        return fetch.result()
    except ConfigError as error:
        return error
