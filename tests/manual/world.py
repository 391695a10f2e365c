"""The world in which the manual's examples run: a folder with a site and a config, a sandbox, a clock, a terminal."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from PIL import Image

from crosspost import cli
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.manual.pages import Block
from tests.manual.screen import coloured, plain
from tests.manual.steps import Step, merged, steps

#: the port `crosspost sandbox` takes, which the manual names
PORT = "127.0.0.1:8765"
COLUMNS = 76
POST = """---
title: A rainy day in the garden
description: Twelve people, one bed – and a lot of rain.
thumbnail: /images/bed.jpg
thumbnail_alt: A raised bed in the rain, three umbrellas behind it
tags: [Garden, Climate]
---

It rained all day, and nobody went home.
"""
SITE = "title: Verein Beispiel\nurl: https://verein.example.org\nlang: en\ntimezone: Europe/Berlin\n"


class Terminal(io.TextIOWrapper):
    """Where a command writes: it takes it for a terminal."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def written(self) -> str:
        return str(self.buffer.getvalue(), "utf-8")  # type: ignore[attr-defined]  # it is a BytesIO


class World:
    """A folder with a site and a config, a sandbox, and a clock that moves a second with each command.

    :param root: the folder in which the commands run
    """

    def __init__(self, root: Path, sandbox: Sandbox, clock: Clock) -> None:
        self.root, self.sandbox, self.clock, self.code = root, sandbox, clock, 0
        self._write("my-site/_config.yml", SITE)
        self._write("my-site/_posts/2026-11-20-rain.md", POST)
        self._picture("my-site/images/bed.jpg", 640, 400)
        self._configure("mastodon", "x", "bluesky")

    def meet(self, block: Block) -> list[tuple[Step, list[str]]]:
        """Do what a block says; for each command of it what it should say and what it says."""
        if block.kind == "console":
            return [self._ran_step(step) for step in steps(block.text)]
        if block.file:
            self._given(block)
        elif not block.kind and block.text.startswith("world: "):
            word, *words = shlex.split(block.text.removeprefix("world: "))
            getattr(self, f"_{word}")(*words)
        return []

    def run(self, command: str, *, colours: bool = False) -> list[str]:
        """What stands on the screen after a command."""
        self.clock.pass_by(seconds=1)
        if command == "echo $?":
            return [str(self.code)]
        if command.startswith("crosspost sandbox"):
            return self._first_lines(command)
        first, pipe, second = command.rpartition(" | ")
        words = shlex.split(second)
        if words[0] != "crosspost":
            return self._shell(command)
        given = "\n".join(self._shell(first)) + "\n" if pipe else ""
        terminal = Terminal()
        with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal), self._typed(given):
            try:
                cli.main([word.replace(PORT, self._here) for word in words[1:]])
            except SystemExit as done:
                self.code = int(done.code or 0)
        written = terminal.written.replace(self._here, PORT).replace(f"{self.root}/", "")
        return (coloured if colours else plain)(written)

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _ran_step(self, step: Step) -> tuple[Step, list[str]]:
        said = self.run(step.command)
        step.code = 0 if step.command == "echo $?" else self.code
        return step, said

    @property
    def _here(self) -> str:
        return self.sandbox.url.removeprefix("http://")

    @contextlib.contextmanager
    def _typed(self, text: str) -> Iterator[None]:
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8")
        with mock.patch.object(sys, "stdin", stdin):
            yield

    def _shell(self, command: str) -> list[str]:
        done = subprocess.run(["bash", "-c", command], cwd=self.root, capture_output=True, text=True, check=False)
        self.code = done.returncode
        return (done.stdout + done.stderr).splitlines()

    def _first_lines(self, command: str) -> list[str]:
        """What `crosspost sandbox` says before it waits; its stand-in here answers on another port."""
        words = [sys.executable, "-m", "crosspost", *shlex.split(command)[1:], "--port", "0"]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=self.root) as process:
            lines: list[str] = []
            assert process.stdout is not None
            while not (lines and lines[-1].startswith("Try it")):
                lines.append(process.stdout.readline().rstrip())
            process.terminate()
        self.code = 0
        return [re.sub(r"127\.0\.0\.1:\d+", PORT, line) for line in lines]

    def _given(self, block: Block) -> None:
        file = self.root / block.file
        if block.kind == "toml" and file.exists():
            block = Block(**{**vars(block), "text": merged(file.read_text("utf-8"), block.text)})
        self._write(block.file, block.text.replace(PORT, self._here))

    def _write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def _configure(self, *accounts: str) -> None:
        """A config for these accounts of the sandbox, and their tokens."""
        made = Place(self.root / ".made", self.sandbox, accounts, clock=self.clock)
        text = made.config.read_text("utf-8").replace("../site", "../my-site")
        self._write("config/crosspost.toml", f'{text}\n[state]\nledger = "state/ledger.sqlite3"\n')
        self._write("config/secrets.env", made.secrets.read_text("utf-8"))
        (self.root / "config/secrets.env").chmod(0o600)
        subprocess.run(["rm", "-r", str(self.root / ".made")], check=True)

    def _picture(self, name: str, width: int | str, height: int | str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize((int(width), int(height))).convert("RGB").save(file)

    def _post(self, name: str, title: str) -> None:
        self._write(f"my-site/_posts/{name}.md", f"---\ntitle: {title}\n---\n\nMore of it here.\n")

    def _ran(self, *words: str) -> None:
        self.run(shlex.join(words))

    def _accounts(self, *names: str) -> None:
        self._configure(*names)

    def _empty(self) -> None:
        for name in ("crosspost.toml", "secrets.env"):
            (self.root / "config" / name).unlink()
        (self.root / "config").rmdir()

    def _fault(self, network: str, kind: str) -> None:
        self.sandbox.fault(network, kind)


@contextlib.contextmanager
def world(root: Path) -> Iterator[World]:
    """A world in a folder, which becomes the current one."""
    clock, before = Clock(), Path.cwd()
    terminal = {"COLUMNS": str(COLUMNS), "LINES": "40", "TERM": "xterm", "XDG_STATE_HOME": str(root / ".marks")}
    with Sandbox(clock=clock) as sandbox, mock.patch.dict(os.environ, terminal):
        os.environ.pop("CI", None)
        os.chdir(root)
        try:
            with mock.patch("crosspost.cli.common.now", clock):
                yield World(root, sandbox, clock)
        finally:
            os.chdir(before)
