"""``crosspost help``: the manual in a terminal of 80 columns, with and without colours."""

import builtins
import contextlib
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crosspost import cli
from crosspost.app import manual
from crosspost.cli.manual_text import plain, prepared, rendered
from crosspost.testing.harness import Ran
from tests.manual.screen import COLOUR

WIDTH = 80
PAGES = manual.topics()


def asked(*words: str) -> Ran:
    """Ask as from a pipe."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main(["help", *words])
        except SystemExit as done:
            code = int(done.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def longest(text: str) -> str:
    """The longest line that is no code, whose lines are never broken."""
    return max((line for line in text.splitlines() if not line.startswith("    ")), key=len)


def at_a_terminal(*words: str, lines: int) -> tuple[str, int]:
    """What a command writes when both its ends are a terminal; a pager is ``sed``, which marks what it was given."""
    main, other = pty.openpty()
    environ = {**os.environ, "COLUMNS": "80", "LINES": str(lines), "TERM": "xterm", "PAGER": "sed s/^/PAGED:/"}
    with subprocess.Popen(
        [sys.executable, "-m", "crosspost", *words], stdin=other, stdout=other, stderr=other, env=environ
    ) as process:
        os.close(other)
        written = b""
        try:
            while piece := os.read(main, 65536):
                written += piece
        except OSError:  # the other end is closed
            pass
        code = process.wait(60)
    os.close(main)
    return written.decode().replace("\r\n", "\n"), code


def test_without_a_topic_it_lists_them_by_group() -> None:
    ran = asked()
    assert ran.code == 0
    assert all(re.search(rf"^  {name} +\S", ran.out, re.MULTILINE) for name in PAGES)
    assert "\nBegin:\n  tutorial" in ran.out
    assert len(longest(ran.out)) <= WIDTH


@pytest.mark.parametrize("topic", PAGES)
def test_every_page_can_be_read_at_80_columns(topic: str) -> None:
    ran = asked(topic)
    title = PAGES[topic].file.read_text("utf-8").splitlines()[0].removeprefix("# ")
    assert (ran.code, ran.out.splitlines()[0]) == (0, title)
    text = [line for line in ran.out.splitlines() if "http" not in line]
    assert len(longest("\n".join(text))) <= WIDTH
    assert "](" not in re.sub(r"`[^`\n]*`", "", ran.out), "a link is left as Markdown"
    assert "<!--" not in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("topic", PAGES)
def test_every_page_can_be_read_in_colours(topic: str) -> None:
    page = PAGES[topic].file.read_text("utf-8")
    shown = rendered(page, WIDTH, rich=True)
    assert "\x1b[1" in shown
    assert max(len(COLOUR.sub("", line)) for line in shown.splitlines()) <= WIDTH
    words = re.findall(r"\w{4,}", COLOUR.sub("", shown))
    assert set(re.findall(r"\w{4,}", page.splitlines()[0])) <= set(words)


def test_without_rich_a_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    bring = builtins.__import__

    def without(name: str, *given: Any, **named: Any) -> Any:
        if name.startswith("rich"):
            raise ImportError(name)
        return bring(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert rendered("# A title\n\nSome *words*.\n", WIDTH, rich=True) == "A title\n=======\n\nSome words.\n"


def test_a_command_has_its_help_and_the_pages_about_it() -> None:
    ran = asked("retry")
    assert ran.code == 0
    assert ran.out.startswith("Usage: ")
    assert "retry [OPTIONS] [DELIVERY]..." in ran.out
    assert "`crosspost help doubt`" in ran.out
    assert "ledger adopt [OPTIONS]" in asked("ledger", "adopt").out


def test_a_page_and_a_command_of_one_name_are_both_shown() -> None:
    ran = asked("ledger")
    assert ran.out.startswith("The ledger: backups, moving, copies\n")
    assert "Usage: " in ran.out.partition("Another account, another name")[2]


@pytest.mark.parametrize(
    ("typed", "meant"), [("thredas", "threads"), ("Pictres", "pictures"), ("setle", "settle"), ("mastadon", "mastodon")]
)
def test_a_misspelt_topic_gets_a_suggestion(typed: str, meant: str) -> None:
    ran = asked(typed)
    assert ran.code == 2
    assert f"did you mean `crosspost help {meant}`?" in ran.err


def test_an_unknown_topic_says_where_the_list_is() -> None:
    ran = asked("\x1b[2Jqqqqqq")
    assert ran.code == 2
    assert "`crosspost help` lists them" in ran.err
    assert "\x1b" not in ran.err


def test_capitals_do_not_matter() -> None:
    assert asked("LinkedIn").out.startswith("LinkedIn\n")


def test_a_long_page_is_paged_at_a_terminal_and_a_short_one_is_not() -> None:
    shown, code = at_a_terminal("help", "doubt", lines=20)
    assert code == 0
    assert shown.count("PAGED:") > 20
    shown, _ = at_a_terminal("help", "doubt", lines=500)
    assert "PAGED:" not in shown
    assert "\x1b[1m" in shown


# ── Markdown as plain text ────────────────────────────────────────────────────────────────────────────────────────


def test_headings_lists_tables_and_code() -> None:
    text = "# One\n\n## Two\n\nSome **words** of `code`.\n\n- a\n- b\n  c\n\n1. x\n\n   ```sh\n   y\n   ```\n"
    text += "\n| h | i |\n| --- | --- |\n| 1 | 2 |\n"
    assert plain(text, 40) == [
        *("One", "===", "", "Two", "---", "", "Some words of `code`.", "", "- a", "- b c", ""),
        *("1. x", "       y", "", "h  i", "-  -", "1  2"),
    ]


def test_links_become_words_commands_and_addresses() -> None:
    page = "See [doubt](doubt.md#x), [the list](cli.md), [crontab](../../config/crontab), [TOML](https://toml.io/en).\n"
    assert prepared(page, 80) == ("See `crosspost help doubt`, the list, crontab, TOML (https://toml.io/en).\n")
    assert prepared("```sh x.sh\n[a](b.md)\n```\n", 80) == "```sh\n[a](b.md)\n```\n"


def test_a_table_that_is_too_wide_becomes_a_list() -> None:
    table = "| network | text | pictures | link |\n| --- | --- | --- | --- |\n| X | 280 | 4 | by the network |\n"
    assert prepared(table, 80) == table
    assert prepared(table, 30) == "- **X**: text 280; pictures 4; link by the network\n"


def test_a_table_of_few_columns_is_broken_within_its_cells() -> None:
    lines = plain("| a | b |\n| --- | --- |\n| x | one two three four |\n", 14)
    assert lines == ["a  b", "-  -----------", "x  one two", "   three four"]


def test_the_words_of_a_page_are_read_from_the_package() -> None:
    assert Path(manual.__file__).parents[1] / "manual" == manual.FOLDER
    assert manual.network_page("x") == "`crosspost help x`"
    assert manual.network_page("no-such-network") == ""
