"""Settings → the source of the posts: which kind it is, and what it is handed."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crosspost.config import registry
from crosspost.config.settings import SiteSettings
from crosspost.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from crosspost.sources.base import Source
    from crosspost.sources.feed.http_cache import Answer, Fetch
    from crosspost.sources.keys import Keys


def make_source(
    root: Path,
    said: SiteSettings,
    *,
    now: datetime,
    keys: "Keys",
    memory: Path | None,
    web: Callable[[], Path | None] = lambda: None,
    short: Path | None = None,
    told: Callable[[], datetime | None] = lambda: None,
    place: Callable[[str], str] = "[site] {}".format,
) -> "Source":
    """The source that the settings name, else the one that is found.

    :param root: the site's folder
    :param memory: the file for a cache of the listing; None: no cache
    :param web: gives the folder for a cache of what was fetched; None: no cache
    :param short: the folder of short posts, for a source that takes none itself; None: there are none
    :param told: gives when somebody said that a feed has something new
    :param place: where a key of ``[site]`` stands, ``file:line``
    :raises ConfigError: when the settings do not fit
    """
    kind = said.source or ("feed" if said.feed else "built" if said.built else _found(root))
    for key, why in _mistakes(root, said, kind):
        raise ConfigError(f"{place(key)}: `{key}`: {why}")
    made = _of_kind(kind, root, said, now=now, keys=keys, memory=memory, web=web, told=told, place=place)
    from crosspost.sources import base

    if short is None or type(made).new_posts is not base.Source.new_posts:
        return made
    from crosspost.sources.short_posts import WithShortPosts

    return WithShortPosts(made, short, now=now, timezone=said.timezone)


def _of_kind(
    kind: str,
    root: Path,
    said: SiteSettings,
    *,
    now: datetime,
    keys: "Keys",
    memory: Path | None,
    web: Callable[[], Path | None],
    told: Callable[[], datetime | None],
    place: Callable[[str], str],
) -> "Source":
    """The source of a kind, with what the settings say.

    :raises ConfigError: when a package's source cannot be loaded
    """
    shared: dict[str, Any] = {"now": now, "url": said.url, "timezone": said.timezone, "lang": said.lang, "keys": keys}
    if kind == "feed":
        from crosspost.sources.feed.feed_source import FeedSource

        address = said.feed or said.url
        return FeedSource(address, fetch=fetcher(address, said.url), memory=web(), told=told(), root=root, **shared)
    shared |= {"baseurl": said.baseurl, "posts": said.posts}
    if kind not in registry.SOURCES:
        try:
            made: Source = registry.load_source(kind)(root, **shared)
        except ConfigError as error:
            raise ConfigError(f"{place('source')}: `source`: {error}") from None
        return made
    if kind == "hugo":
        from crosspost.sources.hugo.hugo_source import HugoSource

        return HugoSource(root, engine=said.engine, **shared)
    if kind == "built":
        from crosspost.sources.web.built import BuiltSource

        return BuiltSource(root, built=said.built, **shared)
    from crosspost.sources.jekyll import JekyllSource

    more: dict[str, Any] = {"permalink": said.permalink, "engine": said.engine, "emoji": said.emoji, "memory": memory}
    return JekyllSource(root, **shared, **more)


def _mistakes(root: Path, said: SiteSettings, kind: str) -> Iterator[tuple[str, str]]:
    """The keys whose values cannot be used, and why: what the config says is told with its line, before any post."""
    from crosspost.sources.dates import zone
    from crosspost.sources.post_language import language, mistake

    try:
        zone(said.timezone)
    except ValueError as error:
        yield "timezone", str(error)
    if said.lang and not language(said.lang):
        yield "lang", "; ".join(mistake(said.lang))
    if said.short_posts and kind in ("jekyll", "hugo"):
        yield "short_posts", "this site’s posts are files, so short posts are written among them; remove this line"
    if kind == "feed":
        yield from _of_feed(said.feed or said.url)
    elif not root.is_dir():
        yield "path", no_folder(root)
    elif kind == "hugo":
        yield from _of_hugo(root, said.engine)
    elif kind == "built" and said.built and not (root / said.built).is_dir():
        yield "built", f"{root / said.built}: there is no such folder; build the site first, or correct this line"
    elif said.source == "built" and not said.built:
        yield from _of_built(root)
    elif kind == "jekyll":
        yield from _of_jekyll(root, said)


def no_folder(path: Path) -> str:
    """Why a path is not the folder of a site: it leads to a file, or to nothing."""
    return f"{path} is a file; name the folder of the site" if path.is_file() else f"{path}: there is no such folder"


def _of_feed(address: str) -> Iterator[tuple[str, str]]:
    if not address:
        yield "source", "a feed needs `feed` (or `url`) under [site], the address of the feed or the site"
    elif not address.startswith(("http://", "https://")):
        yield "feed", f"“{address}” is not a web address; write https://…"


def _of_hugo(root: Path, engine: str) -> Iterator[tuple[str, str]]:
    from crosspost.sources.hugo.config_file import find_config

    if find_config(root) is None:
        yield "source", f"{root} is not a Hugo site: it has no hugo.toml, hugo.yaml, hugo.json or config folder"
    if engine != SiteSettings().engine and not re.fullmatch(r"v?0\.\d+(\.\d+)?", engine):
        yield "engine", f"“{engine}” is not a version of Hugo, such as 0.120"


def _of_built(root: Path) -> Iterator[tuple[str, str]]:
    from crosspost.sources.web.built_folder import find

    try:
        find(root)
    except SourceError as error:
        yield "source", str(error)


def _of_jekyll(root: Path, said: SiteSettings) -> Iterator[tuple[str, str]]:
    from crosspost.sources.permalink import PermalinkError, need_known

    if said.posts and not (root / said.posts).is_dir():
        yield "posts", f"{root / said.posts}: there is no such folder"
    if not re.fullmatch(r"[34]\.\d+(\.\d+)?", said.engine):
        yield "engine", f"“{said.engine}” is not a version of Jekyll; write 3.9 (GitHub Pages), 3.10 or 4.3"
    try:
        need_known(said.permalink, jekyll4=said.engine.startswith("4"))
    except PermalinkError as error:
        yield "permalink", str(error).partition("; ")[0]  # without the other places it may stand


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
