"""IndieAuth: a token of a website, agreed to on a page of that website, with no app to be registered.

Source: indieauth.spec.indieweb.org (11 July 2024; 3.3 client identifiers, 4.1 discovery, 5.2 to 5.5), checked
2026-11-28. This program is known by the loopback address that it comes back to, which servers do not fetch (4.2).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from crosspost.errors import ConfigError
from crosspost.networks.logins.oauth import Code, Consent, Pkce, StaleCode, agreed
from crosspost.networks.micropub_page import Page, endpoint, read
from crosspost.networks.reply_fields import web
from crosspost.transport.addresses import judged
from crosspost.transport.session import TransportError

if TYPE_CHECKING:
    from crosspost.networks.logins.base import Login
    from crosspost.transport.session import Session


class Server(NamedTuple):
    """Where a website asks its owner, and where it gives the token; ``issuer`` is "" when it is not told."""

    authorization: str
    token: str
    issuer: str = ""


@dataclass(frozen=True)
class Token:
    """What the website gave.

    :ivar me: whose it is, a home page; "" when it is not told
    :ivar scopes: the rights it has; None when they are not told
    :ivar expires: when it ends; None for never, or when it is not told
    :ivar refresh: what it is renewed with (5.5); "" for nothing
    :ivar client: the address by which this program was known when it was given
    """

    value: str = field(repr=False)
    me: str = ""
    scopes: tuple[str, ...] | None = None
    expires: datetime | None = None
    refresh: str = field(default="", repr=False)
    client: str = ""


def server_of(page: Page, session: "Session", own: tuple[str, ...]) -> Server | None:
    """The server that a home page names: by its metadata, or by the two links of before 2022.

    :param own: addresses whose hosts may be in a private network, and without https
    :returns: None when there is none that can be used
    """
    told: dict[str, Any] = {}
    if metadata := endpoint(page, "indieauth-metadata"):
        try:
            answer = read(metadata, session, own).answer.json()
        except ValueError:
            answer = None
        told = answer if isinstance(answer, dict) else {}
    else:
        told = {name: endpoint(page, name) for name in ("authorization_endpoint", "token_endpoint")}
    ask, give = (_usable(told.get(f"{name}_endpoint"), own) for name in ("authorization", "token"))
    return Server(ask, give, str(told.get("issuer") or "")) if ask and give else None


def token(login: "Login", server: Server, me: str, scopes: tuple[str, ...]) -> Token:
    """Take the person to the page, and exchange the code.

    :param me: the home page that was typed
    :raises ConfigError: when nobody agreed there, or the answer is of no use
    """

    whole = me if urlsplit(me).path else f"{me}/"  # 3.4

    def walk() -> Token:
        pkce = Pkce()

        def address(redirect: str, state: str) -> str:
            asked = {
                "response_type": "code", "client_id": redirect, "redirect_uri": redirect, "state": state, "me": whole,
                "code_challenge": pkce.challenge, "code_challenge_method": "S256", "scope": " ".join(scopes),
            }  # fmt: skip
            joined = "&" if urlsplit(server.authorization).query else "?"
            return f"{server.authorization}{joined}{urlencode(asked)}"

        code = Consent(login.dialog, address, issuer=server.issuer).by_loopback()
        return _exchanged(login, server, code, pkce, me)

    return agreed(login.dialog, walk)


def _exchanged(login: "Login", server: Server, code: Code, pkce: Pkce, me: str) -> Token:
    form = {
        "grant_type": "authorization_code", "code": code.value, "client_id": code.redirect_uri,
        "redirect_uri": code.redirect_uri, "code_verifier": pkce.verifier,
    }  # fmt: skip
    problem, addresses = judged(server.token, [urlsplit(me).hostname or ""])
    if problem:
        raise ConfigError(f"the code cannot be exchanged: {problem}")
    host = urlsplit(server.token).netloc
    try:
        with login.session.pinned(addresses):
            answer = login.session.post(server.token, data=form, headers={"Accept": "application/json"})
    except TransportError as error:
        raise ConfigError(f"{host} cannot be asked: {error}") from None
    try:
        answer.raise_for_status()
        told = dict(answer.json())
        given = str(told["access_token"])
    except (OSError, ValueError, KeyError, TypeError):
        if answer.status_code in (400, 401):  # invalid_grant, RFC 6749 5.2
            raise StaleCode(f"{host} does not accept the code that the page gave") from None
        raise ConfigError(f"{host} gave no token for the code (HTTP {answer.status_code}); try again") from None
    refresh = told.get("refresh_token")
    refresh = refresh if isinstance(refresh, str) else ""
    login.session.hide(given, refresh)
    ends, scope = told.get("expires_in"), told.get("scope")
    lasts = ends if isinstance(ends, int) and 0 < ends < 10**9 else None
    return Token(
        given,
        me=web(told.get("me")),
        scopes=tuple(scope.split()) if isinstance(scope, str) else None,
        expires=login.desk.clock() + timedelta(seconds=lasts) if lasts else None,
        refresh=refresh,
        client=code.redirect_uri,
    )


def _usable(told: Any, own: tuple[str, ...]) -> str:
    """An address with https, or one on the website itself where that has none; "" for any other."""
    address = web(told)
    plain = {urlsplit(url).hostname for url in own if url.startswith("http:")}
    return address if address.startswith("https:") or urlsplit(address).hostname in plain else ""
