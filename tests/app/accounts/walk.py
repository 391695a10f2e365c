"""Every way into every network, walked through with the terminal's own dialog on the sandbox: what is asked on it."""

import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from crosspost.app.accounts.add import Added, add, log_in
from crosspost.cli.terminal_dialog import TerminalDialog
from crosspost.config.secret_places import SecretsFile
from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from crosspost.transport.loopback import Loopback

EMPTY = '[site]\npath = "../site"\n'
Answers = Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """One way to connect an account.

    :ivar network: the network's key
    :ivar name: what tells it from the network's other ways; "" where it has one
    :ivar answers: key → right answer; for other questions Enter is right
    :ivar options: what the network's stand-in is told
    :ivar callback: whether it comes back to an address of this computer that is registered with the app
    """

    network: str
    name: str
    answers: Answers = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    callback: bool = False

    def right(self, sandbox: Sandbox, callback: str, account: str = "verein") -> dict[str, str]:
        """Key → right answer, tokens of the sandbox filled in: ``{credentials.token}``.

        :param account: whose answers they are
        """
        known = sandbox.accounts(account)
        own = {"server": sandbox.url} | known[self.network]
        own |= {"page_app": known["facebook"], "callback": callback}
        return {key: _filled(answer, own) for key, answer in self.answers.items()}


_APP = {"app_id": "{app_id}", "app_secret": "{app_secret}"}
_SITE = {"site": "https://tal.example.org/"}
_PAGE_APP = {"app_id": "{page_app.app_id}", "app_secret": "{page_app.app_secret}"}
_CLIENT = {"client_id": "{app.client_id}", "client_secret": "{app.client_secret}", "redirect": "{callback}"}
_KEYS = {key: f"{{credentials.{key}}}" for key in ("consumer_key", "consumer_secret")}
_TOKENS = {key: f"{{credentials.{key}}}" for key in ("access_token", "access_token_secret")}
_NAMED = {key: f"{{credentials.{key}}}" for key in ("username", "password")}
_PASTED = {"access_token": "{credentials.access_token}"}
_MAIL = {"sender": "{settings.sender}", "to": "{settings.to}", "server": "{base_url}"}

_LEMMY = {"server": "{server}", "username": "{handle}", "password": "{password}", "community": "{settings.community}"}

