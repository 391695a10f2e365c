"""Questions at a terminal, in a script (`--answer KEY=VALUE`) or from a pipe."""

import getpass
import re
import select
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from crosspost.cli.layout import complain, paragraph
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.networks.logins.dialog import Choice, Question
    from crosspost.transport.loopback import Loopback

#: seconds a person may take on a network's page
_PATIENCE = 600


class TerminalDialog:
    """Asks whoever sits at the terminal, or reads one line for each question.

    :param answers: key → answer, given beforehand; each is used once
    :param browser: whether pages are opened by themselves
    :param quiet: say nothing but questions: the result is JSON on standard output
    :param flags: key → the option that answers it, where that is not ``--answer KEY=VALUE``
    """

    def __init__(
        self,
        answers: Mapping[str, str],
        *,
        browser: bool = True,
        quiet: bool = False,
        flags: Mapping[str, str] | None = None,
    ) -> None:
        self._answers, self._browser, self._quiet = dict(answers), browser, quiet
        self._flags = flags or {}
        self._wrong: dict[str, str] = {}

    @property
    def unused(self) -> list[str]:
        """Keys of answers that nobody asked for."""
        return list(self._answers)

    def say(self, text: str) -> None:
        number = re.match(r"\d+\. ", text)
        paragraph(text, rest=" " * len(number[0]) if number else None, err=self._quiet)

    def wrong(self, key: str, why: str) -> None:
        self._wrong[key] = why
        complain(why, "Not yet")

    def ask(self, question: "Question") -> str:
        if question.key not in self._answers and question.help:
            self.say(question.help)
        while True:
            given = question.key in self._answers  # then nobody has read the question
            answer = self._answer(question.key, question.text, question.default, secret=question.secret)
            try:
                return question.clean(answer)
            except ValueError as error:
                self.wrong(question.key, f"{question.text.rstrip('?')}: {error}" if given else str(error))

    def choose(self, key: str, text: str, choices: "Sequence[Choice]") -> str:
        if len(choices) == 1 and key not in self._answers:
            self.say(f"{text} {choices[0].label}")
            return choices[0].value
        while True:
            if key not in self._answers:
                self.say(text)
                for number, choice in enumerate(choices, 1):
                    paragraph(choice.label, first=f"  {number}  ", rest="     ", err=self._quiet)
            answer = self._answer(key, "Number?", None)
            for number, choice in enumerate(choices, 1):
                if answer in (str(number), choice.value, choice.label):
                    return choice.value
            self.wrong(key, f"there is no “{answer}” in this list; type a number from 1 to {len(choices)}")

    def confirm(self, key: str, text: str, *, default: bool) -> bool:
        shown = f"{text} [{'Y/n' if default else 'y/N'}]"
        while True:
            answer = self._answer(key, shown, "yes" if default else "no", bare=True).casefold()
            if answer in ("y", "yes", "n", "no"):
                return answer.startswith("y")
            self.wrong(key, "please answer yes or no")

    def visit(self, address: str, loopback: "Loopback | None") -> str:
        opened = self._browser and webbrowser.open(address)
        self.say("Your browser shows the page now; agree there." if opened else "Open this page, and agree there:")
        if not opened:
            click.echo(f"\n{address}\n", err=self._quiet)
        if "landing" in self._answers:
            return self._answers.pop("landing")
        if loopback is None:
            return self._line("Then paste the whole address of the page you land on: ")
        self.say("Then it goes on here by itself. If not, paste the whole address of the page you land on.")
        return self._first_of(loopback)

    def _first_of(self, loopback: "Loopback") -> str:
        """What comes first: the browser, or a pasted line."""
        waited = 0.0
        listens = sys.stdin is not None and sys.stdin.isatty()
        while waited < _PATIENCE:
            if found := loopback.wait(0.2):
                return found
            waited += 0.2
            if listens and select.select([sys.stdin], [], [], 0)[0] and (line := sys.stdin.readline().strip()):
                return line
        raise ConfigError(f"nobody came back from the page within {_PATIENCE // 60} minutes; start again")

    def _answer(self, key: str, text: str, default: str | None, *, secret: bool = False, bare: bool = False) -> str:
        if key in self._answers:
            return self._answers.pop(key)
        shown = f"{text} [{default}] " if default and not bare else f"{text} "
        answer = self._line(shown, secret=secret, key=key).strip()
        return default if not answer and default is not None else answer

    def _line(self, shown: str, *, secret: bool = False, key: str = "landing") -> str:
        """One line: from the terminal, else from standard input."""
        terminal = sys.stdin is not None and sys.stdin.isatty()
        if terminal and secret:
            return getpass.getpass(shown)
        click.echo(shown, nl=False, err=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not terminal:
            click.echo("", err=True)
        if not line:
            why = f" ({self._wrong[key]})" if key in self._wrong else ""
            flag = self._flags.get(key, f"--answer {key}=VALUE")
            raise ConfigError(f"nobody is there to answer “{shown.strip()}”{why}; give {flag}")
        return line.rstrip("\r\n")
