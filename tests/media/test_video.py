"""What is read of videos: container, codecs, length, size; and that hostile files only ever get a sentence."""

import contextlib
import subprocess
from pathlib import Path
from shutil import which

import pytest

from crosspost.errors import MediaError
from crosspost.media.subtitles import as_srt
from crosspost.media.video import examine_video, read_captions
from crosspost.media.video_file import VideoFile, misfit
from crosspost.model import Video, VideoLimits
from crosspost.sandbox.core import films, subtitles

FILMS = Path(__file__).parent / "films"
ANY = VideoLimits(
    containers=("MP4", "MOV", "WebM", "GIF"), codecs=("H.264", "MPEG-4", "VP9", "GIF"), audio=("AAC", "Opus")
)
#: as ffmpeg says of the files, which it made
KNOWN = {
    "short.mp4": ("MP4", "H.264", "AAC", 2, 96, 64, 10),
    "silent.mp4": ("MP4", "H.264", "", 2, 64, 96, 10),  # turned by 90 degrees
    "reel.mp4": ("MP4", "H.264", "AAC", 4, 48, 64, 25),
    "old.mp4": ("MP4", "MPEG-4", "", 1, 96, 64, 10),
    "short.webm": ("WebM", "VP9", "Opus", 1, 96, 64, 10),
    "moving.gif": ("GIF", "GIF", "", 1, 48, 32, 5),
}


def seen(path: Path) -> VideoFile:
    return examine_video(Video(path=str(path)), ANY)


@pytest.mark.parametrize("name", KNOWN)
def test_what_a_file_contains(name: str) -> None:
    film = seen(FILMS / name)
    told = (film.container, film.codec, film.audio, round(film.seconds), film.width, film.height, round(film.rate))
    assert told == KNOWN[name]
    if name != "moving.gif":
        other = films.film((FILMS / name).read_bytes())
        assert other is not None, "the sandbox reads it, too"
        assert (other.container, round(other.seconds)) == (film.container, round(film.seconds))


@pytest.mark.parametrize("name", KNOWN)
def test_ffprobe_sees_the_same(name: str) -> None:
    if (program := which("ffprobe")) is None:
        pytest.skip("ffprobe is not installed")
    wanted = ["-select_streams", "v", "-show_entries", "stream=codec_name", "-of", "csv=p=0"]
    asked = [program, "-v", "error", *wanted, str(FILMS / name)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip(" ,\n")  # a fixed program
    names = {"h264": "H.264", "mpeg4": "MPEG-4", "vp9": "VP9", "gif": "GIF"}
    assert names[told] == seen(FILMS / name).codec


@pytest.mark.parametrize("name", KNOWN)
def test_a_cut_or_spoilt_file_gets_a_sentence_and_nothing_else(name: str, tmp_path: Path) -> None:
    data, file = (FILMS / name).read_bytes(), tmp_path / "film"
    spoilt = [data[:end] for end in range(0, len(data), 97)]
    spoilt += [data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] for at in range(0, min(len(data), 1500), 11)]
    for one in spoilt:
        file.write_bytes(one)
        with contextlib.suppress(MediaError):  # anything else would be a mistake
            seen(file)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (VideoLimits(containers=("MOV",)), "it is MP4, not MOV"),
        (VideoLimits(codecs=("VP9", "AV1")), "it is H.264, not VP9 or AV1"),
        (VideoLimits(audio=("Opus",)), "its sound is AAC, not Opus"),
        (VideoLimits(bytes=5000), "it has 0.0 MB, more than 0.0"),
        (VideoLimits(longest=1.5), "it lasts 2.0 seconds, more than 1.5"),
        (VideoLimits(shortest=3), "it lasts 2.0 seconds, less than 3"),
        (VideoLimits(max_width=90), "it is 96 pixels wide, more than 90"),
        (VideoLimits(max_height=60), "it is 64 pixels high, more than 60"),
        (VideoLimits(pixels=6000), "it has 96 × 64 pixels, which are too many"),
        (VideoLimits(max_ratio=1.4), "it is too wide for its height"),
        (VideoLimits(min_ratio=1.6), "it is too narrow for its height"),
        (VideoLimits(min_rate=12), "it has 10 frames a second, less than 12"),
        (VideoLimits(rate=9), "it has 10 frames a second, more than 9"),
        (VideoLimits(bytes=8685, longest=2.1, rate=10, max_width=96, pixels=6144, max_ratio=1.5, min_ratio=1.5), ""),
    ],
)
def test_each_limit_is_kept(limits: VideoLimits, said: str) -> None:
    assert misfit(seen(FILMS / "short.mp4"), limits) == said


def test_a_description_at_the_end_is_noticed(tmp_path: Path) -> None:
    data = (FILMS / "short.mp4").read_bytes()
    at, end = data.index(b"moov") - 4, data.index(b"mdat") - 4
    file = tmp_path / "end.mp4"
    file.write_bytes(data[:at] + data[end:] + data[at:end])
    assert (seen(FILMS / "short.mp4").fast_start, seen(file).fast_start) == (True, False)
    assert (
        misfit(seen(file), VideoLimits(fast_start=True)) == "its description stands at its end; export it for the web"
    )


def test_a_picture_is_no_video(tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "still.gif"
    Image.new("P", (40, 30)).save(file)
    with pytest.raises(MediaError, match="does not move"):
        seen(file)
    file.write_bytes(b"")
    with pytest.raises(MediaError, match="damaged or incomplete"):
        seen(file)


def test_captions_are_what_they_should_be(tmp_path: Path) -> None:
    file = tmp_path / "a.vtt"
    file.write_bytes(b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:01.000\nHallo\n")
    assert read_captions(str(file), VideoLimits(captions=100)).endswith(b"Hallo\n")
    with pytest.raises(MediaError, match="more than 20 bytes"):
        read_captions(str(file), VideoLimits(captions=20))


CUES = """WEBVTT - Rede
Kind: captions

STYLE
::cue { color: red }

NOTE not shown
--

intro
00:01.000 --> 00:02.500 line:0 position:20%
<v.loud Ann Müller>Guten Tag &amp; <b>willkommen</b></v>
<c.yellow>zum Fest</c> <00:02.000>heute

01:00:00.000 --> 01:00:01.000


100:00:02.000 --> 100:00:03.000
Ende
"""
SRT = """1
00:00:01,000 --> 00:00:02,500
Ann Müller: Guten Tag & <b>willkommen</b>
zum Fest heute

2
100:00:02,000 --> 100:00:03,000
Ende
"""


def test_captions_become_srt() -> None:
    assert as_srt(CUES.encode()).decode() == SRT
    assert as_srt(CUES.replace("\n", "\r\n").encode("utf-8-sig")).decode() == SRT
    assert subtitles.is_srt(as_srt(CUES.replace("100:", "10:").encode())), "the sandbox reads it"


@pytest.mark.parametrize(
    ("cue", "said"),
    [
        ("00:01 --> 00:02\nA", "line 3: a cue begins with two times"),
        ("name\n00:01.000 -> 00:02.000\nA", "line 3: a cue begins with two times"),
        ("name\n00:01 --> 00:02\nA", "line 4: a cue begins with two times"),
        ("00:02.000 --> 00:01.000\nA", "line 3: the cue ends before it begins"),
        ("00:01.000 --> 00:02.000\n", "the captions contain no words"),
    ],
)
def test_what_is_wrong_with_captions_is_told_with_its_line(cue: str, said: str) -> None:
    with pytest.raises(MediaError, match=said):
        as_srt(f"WEBVTT\n\n{cue}\n".encode())
