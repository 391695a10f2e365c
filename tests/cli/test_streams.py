"""Whatever the calling program handed over: closed streams, an old locale."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crosspost import cli
from crosspost.cli import streams


def test_closed_streams_are_opened_on_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert cli._poorly_started()
    streams.mend()
    with sys.stdin, sys.stdout, sys.stderr:
        sys.stdout.write("into nothing")
        assert [stream.fileno() > 2 for stream in (sys.stdin, sys.stdout, sys.stderr)] == [True] * 3
        assert sys.stdin.read() == ""


def test_an_output_without_a_character_shows_a_question_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="iso8859-1", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert cli._poorly_started()
    streams.mend()
    sys.stdout.write("ü🎉")
    assert out.buffer.getvalue() == b"\xfc?"


def test_a_file_keeps_its_name_whatever_the_locale(tmp_path: Path) -> None:
    old = {"PATH": os.environ["PATH"], "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    asked = (
        "import sys; from crosspost.cli import streams; streams.mend(); print(ascii(sys.argv[1]), sys.stdout.errors)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked, "ü"], env=old, cwd=tmp_path, capture_output=True, check=True, timeout=60
    )
    assert done.stdout.split() == [rb"'\xfc'", b"replace"]
