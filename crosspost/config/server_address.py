"""Read the addresses in a config the way people write them; unclear ones get an error that says what to write. Pure.

A handle names its server (``@me@social.example``), a page of the server is not its address
(``https://social.example/@me``), and a name without ``https://`` is still that name.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from crosspost.text.lazy_pattern import lazy
from crosspost.text.pasted import unquoted, visible

#: names that exist only in local networks (RFC 6761, 6762, 8375, and what home routers use)
_LOCAL = (".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa", ".intranet", ".corp", ".test", ".invalid")
_HANDLE = lazy(r"(?:acct:)?@?([\w.+-]+)@([^\s@/:]+)")
_LABEL = lazy(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: how the paths of a server's own pages begin
_PAGES = lazy(
    r"/(?:@|~|(?:about|admin|api|auth|deck|explore|home|i|intent|local|login|main|notifications|oauth|profile|public|"
    r"search|settings|share|signup|start|timeline|timelines|users?|web)(?:/|$))"
)


def of_account(written: str, *, schemes: Collection[str], at_root: bool, home: str = "") -> str:
    """Normalise the address of an account's server.

    :param written: the setting as the user wrote it
    :param schemes: the URL schemes allowed here; without "https" it is a mail server or a daemon
    :param at_root: whether such a server answers only at its root path
    :param home: the network's default address; "" when there is none
    :raises ValueError: with one clause, when the meaning is not clear
    """
    text = _tidy(written)
    web = "https" in schemes
    if not web or text.startswith(("unix:", "tcp:")):
        return _other(text, schemes)
    prefix, text = ("rest+", text[5:]) if text.startswith("rest+") and "rest+https" in schemes else ("", text)
    handle = _HANDLE.fullmatch(re.sub(r"^https?://", "", text))
    if handle and public(handle[2]):
        if home and not home.endswith("bsky.social"):
            raise ValueError(f"“{text}” is an account, not a server; leave `base_url` out, the default is {home}")
        text = handle[2]
    parts = _split(_with_scheme(text))
    host = _host(parts)
    if parts.scheme not in schemes:
        raise ValueError(f"the address must begin with https://, not {parts.scheme}://")
    if parts.scheme == "http" and public(host):
        raise ValueError(f"http:// would send the token unencrypted; write https://{host}")
    path = parts.path.rstrip("/")
    if at_root and public(host):
        if path and not _PAGES.match(path):
            instead = f"leave `base_url` out, the default is {home}" if home else f"write {parts.scheme}://{host}"
            raise ValueError(f"there is a path after the server's name ({path}); {instead}")
        return f"{prefix}{parts.scheme}://{_netloc(host, parts)}"
    if parts.query or parts.fragment:
        raise ValueError(f"it contains a ? or #; write only {parts.scheme}://{host}")
    return f"{prefix}{parts.scheme}://{_netloc(host, parts)}{path}"


def of_site(written: str) -> str:
    """Normalise the address of a site; the result has no trailing slash.

    :raises ValueError: as :func:`of_account`
    """
    text = _tidy(written)
    if _HANDLE.fullmatch(text):
        raise ValueError(f"“{text}” is an account, not the address of a site; write https://…")
    parts = _split(_with_scheme(text))
    host = _host(parts)
    whole = re.match(r"(?i)https?\W", text) or parts.port or host == "localhost"
    if not whole and "." not in host and ":" not in host:
        raise ValueError(f"“{text}” is not the address of a site; write it whole, such as https://{host}.example")
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"the address of a site must begin with https://, not {parts.scheme}://")
    if parts.query or parts.fragment:
        raise ValueError(f"it contains a ? or #; write only {parts.scheme}://{host}")
    path = re.sub(r"/[^/]*\.(?:html?|php)$", "", parts.path).rstrip("/")
    shown = parts.netloc if not host.isascii() or "xn--" in host else _netloc(host, parts)
    return f"{parts.scheme}://{shown}{path}"


def public(host: str) -> bool:
    """Whether a host is on the public Internet, judging by its name or IP address alone."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith(_LOCAL)


# ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _tidy(written: str) -> str:
    text = unquoted(visible(written))
    text = text.removeprefix("<").removesuffix(">")
    if not text:
        raise ValueError("it is empty")
    if re.search(r"\s", text):
        raise ValueError("it contains a space")
    if not text.isprintable():
        raise ValueError("it contains a control character")
    return text


def _with_scheme(text: str) -> str:
    """The address with ``https://`` where the scheme is missing; ``http://`` for this machine and the local network."""
    if slip := re.match(r"(?i)(https?)(?::/*|;/+|//+)(?!/)(.+)", text):
        return f"{slip[1].lower()}://{slip[2]}"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return text
    host = re.split(r"[:/?#]", text.lstrip("/"), maxsplit=1)[0]
    return f"{'https' if public(host) else 'http'}://{text.lstrip('/')}"


def _other(text: str, schemes: Collection[str]) -> str:
    """An address of something other than a web server; the adapter checks the rest of it."""
    if "smtps" not in schemes:
        return text
    host_port = re.fullmatch(r"([\w.-]+):(\d+)", text)
    if host_port:
        return f"{'smtps' if host_port[2] == '465' else 'smtp'}://{text}"
    if not text.startswith(("smtp://", "smtps://")):
        raise ValueError("this is not the address of a mail server; write smtps://host:465 or smtp://host:587")
    if "@" in urlsplit(text).netloc:
        raise ValueError("it contains an @; put the user name and password in the secrets file")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("this is not a valid address: the part between // and the next / is not a server") from None
    user, at, _ = parts.netloc.rpartition("@")
    if at and (":" in user or not re.fullmatch(r"@?[\w.+-]+", user)):
        raise ValueError("it contains a user name or password; put those in the secrets file")
    if at:
        raise ValueError("it contains an @; write only the server, https://…")
    return parts


def _host(parts: SplitResult) -> str:
    """The host name as it is sent in requests: ASCII, lower case."""
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise ValueError(f"“{host}” is not a valid server name") from None
    if ":" in host:  # IPv6, already checked by urlsplit
        return host
    if not host or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(f"“{host}” is not a valid server name")
    return host


def _netloc(host: str, parts: SplitResult) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{parts.port}" if parts.port is not None else name
