"""Fetches the posts of several sites beside the deliveries: a git server that does not answer holds up nobody."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillAtItError  # the built-in one is another until Python 3.11

from crosspost import tracing
from crosspost.app.application import App
from crosspost.errors import ConfigError

#: seconds for which a site's posts are waited for by somebody who could send for another site meanwhile
_MOMENT = 0.5


class BackgroundFetches:
    """One thread for each site that is being fetched just now; it ends with the process.

    :param newest: gives the same app with its newest posts; raises ConfigError where there are none yet
    :param moment: seconds that one call waits at most
    """

    def __init__(self, newest: Callable[[App], App], *, moment: float = _MOMENT) -> None:
        self._newest, self._moment = newest, moment
        self._lock = threading.Lock()
        self._going_on: dict[str, Future[App]] = {}

    def app(self, site: str, app: App) -> App:
        """A site with its newest posts, or with those fetched before while the newest take long.

        :param app: the site as it was fetched last
        :raises ConfigError: when there are no posts yet
        """
        said = app.settings
        if said is None or not said.site.git:
            return app
        fetch = self._fetch(site, app)
        try:
            return fetch.result(self._moment)
        except StillAtItError:
            if app.site.is_dir():
                return app
            raise ConfigError(
                f"{said.place('site', 'git')}: the posts are still being fetched from {said.site.git}; nothing of "
                "this site is sent from here before they have arrived"
            ) from None

    def _fetch(self, site: str, app: App) -> "Future[App]":
        """What goes on for this site, or how it failed since somebody asked last; else it is begun."""
        with self._lock:
            if (known := self._going_on.get(site)) is not None:
                if known.done():
                    del self._going_on[site]
                return known
            fetch = self._going_on[site] = Future[App]()
        # a pool's threads would be waited for when the worker ends
        work = tracing.carried(self._run, site=site)
        threading.Thread(target=work, args=(site, fetch, app), name="fetch", daemon=True).start()
        return fetch

    def _run(self, site: str, fetch: "Future[App]", app: App) -> None:
        try:
            newest = self._newest(app)
        except BaseException as error:  # raised where the result is asked for
            fetch.set_exception(error)
            return
        with self._lock:  # whoever asks later wants what is newest then
            del self._going_on[site]
        fetch.set_result(newest)
