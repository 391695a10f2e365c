"""The one place that calls git. Nobody is asked for a password, and no editor opens."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from crosspost.errors import CrosspostError
from crosspost.text.printable import printable

#: who commits where the user has not said so
NAME, MAIL = "crosspost", "crosspost@localhost"
#: seconds for one command
_PATIENCE = 120
_WRONG = ("fatal:", "error:", "!", "remote: error", "CONFLICT")


class GitUnavailableError(CrosspostError):
    """Git is not there, or did not end."""


def run(
    folder: Path,
    *words: str,
    environ: Mapping[str, str],
    given: bytes = b"",
    index: Path | None = None,
    config: tuple[str, ...] = (),
    patience: float = _PATIENCE,
) -> "subprocess.CompletedProcess[bytes]":
    """What git answers, whatever that is.

    :param words: the command; files of the user behind "--"
    :param environ: the user's; whom git should name as author may stand in it
    :param given: what git reads from its input
    :param index: the index to use instead of the repository's own
    :param config: settings of git for this command, such as "gc.auto=0"
    :param patience: seconds it may take
    :raises GitUnavailableError: when it cannot be called, or takes too long
    """
    settings = (part for one in ("commit.gpgsign=false", *config) for part in ("-c", one))
    command = ["git", *settings, "-C", str(folder), *words]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(  # noqa: S603  # no shell, and fixed words
            command, env=_variables(environ, index), stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        ) as process:
            try:
                out, err = process.communicate(given, timeout=patience)
            except BaseException:
                _end(process)
                raise
            return subprocess.CompletedProcess(command, process.returncode, out, err)
    except subprocess.TimeoutExpired:
        raise GitUnavailableError(f"git {words[0]} took longer than {patience:g} seconds") from None
    except OSError as error:
        raise GitUnavailableError(f"git cannot be called: {error.strerror}; install it") from None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End git and what it has called, which would hold on to the pipes."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg") and hasattr(signal, "SIGKILL"):  # Windows has neither
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def reason(said: bytes) -> str:
    """The line in which git says what went wrong, without its advice."""
    lines = [line.strip() for line in os.fsdecode(said).splitlines() if line.strip() and not line.startswith("hint:")]
    wrong = [line for line in lines if line.startswith(_WRONG)]
    return printable((wrong or lines or ["it gave no reason"])[0])[:300]


def _variables(environ: Mapping[str, str], index: Path | None) -> dict[str, str]:
    usual = {
        "GIT_AUTHOR_NAME": NAME,
        "GIT_AUTHOR_EMAIL": MAIL,
        "GIT_COMMITTER_NAME": NAME,
        "GIT_COMMITTER_EMAIL": MAIL,
        # nobody is there to answer a question, and a server that does not answer is left
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15",
    }
    always = {"GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "LC_ALL": "C"}
    if index is not None:
        always["GIT_INDEX_FILE"] = str(index)
    return {**usual, **{key: value for key, value in environ.items() if value}, **always}
