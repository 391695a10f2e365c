"""What titles, file names and servers say does nothing to the terminal."""

import io
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.cli.terminal import Harmless, harmless, quiet_logs, quiet_terminal
from crosspost.config.secrecy import Concealed, conceal
from crosspost.testing.harness import Place

EVIL = "\x1b[2J\x1b]52;c;ZWNobyBoaQ==\x07\x9b31m\r sent \x08\x7f\u202edlrow\u2066"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def active(text: str) -> list[str]:
    """What a terminal would obey."""
    return [c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or c in "\u202e\u2066"]


def test_control_characters_are_shown_as_what_they_are() -> None:
    assert harmless("a\x1b[2Jb\x7f\x9b\u202e\ud800") == "a␛[2Jb␡<U+009B><U+202E><U+D800>"
    for fine in ("Grüße\n\t–", "\u05e9\u05dc\u05d5\u05dd \u200f", "\U0001f469\u200d\U0001f469"):
        assert harmless(fine) == fine


@given(st.text())
def test_nothing_active_is_left(text: str) -> None:
    assert active(harmless(text)) == []
    harmless(text).encode("utf-8")


def test_our_own_colours_and_the_passing_line_stay_on_a_terminal() -> None:
    out = Terminal()
    for line in ("\r… x: a\x1b[K\r", "\r\x1b[K", "\x1b[32msent\x1b[0m\n", f"\x1b[1m{EVIL}\x1b[0m\n"):
        Harmless(out).write(line)
    said = out.getvalue()
    assert said.startswith("\r… x: a\x1b[K\r\r\x1b[K\x1b[32msent\x1b[0m\n\x1b[1m")
    assert "\x1b[2J" not in said
    assert "\x1b]" not in said
    assert said.count("\r") == 3


def test_a_log_and_a_printing_library_tell_no_secret(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosspost.config.secrecy._concealed", Concealed())
    conceal("kanarienvogel")
    caplog.set_level(logging.DEBUG, "urllib3")
    with quiet_terminal(), quiet_logs():
        sys.stdout.write("send: b'Authorization: Bearer kanarienvogel'")
        try:
            raise ValueError("https://api.example.org/botkanarienvogel/")
        except ValueError:
            logging.getLogger("urllib3.connectionpool").debug("GET %s", "/botkanarienvogel/x", exc_info=True)
    assert "kanarienvogel" not in capsys.readouterr().out + caplog.text
    assert "ValueError: https://api.example.org/bot***/" in caplog.text
    assert not isinstance(sys.stdout, Harmless)


@pytest.mark.parametrize("command", ["preview", "posts", "run", "status", "plan", "publish"])
def test_a_hostile_title_and_file_name(place: Place, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    file = place.new_post(
        "2026-11-21-\x1b[2J",
        f'---\ntitle: "{EVIL.encode("unicode_escape").decode()}"\ntags: ["{EVIL[0:0]}x"]\n---\n\n{EVIL}\n',
    )
    place.new_post("2026-11-21-kaputt", "---\ntitle: [\x1b[2J\n---\n")
    ran = place.crosspost(command, *([str(file)] if command in ("preview", "publish") else []))
    assert "Traceback" not in ran.err
    assert "mistake in crosspost" not in ran.err
    assert active(ran.out + ran.err) == []
