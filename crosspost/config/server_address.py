"""The addresses in a config, as people write them: understood where it is plain what is meant, else a sentence. Pure.

A handle names its server (``@me@social.example``), a page of the server is not its address
(``https://social.example/@me``), and a name without ``https://`` is still that name.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from crosspost.text.pasted import unquoted, visible

#: names nobody else on the Internet has (RFC 6761, 6762, 8375, and what home routers use)
_LOCAL = (".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa", ".intranet", ".corp", ".test", ".invalid")
_HANDLE = re.compile(r"(?:acct:)?@?([\w.+-]+)@([^\s@/:]+)")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: first words of the addresses of a server's own pages
_PAGES = re.compile(
    r"/(?:@|~|(?:about|admin|api|auth|deck|explore|home|i|intent|local|login|main|notifications|oauth|profile|public|"
    r"search|settings|share|signup|start|timeline|timelines|users?|web)(?:/|$))"
)


def of_account(written: str, *, schemes: Collection[str], at_root: bool, home: str = "") -> str:
    """The address of an account's server.

    :param schemes: what it may begin with; those of mail servers tell one from a web server
    :param at_root: whether such a server answers nowhere but at its root
    :param home: the address without a setting; "" when the user must say
    :raises ValueError: with one clause, when it is not plain what is meant
    """
    text = _tidy(written)
    web = "https" in schemes
    if not web or text.startswith(("unix:", "tcp:")):
        return _other(text, schemes)
    prefix, text = ("rest+", text[5:]) if text.startswith("rest+") and "rest+https" in schemes else ("", text)
    handle = _HANDLE.fullmatch(re.sub(r"^https?://", "", text))
    if handle and public(handle[2]):
        if home and not home.endswith("bsky.social"):
            raise ValueError(f"“{text}” is an account, not a server; leave `base_url` out, it is {home} then")
        text = handle[2]
    parts = _split(_with_scheme(text))
    host = _host(parts)
    if parts.scheme not in schemes:
        raise ValueError(f"an address here begins with https://, not {parts.scheme}://")
    if parts.scheme == "http" and public(host):
        raise ValueError(f"http:// would send the token readable to everybody on the way; write https://{host}")
    path = parts.path.rstrip("/")
    if at_root and public(host):
        if path and not _PAGES.match(path):
            instead = f"; leave it out, it is {home} then" if home else f"; write {parts.scheme}://{host}"
            raise ValueError(f"there is something behind the server's name ({path}){instead}")
        return f"{prefix}{parts.scheme}://{_netloc(host, parts)}"
    if parts.query or parts.fragment:
        raise ValueError(f"there is a ? or # in it; write only {parts.scheme}://{host}")
    return f"{prefix}{parts.scheme}://{_netloc(host, parts)}{path}"


def of_site(written: str) -> str:
    """The address of a site, without a slash at its end.

    :raises ValueError: as :func:`of_account`
    """
    text = _tidy(written)
    if _HANDLE.fullmatch(text):
        raise ValueError(f"“{text}” is an account, not the address of a site; write https://…")
    parts = _split(_with_scheme(text))
    host = _host(parts)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"the address of a site begins with https://, not {parts.scheme}://")
    if parts.query or parts.fragment:
        raise ValueError(f"there is a ? or # in it; write only {parts.scheme}://{host}")
    path = re.sub(r"/[^/]*\.(?:html?|php)$", "", parts.path).rstrip("/")
    shown = parts.netloc if not host.isascii() or "xn--" in host else _netloc(host, parts)
    return f"{parts.scheme}://{shown}{path}"


def public(host: str) -> bool:
    """Whether a host may be anybody's on the Internet, as far as its name tells."""
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
        raise ValueError("there is a blank in it")
    if not text.isprintable():
        raise ValueError("there is a control character in it")
    return text


def _with_scheme(text: str) -> str:
    """The address with ``https://`` where nobody wrote how it begins; ``http://`` on this machine and beside it."""
    if slip := re.match(r"(?i)(https?)(?::/*|;/+|//+)(?!/)(.+)", text):
        return f"{slip[1].lower()}://{slip[2]}"
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return text
    host = re.split(r"[:/?#]", text.lstrip("/"), maxsplit=1)[0]
    return f"{'https' if public(host) else 'http'}://{text.lstrip('/')}"


def _other(text: str, schemes: Collection[str]) -> str:
    """An address that is not of a web server: its adapter reads the rest of it."""
    if "smtps" not in schemes:
        return text
    bare = re.fullmatch(r"([\w.-]+):(\d+)", text)
    if bare:
        return f"{'smtps' if bare[2] == '465' else 'smtp'}://{text}"
    if not text.startswith(("smtp://", "smtps://")):
        raise ValueError("this is no mail server; write smtps://host:465 or smtp://host:587")
    if "@" in urlsplit(text).netloc:
        raise ValueError("there is a @ in it; name and password belong into the secrets file")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("this is no address: what stands between // and the next / names no server") from None
    user, at, _ = parts.netloc.rpartition("@")
    if at and (":" in user or not re.fullmatch(r"@?[\w.+-]+", user)):
        raise ValueError("there is a name or password in it, which belongs into the secrets file")
    if at:
        raise ValueError("there is a @ in it; write only the server, https://…")
    return parts


def _host(parts: SplitResult) -> str:
    """The name as the request will ask for it: ASCII, small letters."""
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise ValueError(f"“{host}” is no name of a server") from None
    if ":" in host:  # IPv6, which urlsplit has judged
        return host
    if not host or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError(f"“{host}” is no name of a server")
    return host


def _netloc(host: str, parts: SplitResult) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{parts.port}" if parts.port is not None else name
