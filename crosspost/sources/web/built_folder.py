"""Where a site was built, which files are its pages, and which addresses they have."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crosspost.config.small_file import read_small
from crosspost.errors import SourceError
from crosspost.sources.jekyll_site import CNAME, Site, domain
from crosspost.sources.permalink import absolute_url
from crosspost.sources.web.web_page import WebPage
from crosspost.text.printable import printable
from crosspost.text.url_comparison import place

ENDINGS = (".html", ".htm")
#: stands for the host of a site whose address is not known (RFC 6761)
NO_SITE = "crosspost.invalid"
#: where generators build to, see their documentation
FOLDERS = ("_site", "public", "dist", "output", "build", "site", "docs/_site", "_book")
_MOST = 50_000


def find(root: Path, name: str = "") -> Path:
    """The folder that was built.

    :param name: the one that is meant, relative to ``root``; "" looks for one
    :raises SourceError: when there is none, or it holds no pages
    """
    if not root.is_dir():
        raise SourceError(f"{root}: there is no such folder")
    if name:
        if not (root / name).is_dir():
            raise SourceError(f"{root / name}: there is no such folder; build the site first, or correct `built`")
        return root / name
    found = next((folder for folder in (root, *(root / one for one in FOLDERS)) if _is_built(folder)), None)
    if found is None:
        raise SourceError(
            f"{root}: there is no built site in it (a folder _site, public, dist or output with an index.html); build "
            "the site first, or name the folder as `built` under [site]"
        )
    return found


def _is_built(folder: Path) -> bool:
    return (folder / "index.html").is_file() or (folder / "sitemap.xml").is_file()


def project_of(root: Path, folder: Path) -> Path | None:
    """The folder in which the Markdown files of a built site are; None when it is not known."""
    if root.resolve() != folder.resolve():
        return root
    return root.resolve().parent if root.resolve().name in FOLDERS else None


def pages(folder: Path) -> Iterator[str]:
    """The HTML files below a folder, relative to it with ``/``.

    :raises SourceError: when a folder cannot be read, or there are too many
    """

    def refuse(error: OSError) -> None:
        raise SourceError(f"{printable(str(error.filename))}: cannot be read: {error.strerror}") from None

    number = 0
    for above, below, names in os.walk(folder, onerror=refuse):
        below[:] = sorted(one for one in below if not one.startswith(".") and one != "node_modules")
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                number += 1
                if number > _MOST:
                    raise SourceError(f"{folder}: has more than {_MOST:,} pages, which is too many")
                yield printable(Path(above, name).relative_to(folder).as_posix())


def id_of(name: str) -> str:
    """The id of a page: its path without what every page has, so that it stays the same when title or date change.

    >>> id_of("blog/beet/index.html"), id_of("2024/beet.html")
    ('blog/beet', '2024/beet')
    """
    stem = name.rpartition(".")[0]
    return stem.removesuffix("/index") or stem


def address(folder: Path, front: WebPage) -> str:
    """The address of the site, as its home page or its CNAME file says; "" when neither does.

    :raises SourceError: when it was built for this machine only
    """
    named = front.canonical if NO_SITE not in front.canonical else ""
    if is_local(named):
        parts = urlsplit(named)
        raise SourceError(
            f"{folder}: was built for {parts.scheme}://{parts.netloc}, as a preview on this machine is; build it "
            "for the web, or set url under [site]"
        )
    return (
        named.removesuffix("index.html").rstrip("/")
        or domain(folder / CNAME)
        or _of_sitemap(folder)
        or next((found for feed in front.feeds if (found := _of_file(folder, feed))), "")
    )


def _of_file(folder: Path, url: str) -> str:
    """The site's address, derived from the address of one of its files: what precedes the file's path."""
    parts = urlsplit(url)
    if parts.hostname == NO_SITE or is_local(url):
        return ""
    names = [name for name in unquote(parts.path).split("/") if name not in ("", "..")]
    for number in range(len(names)):
        if folder.joinpath(*names[number:]).is_file():
            return "/".join((f"{parts.scheme}://{parts.netloc}", *names[:number]))
    return ""


def _of_sitemap(folder: Path) -> str:
    """The beginning that all addresses of a sitemap share; "" when there is none."""
    from crosspost.sources.web.sitemap import locations

    file = folder / "sitemap.xml"
    try:
        found = locations(read_small(file, 50_000_000)) if file.is_file() else []
    except OSError:
        return ""
    if not found or is_local(found[0]):
        return ""
    begin, parts = min(found, key=len), urlsplit(found[0])
    whole = all(one.startswith(begin) for one in found)
    return begin.rstrip("/") if whole and len(found) > 1 else f"{parts.scheme}://{parts.netloc}"


def page_address(name: str, site: Site) -> str:
    """The address of a file of the built folder; "" when that of the site is unknown."""
    path = name[: -len("index.html")] if name == "index.html" or name.endswith("/index.html") else name
    return absolute_url(site.url, site.baseurl, "/" + path.replace("%", "%25")) if site.url else ""


def chosen(own: str, canonical: str, site: Site) -> str:
    """The address to post: the canonical one where that is on the same site, else the file's own."""
    home = absolute_url(site.url, site.baseurl, "/") if site.url else ""
    if not canonical or not home or not canonical.startswith(home):
        return own
    return canonical.removesuffix("index.html") if canonical.endswith("/index.html") else canonical  # Hexo writes it


def elsewhere(own: str, canonical: str, site: Site, folder: Path) -> str:
    """Why a page is only a copy of another one, as its canonical address says; "" when it is the original itself.

    :param own: the address of its file
    """
    host = urlsplit(canonical).hostname
    if not host or host == NO_SITE or is_local(canonical) or place(canonical) == place(own):
        return ""
    if host != urlsplit(site.url).hostname:
        return f"its canonical address is on another site: {canonical}"
    path = unquote(urlsplit(canonical).path).lstrip("/")
    return f"it is a copy of {canonical}" if any((folder / path / one).is_file() for one in ("", "index.html")) else ""


def is_local(url: str) -> bool:
    """Whether an address is on this machine, as that of a preview is."""
    host = (urlsplit(url).hostname or "").lower()
    return host in ("localhost", "127.0.0.1", "0.0.0.0", "::1")  # noqa: S104 - compared, not bound