WAYS = (
    Way("mastodon", "in the browser", {"server": "{server}"}),
    Way("mastodon", "Pixelfed", {"server": "{server}"} | _PASTED, {"flavour": "pixelfed"}),
    Way("bluesky", "", {key: f"{{credentials.{key}}}" for key in ("handle", "app_password")}),
    Way("x", "four keys", {"way": "1"} | _KEYS | _TOKENS),
    Way("x", "a number", {"way": "2"} | _KEYS),
    Way("x", "in the browser", {"way": "3"} | _CLIENT, callback=True),
    Way("linkedin", "in the browser", {"way": "1", "as": "1"} | _CLIENT, callback=True),
    Way("linkedin", "a token", {"way": "2"} | _PASTED),
    Way(
        "linkedin",
        "a token that names nobody",
        {"way": "2", "access_token": "{credentials.organization_token}", "author": "{organization}"},
    ),
    *(
        Way("facebook", name, {"way": way, "page": "1", "user_token": "{credentials.user_token}"} | _APP | _SITE)
        for way, name in (("1", "in the browser"), ("2", "by your site"), ("3", "a token"))
    ),
    Way("instagram", "the Page's login", {"door": "1", "way": "1", "page": "1"} | _PAGE_APP),
    Way("instagram", "its own, a token", {"door": "2", "way": "1", "access_token": "{credentials.login_token}"}),
    Way("instagram", "its own, by your site", {"door": "2", "way": "2"} | _APP | _SITE),
    Way("threads", "a token", {"way": "1"} | _PASTED),
    Way("threads", "by your site", {"way": "2"} | _APP | _SITE),
    Way("telegram", "the channel's name", {"bot_token": "{credentials.bot_token}", "chat": "{settings.chat}"}),
    Way(
        "telegram",
        "Enter",
        {"bot_token": "{credentials.bot_token}", "webhook": "yes", "channel": "1"},
        {"webhook": "https://bot.example/hook"},
    ),
    Way("signal", "", {"base_url": "{base_url}", "number": "1", "group": "1"}),
    Way(
        "signal", "signal-cli-rest-api", {"base_url": "rest+{base_url}", "number": "1", "group": "1"}, {"linked": False}
    ),
    Way("newsletter", "", _MAIL | {key: f"{{credentials.{key}}}" for key in ("username", "password")}),
    Way("discord", "", {"webhook": "{credentials.webhook}"}),
    Way("matrix", "a password", {"user": "{handle}", "password": "{credentials.password}"}),
    Way("matrix", "a token", {"user": "{handle}"} | _PASTED, {"passwords": False}),
    Way("slack", "", {"token": "{credentials.token}"}),
    Way("misskey", "", {"server": "{server}"}),
    Way("nostr", "", {"relay": "{base_url}", "private_key": "{credentials.private_key}"}),
    Way("lemmy", "", _LEMMY),
    Way("lemmy", "a second factor", _LEMMY | {"code": "123456"}, {"second_factor": True, "rate_limits": False}),
    Way("ntfy", "", {"ntfy": "{base_url}", "token": "{credentials.token}", "topic": "{settings.topic}"}),
    Way("forem", "", {"api_key": "{credentials.api_key}"}),
    Way(
        "wordpress",
        "",
        {"base_url": "{base_url}"} | {key: f"{{credentials.{key}}}" for key in ("username", "password")},
    ),
    Way("ghost", "", {"base_url": "{base_url}", "admin_key": "{credentials.admin_key}"}),
    Way("mobilizon", "", {"server": "{base_url}"}),
    Way("tumblr", "", {"blog": "1"} | _CLIENT, callback=True),
    Way("pinterest", "", {"board": "1"} | _CLIENT, callback=True),
    Way("google_business", "", {key: _CLIENT[key] for key in ("client_id", "client_secret")} | {"location": "1"}),
    Way("whatsapp", "", {"whatsapp_channel": "{settings.channel}"}),
    Way("micropub", "in the browser", {"me": "{settings.me}", "way": "1"}),
    Way("micropub", "a token", {"me": "{settings.me}", "way": "2", "token": "{credentials.token}"}),
    Way("micropub", "several websites", {"me": "{settings.me}", "way": "1", "destination": "2"}, {"websites": True}),
    Way("apprise", "", {"url": "{credentials.url}"}),
    Way(
        "listmonk",
        "",
        {"base_url": "{base_url}", "list": "1"} | {key: f"{{credentials.{key}}}" for key in ("username", "token")},
    ),
)


