"""Nobody pays for what they do not use: which modules a command imports, counted instead of timed."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from crosspost.config import registry
from crosspost.testing.harness import Place

ROOT = Path(__file__).parents[1]
PROGRAM = """
import sys
from crosspost import cli
try:
    cli.main()
except SystemExit:
    pass
print("MODULES", *sorted({name.split(".")[0] for name in sys.modules}), len(sys.modules), file=sys.stderr)
"""
#: Python 3.13 has split some of its own modules
_SPLIT = 3 if sys.version_info >= (3, 13) else 0
HEAVY = {"requests", "urllib3", "sqlalchemy", "alembic", "PIL", "mastodon", "tweepy", "facebook", "liquid", "jinja2"}


def modules(*arguments: str) -> tuple[set[str], int]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    *names, number = done.stderr.splitlines()[-1].split()[1:]
    return set(names), int(number) - _SPLIT


#: needed by some commands only, and slow to import
SLOW = HEAVY | {"asyncio", "markdown_it", "smtplib", "email", "urllib", "msgspec", "yaml", "json", "logging", "shutil"}
#: how many modules a command may import, Python's own included; more are not forbidden, but should be meant
HELP, RUN_HELP, POSTS, PREVIEW, IDLE, UNCHANGED = 113, 160, 290, 447, 461, 85
#: a preview without a config speaks for every network; each brings about five modules of its own
EVERY_PREVIEW = 420 + 5 * len(registry.names())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_the_list_of_commands_imports_none_of_them(arguments: tuple[str, ...]) -> None:
    names, number = modules(*arguments)
    assert not names & SLOW
    assert number <= HELP


@pytest.mark.parametrize("arguments", [("publish", "--help"), ("run", "--help"), ("accounts", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    names, number = modules(*arguments)
    assert not names & HEAVY
    assert number <= RUN_HELP


def test_listing_posts_imports_neither_network_nor_ledger(place: Place) -> None:
    names, number = modules("posts", "--config", str(place.config))
    assert not names & (HEAVY - {"liquid"} | {"smtplib"})
    assert number <= POSTS


def test_preview_imports_no_network_library_and_no_ledger(place: Place) -> None:
    names, number = modules("preview", str(place.post), "--config", str(place.config))
    assert not names & {"sqlalchemy", "mastodon", "tweepy", "facebook", "requests", "smtplib", "asyncio", "jinja2"}
    assert number <= PREVIEW


def test_a_preview_of_text_draws_nothing(tmp_path: Path) -> None:
    """On every network, with a title card where one is needed, and with a mail."""
    post = tmp_path / "_posts" / "2026-11-20-gruesse.md"
    post.parent.mkdir()
    (tmp_path / "_config.yml").write_text("url: https://tal.example.org\ntitle: Das Tal\n", "utf-8")
    post.write_text("---\ntitle: Greetings from the valley\ndescription: Twelve people.\n---\n\nA long day.\n", "utf-8")
    names, number = modules("preview", str(post))
    assert not names & {"PIL", "sqlalchemy", "mastodon", "tweepy", "facebook", "requests", "smtplib"}
    assert number <= EVERY_PREVIEW


def test_who_is_to_be_told_nothing_costs_nothing(place: Place) -> None:
    configured = (
        '[notify]\napprise = true\nmail_to = "a@example.org"\nmail_from = "a@example.org"\nsmtp = "smtps://h"\n'
    )
    place.config.write_text(place.config.read_text("utf-8") + configured, "utf-8")
    place.name_the_ledger()
    place.crosspost("run")
    names, _ = modules("run", "--quiet", "--config", str(place.config))
    assert not names & {"apprise", "smtplib", "requests", "markdown_it"}


def test_a_run_with_nothing_due_imports_no_network_library(place: Place) -> None:
    place.name_the_ledger()
    place.crosspost("run")
    names, number = modules("run", "--quiet", "--config", str(place.config))
    assert not names & {
        "mastodon",
        "tweepy",
        "facebook",
        "PIL",
        "markdown_it",
        "liquid",
        "sqlalchemy",
        "alembic",
        "requests",
        "jinja2",
    }
    assert number <= IDLE


def test_a_run_that_finds_nothing_changed_imports_next_to_nothing(place: Place) -> None:
    place.name_the_ledger()
    modules("run", "--quiet", "--config", str(place.config))
    time.sleep(2.1)  # what was changed a moment ago may change again, and is read again
    modules("run", "--quiet", "--config", str(place.config))
    names, number = modules("run", "--quiet", "--config", str(place.config))
    assert not names & (SLOW - {"urllib"} | {"sqlite3", "tomllib", "click"})
    assert number <= UNCHANGED
