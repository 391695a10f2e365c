"""Commands that print a secret: what goes wrong with them, and that none is left behind."""

import os
import sys
import time
from pathlib import Path

import pytest

from crosspost.config import secret_command
from crosspost.config.secret_command import SecretCommands
from crosspost.errors import ConfigError


def script(folder: Path, lines: str) -> str:
    """A command that runs these lines of Python."""
    file = folder / "print.py"
    file.write_text(lines, "utf-8")
    return f"{sys.executable} {file}"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("raise SystemExit(3)", "ended with exit code 3; run it in a terminal to see why"),
        ("print()", "prints nothing; run it in a terminal"),
        ("while True: print('x' * 100_000)", "prints without an end"),
    ],
)
def test_what_goes_wrong_is_told_by_its_name(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"^a: `token_cmd` {said}"):
        SecretCommands().printed(script(tmp_path, lines), "a: `token_cmd`")


@pytest.mark.parametrize(("command", "said"), [("'x", "has a quote"), ("", "cannot be run"), ("./no", "cannot be run")])
def test_what_cannot_be_run(command: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"^it {said}"):
        SecretCommands().printed(command, "it")


def test_the_first_line_counts_and_is_asked_for_once(tmp_path: Path) -> None:
    command = script(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'a').write('x'); print(' geheim '); print('more')")
    commands = SecretCommands()
    assert [commands.printed(command, "it") for _ in range(2)] == ["geheim"] * 2
    assert (tmp_path / "ran").read_text("utf-8") == "x"


def test_one_that_failed_is_not_run_again_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = script(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'a').write('x'); raise SystemExit(1)")
    commands, now = SecretCommands(), [1000.0]
    monkeypatch.setattr(secret_command.time, "monotonic", lambda: now[0])
    for later, runs in ((0, "x"), (59, "x"), (2, "xx")):
        now[0] += later
        with pytest.raises(ConfigError, match=f"^place {later} ended with exit code 1"):
            commands.printed(command, f"place {later}")
        assert (tmp_path / "ran").read_text("utf-8") == runs


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX")
def test_what_a_command_that_hangs_has_called_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a service that asks once a minute leaves a process behind each time."""
    fifo, kept = tmp_path / "fifo", tmp_path / "pid"
    os.mkfifo(fifo)
    lines = f"import subprocess; child = subprocess.Popen(['cat', {str(fifo)!r}])\n"
    lines += f"import os; open({str(kept)!r} + '.new', 'w').write(str(child.pid))\n"
    lines += f"os.rename({str(kept)!r} + '.new', {str(kept)!r})\n"
    command = script(tmp_path, f"{lines}child.wait()")
    monkeypatch.setattr(secret_command, "PATIENCE", 1)
    monkeypatch.setattr(secret_command.sys, "stdin", None)
    for _ in range(100):  # on a busy machine it may not have begun within a second
        with pytest.raises(ConfigError, match="did not end within 1 seconds; does it wait for a passphrase"):
            SecretCommands().printed(command, "it")
        if kept.exists():
            break
    child = int(kept.read_text("utf-8"))
    for _ in range(600):
        if not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes():
            break  # gone, or nobody has collected it yet
        time.sleep(0.05)
    else:
        pytest.fail("it is still there")
