"""A line in the user's crontab, between two comments that say whose it is. Everything else stays as it is.

crontab(1) and crontab(5): a ``%`` is a line break unless a backslash precedes it, a variable holds for every line
below it (so none is set here), and the last line must end with a line break.
"""

import re
import shlex
import shutil
from dataclasses import replace
from functools import reduce
from pathlib import Path

from crosspost.app.scheduling.base import Ask, Change, Installed, Scheduler
from crosspost.app.scheduling.job import PERIODS, Job, cron_times, minutes, next_time
from crosspost.app.scheduling.managed_block import Marked, block, find_block
from crosspost.errors import ConfigError

_WHERE = "Your crontab"
#: bytes of a command that every cron takes (cron(8) of Debian: MAX_COMMAND)
_MOST = 990
#: where mail programs are beside PATH, as cron itself looks
_SENDMAIL = ("/usr/sbin/sendmail", "/usr/lib/sendmail")
#: what Debian's `crontab -l` shows as something else
_SHOWN = {"\r": "\\r", "\b": "\\b"}
_HINT = "# What crosspost is to do is in its config. `crosspost schedule remove` takes these lines out.\n"


class Crontab(Scheduler):
    """The user's crontab, through the program ``crontab``."""

    key = "crontab"
    label = "crontab: a line for cron, which runs it whether you are logged in or not"

    def lacking(self) -> str:
        if shutil.which("crontab", path=self.machine.environ.get("PATH")) is None:
            return "there is no `crontab` on this machine; install cron (Debian, Ubuntu: apt install cron)"
        return ""

    def find(self, owner: str) -> Installed | None:
        if self.lacking():
            return None
        found = find_block(self._read(), owner, _WHERE)
        if found is None:
            return None
        times = _times(found.body)
        every = next((period for period in PERIODS if times == cron_times(period)), None)
        here = self.machine.clock().astimezone()
        return Installed(
            kind=self.key,
            where=_WHERE,
            line=times,
            every=every,
            next=next_time(times, here) if times else None,
            since=found.since,
            changed=found.changed,
            asleep="" if times else "its line is gone, or is a comment now",
        )

    def install(self, job: Job, ask: Ask) -> Change:
        self._must()
        text = self._read()
        found = find_block(text, job.owner, _WHERE)
        above = found.before if found is not None else text
        mail = self._mail(above)
        body = f"{_HINT}{line(job, mail=mail)}\n"
        notes = (self._said_where(job, mail=mail),)
        said = f"A line in your crontab calls crosspost {minutes(job.every)}."
        if found is not None and found.body == body:
            return Change(kind=self.key, where=_WHERE, changed=False, said=f"{said} It was there already.", notes=notes)
        _agreed(found, text, ask)
        if not mail:
            _folder_of(job.log)
        new = block(job.owner, body, self.machine.clock())
        if found is not None:
            self._write(f"{found.before}{new}{found.after}")
        else:
            self._write(f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{new}")
        return Change(kind=self.key, where=_WHERE, changed=True, said=said, notes=notes)

    def remove(self, owner: str, ask: Ask) -> Change:
        self._must()
        found = find_block(self._read(), owner, _WHERE)
        if found is None:
            return Change(kind=self.key, where=_WHERE, changed=False, said="Your crontab has no line for this config.")
        if found.changed and not ask(f"You changed the lines in your crontab. Take them out?\n{found.body.rstrip()}"):
            raise ConfigError("nothing was changed: the lines in your crontab are yours now")
        self._write(found.before + found.after)
        return Change(kind=self.key, where=_WHERE, changed=True, said="The line is out of your crontab.")

    def own(self) -> list[str]:
        """Lines written by a person that also call crosspost.

        :raises ConfigError: when the crontab cannot be read
        """
        return [] if self.lacking() else own_lines(self._read())

    # ── the program ───────────────────────────────────────────────────────────────────────────────────────────────

    def _must(self) -> None:
        if why := self.lacking():
            raise ConfigError(why)

    def _read(self) -> str:
        done = self.machine.call("crontab", "-l")
        if done.code == 0:
            return self._exactly(done.out)
        # busybox says that there is no file
        if re.search(r"no crontab for|no such file or directory", done.complaint, re.IGNORECASE):
            return ""
        raise ConfigError(f"your crontab cannot be read: {done.complaint}")

    def _exactly(self, listed: str) -> str:
        """The crontab as it is: Debian's ``crontab -l`` shows a return as two letters, ``\\r``; an editor does not.

        :raises ConfigError: when no way shows it
        """
        if not any(shown in listed for shown in _SHOWN.values()):
            return listed
        given = replace(self.machine, environ={**self.machine.environ, "EDITOR": "/bin/cat", "VISUAL": "/bin/cat"})
        found = given.call("crontab", "-e").out
        if listed not in (found, reduce(lambda text, one: text.replace(*one), _SHOWN.items(), found)):
            raise ConfigError(
                "your crontab has control characters, which `crontab -l` does not show as they are; nothing was"
                " changed. Take them out with `crontab -e`, or use --kind systemd"
            )
        return found

    def _write(self, text: str) -> None:
        done = self.machine.call("crontab", "-", text=text) if text else self.machine.call("crontab", "-r")
        if done.code:
            raise ConfigError(f"your crontab cannot be changed, and is as it was: {done.complaint}")
        if self._read() != text:
            raise ConfigError("`crontab` took the new lines, but shows others; look at them with `crontab -l`")

    # ── what a run says ───────────────────────────────────────────────────────────────────────────────────────────

    def _mail(self, above: str) -> bool:
        """Whether cron mails what a run says: there is a mail program, and no ``MAILTO=""`` above."""
        told = re.findall(r"^\s*MAILTO\s*=\s*(.*?)\s*$", above, re.MULTILINE)
        if told and told[-1].strip("\"'") == "":
            return False
        folder = self.machine.environ.get("PATH")
        return any(shutil.which(place, path=folder) for place in (*_SENDMAIL, "sendmail"))

    def _said_where(self, job: Job, *, mail: bool) -> str:
        if mail:
            return "Cron mails you what a run says, as far as this machine can send mail; see `crosspost help notices`."
        return f"Cron cannot mail what a run says here, so {job.log} keeps it. See `crosspost help notices`."


def line(job: Job, *, mail: bool) -> str:
    """The crontab's line.

    :param mail: whether cron mails what it says; else it goes to the job's log
    :raises ConfigError: when it is longer than cron takes
    """
    words = [*(f"{name}={shlex.quote(value)}" for name, value in job.environment.items()), shlex.join(job.command)]
    if not mail:
        words.append(f">> {shlex.quote(job.log)} 2>&1")
    command = " ".join(words).replace("%", "\\%")
    if len(command.encode()) > _MOST:
        raise ConfigError("the paths are too long for a line of cron; take shorter ones, or --kind systemd")
    return f"{cron_times(job.every)} {command}"


def _agreed(found: Marked | None, text: str, ask: Ask) -> None:
    """Ask before anything that a person wrote is replaced or duplicated.

    :raises ConfigError: when they say no
    """
    changed = found.body.rstrip() if found is not None and found.changed else ""
    if changed and not ask(f"You changed the lines in your crontab. Replace them?\n{changed}"):
        raise ConfigError("nothing was changed: the lines in your crontab are yours now")
    own = own_lines(text) if found is None else []
    if own and not ask(f"Your crontab has a line of your own that calls crosspost. Add another one?\n{own[0]}"):
        raise ConfigError("nothing was changed: your own line calls crosspost")


def own_lines(text: str) -> list[str]:
    """Lines that call ``crosspost run`` outside our own block."""
    found, inside = [], False
    for one in text.split("\n"):
        if re.match("# crosspost (begin|end) ", one):
            inside = one.startswith("# crosspost begin ")
        elif not inside and re.match(r"\s*[^#\s].*\bcrosspost['\"]?\s+run\b", one):
            found.append(one)
    return found


def _folder_of(log: str) -> None:
    """Make the folder of the log: the shell opens that before crosspost makes the folder of its ledger."""
    try:
        Path(log).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{Path(log).parent} cannot be made: {error.strerror}") from None


def _times(body: str) -> str:
    """When the first line of a block runs; "" when none does."""
    for one in body.split("\n"):
        words = one.split()
        if words and not words[0].startswith("#") and "=" not in words[0]:
            return words[0] if words[0].startswith("@") else " ".join(words[:5])
    return ""
