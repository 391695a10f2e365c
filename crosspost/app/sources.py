"""Settings → the source of the posts: which kind it is, and what it is handed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crosspost.config.settings import SiteSettings
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.sources.base import Source
    from crosspost.sources.feed.answers import Answer, Fetch
    from crosspost.sources.keys import Keys


def make_source(
    root: Path,
    said: SiteSettings,
    *,
    now: datetime,
    keys: "Keys",
    memory: Path | None,
    web: Callable[[], Path | None] = lambda: None,
) -> "Source":
    """The source that the settings name, else the one that is found.

    :param root: the site's folder
    :param memory: the file for a cache of the listing; None: no cache
    :param web: gives the folder for a cache of what was fetched; None: no cache
    :raises ConfigError: when the settings do not fit
    """
    kind = said.source or ("feed" if said.feed else "built" if said.built else _found(root))
    shared: dict[str, Any] = {"now": now, "url": said.url, "timezone": said.timezone, "lang": said.lang, "keys": keys}
    if kind == "feed":
        from crosspost.sources.feed.source import FeedSource

        address = said.feed or said.url
        if not address:
            raise ConfigError(
                'source = "feed" needs `feed` (or `url`) under [site], the address of the feed or the site'
            )
        return FeedSource(address, fetch=fetcher(address, said.url), memory=web(), root=root, **shared)
    shared |= {"baseurl": said.baseurl, "posts": said.posts}
    if kind == "hugo":
        from crosspost.sources.hugo.source import HugoSource

        return HugoSource(root, engine=said.engine, **shared)
    if kind == "built":
        from crosspost.sources.web.built import BuiltSource

        return BuiltSource(root, built=said.built, **shared)
    from crosspost.sources.jekyll import JekyllSource

    more: dict[str, Any] = {"permalink": said.permalink, "engine": said.engine, "emoji": said.emoji, "memory": memory}
    return JekyllSource(root, **shared, **more)


def _found(root: Path) -> str:
    from crosspost.sources.kinds import kind_of

    return kind_of(root)


def fetcher(*addresses: str) -> "Fetch":
    """What asks the web for a source; the hosts of these addresses may be in the local network."""
    names = {(urlsplit(address).hostname or "").removeprefix("www.") for address in addresses} - {""}
    hosts = names | {f"www.{name}" for name in names}

    def ask(url: str, headers: Mapping[str, str]) -> "Answer":
        from crosspost.transport import page_check, web_fetch

        return web_fetch.fetch(url, headers, session=page_check.live_session(), allowed_hosts=hosts)

    return ask
