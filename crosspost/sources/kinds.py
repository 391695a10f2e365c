"""Which kind of source a folder is, by what is found in it, and the site around a file."""

import os
from pathlib import Path
from typing import Literal

from crosspost.config.small_file import read_small
from crosspost.sources.jekyll_site import CONFIG
from crosspost.sources.jekyll_site import find_site as find_jekyll

Kind = Literal["jekyll", "hugo", "built", "feed"]

#: file → generator whose pages are read once they are built
_GENERATORS = {
    "eleventy.config.js": "Eleventy", "eleventy.config.mjs": "Eleventy", "eleventy.config.cjs": "Eleventy",
    ".eleventy.js": "Eleventy", "astro.config.mjs": "Astro", "astro.config.ts": "Astro", "astro.config.js": "Astro",
    "pelicanconf.py": "Pelican", "mkdocs.yml": "MkDocs", "_quarto.yml": "Quarto", "gatsby-config.js": "Gatsby",
    "next.config.js": "Next.js", "lume.config.ts": "Lume", "book.toml": "mdBook",
}  # fmt: skip


def generator(root: Path) -> str:
    """The generator that a folder is of, when it is neither Jekyll nor Hugo; "" for none that is known."""
    for name, known in _GENERATORS.items():
        if (root / name).is_file():
            return known
    if (root / CONFIG).is_file() and (root / "source" / "_posts").is_dir():
        return "Hexo"
    if _says(root / "conf.py", b"BLOG_TITLE"):
        return "Nikola"
    return "Zola" if _says(root / "config.toml", b"base_url") else ""


def known(root: Path) -> bool:
    """Whether something else than its posts tells that a folder is a site."""
    return kind_of(root) != "jekyll" or (root / CONFIG).is_file() or (root / "_posts").is_dir()


def kind_of(root: Path) -> Kind:
    """How a site's folder is read: Hugo's and Jekyll's sources as they are, anything else as it was built.

    A folder of which nothing is known is read as a plain folder of posts.
    """
    if generator(root):
        return "built"
    if (root / CONFIG).is_file() or (root / "_posts").is_dir():
        return "jekyll"
    if _is_hugo(root):
        return "hugo"
    from crosspost.sources.web.built_folder import FOLDERS  # most sites are known by now, and a listing starts at once

    built = (root, *(root / name for name in FOLDERS[:4]))
    return "built" if any((folder / "index.html").is_file() for folder in built) else "jekyll"


def find_site(path: Path) -> Path | None:
    """The site of a file or folder: the nearest folder upwards that is one; None when there is none."""
    start = Path(os.path.abspath(path))  # noqa: PTH100 - resolves no link
    jekyll = find_jekyll(path)
    for folder in (start, *start.parents):
        # only a configuration says for certain that it is Jekyll's: Hugo, too, has folders called posts
        if (folder / CONFIG).is_file() and jekyll is not None and not generator(folder):
            return jekyll
        if folder.is_dir() and (generator(folder) or _is_hugo(folder)):
            return Path(os.path.relpath(folder)) if not path.is_absolute() else folder
    return jekyll or (path if path.is_dir() and kind_of(path) == "built" else None)


def _is_hugo(folder: Path) -> bool:
    from crosspost.sources.hugo.config_file import find_config  # Jekyll's sites do without

    return find_config(folder) is not None


def _says(file: Path, word: bytes) -> bool:
    try:
        return file.is_file() and word in read_small(file)
    except OSError:
        return False
