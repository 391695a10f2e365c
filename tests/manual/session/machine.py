"""The person's machine: Python, cron, the clone of this repository, and a folder of wheels for the package registry."""

import os
import stat
import sys
from pathlib import Path

from tests.manual.session.cron import Cron
from tests.manual.session.wheels import fill

_CHECKOUT = Path(__file__).parents[3]
#: what the tutorial has installed
INSTALL = (
    "python3 -m venv .venv",
    ".venv/bin/pip install --quiet './crosspost[all]'",
    ". .venv/bin/activate",  # afterwards `environment` is that of the terminal
    "crosspost --version",
)


class Machine:
    """Nothing of this machine's own crosspost is found on it.

    :param folder: what the person's terminal is in; the clone is there
    :param beside: where the machine's programs and wheels are
    """

    def __init__(self, folder: Path, beside: Path) -> None:
        self.cron = Cron(beside)
        self._folder, self._beside = folder, beside
        python = beside / "bin/python3"  # no link: venv would note the link's folder as Python's home
        python.write_text(f'#!/bin/sh\nexec "{sys.base_prefix}/bin/python3.{sys.version_info.minor}" "$@"\n', "utf-8")
        python.chmod(stat.S_IRWXU)
        fill(beside / "wheels", "crosspost[all]", "hatchling")
        (folder / "crosspost").symlink_to(_CHECKOUT)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a terminal there, once the environment for Python is activated."""
        foreign = ("CROSSPOST_", "COV_", "PYTEST", "PIP_", "VIRTUAL_ENV")
        ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        for name in ("COLUMNS", "LINES", "CI", "NO_COLOR", "DISPLAY"):
            ours.pop(name, None)
        home = str(self._beside)
        ours |= {"TERM": "xterm", "HOME": home, "XDG_STATE_HOME": home, "LANG": "C.UTF-8", "PYTHONPATH": ""}
        ours |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"{home}/wheels", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        ours |= {"PIP_NO_COMPILE": "1", "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
        path = self.cron.environment["PATH"]
        return ours | {"PATH": f"{self._folder}/.venv/bin{os.pathsep}{path}"}
