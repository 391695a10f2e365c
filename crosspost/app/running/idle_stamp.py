"""The stamp of an idle run: nothing can be due before a moment, as long as nothing it names has changed.

A run that had nothing to do leaves it; the next one compares it with the files and, when all is the same, is done
without reading them. It may be deleted at any time. It is never trusted over the files: of each it has time, size and
number.
Kept small in what it imports, because cron asks every few minutes.
"""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from stat import S_ISDIR, S_ISLNK

from crosspost import __version__

_SHAPE = "3"
#: lines that are about what the config says, and about a ledger in a database; others are about files and folders
_SAID, _MARK = "said", "mark"
#: nanoseconds: a file changed this shortly before a run may change again without a new time
FRESH = 2_000_000_000
#: seconds
_KEPT, _PAUSE = 86_400, 3600
#: folder of stamps → when this process removed old ones there, by the steady clock
_cleared: dict[Path, float] = {}
#: what a terminal, cron or systemd sets anew each time, and nothing is read from
_PASSING = {"_", "SHLVL", "OLDPWD", "PWD", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "COLUMNS", "LINES"}


class ChangedError(Exception):
    """A folder that cannot be compared, or in which something changed just now."""


def place(environ: Mapping[str, str], config: Path | None, site: Path | None) -> Path | None:
    """The file of the stamp for a run called like this from the current folder; None without a home.

    Its name says how the run was called, and with which environment; nobody can tell the environment from it.
    """
    home, state = environ.get("HOME") or environ.get("USERPROFILE", ""), environ.get("XDG_STATE_HOME", "")
    base = Path(state) if Path(state).is_absolute() else Path(home, ".local/state")
    if not base.is_absolute():
        return None
    kept = sorted((name, value) for name, value in environ.items() if name not in _PASSING)
    called = repr((_SHAPE, __version__, sys.version, os.getcwd(), str(config), str(site), kept, sys.path))  # noqa: PTH109
    name = hashlib.blake2b(called.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return base / "crosspost/idle" / name


def still(file: Path | None, now: datetime, said: str = "", mark: str = "") -> bool:
    """Whether the stamp there says that nothing can be due, and all that it names is as it was.

    It then notes that a run was here, see :func:`pulse_of`.

    :param said: what the config says for this site of several, where it was read already
    :param mark: what tells this state of its ledger in a database from others, where that was asked already
    """
    if file is None:
        return False
    try:
        written, until, pulse, *lines = file.read_text("utf-8", "surrogateescape").split("\n")
        if not float(written) <= now.timestamp() < float(until):
            return False
        for line in lines:
            kind, state, path, *skipped = line.split("\t")
            if kind in (_SAID, _MARK):
                if state != (said if kind == _SAID else mark):
                    return False
            elif state != (_tree(path, skipped, sys.maxsize) if kind == "tree" else state_of(path)):
                return False
        os.utime(pulse, (now.timestamp(), now.timestamp()))
    except (OSError, ValueError, ChangedError):  # no stamp, a damaged one, or a folder that cannot be read
        return False
    return True


def leave(
    file: Path,
    *,
    pulse: Path,
    span: tuple[datetime, datetime],
    files: Iterable[tuple[str, str]],
    folders: Iterable[tuple[Path, Path]],
    begun: int,
    said: str = "",
    mark: str = "",
) -> None:
    """Write a stamp, unless something changed while the run was at work. A failure does not matter.

    :param pulse: the file beside the ledger whose time says when a run was here
    :param span: from when to when nothing is due
    :param files: state and path of each file that counts, see :func:`told`
    :param folders: folders that count with everything in them, each with one inside it that does not
    :param begun: when the run began, nanoseconds since 1970
    :param said: what the config says for this site of several; "" where its file is one of those that count
    :param mark: the state of a ledger in a database; "" where its file is one of those that count
    """
    with suppress(OSError, ChangedError):
        lines = [f"{kind}\t{state}\t" for kind, state in ((_SAID, said), (_MARK, mark)) if state]
        lines += [f"file\t{state}\t{path}" for state, path in files]
        lines += [
            f"tree\t{_tree(str(folder), [str(skip)], begun - FRESH)}\t{folder}\t{skip}" for folder, skip in folders
        ]
        if any("\n" in line or line.count("\t") != (3 if line[0] == "t" else 2) for line in lines):
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pulse.touch(0o600)
        os.utime(pulse, (span[0].timestamp(), span[0].timestamp()))
        text = "\n".join([*(str(moment.timestamp()) for moment in span), str(pulse), *lines])
        new = file.with_name(f"{file.name}.{os.getpid()}")
        handle = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text)
        new.replace(file)
        _clear(file)


def _clear(file: Path) -> None:
    """Remove stamps nobody asked for in the last day, of other terminals and configs. Once an hour is enough: each of
    a thousand sites leaves one, and looking at all of them each time would take longer than the looks.
    """
    last = _cleared.get(file.parent)
    if last is not None and time.monotonic() - last < _PAUSE:
        return
    _cleared[file.parent] = time.monotonic()
    for other in file.parent.iterdir():
        if file.stat().st_mtime - other.stat().st_mtime > _KEPT:
            other.unlink()


def pulse_of(ledger: Path) -> Path:
    """The file beside a ledger whose time says when an idle run was last here."""
    return ledger.with_name(f"{ledger.name}.idle")


def state_of(path: str | Path) -> str:
    """What tells this state of a file from others; "-" while there is none."""
    try:
        return told(os.stat(path))  # noqa: PTH116  # pathlib is slow
    except FileNotFoundError:
        return "-"


def settled(begun: int) -> Callable[[Path], bool]:
    """Whether a file was last changed well before a run began, or is not there."""

    def old(path: Path) -> bool:
        try:
            stat = path.stat()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return max(stat.st_mtime_ns, stat.st_ctime_ns) <= begun - FRESH

    return old


def told(stat: os.stat_result) -> str:
    """The same from what the system says of the file. The time of the last change of any kind cannot be set by hand."""
    return f"{stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_size} {stat.st_ino}"


def _tree(root: str, skipped: Iterable[str], latest: int) -> str:
    """What tells this state of a folder and everything in it from others; what git keeps does not count.

    :param latest: nanoseconds since 1970, when it must have been changed last
    :raises ChangedError: when it changed later, or leads elsewhere through a link to a folder
    """
    digest, waiting, beside = hashlib.blake2b(digest_size=16), [root], set(skipped)
    while waiting:
        folder = waiting.pop()
        lines = [f"{folder} {_dated(os.stat(folder), latest)}"]  # noqa: PTH116
        with os.scandir(folder) as found:
            for entry in found:
                stat = entry.stat(follow_symlinks=False)
                if S_ISDIR(stat.st_mode):
                    if entry.name != ".git" and entry.path not in beside:
                        waiting.append(entry.path)
                    continue
                if S_ISLNK(stat.st_mode):
                    if entry.is_dir():
                        raise ChangedError(entry.path)
                    stat = entry.stat()
                lines.append(f"{entry.name} {_dated(stat, latest)}")
        lines.sort()
        waiting.sort()
        digest.update("\0".join(lines).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _dated(stat: os.stat_result, latest: int) -> str:
    """What :func:`told` says, of what was not changed after ``latest``."""
    changed, touched = stat.st_mtime_ns, stat.st_ctime_ns
    if changed > latest or touched > latest:
        raise ChangedError
    return f"{changed} {touched} {stat.st_size} {stat.st_ino}"
