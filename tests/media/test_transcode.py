"""A video that a network would refuse is made fit once, by the real ffmpeg, and looked at again."""

import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import msgspec
import pytest

from crosspost.errors import MediaError
from crosspost.media import transcode
from crosspost.media.video import examine_video, read_any
from crosspost.model import Video, VideoLimits
from crosspost.sandbox.core import films

FILMS = Path(__file__).parent / "films"
LIMITS = VideoLimits(max_width=64, max_height=64, rate=60, min_rate=23, fast_start=True)

needs_ffmpeg = pytest.mark.skipif(which("ffmpeg") is None, reason="ffmpeg is not installed")


@needs_ffmpeg
@pytest.mark.parametrize("name", ["old.mp4", "short.webm", "moving.gif", "silent.mp4"])
def test_what_comes_out_is_taken(name: str, tmp_path: Path) -> None:
    video = Video(path=str(FILMS / name), convert=True)
    before = read_any(video)
    assert transcode.can_fit(before, LIMITS)
    made = transcode.converted(video, LIMITS, tmp_path / "videos")
    film = examine_video(made, LIMITS)
    assert (film.container, film.codec, film.audio) == ("MP4", "H.264", "AAC" if before.audio else "")
    assert film.width / film.height == pytest.approx(before.width / before.height, rel=0.05)
    assert film.seconds == pytest.approx(before.seconds, abs=0.3)
    assert films.film(Path(made.path).read_bytes()) is not None, "the sandbox takes it, too"
    assert [one.name for one in (tmp_path / "videos").iterdir()] == [Path(made.path).name]


@needs_ffmpeg
def test_each_is_converted_once_by_what_it_contains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Any] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: runs.append(a) or run(*a, **k))
    first = transcode.converted(Video(path=str(FILMS / "old.mp4")), LIMITS, tmp_path)
    copy = tmp_path / "renamed.mp4"
    copy.write_bytes((FILMS / "old.mp4").read_bytes())
    assert transcode.converted(Video(path=str(copy)), LIMITS, tmp_path).path == first.path
    assert len(runs) == 1
    wider = msgspec.structs.replace(LIMITS, max_width=96, max_height=96)
    assert transcode.converted(Video(path=str(copy)), wider, tmp_path).path != first.path
    assert len(runs) == 2


@needs_ffmpeg
def test_a_smaller_size_is_met(tmp_path: Path) -> None:
    tight = VideoLimits(bytes=60_000, fast_start=True)
    made = transcode.converted(Video(path=str(FILMS / "short.webm")), tight, tmp_path)
    assert 0 < Path(made.path).stat().st_size <= 60_000


@pytest.mark.parametrize(
    ("limits", "possible"),
    [
        (VideoLimits(), True),
        (VideoLimits(longest=0.5), False),
        (VideoLimits(shortest=3), False),
        (VideoLimits(min_ratio=3), False),
        (VideoLimits(bytes=20_000), False),
        (VideoLimits(containers=("WebM",), codecs=("VP9",)), False),
    ],
)
def test_length_and_shape_stay_as_they_are(limits: VideoLimits, possible: bool) -> None:
    assert transcode.can_fit(read_any(Video(path=str(FILMS / "old.mp4"))), limits) is possible


def test_what_ffmpeg_says_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho first >&2\necho 'no such encoder' >&2\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(transcode, "program", lambda: str(broken))
    with pytest.raises(MediaError, match=r"old\.mp4 cannot be converted: ffmpeg says: no such encoder"):
        transcode.converted(Video(path=str(FILMS / "old.mp4")), LIMITS, tmp_path / "videos")
    assert list((tmp_path / "videos").iterdir()) == []
    monkeypatch.setattr(transcode, "program", lambda: None)
    with pytest.raises(MediaError, match="ffmpeg is not installed"):
        transcode.converted(Video(path=str(FILMS / "old.mp4")), LIMITS, tmp_path / "videos")
