"""The address of a post, with the account's own parameters, and as the URI strict servers want."""

from urllib.parse import quote, urlsplit, urlunsplit

from crosspost.text.lazy_pattern import lazy

_URI = lazy(r"https?://[!-~]+")
# reserved and unreserved characters (RFC 3986 §2.2, §2.3), and "%": what is escaped already stays as it is
_KEPT = "!#$%&'()*+,/:;=?@[]~"


def tagged(url: str, parameters: dict[str, str]) -> str:
    """``url`` with ``parameters`` in its query; what is there stays as it is, a parameter it has already wins."""
    if not url or not parameters:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed "[": nothing to add to
        return url
    have = {pair.split("=", 1)[0] for pair in parts.query.split("&")}
    added = [f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in parameters.items() if quote(k, safe="") not in have]
    return urlunsplit(parts._replace(query="&".join([*filter(None, [parts.query]), *added])))


def as_uri(url: str) -> str:
    """An http(s) address in ASCII (RFC 3987 §3.1): the host by IDNA, the rest percent-encoded; "" when it is none."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:  # an unclosed "[", a port that is not a number
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    ascii_host = _ascii_host(parts.netloc)
    uri = urlunsplit(parts._replace(netloc=ascii_host, path="", query="", fragment=""))
    rest = quote(url[url.index("//") + 2 + len(parts.netloc) :], safe=_KEPT)
    return uri + rest if ascii_host and _URI.fullmatch(uri + rest) else ""


def _ascii_host(netloc: str) -> str:
    if netloc.isascii():
        return netloc
    import idna  # only an address with letters beyond ASCII needs its tables

    user, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    try:
        return f"{quote(user, safe=_KEPT)}{at}{idna.encode(host, uts46=True).decode()}{colon}{port}"
    except idna.IDNAError:
        return ""
