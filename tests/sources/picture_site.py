"""A site with three pictures, and the posts that show them."""

from pathlib import Path

from crosspost.model import Post
from crosspost.sources.keys import Keys
from tests.sources.jekyll_site import Site, picture


def with_pictures(folder: Path) -> Site:
    made = Site(folder)
    for name in ("a.jpg", "i/b.jpg", "images/c.jpg"):
        made.put(name, picture())
    return made


def load(site: Site, front: str, body: str = "Ein Satz.", keys: Keys = Keys()) -> Post:  # noqa: B008  # frozen
    source = site.source(keys=keys)
    return source.load(source.entry(site.post(front, body)))


def found(post: Post, site: Site) -> str:
    assert post.thumbnail is not None, post.warnings
    return Path(post.thumbnail.path).relative_to(site.root).as_posix()
