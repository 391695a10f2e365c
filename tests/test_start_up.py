"""Nobody pays for what they do not use: which modules a command imports, counted instead of timed."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosspost.testing.harness import Place

ROOT = Path(__file__).parents[1]
PROGRAM = """
import sys
from crosspost import cli
try:
    cli.main(sys.argv[1:])
except SystemExit:
    pass
print("MODULES", *sorted({name.split(".")[0] for name in sys.modules}), len(sys.modules), file=sys.stderr)
"""
HEAVY = {"requests", "urllib3", "sqlalchemy", "alembic", "PIL", "mastodon", "tweepy", "facebook", "liquid", "jinja2"}


def modules(*arguments: str) -> tuple[set[str], int]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    *names, number = done.stderr.splitlines()[-1].split()[1:]
    return set(names), int(number)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("publish", "--help"), ("run", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    names, number = modules(*arguments)
    assert not names & HEAVY
    assert number < 260


def test_listing_posts_imports_neither_network_nor_ledger(place: Place) -> None:
    names, _ = modules("posts", "--config", str(place.config))
    assert not names & (HEAVY - {"liquid"})


def test_preview_imports_no_network_library_and_no_ledger(place: Place) -> None:
    names, _ = modules("preview", str(place.post), "--config", str(place.config))
    assert not names & {"sqlalchemy", "mastodon", "tweepy", "facebook"}


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
    names, _ = modules("run", "--quiet", "--config", str(place.config))
    assert not names & {"mastodon", "tweepy", "facebook", "PIL", "markdown_it", "liquid", "alembic"}
