"""The interface of every kind of schedule."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple

from crosspost.app.scheduling.job import Job
from crosspost.errors import ConfigError
from crosspost.model import Value

#: asks whether what a person changed may be replaced or taken away
Ask = Callable[[str], bool]
#: seconds a program of the system may take
_PATIENCE = 30


class Installed(Value, frozen=True, kw_only=True):
    """A schedule that is there.

    :ivar where: the file, or "your crontab"
    :ivar line: when it runs, as it is written there
    :ivar every: minutes between two runs; None where that cannot be told
    :ivar next: when it runs next; None when that is unknown, or it does not run
    :ivar since: when it was written
    :ivar changed: whether a person changed it since
    :ivar asleep: why it does not run, a sentence; "" when it does
    :ivar elsewhere: whether it runs on another machine, with another ledger
    """

    kind: str
    where: str
    line: str = ""
    every: int | None = None
    next: datetime | None = None
    since: datetime | None = None
    changed: bool = False
    asleep: str = ""
    elsewhere: bool = False


class Change(Value, frozen=True, kw_only=True):
    """What was done: ``changed`` is False when everything was as it should be; ``notes`` are sentences."""

    kind: str
    where: str
    changed: bool
    said: str
    notes: tuple[str, ...] = ()


class Said(NamedTuple):
    """How a program ended, what it said, and what it complained of in one line."""

    code: int
    out: str
    complaint: str


@dataclass(frozen=True)
class Machine:
    """Where schedules are kept.

    :ivar environ: the variables of the person who asks
    :ivar clock: the time, with a time zone
    """

    environ: Mapping[str, str]
    clock: Callable[[], datetime]

    def call(self, *words: str, text: str = "") -> Said:
        """Run a program of the system, in English. Bytes that are not UTF-8, and carriage returns, pass unchanged.

        :param text: for its standard input
        :raises ConfigError: when there is no such program, or it does not end
        """
        try:
            done = subprocess.run(  # noqa: S603  # fixed names of the system's own programs
                words,
                input=text.encode("utf-8", "surrogateescape"),
                capture_output=True,
                check=False,
                timeout=_PATIENCE,
                env={**self.environ, "LC_ALL": "C"},
            )
        except OSError as error:
            raise ConfigError(f"`{words[0]}` cannot be run on this machine: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise ConfigError(f"`{' '.join(words)}` did not end within {_PATIENCE} seconds") from None
        complaint = " ".join(done.stderr.decode("utf-8", "replace").split())[:300]
        return Said(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), complaint or "it does not say why")


class Scheduler(ABC):
    """One kind of schedule."""

    key: ClassVar[str]
    #: in a list of choices
    label: ClassVar[str]

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @abstractmethod
    def lacking(self) -> str:
        """Why this machine cannot have such a schedule, as a sentence; "" when it can."""

    @abstractmethod
    def find(self, owner: str) -> Installed | None:
        """The schedule of a config; None when there is none, or when this machine cannot have one.

        :raises ConfigError: when what is there cannot be understood
        """

    @abstractmethod
    def install(self, job: Job, ask: Ask) -> Change:
        """Write it.

        :raises ConfigError: when that cannot be done; then nothing was changed, or it says what was
        """

    @abstractmethod
    def remove(self, owner: str, ask: Ask) -> Change:
        """Remove exactly what was written.

        :raises ConfigError: as :meth:`install`
        """
