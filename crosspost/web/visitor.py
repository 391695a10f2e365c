"""Who asks: by the cookie of a session, by the name that a trusted proxy passes on, or by a token; and whether what is
shown is for them. That is decided here, and nowhere else."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from crosspost.errors import ConfigError
from crosspost.web.sessions import Sessions
from crosspost.web.users import User, Users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Networks = tuple[IPv4Network | IPv6Network, ...]


def trusted(written: "Sequence[str]", header: str, place: "Callable[[str], str]") -> Networks:
    """The networks a proxy may be in.

    :param header: the header in which it passes the name on; "": no proxy logs anybody in
    :param place: ``file:line`` of a key, for the message
    :raises ConfigError: for what is not a network, or a header that would be believed from everywhere
    """
    found: Networks = ()
    for one in written:
        try:
            found = (*found, ip_network(one))
        except ValueError as error:
            bits = "; it names one machine: write its network, or /32 behind it" if "host bits" in str(error) else ""
            raise ConfigError(
                f"{place('proxy_networks')}: `proxy_networks`: “{one}” is not a network, such as 10.0.0.0/8{bits}"
            ) from None
    if header and not found:
        raise ConfigError(
            f"{place('proxy_header')}: `proxy_header` needs `proxy_networks`, the networks the proxy asks from; "
            "without them anybody could send that header and be whoever they like"
        )
    if any(network.prefixlen == 0 for network in found):
        raise ConfigError(f"{place('proxy_networks')}: `proxy_networks` may not be the whole internet")
    return found


class Authenticator:
    """Lets people in to some pages. Whoever may see none of the sites that these show is nobody there.

    :param header: the header with the name of somebody whom a proxy has let in; "": none
    :param networks: where that proxy is
    :param shown: gives the names of the sites that are shown; none is the installation itself, which is only for those
        who may see all sites
    """

    def __init__(
        self,
        sessions: Sessions,
        users: Users,
        header: str = "",
        networks: Networks = (),
        shown: "Callable[[], Sequence[str]]" = tuple,
    ) -> None:
        self.sessions, self._users = sessions, users
        self._header, self._networks, self._shown = header, networks, shown

    def at(self, shown: "Callable[[], Sequence[str]]") -> "Authenticator":
        """The same for pages about these sites."""
        return Authenticator(self.sessions, self._users, self._header, self._networks, shown)

    def who(self, peer: str, headers: "Mapping[str, str]", cookies: "Mapping[str, str]") -> User | None:
        """The person behind a request, whom these pages are for; None when nobody is known to be.

        :param peer: the IP address the connection comes from
        """
        return self._admitted(self.known(peer, headers, cookies))

    def of_token(self, token: str) -> User | None:
        """Whose program has this token, if these pages are for them."""
        return self._admitted(self._users.of_token(token))

    def check(self, name: str, password: str) -> User | None:
        """Who logs in, wherever they may look then; None for a wrong name or password."""
        return self._users.check(name, password)

    def anybody(self) -> bool:
        """Whether anybody has a login."""
        return bool(self._users.all())

    def _admitted(self, user: User | None) -> User | None:
        if user is None or user.sites is None:
            return user
        return user if any(map(user.sees, self._shown())) else None

    def known(self, peer: str, headers: "Mapping[str, str]", cookies: "Mapping[str, str]") -> User | None:
        """The person behind a request, also one whom these pages are not for; it lets nobody in."""
        users = self._users.all()
        if cookie := cookies.get(self.sessions.cookie):
            return self.sessions.visitor(cookie, users)
        name = headers.get(self._header, "") if self._header and self._near(peer) else ""
        return users.get(name)

    def _near(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks)
