"""What `crosspost doctor` finds out about a site in whose folder another site is: both may list the same posts."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, warn
from crosspost.app.sites.site_folder import site_folder
from crosspost.config.sites import MAIN
from crosspost.text.numbers import counted, listed

if TYPE_CHECKING:
    from crosspost.app.application import App
    from crosspost.model import Entry


def findings(app: "App", entries: Sequence["Entry"]) -> Iterator[Finding]:
    """Posts that a site of the same account has, too, because its folder is inside of this one's.

    :param entries: the posts of the site that are ready
    """
    said = app.settings
    if said is None or not said.shared or said.site.feed or said.site.git:
        return
    mine = said.name or MAIN
    accounts = {name: said.shared.get(name, ()) for name in app.accounts()}
    others = {site for sites in accounts.values() for site in sites if site != mine}
    here = Path(os.path.realpath(app.site))
    for other in (name for name in said.site_names if name in others):
        theirs = said.of_site(other)
        folder = Path(os.path.realpath(site_folder(theirs)))
        if theirs.site.feed or theirs.site.git or folder == here or not folder.is_relative_to(here):
            continue
        if number := sum(Path(os.path.realpath(entry.path)).is_relative_to(folder) for entry in entries):
            common = listed([name for name, sites in accounts.items() if other in sites])
            yield warn(
                "posts",
                f"{counted(number, 'post is', 'posts are')} in the folder of the site {other} as well, so both sites "
                f"may say them on {common}",
                "name the folder of this site's own posts as `posts`, or give one of the two other `accounts`",
            )
