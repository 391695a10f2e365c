"""A person who answers questions from a list and agrees on pages of consent, without a browser."""

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urljoin

import requests

from crosspost.errors import ConfigError
from crosspost.networks.logins.dialog import Choice, Question
from crosspost.transport.loopback import Loopback


class Visitor:
    """A :class:`crosspost.networks.logins.dialog.Dialog`.

    :param answers: key → answer, or several that are given one after the other
    :param agree: what is chosen on a page: fields of its form
    :param change: what becomes of the address a page sends us to, before it is visited
    """

    def __init__(
        self,
        answers: Mapping[str, str | list[str]],
        agree: Mapping[str, str] | None = None,
        change: Callable[[str], str] = lambda address: address,
    ) -> None:
        self.answers = {key: [value] if isinstance(value, str) else list(value) for key, value in answers.items()}
        self.agree = {"decision": "allow", "account": "verein"} | dict(agree or {})
        self.change = change
        self.heard: list[str] = []
        self.wrongs: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.offered: dict[str, list[str]] = {}
        self.taken: dict[str, int] = {}

    def say(self, text: str) -> None:
        self.heard.append(text)

    def wrong(self, key: str, why: str) -> None:
        self.wrongs.append((key, why))

    def ask(self, question: Question) -> str:
        while True:
            self.asked.append(question.key)
            answer = self._next(question.key, question.default)
            try:
                return question.clean(answer)
            except ValueError as error:
                self.wrong(question.key, str(error))

    def choose(self, key: str, text: str, choices: Sequence[Choice]) -> str:
        self.say(text)
        self.asked.append(key)
        self.offered[key] = [choice.label for choice in choices]
        if len(choices) == 1:
            return choices[0].value
        wanted = self._next(key, None)
        return next(choice.value for choice in choices if wanted in (choice.value, choice.label))

    def confirm(self, key: str, text: str, *, default: bool) -> bool:
        self.say(text)
        self.asked.append(key)
        return self._next(key, "yes" if default else "no") == "yes"

    def visit(self, address: str, loopback: Loopback | None) -> str:
        """Agree on the page, and go where it sends us; without a loopback, as far as the address bar shows it."""
        with requests.Session() as browser:
            page = browser.get(address, timeout=10)
            assert page.status_code == 200, page.text
            action = re.search(r'action="([^"]*)"', page.text)
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
            assert action is not None, page.text
            answer = browser.post(
                urljoin(address, action[1]), data=fields | self.agree, allow_redirects=False, timeout=10
            )
            landing = self.change(answer.headers["Location"])
            if loopback is not None:
                browser.get(landing, timeout=10)
                return loopback.wait(0.5)
        return landing

    def _next(self, key: str, default: str | None) -> str:
        left = self.answers.get(key, [])
        if left:
            return left.pop(0)
        self.taken[key] = self.taken.get(key, 0) + 1
        if default is None or self.taken[key] > 3:  # a person who only presses Enter gives up
            raise ConfigError(f"nobody answers {key}: {self.wrongs[-1:]}")
        return default
