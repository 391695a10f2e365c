"""Plays the session, and keeps what stood on the screen."""

import re
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crosspost.networks.logins.own_app import LOOPBACK
from crosspost.sandbox import Sandbox
from tests.manual.session.acts import LANDED, Acts, Agree, Answer
from tests.manual.session.browser import Browser
from tests.manual.session.conversations import conversations
from tests.manual.session.machine import INSTALL, Machine
from tests.manual.session.site import NEXT, POST, free_port, served, write_post
from tests.manual.session.terminal import PATIENCE, Terminal

#: what stands in the manual for the ports that were free
SANDBOX, JEKYLL, SMTP = "127.0.0.1:8765", "127.0.0.1:4000", "127.0.0.1:41025"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:8765/\S*")
#: seconds that pip may take
_INSTALLING = 300.0
#: what in addresses is another each time
_NUMBER = re.compile(r"(?<=nostr/)[0-9a-f]{64}|(?<=/rain-)[0-9a-f]{8}|\d{9,}|(?<=post/)\w{10,}|did:plc:\w+")


@dataclass(frozen=True)
class Figures:
    """What a person has to do: questions, answers that are pasted, keys to press, pages on which to agree."""

    questions: int
    pasted: int
    keys: int
    pages: int

    @classmethod
    def of(cls, acts: Acts) -> "Figures":
        """Counted from what the person does."""
        answers = [act if isinstance(act, Answer) else LANDED for act in acts if isinstance(act, Answer) or act.lands]
        pages = sum(isinstance(act, Agree) for act in acts)
        return cls(len(answers), sum(one.pasted for one in answers), sum(one.keys for one in answers), pages)


@dataclass
class Recording:
    """What was on the screen, by the name of each part, and what each network took."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)


class Session:
    """One session, in a folder of its own.

    :param folder: what the person's terminal is in
    :param site: where the person's site answers, as ``jekyll serve`` has it
    """

    def __init__(self, folder: Path, sandbox: Sandbox, browser: Browser, machine: Machine, site: str) -> None:
        self._folder, self._sandbox, self._browser, self._site = folder, sandbox, browser, site
        self._cron = machine.cron
        self._environment = machine.environment | browser.environment
        self.made = Recording()

    def play(self) -> Recording:
        """The whole way.

        :raises AssertionError: when a step is not as it should be
        """
        self._install()
        known = conversations(self._sandbox)
        _, acts = known.pop("mastodon")
        asks = Answer("Which networks are you on?", "mastodon")
        later = Answer("Shall crosspost run by itself every ten minutes", "n")  # once a post was seen to go out
        self._run("init", "crosspost init --site my-site", [asks, *acts, later])
        self.made.parts["mastodon"] = _section(self.made.parts["init"], "── Mastodon")
        self.made.figures |= {"init": Figures.of([asks, later]), "mastodon": Figures.of(acts)}
        for network, (command, answers) in known.items():
            self._run(network, command, answers)
            self.made.figures[network] = Figures.of(answers)
        self._run("accounts", "crosspost accounts list")
        self._run("preview", f"crosspost preview {POST} --to bluesky")
        self._run("publish", f"crosspost {POST}")
        self._run("again", f"crosspost {POST} --to mastodon")
        self._run("run", "crosspost run")
        self._run("schedule", "crosspost schedule install")
        write_post(self._folder, NEXT, "The sun is back", "The bed is dry, the soup is hot.")
        self._cron.run_all()
        self._run("status", "crosspost schedule status")
        return self.made

    def _install(self) -> None:
        for number, command in enumerate(INSTALL):
            self._run(f"install{number}", command)
        parts = [self.made.parts.pop(f"install{number}") for number in range(len(INSTALL))]
        self.made.parts["install"] = [line for part in parts for line in part]

    def _run(self, part: str, command: str, acts: Acts | None = None) -> None:
        """One command, from its first line to its end."""
        with Terminal(command, self._folder, self._environment) as terminal:
            for act in acts or []:
                self._do(terminal, act)
            lines, code = terminal.done(_INSTALLING if part.startswith("install") else PATIENCE)
        waits = 3 if part == "publish" else 0  # something is to be posted by hand then
        assert code == waits, f"{command} ended with {code}:\n" + "\n".join(lines)
        self.made.parts[part] = [f"$ {self._lasting(command)}", *map(self._lasting, lines)]

    def _do(self, terminal: Terminal, act: Answer | Agree) -> None:
        if isinstance(act, Answer):
            if "callback" in act.question:
                _until_free(LOOPBACK)
            terminal.expect(act.question)
            terminal.type(act.text)
            return
        landing = self._browser.agree()
        if act.lands:
            terminal.expect(LANDED.question)
            terminal.type(landing)

    def _lasting(self, line: str) -> str:
        """A line as it is the same each time."""
        smtp = str(self._sandbox.accounts()["newsletter"]["base_url"]).partition("://")[2]
        for here, there in (
            (self._sandbox.url.partition("://")[2], SANDBOX),
            (self._site.partition("://")[2], JEKYLL),
            (smtp, SMTP),
            (str(self._folder), "/home/me"),
        ):
            line = line.replace(here, there)
        line = re.sub(r"(\?code=|&code=|state=)[\w%.-]+", r"\1…", line)
        line = re.sub(r"20\d\d-\d\d-\d\d(?!-rain)", "20…", line)
        line = re.sub(r"(?<=^crosspost, version )\S+", "…", line)
        line = re.sub(r"^(Next|Last) run: .*", r"\1 run: …", line)
        return _ADDRESS.sub(lambda found: _NUMBER.sub("…", found[0]), line)


#: mail has two posts for each reader; where people post by hand there are none
_OTHER = ("newsletter", "whatsapp")


def recorded() -> Recording:
    """Play the session once."""
    with tempfile.TemporaryDirectory(dir="/tmp") as root:  # lines break by the length of its name
        folder, beside = Path(root) / "home", Path(root) / "beside"
        for each in (folder, beside):
            each.mkdir()
        with served(folder) as site, Sandbox(free_port(), tokens="fixed") as sandbox, Browser(beside) as browser:
            made = Session(folder, sandbox, browser, Machine(folder, beside), site).play()
            assert {len(sandbox.posts(network)) for network in sandbox.networks if network not in _OTHER} == {2}
            assert sandbox.errors == []
            return made


def _section(lines: list[str], head: str) -> list[str]:
    """The lines from one on, as far as the next empty one."""
    found = lines[lines.index(head) :]
    return found[: found.index("")]


def _until_free(address: str) -> None:
    """Wait for the port that people register with their apps: another session may be at it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", urlsplit(address).port or 80))
            except OSError:
                time.sleep(0.2)
                continue
            return
