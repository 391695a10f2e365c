"""An idle run answered before click is imported says what the command itself would say, or leaves it the answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosspost.app.running import idle_stamp
from crosspost.cli import idle_answer, main
from crosspost.cli.program import cli
from crosspost.testing.harness import Place
from tests.cli.test_idle_stamp import Runs, rest
from tests.cli.test_idle_stamp import works as works  # noqa: PLC0414  # a fixture

ASKED = (
    ("run",),
    ("run", "--quiet", "--yes", "--verbose"),
    ("run", "--config", "a/b.toml"),
    ("run", "--config=a/b.toml", "--site", "."),
    ("run", "--config", "one", "--config=a=b", "--site="),
)
LEFT = (
    (),
    ("status",),
    ("--debug", "run"),
    ("run", "--dry-run"),
    ("run", "--json"),
    ("run", "--backfill"),
    ("run", "--help"),
    ("run", "--config"),
    ("run", "--config", "--quiet"),
    ("run", "--", "x"),
    ("run", "--quiet=1"),
    ("run", "extra"),
)


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_the_stamp_asked_for_is_the_one_the_command_asks_for(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path | None] = []
    monkeypatch.setattr(idle_stamp, "still", lambda stamp, _: bool(asked.append(stamp)) or True)
    assert idle_answer.answered(list(words))
    cli.main(list(words), standalone_mode=False)
    assert len(asked) == 2
    assert asked[0] == asked[1]


@pytest.mark.parametrize("words", LEFT, ids=" ".join)
def test_other_words_are_left_to_the_command(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_stamp, "still", lambda *_: True)
    assert not idle_answer.answered(list(words))


def test_the_process_answers_by_itself(
    place: Place, works: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rest(works)
    monkeypatch.setattr(idle_stamp, "still", lambda stamp, _: stamp is not None and stamp.exists())
    for more, said in (((), "Nothing is due.\n"), (("--quiet",), "")):
        monkeypatch.setattr(sys, "argv", ["crosspost", "run", "--config", str(place.config), *more])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code, capsys.readouterr().out) == (0, said)


def test_a_stop_in_the_middle_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(idle_stamp, "still", stopped)
    with pytest.raises(SystemExit) as ended:
        idle_answer.answered(["run"])
    assert (ended.value.code, capsys.readouterr().err) == (130, "stopped\n")


def test_a_folder_that_is_gone_is_told_by_the_command(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = "import os, sys; os.rmdir(os.getcwd()); from crosspost.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "run"], cwd=gone, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode
    assert "Traceback" not in done.stderr
