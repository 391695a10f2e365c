"""ntfy: the server, a token, and the topic (docs.ntfy.sh, access tokens; checked 2026-11-26)."""

from typing import Any

from crosspost.config import server_address
from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Question
from crosspost.networks.refusals import words
from crosspost.text import pasted
from crosspost.text.lazy_pattern import lazy
from crosspost.transport.session import TransportError

_TOPIC = lazy(r"[-_A-Za-z0-9]{1,64}")


class NtfyLogin(Login):
    page = "https://ntfy.sh/account"
    minutes = 2
    steps = (
        "Say which server it is; Enter for ntfy.sh.",
        "Copy an access token (tk_…) from the page Account of its web app, and paste it.",
        "Say what the topic is called that readers subscribe to.",
    )

    def connect(self) -> list[Connected]:
        question = Question("ntfy", "Which server?", default=self.base_url, clean=self._address)
        server = self.until_right(question, self._answers)
        token, topic = self.until_both_right(
            self.secret("token", "The access token (tk_…)?"),
            self._hidden,
            lambda _: Question("topic", "Which topic?", "Letters, digits, - and _.", clean=_topic),
            lambda token, topic: self._readable(server, token, topic),
        )
        key = self.network.key
        base_url = "" if server == self.network.home else server
        settings = {"topic": topic}
        return [Connected(network=key, name=key, base_url=base_url, settings=settings, secrets={"token": token})]

    def _address(self, answer: str) -> str:
        return server_address.of_account(answer, schemes=self.network.schemes, at_root=False)

    def _answers(self, server: str) -> str:
        """The server, once something answers there.

        :raises ConfigError: when nothing does
        """
        self._get(server)
        return server

    def _get(self, address: str, **more: Any) -> Any:
        try:
            return self.session.get(address, **more)
        except TransportError as error:
            raise ConfigError(f"ntfy cannot be asked: {error}") from None

    def _hidden(self, token: str) -> str:
        self.session.hide(token)
        return token

    def _readable(self, server: str, token: str, topic: str) -> tuple[str, str]:
        """Both, once the server lets the token read the topic.

        :raises ConfigError: when it does not
        """
        headers = {"Authorization": f"Bearer {token}"}
        answer = self._get(f"{server}/{topic}/json", params={"poll": "1", "since": "1s"}, headers=headers)
        if answer.status_code != 200 and self.session.last is not None:
            raise ConfigError(f"ntfy says: {words(self.session.last)} (HTTP {answer.status_code})")
        if not answer.headers.get("Content-Type", "").startswith("application/x-ndjson"):
            raise ConfigError(f"what answers at {server} is not ntfy")
        return token, topic


def _topic(answer: str) -> str:
    topic = pasted.address(answer).rpartition("/")[2]
    if not _TOPIC.fullmatch(topic):
        raise ValueError("a topic has letters, digits, - and _, at most 64 of them")
    return topic
