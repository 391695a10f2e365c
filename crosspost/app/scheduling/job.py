"""What is called, how often, and in which environment."""

import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.config import installer
from crosspost.errors import ConfigError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App

#: minutes between two runs that a crontab can say so that the distances are equal
PERIODS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440)
#: where cron and systemd look for programs in any case
_USUAL = ("/usr/bin", "/bin")
#: variables of a person's shell on which it depends where crosspost finds its marks, and `pass` or `gpg` their store
_KEPT = ("XDG_STATE_HOME",)
_OF_COMMANDS = ("GNUPGHOME", "PASSWORD_STORE_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


class Job(Value, frozen=True, kw_only=True):
    """One run of one config.

    :ivar owner: the config file, absolute: it tells the jobs of two sites apart
    :ivar command: the words that are called, the first one an absolute path
    :ivar every: minutes between two runs, one of :data:`PERIODS`
    :ivar environment: variables that are not there by themselves
    :ivar log: a file for what a run says, where nothing else keeps that
    """

    owner: str
    command: tuple[str, ...]
    every: int
    environment: dict[str, str]
    log: str


def job_of(app: "App", every: int, site: Path | None, environ: Mapping[str, str]) -> Job:
    """The job of an app.

    :param every: minutes between two runs
    :param site: ``--site``, where the config's is not used
    :raises ConfigError: for a period nothing can say, or a path that cannot be written into a line
    """
    assert app.settings is not None  # noqa: S101  # for the type checker: commands that need a config have one
    checked_period(every)
    config = os.path.abspath(app.settings.file)  # noqa: PTH100  # where a link leads may change
    place = ("--site", os.path.abspath(site)) if site is not None else ()  # noqa: PTH100
    command = (*installer.program(), "run", "--quiet", "--config", config, *place)
    for word in command:
        if not word.isprintable() or "\\" in word:
            raise ConfigError(
                f"the path {word!a} has a character that a schedule cannot hold (a backslash, a line break or the"
                " like); rename that folder or file"
            )
    return Job(
        owner=config,
        command=command,
        every=every,
        environment=_environment(app, environ),
        log=str(Path(os.path.abspath(app.main_ledger_file())).with_name("run.log")),  # noqa: PTH100
    )


def checked_period(every: int) -> None:
    """Refuse a period that does not divide an hour or a day evenly.

    :raises ConfigError: with those that do
    """
    if every not in PERIODS:
        known = ", ".join(str(one) for one in PERIODS)
        raise ConfigError(f"--every {every}: the runs would come unevenly; take one of {known} (minutes)")


def cron_times(every: int, first: int = 0) -> str:
    """The five fields of a crontab for a period.

    :param first: the minute of the first run in an hour

    >>> cron_times(10), cron_times(60), cron_times(120, 17), cron_times(1440), cron_times(30, 17)
    ('*/10 * * * *', '0 * * * *', '17 */2 * * *', '0 0 * * *', '17,47 * * * *')
    """
    if every == 1:
        return "* * * * *"
    if every < 60:
        minutes = f"*/{every}" if not first else ",".join(str(one) for one in range(first % every, 60, every))
        return f"{minutes} * * * *"
    hours = "*" if every == 60 else "0" if every == 1440 else f"*/{every // 60}"
    return f"{first} {hours} * * *"


def next_time(times: str, now: datetime) -> datetime | None:
    """When five fields of a crontab fire next; None when they cannot be understood.

    :param now: in the time zone in which they count
    """
    from cronsim import CronSim, CronSimError

    names = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0"}
    try:
        found: datetime = next(CronSim(names.get(times, times), now))
    except (CronSimError, StopIteration):
        return None
    return found


def minutes(every: int) -> str:
    """A period in words.

    >>> minutes(1), minutes(10), minutes(60), minutes(120), minutes(1440)
    ('every minute', 'every 10 minutes', 'every hour', 'every 2 hours', 'once a day')
    """
    if every == 1440:
        return "once a day"
    number, unit = (every // 60, "hour") if every >= 60 else (every, "minute")
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def _environment(app: "App", environ: Mapping[str, str]) -> dict[str, str]:
    """What a run needs and a person's shell has, but cron does not."""
    commands = list(_token_commands(app))
    wanted = (*_KEPT, *(_OF_COMMANDS if commands else ()))
    found = {name: environ[name] for name in wanted if environ.get(name) and environ[name].isprintable()}
    folders = [os.path.dirname(file) for word in commands if (file := shutil.which(word, path=environ.get("PATH")))]  # noqa: PTH120
    if more := [one for one in dict.fromkeys(folders) if one not in _USUAL]:
        found["PATH"] = ":".join([*more, *_USUAL])
    return found


def _token_commands(app: "App") -> Iterable[str]:
    """The programs that print tokens."""
    for account in app.accounts().values():
        said = account.token_cmd
        for command in [said] if isinstance(said, str) else said.values():
            if words := command.split():
                yield words[0]
