"""``crosspost check``: what a pull request would have said, for build services."""

import contextlib
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import open_app, places, write_file
from crosspost.cli.layout import complain
from crosspost.errors import ConfigError
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.preview import PostPreview

#: the branch a change is for, as GitHub, Forgejo and GitLab say it
_BASES = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
#: GitHub takes 1 MiB for the page of a run, and 65,536 UTF-16 units for a comment
_SUMMARY_BYTES, _COMMENT_UNITS = 1_000_000, 65_000
#: how much of a paragraph a comment shows, so that one long text does not push out all others
_LINE = 1_500


@click.command()
@click.option("--base", metavar="BRANCH", help="The branch the change is for  [the build service's word for it]")
@click.option(
    "--summary", type=click.Path(path_type=Path), metavar="FILE", help="Add the previews to FILE, as Markdown."
)
@click.option(
    "--comment",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the previews to FILE, as a comment's text.",
)
@places
def check(base: str | None, summary: Path | None, comment: Path | None, config: Path | None, site: Path | None) -> int:
    """Show what the posts of a pull request would say. Needs no token and sends nothing.

    Ends with 1 when one of them would be refused.
    """
    from crosspost.app import pull_request_check

    base = base or next((os.environ[name] for name in _BASES if os.environ.get(name)), None)
    if not base or not re.fullmatch(r"[\w][\w./+#-]*", base):
        what = f"{base} is not the name of a branch" if base else "there is no branch to compare with"
        raise ConfigError(f"{what}; say which branch the change is for: --base main")
    app = open_app(config, site, required=True)
    seen, wrong = pull_request_check.check(app, pull_request_check.changed_posts(app, os.environ, base))
    none = f"No post differs from the branch {base}."
    said = [*map(_shown, seen), *(f"Error: {one.error}\n" for one in wrong)]
    for text in said or [none]:
        click.echo(text)
    if summary is not None:
        _add(summary, said or [none])
    if comment is not None:
        write_file(comment, _comment(said[len(seen) :] + said[: len(seen)], none))  # mistakes first: they stop the rest
    for one in wrong:
        complain(one.error)
    return 1 if wrong or any(shown.error and not shown.skipped for one in seen for shown in one.accounts) else 0


def _shown(one: "PostPreview") -> str:
    """A post's preview as `crosspost preview` prints it."""
    from crosspost.cli.preview_text import write

    with contextlib.redirect_stdout(io.StringIO()) as out:
        write(*one, diff=False)
    return click.unstyle(out.getvalue())


def _add(summary: Path, texts: list[str]) -> None:
    """Add each text as it is: nothing in it is Markdown, whoever wrote it."""
    try:
        with summary.open("a", encoding="utf-8") as file:
            room = _SUMMARY_BYTES - file.tell()
            for place, text in enumerate(texts):
                fence = "`" * max(3, *(len(ticks) + 1 for ticks in re.findall("`+", text)), 3)
                block = f"{fence}text\n{text.rstrip()}\n{fence}\n\n"
                room -= len(block.encode())
                if room < 0:
                    file.write(f"{_more(len(texts) - place)}\n")
                    return
                file.write(block)
    except OSError as error:
        raise ConfigError(f"{summary} cannot be written: {error.strerror}") from None


def _comment(texts: list[str], none: str) -> str:
    """A comment's text: one block of code, for nothing that a stranger wrote is Markdown, and no name calls anybody.

    The first line says whose comment it is, so that it can be found and replaced, and whether there is anything to say.
    """
    lines = [f"{counted(len(texts), 'post')} would be new or changed:", ""] if texts else [none]
    room = _COMMENT_UNITS
    for place, text in enumerate(texts):
        block = [line if len(line) <= _LINE else f"{line[:_LINE]} …" for line in (*text.rstrip().splitlines(), "")]
        room -= _units(block)
        if room < 0:
            lines += [*_beginning(block, room + _units(block)), "…", "", _more(len(texts) - place)]
            break
        lines += block
    shown = "".join(f"    {line}".rstrip() + "\n" for line in lines).rstrip()
    return f"<!-- crosspost{'' if texts else ': nothing'} -->\n\n{shown}\n"


def _beginning(lines: list[str], room: int) -> list[str]:
    """As many lines as fit."""
    for place, line in enumerate(lines):
        room -= _units([line])
        if room < 0:
            return lines[:place]
    return lines


def _units(lines: list[str]) -> int:
    """How long lines are as a block of code in a comment."""
    return sum(len(line.encode("utf-16-le", "replace")) // 2 + 5 for line in lines)


def _more(left: int) -> str:
    return f"{counted(left, 'post')} not shown here, or not wholly: what the job has printed shows all."
