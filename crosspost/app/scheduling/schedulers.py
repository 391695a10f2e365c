"""Installs, removes and judges schedules of one config."""

import getpass
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.running.last_run import last_run
from crosspost.app.scheduling.base import Ask, Change, Installed, Machine, Scheduler
from crosspost.app.scheduling.crontab import Crontab
from crosspost.app.scheduling.github import GitHub
from crosspost.app.scheduling.job import checked_period, job_of
from crosspost.app.scheduling.systemd_user import SystemdUser
from crosspost.errors import ConfigError, CrosspostError
from crosspost.model import Value

if TYPE_CHECKING:
    from crosspost.app.application import App

KINDS = ("crontab", "systemd", "github")
#: minutes a run may be late before that is told: a machine that starts, a run that takes its time
_LATE = 15


class Status(Value, frozen=True, kw_only=True):
    """What is installed for a config, and whether it works.

    :ivar last: when a run last happened here, whoever called it
    :ivar wrong: why the two disagree, with what to do; "" when they do not
    """

    installed: tuple[Installed, ...]
    last: datetime | None
    wrong: str = ""


def schedulers(app: "App", environ: Mapping[str, str]) -> dict[str, Scheduler]:
    """Every kind of schedule, by name."""
    machine = Machine(environ, app.clock)
    kinds: Sequence[Scheduler] = (Crontab(machine), SystemdUser(machine), GitHub(machine, app))
    return {kind.key: kind for kind in kinds}


def owner_of(app: "App") -> str:
    """What tells the schedules of two configs apart."""
    assert app.settings is not None  # noqa: S101  # for the type checker: commands that need a config have one
    return os.path.abspath(app.settings.file)  # noqa: PTH100  # where a link leads may change


def possible(kinds: Mapping[str, Scheduler]) -> list[Scheduler]:
    """What this machine has. GitHub is only for where nothing of the machine's own calls crosspost.

    :raises ConfigError: when it has nothing
    """
    found = [kind for kind in kinds.values() if not kind.lacking()]
    if not found:
        why = " ".join(f"{name}: {kind.lacking()}." for name, kind in kinds.items())
        raise ConfigError(
            f"nothing here can call crosspost again and again. {why} `crosspost daemon` needs none of them"
        )
    return [kind for kind in found if kind.key != "github"] or found


def install(
    app: "App", kind: Scheduler, every: int | None, site: Path | None, environ: Mapping[str, str], ask: Ask
) -> Change:
    """Have crosspost called, and the config say how often.

    :param every: minutes; None: as the config says
    :raises ConfigError: when another kind is installed, or it cannot be done
    """
    owner = owner_of(app)
    if why := kind.lacking():
        raise ConfigError(why)
    for name, other in schedulers(app, environ).items():
        if name != kind.key and (found := other.find(owner)) is not None:
            raise ConfigError(
                f"{found.where} calls crosspost already ({name}); `crosspost schedule remove` takes that away first"
            )
    period = every if every is not None else _every(app, kind)
    done = kind.install(job_of(app, period, site, environ), ask)
    more = [*_config_says(app, period), *(_unseen(app) if kind.key != "github" else ()), *_key_store(app, kind)]
    return Change(kind=done.kind, where=done.where, changed=done.changed, said=done.said, notes=(*done.notes, *more))


def remove(app: "App", environ: Mapping[str, str], ask: Ask, kind: str = "") -> list[Change]:
    """Take away what is installed.

    :param kind: only this one
    """
    owner = owner_of(app)
    found = []
    for name, one in schedulers(app, environ).items():
        if (name == kind or not kind) and one.find(owner) is not None:
            found.append(one.remove(owner, ask))
    return found


def status(app: "App", environ: Mapping[str, str]) -> Status:
    """What is installed, when it runs, and whether it does.

    :raises ConfigError: when a schedule cannot be understood
    """
    owner = owner_of(app)
    found = tuple(one for kind in schedulers(app, environ).values() if (one := kind.find(owner)) is not None)
    last = last_run(app)
    return Status(installed=found, last=last, wrong=_wrong(found, last, app.clock()))


