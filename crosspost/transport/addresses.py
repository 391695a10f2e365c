"""Checks whether an address may be fetched, so that an address in a post cannot reach a private network (SSRF)."""

import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

#: (family, type, protocol, name, address) rows, as :func:`socket.getaddrinfo` gives them
Resolve = Callable[..., list[Any]]

PORTS = {"http": 80, "https": 443}
#: IPv6 ranges whose real destination only the local network knows: IPv4-compatible (RFC 4291 §2.5.5.1), NAT64 for
#: local use (RFC 8215), Teredo (RFC 4380), site-local (RFC 3879)
_TUNNELS = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b:1::/48", "2001::/32", "fec0::/10")))


def refusal(url: str, allowed_hosts: Collection[str] = (), resolve: Resolve = socket.getaddrinfo) -> str:
    """Why this address must not be fetched; "" when it may. See :func:`judged`."""
    return judged(url, allowed_hosts, resolve)[0]


def judged(
    url: str, allowed_hosts: Collection[str] = (), resolve: Resolve = socket.getaddrinfo
) -> tuple[str, tuple[str, ...]]:
    """Why this address must not be fetched ("" when it may), and the IP addresses to connect to (() for any).

    A picture in a post could point into the network of the machine crosspost runs on: its router, a cloud host's
    metadata service. Addresses that are not public (loopback, link-local, private, reserved …) are refused, and so are
    names that resolve to one, unless the host is the site itself. Callers connect only to the IP addresses returned
    here (:meth:`crosspost.transport.session.Session.pinned`), so a name that resolves differently a moment later (DNS
    rebinding) does no harm. Behind a proxy (``HTTPS_PROXY``) the proxy resolves names and decides what it allows.

    :param allowed_hosts: host names that may have any address
    :param resolve: :func:`socket.getaddrinfo`, or a replacement in tests
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"“{url}” is not a web address", ()
    if parts.scheme not in PORTS or not host:
        return f"“{url}” is not a web address", ()
    if host in {name.lower() for name in allowed_hosts}:
        return "", ()
    try:
        rows = resolve(_ascii(host), port or PORTS[parts.scheme], type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    except (OSError, ValueError):  # no such host, or not a valid name
        addresses = []
    if not addresses:
        return f"{host}: the name cannot be found (DNS)", ()
    if not all(_public(address) for address in addresses):
        return f"{host} is in a private network, not on the web", ()
    return "", tuple(dict.fromkeys(map(str, addresses)))


def _ascii(host: str) -> str:
    """The host name as it is sent in requests."""
    if host.isascii():
        return host
    import idna

    return idna.encode(host, uts46=True).decode()


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is public; an IPv6 address that embeds an IPv4 address is as public as that is."""
    inner: ipaddress.IPv4Address | None = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64, RFC 6052
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    hidden = isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _TUNNELS)
    return address.is_global and not address.is_multicast and not hidden and (inner is None or _public(inner))
