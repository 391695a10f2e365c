"""The posts that a branch changes, for the check of a pull request: what each would say, and which would be refused."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.carrying.git import Git
from crosspost.app.outcome import Wrong
from crosspost.app.preview import PostPreview, preview

if TYPE_CHECKING:
    from crosspost.app.application import App


def changed_posts(app: "App", environ: Mapping[str, str], base: str) -> list[Path]:
    """The site's posts that are new or other than on the server's branch ``base``, also those that are refused.

    :raises crosspost.app.carrying.git.Refused: when git does not know
    """
    git = Git(app.site, environ)
    (commit,) = git.fetch([base]).values()
    top = Path(git.text("rev-parse", "--show-toplevel")).resolve()
    words = ("diff", "--name-only", "-z", "--no-renames", "--diff-filter=AM", commit, "HEAD", "--")
    changed = {top / os.fsdecode(name) for name in git.data(*words).split(b"\0") if name}
    posts = (Path(entry.path) for entry in app.source().scan())
    return [post for post in posts if post.resolve() in changed]


def check(app: "App", files: list[Path]) -> tuple[list[PostPreview], list[Wrong]]:
    """What these posts would say on every account, and those that are no posts. Asks no network, sends nothing."""
    return preview(app, files, app.chosen(()), drawn=False) if files else ([], [])
