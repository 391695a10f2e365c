"""``crosspost check``: what a pull request would have said, for build services."""

import contextlib
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli.common import open_app, places
from crosspost.cli.layout import complain
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.preview import PostPreview

#: the branch a change is for, as GitHub, Forgejo and GitLab say it
_BASES = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")


@click.command()
@click.option("--base", metavar="BRANCH", help="The branch the change is for  [the build service's word for it]")
@click.option(
    "--summary", type=click.Path(path_type=Path), metavar="FILE", help="Add the previews to FILE, as Markdown."
)
@places
def check(base: str | None, summary: Path | None, config: Path | None, site: Path | None) -> int:
    """Show what each post that a pull request adds or changes would say. Needs no token and sends nothing.

    Ends with 1 when one of them would be refused.
    """
    from crosspost.app import checking

    base = base or next((os.environ[name] for name in _BASES if os.environ.get(name)), None)
    if not base or not re.fullmatch(r"[\w][\w./+#-]*", base):
        raise ConfigError(
            f"{base or 'no branch'} cannot be compared with; say which branch the change is for: --base main"
        )
    app = open_app(config, site, required=True)
    seen, wrong = checking.check(app, checking.changed_posts(app, os.environ, base))
    said = [*map(_shown, seen), *(f"Error: {one.error}\n" for one in wrong)]
    for text in said:
        click.echo(text)
    if not said:
        click.echo(f"No post differs from the branch {base}.")
    if summary is not None:
        _add(summary, said or [f"No post differs from the branch {base}."])
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
            for text in texts:
                fence = "`" * max(3, *(len(ticks) + 1 for ticks in re.findall("`+", text)), 3)
                file.write(f"{fence}text\n{text.rstrip()}\n{fence}\n\n")
    except OSError as error:
        raise ConfigError(f"{summary} cannot be written: {error.strerror}") from None
