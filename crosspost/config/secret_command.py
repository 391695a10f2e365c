"""Commands that print a secret: ``token_cmd`` of an account, ``key_cmd`` of the installation."""

import contextlib
import os
import shlex
import subprocess
import sys
import threading
import time

from crosspost.errors import ConfigError

#: seconds a command that prints a token may take: a key store may ask for a passphrase
PATIENCE = 60
#: bytes that are read of what it prints; no token is longer
_MOST = 65_536


class SecretCommands:
    """Runs each command once, and one that failed not again at once: a thousand sites may ask for what it prints."""

    def __init__(self) -> None:
        self._printed: dict[str, str] = {}
        self._failed: dict[str, tuple[float, str]] = {}

    def printed(self, command: str, where: str) -> str:
        """The first line that a command prints.

        :param where: what names the command, for messages
        :raises ConfigError: when it cannot be run, fails, or prints nothing
        """
        since, why = self._failed.get(command, (0.0, ""))
        if why and time.monotonic() - since < PATIENCE:
            raise ConfigError(f"{where} {why}")
        if command not in self._printed:
            try:
                self._printed[command] = _first_line(command)
            except _FailedError as error:
                self._failed[command] = time.monotonic(), str(error)
                raise ConfigError(f"{where} {error}") from None
        return self._printed[command]


class _FailedError(Exception):
    """Why there is no secret, as what follows after the name of the command."""


def _first_line(command: str) -> str:
    try:
        words = shlex.split(command)
        # without a terminal nobody can be asked for a passphrase, and what the command calls can end with it
        apart = sys.stdin is None or not sys.stdin.isatty()
        process = subprocess.Popen(  # noqa: S603  # the owner of the config wrote it, and no shell reads it
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=apart and os.name == "posix",
        )
    except ValueError:
        raise _FailedError("has a quote that is not closed; add the second one") from None
    except (OSError, IndexError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is empty"
        raise _FailedError(f"cannot be run: {why}; correct the command, or install what it calls") from None
    said = _read(process, whole_group=apart and os.name == "posix")
    value = said.decode("utf-8", "replace").partition("\n")[0].strip()
    if not value:
        raise _FailedError("prints nothing; run it in a terminal to see why")
    return value


def _read(process: "subprocess.Popen[bytes]", *, whole_group: bool) -> bytes:
    """What a command prints, until it ends.

    It is read by a thread, because what the command calls may keep the pipe open for longer than the command lives.
    """
    said: list[bytes] = []

    def read() -> None:
        assert process.stdout is not None  # noqa: S101  # for the type checker: it is a pipe
        with process.stdout as out:
            said.append(out.read(_MOST + 1))

    reader = threading.Thread(target=read, daemon=True)
    end = time.monotonic() + PATIENCE
    reader.start()
    try:
        reader.join(PATIENCE)
        if reader.is_alive():
            raise subprocess.TimeoutExpired(process.args, PATIENCE)
        if len(said[0]) > _MOST:
            raise _FailedError("prints without an end; run it in a terminal to see what")
        code = process.wait(max(end - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        raise _FailedError(f"did not end within {PATIENCE} seconds; does it wait for a passphrase?") from None
    finally:
        if process.returncode is None:
            _kill(process, whole_group=whole_group)
            process.wait()
    if code:
        raise _FailedError(f"ended with exit code {code}; run it in a terminal to see why")
    return said[0]


def _kill(process: "subprocess.Popen[bytes]", *, whole_group: bool) -> None:
    """End it, and with it what it called: else each run would leave one more behind that waits."""
    with contextlib.suppress(OSError):
        import signal

        if whole_group and hasattr(os, "killpg") and hasattr(signal, "SIGKILL"):  # Windows has neither
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