def own_lines(app: "App", environ: Mapping[str, str]) -> list[str]:
    """Lines of the crontab written by a person that also call crosspost.

    :raises ConfigError: when the crontab cannot be read
    """
    return Crontab(Machine(environ, app.clock)).own()


def _wrong(found: Sequence[Installed], last: datetime | None, now: datetime) -> str:
    """Why what happened does not match what is installed."""
    if len(found) > 1:
        return "two schedules call crosspost; `crosspost schedule remove --kind …` takes one away"
    for one in found:
        if one.asleep:
            return f"{one.where} does not run: {one.asleep}"
        if one.elsewhere or one.since is None:
            continue
        late = timedelta(minutes=2 * (one.every or 60) + _LATE)
        if now - max(one.since, last or one.since) > late:
            what = (
                "nothing has run since it was installed"
                if last is None or last < one.since
                else "nothing runs any more"
            )
            return f"{one.where} should call crosspost, but {what}: {_LOOK[one.kind]}"
    return ""


_LOOK = {
    "crontab": "check whether cron is at work, and what `crosspost run` says when you call it",
    "systemd": "`systemctl --user list-timers` and `journalctl --user` say why",
    "github": "",
}


def _every(app: "App", kind: Scheduler) -> int:
    """Minutes between two runs, as the config says; GitHub's own schedules are slow."""
    assert app.settings is not None  # noqa: S101  # see owner_of
    said = app.settings.run.every
    if kind.key == "github" and "every" not in _written(app):
        return 30
    try:
        checked_period(int(said) if said == int(said) else 0)
    except ConfigError:
        where = app.settings.place("run", "every")
        raise ConfigError(f"{where}: `every` = {said:g} fits no schedule; name the minutes with --every") from None
    return int(said)


def _written(app: "App") -> Mapping[str, object]:
    """What [run] says in the file."""
    from crosspost.config import toml_text

    assert app.settings is not None  # noqa: S101  # see owner_of
    table = toml_text.parse(app.settings.text, app.settings.file).get("run", {})
    return table if isinstance(table, dict) else {}


def _config_says(app: "App", period: int) -> list[str]:
    """Write into the config how often a run comes, because `crosspost plan` relies on it."""
    from crosspost.app.accounts.add import write_config
    from crosspost.config.config_edit import with_setting

    said = app.settings
    assert said is not None  # noqa: S101  # see owner_of
    if said.run.every == period:
        return []
    try:
        write_config(said.file, said.text, with_setting(said.text, "run", "every", period, file=said.file))
    except ConfigError as error:
        return [f"`every = {period}` under [run] could not be written, which `crosspost plan` goes by: {error}"]
    return [f"{said.file} says so too now: `every = {period}` under [run], which `crosspost plan` goes by."]


def _unseen(app: "App") -> list[str]:
    """Tokens that are set only in the shell of the person who asks."""
    from crosspost.config.credentials import variable

    without = app.credentials.without_environment()
    found = []
    try:
        for name in app.accounts():
            cls, _, _ = app.checked(name)
            lost = [field for field in app.secrets(name, cls) if without.look_up(name, field) is None]
            found += [variable(name, field) for field in lost]
    except CrosspostError:  # the next run tells
        return []
    if not found:
        return []
    place = app.settings.beside(app.settings.secrets.file) if app.settings is not None else "secrets.env"
    return [f"Only your shell knows {', '.join(found)}; what calls crosspost does not. Write that into {place}."]


def _key_store(app: "App", kind: Scheduler) -> list[str]:
    """That cron cannot open a person's key store."""
    if app.settings is None or not app.settings.secrets.keyring or kind.key != "crontab":
        return []
    return [
        f"Cron may not open the key store of {getpass.getuser()}: look at what the first run says,"
        " or keep the tokens in a file."
    ]
