"""What `crosspost doctor` finds out about what the site says of its accounts, and they of the site."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.app import site_links
from crosspost.app.doctor.checks import Finding, fail, ok, warn
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.markup.page_head import HeadLinks
    from crosspost.model import Entry

_ABOUT = "links"
_TODO = "`crosspost links` prints what belongs there; deploy the site then"


class LinkCheck:
    """Compares the site with what :func:`crosspost.app.site_links.of` says; asks nobody when nothing is wanted."""

    def __init__(self, app: "App") -> None:
        self._wanted = site_links.SiteLinks()
        self._problem = ""
        try:
            self._wanted = site_links.of(app)
        except CrosspostError as error:  # mostly the account's own line tells, too
            self._problem = str(error)

    def of_site(self) -> Iterator[Finding]:
        """Whether the site names its record."""
        if self._problem:
            yield warn(_ABOUT, f"what the pages have to say is not known: {self._problem}", "see above")
        for one in self._wanted.publications[1:]:
            first = self._wanted.publications[0].account
            yield warn(
                one.account,
                f"a site can name one record, and that of {first} comes first",
                "set standard_site on one account only",
            )
        for one in self._wanted.publications[:1]:
            yield _well_known(one)

    def of_page(self, entry: "Entry", links: "HeadLinks") -> Iterator[Finding]:
        """Whether the page of a post names its record, where it takes webmentions, and its author on the fediverse."""
        for one in self._wanted.publications[:1]:
            yield from _document(one, entry, links)
        if endpoint := self._wanted.webmention:
            yield _webmention(endpoint, entry, links)
        if not self._wanted.creators:
            return
        names = list(self._wanted.creators.values())
        if not links.creators:
            said = f"{entry.url} names no author for Mastodon (fediverse:creator)"
            yield Finding(state="ok", about=_ABOUT, said=said, todo="`crosspost links` prints the line, if you want it")
        elif not {name.casefold() for name in names} & {name.casefold() for name in links.creators}:
            said = f"fediverse:creator of {entry.url} is {', '.join(links.creators)}, but the account is {names[0]}"
            yield warn(_ABOUT, said, _TODO)
        else:
            yield ok(_ABOUT, f"fediverse:creator of the newest page is {', '.join(links.creators)}")


def _webmention(endpoint: str, entry: "Entry", links: "HeadLinks") -> Finding:
    """Whether the page says where webmentions are taken."""
    if links.webmention == endpoint:
        return ok(_ABOUT, f"{entry.url} says that webmentions are taken at {endpoint}")
    said = f"names {links.webmention}" if links.webmention else "does not say where"
    return warn(_ABOUT, f"webmentions are taken at {endpoint}, but {entry.url} {said}", _TODO)


def _well_known(wanted: site_links.Publication) -> Finding:
    from crosspost.transport import page_check

    host = urlsplit(wanted.page).hostname or ""
    got = page_check.get(wanted.page, page_check.live_session(), {host, f"www.{host}"}, page_check.RESOLVE)
    if isinstance(got, page_check.NotYet):
        return warn(_ABOUT, f"the site does not name its record: {got.reason}", _TODO)
    said = got[2][:2000].decode("utf-8", "replace").strip()
    if said != wanted.uri:
        shown = f"“{said[:80]}”" if said else "nothing"
        return fail(_ABOUT, f"{wanted.page} says {shown}, but the record is {wanted.uri}", _TODO)
    return ok(_ABOUT, f"{wanted.page} names the site's record")


def _document(wanted: site_links.Publication, entry: "Entry", links: "HeadLinks") -> Iterator[Finding]:
    from crosspost.networks.standard_site_record import key_of

    try:
        uri = f"{wanted.documents}{key_of(entry.url)}"
    except CrosspostError as error:
        yield warn(_ABOUT, str(error), "give the post a slug")
        return
    if links.document != uri:
        shown = links.document or "missing"
        said = f"the link site.standard.document of {entry.url} is {shown}, but its record is {uri}"
        yield (warn if not links.document else fail)(_ABOUT, said, _TODO)
        return
    if links.publication not in ("", wanted.uri):
        said = f"the link site.standard.publication of {entry.url} is {links.publication}, but it is {wanted.uri}"
        yield fail(_ABOUT, said, _TODO)
        return
    yield ok(_ABOUT, f"{entry.url} names its record")
