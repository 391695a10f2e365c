"""What a site's pages have to say of its accounts, so that networks know whose they are.

Sources: standard.site/docs/verification, docs.joinmastodon.org/user/profile (author attribution), checked 2026-11-26.
"""

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import msgspec

from crosspost.app.sites import site_choice
from crosspost.errors import ConfigError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.networks.base import Network
    from crosspost.networks.standard_site import StandardSite

_FILE = ".well-known/site.standard.publication"


class Publication(Value, frozen=True, kw_only=True):
    """The site's record on an account: ``uri`` is its address; ``page`` on the web has to say it, from the file
    ``file`` below the root of the host; ``documents`` is how the addresses of the articles' records begin.
    """

    account: str
    uri: str
    page: str
    file: str
    documents: str


class SiteLinks(Value, frozen=True, kw_only=True):
    """``creators`` are account → name on the fediverse, such as ``@valley@example.social``.

    ``webmention`` is where the pages' webmentions are taken; "" where they are not.
    """

    publications: tuple[Publication, ...] = ()
    webmention: str = ""
    creators: dict[str, str] = msgspec.field(default_factory=dict)


def of(app: "App") -> SiteLinks:
    """What the pages have to say, of the accounts that ask for it.

    :raises CrosspostError: when it is not known who an account is, and its network does not tell
    """
    creators = {}
    for name, account in app.accounts().items():
        if account.network == "mastodon":
            network = _introduced(app, name)
            me = network.me()
            host = urlsplit(me.url or network.base_url).netloc
            creators[name] = me.handle if "@" in me.handle[1:] else f"{me.handle}@{host}"
    return SiteLinks(
        publications=tuple(_publication(app, name) for name in app.keeps_articles()),
        webmention=webmention(app),
        creators=creators,
    )


def webmention(app: "App") -> str:
    """Where webmentions are taken; "" where they are not.

    :raises ConfigError: when they are, and nobody can reach that
    """
    if app.settings is None or not app.settings.responses.webmentions:
        return ""
    if not app.settings.web.address:
        where = app.settings.place("responses", "webmentions")
        raise ConfigError(
            f"{where}: `webmentions` in [responses] needs the address at which others reach the dashboard: set address "
            'in [web], such as "https://posts.example.org". See `crosspost help webmentions`'
        )
    return f"{site_choice.pages(app.settings)}/webmention"


def _publication(app: "App", name: str) -> Publication:
    from crosspost.networks.standard_site_record import DOCUMENT, base_of

    network = cast("StandardSite", _introduced(app, name))  # only these have the setting
    parts = urlsplit(base_of(app.site_named()))
    file = f"{_FILE}{parts.path}"
    return Publication(
        account=name,
        uri=network.publication_uri(),
        page=f"{parts.scheme}://{parts.netloc}/{file}",
        file=file,
        documents=f"at://{network.me().id}/{DOCUMENT}/",
    )


def _introduced(app: "App", name: str) -> "Network":
    """The adapter of an account, which knows who it is: from the ledger, else from its network."""
    from crosspost.app.ledger_access import no_ledger_yet, open_ledger

    network = app.network(name)
    if app.settings is not None and not no_ledger_yet(app):
        ledger = open_ledger(app, read_only=True)
        try:
            state = ledger.account(name)
        finally:
            ledger.close()
        if state.credential == network.mark():
            network.identity = state.identity
    return network
