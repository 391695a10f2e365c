"""The person's cron: a crontab that is a file here, and the call of its lines as cron makes it."""

import shutil
import subprocess
from pathlib import Path

from tests.app.scheduling.fakes import CRONTAB, program


class Cron:
    """A machine that has cron and git, and no systemd.

    :param folder: where the crontab is
    """

    def __init__(self, folder: Path) -> None:
        self._home, self._programs = folder, folder / "bin"
        self._file = self._programs / "crontab.txt"
        program(self._programs, "crontab", CRONTAB)
        self._file.write_text('MAILTO=""\n', "utf-8")  # whether a machine can send mail, it says differently
        for name in ("git", "sh", "hostname", "uname"):
            if found := shutil.which(name):
                (self._programs / name).symlink_to(found)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a program find this cron, and nothing else of its kind."""
        return {"PATH": str(self._programs)}

    def run_all(self) -> None:
        """Call each line once, as cron does: with its few variables, in the person's home.

        :raises AssertionError: when a line fails
        """
        lines = [line for line in self._file.read_text("utf-8").splitlines() if line.strip() and line[0] != "#"]
        settings = dict(line.split("=", 1) for line in lines if "=" in line.split(" ")[0])
        commands = [line.split(None, 5)[5] for line in lines if "=" not in line.split(" ")[0]]
        assert commands, "there is no line in the crontab"
        for command in commands:
            done = subprocess.run(
                ["/bin/sh", "-c", command.replace("\\%", "%")],
                cwd=self._home,
                env={"HOME": str(self._home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"} | settings,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            assert done.returncode in (0, 3), f"{command}\n{done.stdout}{done.stderr}"
