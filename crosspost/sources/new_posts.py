"""Where a short post is written in a site, and what hides its file until it is complete."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class NewPosts(NamedTuple):
    """What a site's generator wants of a new post.

    ``folder`` is where its file goes, ``hidden`` the front matter key and value with which it is not a post yet.
    ``pictures`` is where its picture goes, and ``address`` of that folder below the site's address; where the post has
    no page there, ``below_the_site`` is false. ``dated``: the file's name begins with the day.
    """

    folder: Path
    hidden: tuple[str, bool]
    pictures: Path
    address: str
    dated: bool = True
    below_the_site: bool = True

    def file(self, today: datetime, name: str) -> Path:
        """The file of a post with this name."""
        return self.folder / (f"{today:%Y-%m-%d}-{name}.md" if self.dated else f"{name}.md")
