"""What can be set in ``config/crosspost.toml``: sites, accounts, and the whole. :mod:`.settings_file` reads it."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from crosspost.config import toml_text
from crosspost.config.installation_settings import (
    Daemon,
    Mcp,
    Notify,
    Pictures,
    PublishedFeed,
    Responses,
    Run,
    Secrets,
    State,
    Telemetry,
    Web,
)
from crosspost.errors import ConfigError
from crosspost.model import OnDelete, OnEdit
from crosspost.text.printable import printable

#: how long after the other account a boost goes out, when nothing is said
BOOST_AFTER = "1h"
#: what posts can be chosen by
SIGNS = ("tags", "categories", "languages", "collections")
#: the same → words: see :mod:`crosspost.sources.routing`
Signs = dict[Literal["tags", "categories", "languages", "collections"], tuple[str, ...]]


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``[site]``: where the posts are. Nothing from the site's own configuration needs to be repeated here.

    ``source`` is how they are read ("jekyll", "hugo", "built", "feed", or what another package adds); "": by what is
    found. ``built`` is the folder that was built, relative to ``path``, ``feed`` the address of a feed. ``path`` is
    relative to the config file. With ``git``, the address of a repository, they are fetched from there, at most every
    ``git_every`` minutes, from ``branch`` ("": its usual one); ``path`` is then a folder in it. ``engine`` is the
    version of the generator whose rules give the addresses (Jekyll's "3.9" is GitHub Pages). ``emoji`` is whether
    ``:tada:`` becomes 🎉 (None: if the site uses jemoji). With
    ``live_check`` nothing is posted before the post's page is on the web. With ``approve`` nothing is posted before
    somebody said yes.

    ``picture_keys``, ``alt_keys`` and ``description_keys`` are the front matter keys to read, in this order; None: the
    defaults of :mod:`crosspost.sources.keys`, which "..." inserts into a list. ``picture_from`` are the places a
    picture may come from, in this order: "keys" of the post, its "body", its "page" on the web, the same keys in the
    "defaults" of ``_config.yml``, and the "site" itself.

    ``write_back`` is how it is written into the site where a post went: into one data file (``write_back_file``,
    relative to ``path``; "": where the generator looks), or into each post's front matter, ``write_back_fields`` there
    by network or account. With ``write_back_git`` that is committed, and pushed.

    With ``webmentions`` the pages that a post links to are told so. ``accounts`` are those that say this site's posts;
    None: all. ``short_posts`` is the folder of what `crosspost note` writes where the site itself takes no files
    ("built", "feed"), relative to the config file; "": "short-posts", or "short-posts-NAME" for a site of several.
    """

    source: str = ""
    path: str = "."
    git: str = ""
    branch: str = ""
    git_every: Annotated[float, msgspec.Meta(ge=0)] = 1
    built: str = ""
    feed: str = ""
    url: str = ""
    baseurl: str | None = None
    permalink: str = ""
    timezone: str = ""
    lang: str = ""
    posts: str = ""
    engine: str = "3.9"
    emoji: bool | None = None
    live_check: bool = True
    approve: bool = False
    picture_keys: tuple[str, ...] | None = None
    alt_keys: tuple[str, ...] | None = None
    description_keys: tuple[str, ...] | None = None
    picture_from: tuple[Literal["keys", "body", "page", "defaults", "site"], ...] | None = None
    write_back: Literal["none", "data", "front-matter"] = "none"
    write_back_file: str = ""
    write_back_git: Literal["", "commit", "push"] = ""
    write_back_fields: dict[str, dict[str, str | dict[str, str]]] = {}
    webmentions: bool = False
    accounts: tuple[str, ...] | None = None
    short_posts: str = ""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """``[accounts.NAME]``. ``own`` holds the keys that are checked later: the text style and the network's own.

    ``timeout`` is in seconds. ``network`` may be left out when the account has the network's name. ``digest``: one
    mail a week or month. ``on_edit`` and ``on_delete``: what to do about a published post when its file changed or is
    gone. ``responses``: whether it is asked what came back; None: where that is free. ``approve``: nothing goes out
    before somebody said yes; None: as ``[site]`` says. ``boost_from``: the account whose posts it boosts instead of
    saying them itself, ``boost_after`` that time ("": :data:`BOOST_AFTER`). ``ahead``: how long before its time a post
    is handed to the network, which shows it then ("": at its time). ``token_cmd`` is a command that prints the
    token, for several credentials one command each. ``takes``: only posts with one of these words of each kind that is
    named; ``leaves_out``: no posts with one of these.
    """

    name: str
    network: str
    enabled: bool = True
    base_url: str = ""
    max_per_run: int | None = None
    timeout: float = 60
    digest: Literal["", "weekly", "monthly"] = ""
    digest_title: str = ""
    on_edit: OnEdit = "ask"
    on_delete: OnDelete = "ask"
    approve: bool | None = None
    responses: bool | None = None
    boost_from: str = ""
    boost_after: str = ""
    ahead: str = ""
    token_cmd: str | dict[str, str] = ""
    takes: Signs = {}
    leaves_out: Signs = {}
    own: dict[str, Any] = {}


