"""Is the post's page on the web already? Asked before the first delivery, so that nobody is sent to a 404.

A static site is built and uploaded minutes after the post was written, and some networks read the page only once, for
the link card they then show for ever. Asking never raises: whatever a server answers, the outcome is :class:`Live` or
:class:`NotYet` with the reason.
"""

import html
import re
import socket
import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from crosspost import markup
from crosspost.markup.page_head import PageFacts, facts
from crosspost.model import Value
from crosspost.transport.addresses import PORTS, Resolve, judged
from crosspost.transport.session import Session, TransportError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_REDIRECTS = 3
#: a page names itself early, among its first headings; one made of a million nested ones must not take for ever
_ENOUGH, _BYTES = 30, 250_000
_HEADERS = {"Cache-Control": "no-cache", "Accept": "text/html,application/xhtml+xml,image/*;q=0.9,*/*;q=0.5"}
_PICTURES = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP|....ftyp(?:avif|avis|mif1|heic)", re.DOTALL
)
_SHORT_CODES, _SIGNS = (
    re.compile(r":[a-z0-9_+-]{1,50}:"),
    re.compile("[\u200d\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"),
)
#: the encodings of the web; Python has others that take for ever on a long page
_ENCODINGS = re.compile(
    r"utf-?(?:8|16(?:[lb]e)?)|iso-8859-\d+|windows-\d+|koi8-[ru]|shift_jis|euc-(?:jp|kr)|big5|gbk|gb2312|gb18030|us-ascii"
)


class Live(Value, frozen=True, kw_only=True):
    """The page is there and it is the right one. ``url`` is the address that answered, after redirects.

    ``says`` is what it says about itself.
    """

    url: str
    says: PageFacts = PageFacts()


class NotYet(Value, frozen=True, kw_only=True):
    """Not there, or not it. ``reason`` is a sentence for the person, without a full stop."""

    reason: str


def live_session() -> Session:
    """A session with short times: 5 s to connect, 15 s in all, and at most 10 MB per answer."""
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
    """Ask whether the page of a post is on the web.

    The address must answer 200 with a page that names the title (in ``<title>``, ``og:title`` or a heading) or gives
    this address as its canonical one. Up to three redirects inside of the site are followed; one to another site, or
    from https back to http, does not count.

    :param title: as the post says it; typographic quotes, marks and case do not matter
    :param session: of :func:`live_session`; given in so that tests and callers can share one
    :param allowed_hosts: the site's own host names (with and without ``www.``); they may be in the local network
    :param picture: address of the thumbnail where the network fetches it; "" when it does not
    :param resolve: :func:`socket.getaddrinfo`, or a stand-in
    """
    got = get(url, session, allowed_hosts, resolve)
    if isinstance(got, NotYet):
        return got
    final, headers, body = got
    page = _document(headers, body)
    if not _names(page, title, {url, final}):
        return NotYet(reason=f"{url} answers, but its page has neither the title “{title}” nor this canonical address")
    own = [*allowed_hosts, _host(url)]
    seen = check_picture(picture, session=session, allowed_hosts=own, resolve=resolve) if picture else None
    return seen if isinstance(seen, NotYet) else Live(url=final, says=facts(page, final))


def check_picture(
    url: str, *, session: Session, allowed_hosts: Collection[str] = (), resolve: Resolve = socket.getaddrinfo
) -> Live | NotYet:
    """Ask whether an address answers with a picture; judged by its first bytes, not by what the server calls it."""
    got = get(url, session, allowed_hosts, resolve)
    if isinstance(got, NotYet):
        return got
    final, _, body = got
    if not is_picture(body):
        return NotYet(reason=f"{url} answers, but not with a picture")
    return Live(url=final)


