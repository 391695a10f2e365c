"""Checks before the first delivery that the post's page is on the web, so that no link leads to a 404.

A static site is built and uploaded minutes after the post was written, and some networks read the page only once, for
the link card they then keep showing. The check never raises: whatever the server responds, the result is
:class:`Live`, or :class:`NotYet` with the reason.
"""

import html
import re
import socket
import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from crosspost import markup
from crosspost.markup.page_head import HeadLinks, OpenGraph, PageFacts, facts, head_links, open_graph
from crosspost.model import Value
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.addresses import PORTS, Resolve, judged
from crosspost.transport.session import Session, TransportError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_REDIRECTS = 3
RESOLVE: Resolve = socket.getaddrinfo
#: headings and bytes to read: the title comes early, and a page of a million nested headings must not take for ever
_ENOUGH, _BYTES = 30, 250_000
_HEADERS = {"Cache-Control": "no-cache", "Accept": "text/html,application/xhtml+xml,image/*;q=0.9,*/*;q=0.5"}
_PICTURES = lazy(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|....ftyp(?:avif|avis|mif1|heic)", re.DOTALL)
_SHORT_CODES, _SIGNS = (
    re.compile(r":[a-z0-9_+-]{1,50}:"),
    re.compile("[\u200d\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"),
)
#: encodings used on the web; some of Python's others are extremely slow on a long page
_ENCODINGS = lazy(
    r"utf-?(?:8|16(?:[lb]e)?)|iso-8859-\d+|windows-\d+|koi8-[ru]|shift_jis|euc-(?:jp|kr)|big5|gbk|gb2312|gb18030|us-ascii"
)


class Live(Value, frozen=True, kw_only=True):
    """The page exists and is the right one. ``url`` is the final address after redirects.

    ``says`` is the metadata in the page's head, ``shared`` what it tells networks that make a card of it,
    ``links`` what it says of records and accounts elsewhere.
    """

    url: str
    says: PageFacts = PageFacts()
    shared: OpenGraph = OpenGraph()
    links: HeadLinks = HeadLinks()


class NotYet(Value, frozen=True, kw_only=True):
    """The page is missing, or is another page. ``reason`` is a sentence for the user, without a full stop."""

    reason: str


def live_session() -> Session:
    """A session with short time-outs: 5 s to connect, 15 s in all, and at most 10 MB per response."""
    return Session(connect_timeout=5, read_timeout=10, deadline=15, max_answer=10_000_000, slashes=False)


def check(
    url: str,
    *,
    title: str,
    session: Session,
    allowed_hosts: Collection[str] = (),
    picture: str = "",
    resolve: Resolve = socket.getaddrinfo,
) -> Live | NotYet:
    """Check whether the page of a post is on the web.

    The address must return 200 with a page that contains the title (in ``<title>``, ``og:title`` or a heading) or has
    this address as its canonical URL. Up to three redirects within the site are followed, but not to another site, or
    from https back to http.

    :param title: the post's title; typographic quotes, punctuation and case do not matter
    :param session: made by :func:`live_session`
    :param allowed_hosts: the site's own host names (with and without ``www.``); they may be in the local network
    :param picture: address of the thumbnail where the network fetches it; "" when it does not
    :param resolve: :func:`socket.getaddrinfo`, or a replacement in tests
    """
    got = get(url, session, allowed_hosts, resolve)
    if isinstance(got, NotYet):
        return got
    final, headers, body = got
    page = document(headers, body)
    if not _names(page, title, {url, final}):
        return NotYet(reason=f"{url} answers, but its page has neither the title “{title}” nor this canonical address")
    own = [*allowed_hosts, _host(url)]
    seen = check_picture(picture, session=session, allowed_hosts=own, resolve=resolve) if picture else None
    if isinstance(seen, NotYet):
        return seen
    return Live(url=final, says=facts(page, final), shared=open_graph(page, final), links=head_links(page))


def check_picture(
    url: str, *, session: Session, allowed_hosts: Collection[str] = (), resolve: Resolve = socket.getaddrinfo
) -> Live | NotYet:
    """Check whether an address returns a picture, by its first bytes and not by the content type."""
    got = get(url, session, allowed_hosts, resolve)
    if isinstance(got, NotYet):
        return got
    final, _, body = got
    if not is_picture(body):
        return NotYet(reason=f"{url} answers, but not with a picture")
    return Live(url=final)


def is_picture(body: bytes) -> bool:
    """Whether a response is a picture, by its first bytes."""
    head = body[:4096].lower()
    drawn = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" in head and b"<html" not in head
    return drawn or _PICTURES.match(body) is not None


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def get(
    url: str,
    session: Session,
    allowed_hosts: Collection[str],
    resolve: Resolve,
    *,
    elsewhere: bool = False,
    redirects: int = MAX_REDIRECTS,
) -> NotYet | tuple[str, dict[str, str], bytes]:
    """The final address, headers and body of a 200 response. Follows redirects, which the session itself never does.

    :param elsewhere: whether a redirect may lead to another site, which is checked like the first address
    :param redirects: how many to follow
    """
    hosts = {name.lower() for name in allowed_hosts}
    current = url
    session.forget()
    for _ in range(redirects + 1):
        problem, addresses = judged(current, hosts, resolve)
        if problem:
            return NotYet(reason=problem)
        try:
            with session.pinned(addresses):
                session.get(current, headers=_HEADERS)
        except (TransportError, OSError, ValueError, LookupError) as error:
            # the session raises for a redirect too, but then there is a response
            if session.last is None or session.last.status is None:
                return NotYet(reason=str(error) or f"{url} does not respond")
        last = session.last
        if last is None or last.status is None:
            return NotYet(reason=f"{url} does not respond")
        if last.status == 200:
            return current, last.headers, last.body
        if last.status not in (301, 302, 303, 307, 308):
            return NotYet(reason=f"{url} answers {last.status}: {_STATUS.get(last.status, 'not a page')}")
        target = _target(current, last.headers.get("location", ""))
        if not elsewhere and not _same_site(current, target, hosts):
            return NotYet(reason=f"{url} redirects to another site: {_shown(target)}")
        current = target
    return NotYet(reason=f"{url} redirects more than {redirects} times")


_STATUS = {404: "the page is not there", 410: "the page was removed", 401: "it asks for a login", 403: "forbidden"}


def _target(at: str, location: str) -> str:
    try:
        return urljoin(at, location.strip()).partition("#")[0]
    except ValueError:
        return ""


def _shown(url: str) -> str:
    return url.partition("?")[0][:200] or "nowhere"


def _split(url: str) -> tuple[SplitResult, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts, parts.hostname.lower(), port) if parts.hostname else None


def _host(url: str) -> str:
    found = _split(url)
    return found[1] if found else ""


def _same_site(at: str, target: str, hosts: Collection[str]) -> bool:
    """Whether a redirect stays on the site: same host (or an allowed one), same port, never from https to http."""
    old, new = _split(at), _split(target)
    if old is None or new is None:
        return False
    own_host = new[1] == old[1] or new[1] in hosts
    if new[0].scheme == old[0].scheme:
        return own_host and new[2] == old[2]
    return own_host and (old[0].scheme, old[2], new[2]) == ("http", 80, 443)


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def document(headers: dict[str, str], body: bytes, limit: int = _BYTES) -> "LexborHTMLParser":
    """A page as a tree.

    :param headers: of the response, names in lower case
    :param limit: bytes to read
    """
    from selectolax.lexbor import LexborHTMLParser

    declared = re.search(r"charset=[\"']?([\w-]+)", headers.get("content-type", ""), re.ASCII)
    meta = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", body[:1024], re.IGNORECASE)
    name = (declared[1] if declared else meta[1].decode("ascii", "replace") if meta else "utf-8").lower()
    try:
        return LexborHTMLParser(body[:limit].decode(name if _ENCODINGS.fullmatch(name) else "utf-8", "replace"))
    except LookupError:  # iso-8859-99
        return LexborHTMLParser(body[:limit].decode("utf-8", "replace"))


def _names(page: "LexborHTMLParser", title: str, addresses: set[str]) -> bool:
    """Whether a page has the title, or one of the addresses as its canonical URL."""
    wanted = {_words(title), _words(html.unescape(re.sub(r"<[^<>]+>", "", title))), _words(_SIGNS.sub(" ", title))} - {
        ""
    }
    headings = [node.text(deep=True) for node in page.css("title, h1, h2")[:_ENOUGH]]
    headings += [node.attributes.get("content") or "" for node in page.css('meta[property="og:title"]')[:_ENOUGH]]
    for text in headings:
        # a theme may show the title with Markdown and short codes unchanged, or emoji as pictures
        written = text[: 2 * len(title) + 1000]
        forms = [f"\n{_words(form)}\n" for form in (written, markup.to_line(_SHORT_CODES.sub(" ", written)))]
        if any(f"\n{words}\n" in form for words in wanted for form in forms):
            return True
    links = [node.attributes.get("href") or "" for node in page.css('link[rel~="canonical"]')[:_ENOUGH]]
    links += [node.attributes.get("content") or "" for node in page.css('meta[property="og:url"]')[:_ENOUGH]]
    own = {_address(address) for address in addresses}
    return any(_address(_target(base, link)) in own for link in links if link.strip() for base in addresses)


def _words(text: str) -> str:
    """The words of a text, one per line, without punctuation, which may differ on the page. Emoji count as words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    spaced = "".join(" " if unicodedata.category(letter)[0] in "PZC" or letter in "`^" else letter for letter in text)
    return "\n".join(spaced.split())


def _address(url: str) -> str:
    """An address without the parts that may differ between spellings: scheme, ``index.html``, trailing slash."""
    found = _split(url)
    if found is None:
        return ""
    parts, host, port = found
    path = re.sub(r"/(?:index\.html?)?$|\.html$", "", unquote(parts.path))
    return f"{host}:{'' if port in PORTS.values() else port}{path}?{parts.query}"
