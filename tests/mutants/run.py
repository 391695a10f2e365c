"""Runs the tests that execute a mistake's line, in a copy of this process that has it; stops at the first that fails.

Everything is imported and collected once. A mistake in a function takes its place in the running code; one in what a
module does when it is imported needs a process of its own.
"""

import contextlib
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest

from tests.mutants.code_in_place import compiles, functions_of, put_in
from tests.mutants.mutate import Mutant
from tests.mutants.processor import seconds_used

#: where is remembered which test executes what
CACHE = Path(".mutants")
#: seconds of the processor until a mistake is one that never ends; a busy machine does not change them
_LOOPING = 10
#: seconds, and times as long as its tests took, until it is one that waits forever, on a busy machine too
_WAITING, _SLOWER = 60, 12
_RESULTS = {0: "survived", signal.SIGKILL: "timeout"}


class Took(NamedTuple):
    """What a test took: seconds of the processor, also those of servers it uses; and by the clock."""

    processor: float
    clock: float


class Runner:
    """A pytest plugin that runs mistakes instead of tests.

    :param budget: seconds of the processor, as the tests used them without a mistake, until one counts as unnoticed
    :param workers: how many copies work at the same time
    """

    def __init__(self, room: str, found: list[Mutant], *, budget: float, workers: int) -> None:
        self._room, self._found, self._budget, self._workers = room, found, budget, workers
        self.results: list[tuple[Mutant, str]] = []
        self._failed = False
        self._covers: dict[str, dict[str, list[int]]] = {}
        self._took: dict[str, Took] = {}
        self._at_import = coverage.Coverage(data_file=None, include=[f"{room}/*"], concurrency="thread")
        self._at_import.start()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._at_import.stop()
        self._record(session)
        items = {item.nodeid: item for item in session.items if item.nodeid in self._took}
        known = functions_of({mutant.file for mutant in self._found})
        running: dict[int, tuple[Mutant, float, str]] = {}
        with contextlib.suppress(KeyboardInterrupt):  # what is known by then is told
            self._run_all(session, items, known, running)
        return True

    def _run_all(
        self,
        session: pytest.Session,
        items: dict[str, pytest.Item],
        functions: Any,
        running: dict[int, tuple[Mutant, float, str]],
    ) -> None:
        for mutant in self._found:
            if len(running) >= self._workers:
                self._reap(running, once=True)
            if not compiles(mutant):
                continue
            names = self._tests(mutant)
            if not names:
                self.results.append((mutant, "survived"))
                continue
            folder = tempfile.mkdtemp(prefix="mutant-")
            pid = os.fork()
            if pid == 0:
                self._child(session, mutant, [items[name] for name in names], functions, folder)
            limit = time.monotonic() + _WAITING + _SLOWER * sum(self._took[name].clock for name in names)
            running[pid] = (mutant, limit, folder)
        self._reap(running, once=False)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed |= report.failed

    # ── what executes what ────────────────────────────────────────────────────────────────────────────────────────

    def _record(self, session: pytest.Session) -> None:
        """Find out which test executes which lines, and how long it takes; remembered per test file.

        That holds until the test, the room or what all tests share changes; other rooms hardly change it.
        """
        CACHE.mkdir(exist_ok=True)
        code = _digest(*sorted(Path(self._room).rglob("*.py")), *sorted(Path("crosspost/testing").glob("*.py")))
        files: dict[Path, list[pytest.Item]] = {}
        for item in session.items:
            files.setdefault(item.path, []).append(item)
        kept = {path: f"{path.stem}-{_digest(path)}-{code}-{_digest(text=self._room)}.json" for path in files}
        new = [path for path in files if not (CACHE / kept[path]).exists()]
        for path in new:
            for old in CACHE.glob(f"{path.stem}-*-{_digest(text=self._room)}.json"):
                old.unlink()

        def record(path: Path) -> None:
            with tempfile.TemporaryDirectory(prefix="mutant-") as folder:  # one tidies up what another still uses
                session.config._tmp_path_factory._basetemp = Path(folder)  # type: ignore[attr-defined]
                self._record_file(session, files[path], CACHE.absolute() / kept[path])

        self._in_copies(record, new)
        for path, items in files.items():
            chosen = {item.nodeid for item in items}
            for name, (took, lines) in json.loads((CACHE / kept[path]).read_text("utf-8")).items():
                if name in chosen:
                    self._took[name], self._covers[name] = Took(*took), lines

    def _record_file(self, session: pytest.Session, items: list[pytest.Item], kept: Path) -> None:
        measured = coverage.Coverage(data_file=None, include=[f"{self._room}/*"], concurrency="thread")
        taken: dict[str, tuple[Took, dict[str, list[int]]]] = {}
        measured.start()
        for number, item in enumerate(items):
            self._failed = False
            measured.switch_context(item.nodeid)
            begun, used = time.perf_counter(), seconds_used()
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=_after(items, number))
            took = Took(max(seconds_used() - used, 0), time.perf_counter() - begun)
            if self._failed:
                os.write(2, f"fails without any mistake, so it is left out: {item.nodeid}\n".encode())
            else:
                taken[item.nodeid] = (took, {})
        measured.stop()
        with warnings.catch_warnings(action="ignore"):  # tests that execute nothing of the room
            data = measured.get_data()
        for file in data.measured_files():
            relative = str(Path(file).relative_to(Path.cwd()))
            for line, contexts in data.contexts_by_lineno(file).items():
                for name in contexts:
                    if name in taken:
                        taken[name][1].setdefault(relative, []).append(line)
        kept.write_text(json.dumps(taken), "utf-8")

    def _in_copies(self, work: Callable[[Path], None], paths: Sequence[Path]) -> None:
        """Each in a copy of this process, as many at the same time as there are workers."""
        running = 0
        for path in paths:
            if running >= self._workers:
                os.wait()
                running -= 1
            if os.fork() == 0:
                with _whatever_happens():
                    work(path)
                os._exit(0)
            running += 1
        for _ in range(running):
            os.wait()

    def _tests(self, mutant: Mutant) -> list[str]:
        """The tests that execute its lines; for what runs at import, all that use the module.

        Those come first that are quick, and whose lines of the room are mostly the module's: they are about it.
        """
        lines = range(mutant.first, mutant.last + 1)
        users = {name: mine for name, covers in self._covers.items() if (mine := covers.get(mutant.file))}
        names = [name for name, mine in users.items() if any(line in lines for line in mine)]
        if not mutant.function or not names:  # a function may run at import alone
            names = list(users) or list(self._covers)  # of a module of constants no test executes a line
        chosen: list[str] = []
        spent = 0.0
        for name in sorted(names, key=lambda name: self._took[name].processor / self._about(name, mutant.file)):
            if not chosen or spent + self._took[name].processor <= self._budget:
                spent += self._took[name].processor
                chosen.append(name)
        return chosen

    def _about(self, test: str, file: str) -> float:
        """How much a test is about a file: which share of what it executes in the room is there, and ten times as much
        when it is named after it.
        """
        covers = self._covers[test]
        share = max(len(covers.get(file, ())), 1) / max(sum(map(len, covers.values())), 1)
        return share * (10 if Path(test.partition("::")[0]).stem == f"test_{Path(file).stem}" else 1)

    # ── one mistake ───────────────────────────────────────────────────────────────────────────────────────────────

    def _child(
        self, session: pytest.Session, mutant: Mutant, items: list[pytest.Item], functions: Any, folder: str
    ) -> None:
        os.setpgid(0, 0)
        seconds = int(_LOOPING + 3 * sum(self._took[item.nodeid].processor for item in items))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        if not mutant.function or not put_in(mutant, functions):
            _a_process_of_its_own(mutant, [item.nodeid for item in items], folder)
        session.config._tmp_path_factory._basetemp = Path(folder)  # type: ignore[attr-defined]
        with _whatever_happens():
            for number, item in enumerate(items):
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=_after(items, number))
                if self._failed:
                    session._setupstate.teardown_exact(None)  # a server that a fixture began would outlive this copy
                    os._exit(1)
        # what runs when a module is imported had its turn before the mistake was put in
        executed = self._at_import.get_data().lines(str(Path(mutant.file).resolve())) or []
        if not any(mutant.first <= line <= mutant.last for line in executed):
            os._exit(0)
        _a_process_of_its_own(mutant, [item.nodeid for item in items], folder)

    def _reap(self, running: dict[int, tuple[Mutant, float, str]], *, once: bool) -> None:
        """Wait for copies to end: for one of them, or for all."""
        while running:
            for pid, (mutant, limit, folder) in list(running.items()):
                ended, status = os.waitpid(pid, os.WNOHANG)
                result = _RESULTS.get(status, "killed") if ended else ""
                if not ended and time.monotonic() > limit:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    result = "timeout"
                if result:
                    del running[pid]
                    shutil.rmtree(folder, ignore_errors=True)
                    self.results.append((mutant, result))
                    told = f"\n{mutant}\n" if result == "survived" else ""  # at once: the rest may take an hour
                    os.write(2, f"{told}\r{len(self.results)} of {len(self._found)}".encode())
                    if once:
                        return
            time.sleep(0.01)


def _a_process_of_its_own(mutant: Mutant, names: list[str], folder: str) -> None:
    source = Path(folder) / "mutant.txt"
    source.write_text(mutant.source, "utf-8")
    told = {"MUTANT_FILE": str(Path(mutant.file).resolve()), "MUTANT_SOURCE": str(source)}
    options = ["-x", "-q", "-p", "tests.mutants.put_in", "-p", "no:cacheprovider", f"--basetemp={folder}/t"]
    ran = subprocess.run([sys.executable, "-m", "pytest", *options, *names], env=os.environ | told, check=False)
    os._exit(1 if ran.returncode else 0)


@contextlib.contextmanager
def _whatever_happens() -> Iterator[None]:
    """A copy never goes on as if it were this process."""
    try:
        yield
    except BaseException:  # the mistake may raise anything anywhere
        os._exit(1)


def _after(items: list[pytest.Item], number: int) -> pytest.Item | None:
    return items[number + 1] if number + 1 < len(items) else None


def _digest(*files: Path, text: str = "") -> str:
    summed = hashlib.blake2s(text.encode(), digest_size=6)
    for file in files:
        summed.update(file.read_bytes())
    return summed.hexdigest()