def is_picture(body: bytes) -> bool:
    """Whether an answer is a picture, by its first bytes."""
    head = body[:4096].lower()
    drawn = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" in head and b"<html" not in head
    return drawn or _PICTURES.match(body) is not None


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def get(
    url: str, session: Session, allowed_hosts: Collection[str], resolve: Resolve, *, elsewhere: bool = False
) -> NotYet | tuple[str, dict[str, str], bytes]:
    """The final address, headers and body of a 200; redirects are followed by hand, because the session never does.

    :param elsewhere: whether a redirect may lead to another site; where to is judged like the first address
    """
    hosts = {name.lower() for name in allowed_hosts}
    at = url
    for _ in range(MAX_REDIRECTS + 1):
        wrong, addresses = judged(at, hosts, resolve)
        if wrong:
            return NotYet(reason=wrong)
        try:
            with session.pinned(addresses):
                session.get(at, headers=_HEADERS)
        except (TransportError, OSError, ValueError, LookupError) as error:
            # a redirect is an error of the session too, with an answer; everything else has none
            if session.last is None or session.last.status is None:
                return NotYet(reason=str(error) or f"{url} gives no answer")
        last = session.last
        if last is None or last.status is None:
            return NotYet(reason=f"{url} gives no answer")
        if last.status == 200:
            return at, last.headers, last.body
        if last.status not in (301, 302, 303, 307, 308):
            return NotYet(reason=f"{url} answers {last.status}: {_STATUS.get(last.status, 'not a page')}")
        target = _target(at, last.headers.get("location", ""))
        if not elsewhere and not _same_site(at, target, hosts):
            return NotYet(reason=f"{url} redirects to another site: {_shown(target)}")
        at = target
    return NotYet(reason=f"{url} redirects more than {MAX_REDIRECTS} times")


_STATUS = {404: "the page is not there", 410: "the page was taken away", 401: "a login is asked for", 403: "forbidden"}


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
    """Whether a redirect stays on the site: same host (or one of its own), same port, never from https to http."""
    old, new = _split(at), _split(target)
    if old is None or new is None:
        return False
    own_host = new[1] == old[1] or new[1] in hosts
    if new[0].scheme == old[0].scheme:
        return own_host and new[2] == old[2]
    return own_host and (old[0].scheme, old[2], new[2]) == ("http", 80, 443)


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _document(headers: dict[str, str], body: bytes) -> "LexborHTMLParser":
    from selectolax.lexbor import LexborHTMLParser

    said = re.search(r"charset=[\"']?([\w-]+)", headers.get("content-type", ""), re.ASCII)
    meta = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", body[:1024], re.IGNORECASE)
    name = (said[1] if said else meta[1].decode("ascii", "replace") if meta else "utf-8").lower()
    try:
        return LexborHTMLParser(body[:_BYTES].decode(name if _ENCODINGS.fullmatch(name) else "utf-8", "replace"))
    except LookupError:  # iso-8859-99
        return LexborHTMLParser(body[:_BYTES].decode("utf-8", "replace"))


def _names(page: "LexborHTMLParser", title: str, addresses: set[str]) -> bool:
    """Whether a page says that it is the one."""
    wanted = {_words(title), _words(html.unescape(re.sub(r"<[^<>]+>", "", title))), _words(_SIGNS.sub(" ", title))} - {
        ""
    }
    spoken = [node.text(deep=True) for node in page.css("title, h1, h2")[:_ENOUGH]]
    spoken += [node.attributes.get("content") or "" for node in page.css('meta[property="og:title"]')[:_ENOUGH]]
    for text in spoken:
        # a theme may show a title with its marks and short codes, as the file has it, or emoji as pictures
        written = text[: 2 * len(title) + 1000]
        forms = [f"\n{_words(form)}\n" for form in (written, markup.to_line(_SHORT_CODES.sub(" ", written)))]
        if any(f"\n{words}\n" in said for words in wanted for said in forms):
            return True
    links = [node.attributes.get("href") or "" for node in page.css('link[rel~="canonical"]')[:_ENOUGH]]
    links += [node.attributes.get("content") or "" for node in page.css('meta[property="og:url"]')[:_ENOUGH]]
    own = {_address(address) for address in addresses}
    return any(_address(_target(base, link)) in own for link in links if link.strip() for base in addresses)


def _words(text: str) -> str:
    """The words of a text, one a line: quotes, dashes and marks differ between a post and its page. Emoji are words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    spaced = "".join(" " if unicodedata.category(letter)[0] in "PZC" or letter in "`^" else letter for letter in text)
    return "\n".join(spaced.split())


def _address(url: str) -> str:
    """An address without what may differ between two spellings of it: scheme, ``index.html``, the last slash."""
    found = _split(url)
    if found is None:
        return ""
    parts, host, port = found
    path = re.sub(r"/(?:index\.html?)?$|\.html$", "", unquote(parts.path))
    return f"{host}:{'' if port in PORTS.values() else port}{path}?{parts.query}"