def unusable_account(name: str, raw: object) -> Account:
    """What stands for an account that cannot be used; whether it is one of a sandbox is still seen.

    :param raw: what the config says of it
    """
    said = raw if isinstance(raw, dict) else {}
    network, base_url = said.get("network"), said.get("base_url")
    return Account(
        name=name,
        network=network if isinstance(network, str) else name,
        base_url=base_url if isinstance(base_url, str) else "",
    )


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole config. ``text`` is kept to find the line of a key when its value turns out to be wrong later.

    ``sites`` are those of ``[sites.NAME]`` that can be used, ``wrong_sites`` the others: name → what is wrong.
    ``refused_sites`` are those of them whose folders were looked at, too: where links lead decides who is a twin.
    ``site_names`` are the names of all where there are several, :data:`crosspost.config.sites.MAIN` for ``[site]``;
    ``shared`` gives those of an account that several of them have.
    ``wrong_accounts`` are those of ``accounts`` that cannot be used, of several sites: name → what is wrong.
    ``main_site`` is ``[site]``; so is ``site``, or in what :meth:`of_site` gives the one with that ``name``.
    """

    file: Path
    text: str = ""
    name: str = ""
    site: SiteSettings = SiteSettings()
    sites: dict[str, SiteSettings] = {}
    wrong_sites: dict[str, str] = {}
    refused_sites: dict[str, SiteSettings] = {}
    site_names: tuple[str, ...] = ()
    shared: dict[str, tuple[str, ...]] = {}
    main_site: SiteSettings = SiteSettings()
    run: Run = Run()
    secrets: Secrets = Secrets()
    state: State = State()
    notify: Notify = Notify()
    daemon: Daemon = Daemon()
    telemetry: Telemetry = Telemetry()
    pictures: Pictures = Pictures()
    web: Web = Web()
    mcp: Mcp = Mcp()
    responses: Responses = Responses()
    feed: PublishedFeed = PublishedFeed()
    accounts: dict[str, Account] = {}
    wrong_accounts: dict[str, str] = {}

    def beside(self, name: str) -> Path:
        """A path of the config, relative to the config file unless absolute.

        :raises ConfigError: when it is not a valid path
        """
        if not name.isprintable():
            raise ConfigError(f"{self.file}: “{printable(name)}” is not a valid path: it contains a control character")
        return Path(os.path.normpath(self.file.parent / Path(name).expanduser()))

    def place(self, *keys: str) -> str:
        """``file:line`` of a key, or just the file when the key is not in it."""
        if keys[:1] == ("site",) and self.name:
            keys = ("sites", self.name, *keys[1:])
        return toml_text.place(self.file, self.text, keys)

    def short_posts(self) -> Path:
        """The folder of this site's short posts, where the site itself takes none."""
        return self.beside(self.site.short_posts or f"short-posts{f'-{self.name}' if self.name else ''}")

    def site_folders(self) -> tuple[str, ...]:
        """Where the posts of each of several sites really are: of two that read the same one is refused, and links
        change.
        """
        if not self.site_names:
            return ()
        from crosspost.config import sites  # few configs have several

        return sites.folders((self.main_site, *self.sites.values(), *self.refused_sites.values()), self.file.parent)

    def of_site(self, name: str) -> "Settings":
        """The same as one site has it.

        :param name: one of :attr:`site_names`
        :raises ConfigError: when something is wrong with it
        """
        if name in self.wrong_sites:
            raise ConfigError(self.wrong_sites[name])
        from crosspost.config import sites

        if name == sites.MAIN:
            return msgspec.structs.replace(self, name="", site=self.main_site)
        return msgspec.structs.replace(self, name=name, site=self.sites[name])
