"""Signal: the daemon of signal-cli, one of its accounts, and one of that account's groups.

Sources: signal-cli-jsonrpc(5) (listAccounts, startLink, finishLink, receive, listGroups) and signal-cli-rest-api
(/v1/accounts, /v1/qrcodelink/raw, /v1/groups); checked 2026-11-25.
"""

import uuid
from typing import Any
from urllib.parse import quote

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.transport.jsonrpc import ask
from crosspost.transport.session import TransportError

_DEVICE = "crosspost"


class SignalLogin(Login):
    page = "https://github.com/AsamK/signal-cli"
    minutes = 5
    steps = (
        "Start signal-cli's daemon: signal-cli daemon --http",
        "Where it has no account yet: scan the QR code with Signal on your phone (Settings > Linked devices).",
        "Choose the group from the list.",
    )

    def connect(self) -> list[Connected]:
        daemon = Question(
            "base_url",
            "The address of signal-cli's daemon?",
            "It is started with: signal-cli daemon --http",
            default=self.base_url,
            clean=self._address,
        )
        base_url, rest = self.until_right(daemon, self._found)
        number = self._number(base_url, rest=rest)
        group = self.until_right(
            Question("ready", "Are you in the group already? Enter lists your groups.", default="yes"),
            lambda _: self._group(base_url, number, rest=rest),
        )
        settings: dict[str, Any] = {"number": number, "group": group}
        if rest:
            settings["kind"] = "rest"
        usual = "" if base_url == self.network.home else base_url
        return [Connected(network=self.network.key, name="signal", base_url=usual, settings=settings)]

    def _address(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=False)

    def _found(self, base_url: str) -> tuple[str, bool]:
        """The address, and whether signal-cli-rest-api answers there."""
        if base_url.startswith("rest+"):
            self.call("GET", f"{base_url.removeprefix('rest+')}/v1/about")
            return base_url.removeprefix("rest+"), True
        if not base_url.startswith("http"):
            self._rpc(base_url, "listAccounts")
            return base_url, False
        try:
            self._rpc(base_url, "listAccounts")
        except ConfigError:
            self.call("GET", f"{base_url}/v1/about")
            return base_url, True
        return base_url, False

    def _number(self, base_url: str, *, rest: bool) -> str:
        while not (numbers := self._numbers(base_url, rest=rest)):
            self._link(base_url, rest=rest)
        return self.dialog.choose("number", "Which account?", [Choice(number, number) for number in numbers])

    def _numbers(self, base_url: str, *, rest: bool) -> list[str]:
        if rest:
            return [str(one) for one in self.call("GET", f"{base_url}/v1/accounts")]
        return [str(one["number"]) for one in self._rpc(base_url, "listAccounts")]

    def _link(self, base_url: str, *, rest: bool) -> None:
        """Link this daemon as a device of the account on the person's phone."""
        self.dialog.say("The daemon has no account yet. Open Signal on your phone: Settings > Linked devices > +")
        if rest:
            address = f"{base_url}/v1/qrcodelink/raw?device_name={_DEVICE}"
            uri = str(self.call("GET", address).get("device_link_uri", ""))
        else:
            uri = str(self._rpc(base_url, "startLink")["deviceLinkUri"])
        self.dialog.say(f"Scan this code with your phone:\n{qr_code(uri)}")
        if rest:
            self.dialog.ask(Question("linked", "Press Enter once the phone says that it is linked.", default="yes"))
        else:
            self._rpc(base_url, "finishLink", deviceLinkUri=uri, deviceName=_DEVICE)

    def _group(self, base_url: str, number: str, *, rest: bool) -> str:
        """The id of the group that is chosen; a linked account knows its groups once it has received."""
        if rest:
            found = self.call("GET", f"{base_url}/v1/groups/{quote(number, safe='')}")
            groups = [(str(one["internal_id"]), str(one.get("name") or "")) for one in found]
        else:
            listed = self._rpc(base_url, "listGroups", account=number)
            groups = [(str(one["id"]), str(one.get("name") or "")) for one in listed if one.get("isMember")]
        if not groups:
            raise ConfigError(
                "this account is in no group that it knows of. Write something in the group on your phone, wait a "
                "minute, then press Enter"
            )
        names = [name for _, name in groups]
        choices = [
            Choice(name if name and names.count(name) == 1 else number_, name or number_) for number_, name in groups
        ]
        return self.dialog.choose("group", "Which group?", choices)

    def _rpc(self, base_url: str, method: str, **params: Any) -> Any:
        request = {"jsonrpc": "2.0", "id": uuid.uuid4().hex, "method": method, "params": params}
        if base_url.startswith("http"):
            answer = self.call("POST", f"{base_url}/api/v1/rpc", json=request)
        else:
            try:
                answer = ask(self.session, base_url, request)
            except TransportError as error:
                raise ConfigError(f"signal-cli cannot be asked: {error}") from None
        if not isinstance(answer, dict) or "jsonrpc" not in answer:
            raise ConfigError(f"what answers at {base_url} is not signal-cli's daemon")
        if "error" in answer:
            why = (answer["error"] or {}).get("message", "unknown reason")
            raise ConfigError(f"signal-cli says: {str(why)[:300]}")
        return answer.get("result")


def qr_code(text: str) -> str:
    """A QR code in characters of a terminal."""
    import io

    import segno

    out = io.StringIO()
    segno.make(text, error="l").terminal(out=out, compact=True)
    return out.getvalue()
