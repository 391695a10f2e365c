"""A timer of the user's own systemd: two files, and `systemctl --user` told of them (systemctl(1), loginctl(1))."""

import getpass
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from crosspost.app.scheduling.base import Ask, Change, Installed, Scheduler
from crosspost.app.scheduling.job import PERIODS, Job, minutes
from crosspost.app.scheduling.managed_block import Marked, find_whole, whole
from crosspost.app.scheduling.systemd_units import calendar, service_text, timer_text, unit_name
from crosspost.app.user_files import Kept
from crosspost.config.toml_text import read_text
from crosspost.errors import ConfigError


class SystemdUser(Scheduler):
    """Two files in ``~/.config/systemd/user``, switched on with ``systemctl --user``."""

    key = "systemd"
    label = "systemd: a timer of your own; `journalctl --user` keeps what it says"

    def lacking(self) -> str:
        if shutil.which("systemctl", path=self.machine.environ.get("PATH")) is None:
            return "there is no systemd on this machine (no `systemctl`)"
        done = self.machine.call("systemctl", "--user", "show-environment")
        if done.code:
            return (
                f"systemd does not answer for you here ({done.complaint}); it does when you have logged in as"
                " yourself, not with su or sudo"
            )
        return ""

    def find(self, owner: str) -> Installed | None:
        service, timer = self._files(owner)
        found = [self._there(file, owner) for file in (service, timer)]
        if found == [None, None]:
            return None
        changed = any(one is None or one.changed for one in found)
        said = re.search(r"^OnCalendar=(.*)$", found[1].body if found[1] is not None else "", re.MULTILINE)
        times = said[1] if said is not None else ""
        every = next((period for period in PERIODS if calendar(period) == times), None)
        asleep, at = self._state(timer.name) if None not in found else ("one of its two files is gone", None)
        return Installed(
            kind=self.key,
            where=str(timer),
            line=times,
            every=every,
            next=at,
            since=found[1].since if found[1] is not None else None,
            changed=changed,
            asleep=asleep,
        )

    def install(self, job: Job, ask: Ask) -> Change:
        service, timer = self._files(job.owner)
        texts = {service: service_text(job), timer: timer_text(job)}
        said = f"A timer of your systemd calls crosspost {minutes(job.every)}: {timer}."
        stale: dict[Path, Marked | None] = {}
        for file, body in texts.items():
            if (there := self._there(file, job.owner)) is None or there.body != body:
                self._agreed(file, job.owner, ask, "Replace it?")
                stale[file] = there
        kept = Kept(self.machine.clock())
        try:
            timer.parent.mkdir(parents=True, exist_ok=True)
            copies = [
                kept.write(
                    file,
                    whole(job.owner, texts[file], self.machine.clock()),
                    keep=there is not None and there.changed,
                )
                for file, there in stale.items()
            ]
        except OSError as error:
            raise ConfigError(f"{error.filename or timer} cannot be written: {error.strerror}") from None
        notes = [f"What a file was before is in {copy}." for copy in copies if copy is not None]
        was_on = not stale and self._state(timer.name)[0] == ""
        notes += [] if was_on else self._switch_on(timer.name)
        notes += self._lingering()
        told = said if not was_on else f"{said} It was there already."
        return Change(kind=self.key, where=str(timer), changed=not was_on, said=told, notes=tuple(notes))

    def remove(self, owner: str, ask: Ask) -> Change:
        service, timer = self._files(owner)
        there = [file for file in (service, timer) if self._there(file, owner) is not None]
        if not there:
            return Change(kind=self.key, where=str(timer), changed=False, said="There is no timer for this config.")
        for file in there:
            self._agreed(file, owner, ask, "Take it away?")
        done = self._systemctl("disable", "--now", timer.name)
        try:
            for file in there:
                file.unlink()
        except OSError as error:
            raise ConfigError(f"{error.filename} cannot be removed: {error.strerror}") from None
        done = done or self._systemctl("daemon-reload")
        note = (f"systemd could not be told ({done}): it forgets the timer when you log out.",) if done else ()
        return Change(
            kind=self.key, where=str(timer), changed=True, said=f"Removed {', '.join(map(str, there))}.", notes=note
        )

    # ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _files(self, owner: str) -> tuple[Path, Path]:
        """The service and the timer of a config.

        :raises ConfigError: without a home
        """
        said, home = self.machine.environ.get("XDG_CONFIG_HOME", ""), self.machine.environ.get("HOME", "")
        if not Path(said).is_absolute() and not home:
            raise ConfigError("the variable HOME is not set, so it is not known where your systemd looks for its files")
        folder = (Path(said) if Path(said).is_absolute() else Path(home, ".config")) / "systemd/user"
        return folder / f"{unit_name(owner)}.service", folder / f"{unit_name(owner)}.timer"

    def _there(self, file: Path, owner: str) -> Marked | None:
        """What a file of ours says; None when there is none.

        :raises ConfigError: when somebody else's file has that name, or it cannot be read
        """
        if not file.exists():
            return None
        found = find_whole(read_text(file))
        if found is None or found[0] != owner:
            raise ConfigError(f"{file} was not written by `crosspost schedule`; move it away first")
        return found[1]

    def _agreed(self, file: Path, owner: str, ask: Ask, what: str) -> None:
        there = self._there(file, owner)
        if there is not None and there.changed and not ask(f"You changed {file}. {what}"):
            raise ConfigError(f"nothing was changed: {file} is yours now")

    # ── systemd ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _systemctl(self, *words: str) -> str:
        """Why `systemctl --user` did not do it; "" when it did."""
        try:
            done = self.machine.call("systemctl", "--user", *words)
        except ConfigError as error:
            return str(error)
        return done.complaint if done.code else ""

    def _switch_on(self, timer: str) -> list[str]:
        why = self._systemctl("daemon-reload") or self._systemctl("enable", "--now", timer)
        if not why:
            return []
        todo = f"systemctl --user daemon-reload && systemctl --user enable --now {timer}"
        return [f"It does not run yet, because systemd cannot be told from here ({why}). Where it can: `{todo}`."]

    def _state(self, timer: str) -> tuple[str, datetime | None]:
        """Why a timer does not run ("" when it does), and when it runs next."""
        wanted = ("ActiveState", "UnitFileState", "NextElapseUSecRealtime")
        options = [word for name in wanted for word in ("--property", name)]
        try:
            done = self.machine.call("systemctl", "--user", "show", timer, "--timestamp=unix", *options)
        except ConfigError as error:
            return str(error), None
        if done.code:
            return f"systemd does not say how it is ({done.complaint})", None
        said = dict(row.partition("=")[::2] for row in done.out.splitlines())
        if said.get("ActiveState") != "active":
            return f"it is switched off; `systemctl --user enable --now {timer}` switches it on", None
        if said.get("UnitFileState") not in ("enabled", "static"):
            return f"it ends when you log out; `systemctl --user enable {timer}` keeps it", None
        at = re.fullmatch(r"@(\d+)", said.get("NextElapseUSecRealtime", ""))
        return "", datetime.fromtimestamp(int(at[1]), UTC) if at is not None else None

    def _lingering(self) -> list[str]:
        """That the timer runs only while the person is logged in, where that is so (loginctl(1))."""
        who = self.machine.environ.get("USER") or getpass.getuser()
        try:
            done = self.machine.call("loginctl", "show-user", who, "--property", "Linger")
        except ConfigError:
            return []
        if done.out.strip() != "Linger=no":
            return []
        return [f"It runs only while you are logged in. To have it always: `loginctl enable-linger {who}`."]