class Walk(TerminalDialog):
    """A person at the terminal: answers, and agrees on pages.

    :param right: key → answer that is given whenever the question comes; Enter for others
    :param wrong: key → answers that are given before
    :param leaves: the key of a question that the person does not answer any more after those
    :param account: as whom the person is logged in at the networks
    """

    def __init__(
        self,
        right: Answers,
        wrong: Mapping[str, Sequence[str]] | None = None,
        *,
        leaves: str | None = None,
        account: str = "verein",
    ) -> None:
        super().__init__({}, browser=False)
        self.account = account
        self.right, self._before = right, {key: list(answers) for key, answers in (wrong or {}).items()}
        self._leaves, self._left = leaves, False
        self._landing = self._pin = ""
        self._times: dict[str, int] = {}
        #: key → question, in the order they came
        self.asked: dict[str, str] = {}
        self.wrongs: list[tuple[str, str]] = []
        #: the wrong answers that were followed by words about what is wrong
        self.told: list[str] = []
        self._given: str | None = None

    def say(self, text: str) -> None:
        if page := re.search(r"https?://127\.0\.0\.1:\d+/oauth/authorize\?oauth_token=\S+", text):
            self._pin = self._agreed(page[0])
        super().say(text)

    def wrong(self, key: str, why: str) -> None:
        self.wrongs.append((key, why))
        if self._given is not None:
            self.told.append(self._given)
            self._given = None
        super().wrong(key, why)

    def ask(self, question: Question) -> str:
        self.asked.setdefault(question.key, question.text)
        return super().ask(question)

    def choose(self, key: str, text: str, choices: Sequence[Choice]) -> str:
        if len(choices) > 1:
            self.asked.setdefault(key, text)
        return super().choose(key, text, choices)

    def confirm(self, key: str, text: str, *, default: bool) -> bool:
        self.asked.setdefault(key, text)
        return super().confirm(key, text, default=default)

    def visit(self, address: str, loopback: Loopback | None) -> str:
        self._landing = self._agreed(address)
        if loopback is not None and not self._before.get("landing"):
            requests.get(self._landing, timeout=10)
        if loopback is None:
            self.asked.setdefault("landing", "The whole address of the page you land on?")
        elif self._before.get("landing"):
            return self._line("")  # what is pasted comes before what the browser brings
        return super().visit(address, loopback)

    def _line(self, shown: str, *, secret: bool = False, key: str = "landing") -> str:  # as inherited
        if self._left:
            raise ConfigError(f"the person left at {self._leaves}")
        self._times[key] = self._times.get(key, 0) + 1
        assert self._times[key] < 9, f"{key} is asked again and again: {self.wrongs[-1:]}"
        if before := self._before.get(key):
            self._given = before.pop(0)
            return self._given
        if key == self._leaves:
            self._left = True
            raise ConfigError(f"the person left at {key}")
        if key in self.right:
            return self.right[key]
        if key in ("landing", "pin"):
            return self._landing if key == "landing" else self._pin
        return ""

    def _agreed(self, address: str) -> str:
        """Where the page leads, or the number it shows."""
        with requests.Session() as browser:
            page = browser.get(address, timeout=10)
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
            action = re.search(r'action="([^"]*)"', page.text)
            assert action is not None, page.text
            form = fields | {"decision": "allow", "account": self.account}
            answer = browser.post(urljoin(address, action[1]), data=form, allow_redirects=False, timeout=10)
        shown = re.search(r'id="code">(\d+)<', answer.text)
        return shown[1] if shown else answer.headers["Location"]


@contextmanager
def begun(
    way: Way, root: Path, wrong: Mapping[str, Sequence[str]] | None = None, leaves: str | None = None
) -> Iterator[tuple[Place, Walk]]:
    """A site without https and a config without accounts, and the person who is about to take this way."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        callback = f"http://localhost:{one.getsockname()[1]}/callback"
    clock, options = Clock(), dict(way.options) | ({"callbacks": (callback,)} if way.callback else {})
    with Sandbox(clock=clock, options={way.network: options}) as sandbox:
        place = Place(root, sandbox, clock=clock, networks=())
        place.write("site/_config.yml", "url: http://tal.example.org\ntitle: Das Tal\n")
        place.config.write_text(EMPTY, "utf-8")
        place.secrets.unlink()
        yield place, Walk(way.right(sandbox, callback), wrong, leaves=leaves)


def connected(place: Place, way: Way, person: Walk) -> list[Added]:
    """What `crosspost accounts add` does."""
    app = place.app
    found = log_in(app, way.network, person, base_url=str(place.sandbox.accounts()[way.network]["base_url"]))
    return add(app, found, person, SecretsFile(place.secrets))


def _filled(answer: str, own: Mapping[str, Any]) -> str:
    def value(found: re.Match[str]) -> str:
        at: Any = own
        for word in found[1].split("."):
            at = at[word]
        return str(at)

    return re.sub(r"\{([\w.]+)\}", value, answer)
