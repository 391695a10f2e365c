"""The posts that a branch changes, for the check of a pull request: what each would say, and which would be refused."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.ledger_branches.git import Git
from crosspost.app.outcome import Wrong
from crosspost.app.preview import PostPreview, preview
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.model import Entry


def changed_posts(app: "App", environ: Mapping[str, str], base: str) -> list["Entry"]:
    """The site's posts that are new or other than on the server's branch ``base``, also those that are refused.

    :raises crosspost.app.ledger_branches.git.Refused: when git does not know
    """
    git = Git(app.site, environ)
    (commit,) = git.fetch([base]).values()
    top = Path(git.text("rev-parse", "--show-toplevel")).resolve()
    words = ("diff", "--name-only", "-z", "--no-renames", "--diff-filter=AMT", commit, "HEAD", "--")
    named = (os.fsdecode(name) for name in git.data(*words).split(b"\0") if name)
    changed = {top / printable(name) for name in named}
    return [entry for entry in app.source().scan() if changed & _names(Path(entry.path))]


def _names(post: Path) -> set[Path]:
    """Where a post is, and what it leads to when it is a link: either may be what a change touches."""
    return {post.parent.resolve() / post.name, post.resolve()}


def check(app: "App", posts: list["Entry"]) -> tuple[list[PostPreview], list[Wrong]]:
    """What these posts would say on every account, and those that are not posts. Asks no network, sends nothing."""
    # a name that cannot be shown is not that of the file: what is wrong with it is known already
    files = {Path(entry.path): entry for entry in posts}
    wrong = [Wrong(entry.path, entry.reason) for file, entry in files.items() if not os.path.lexists(file)]
    there = [file for file in files if os.path.lexists(file)]
    seen, more = preview(app, there, app.chosen(()), drawn=False) if there else ([], [])
    return seen, wrong + more
