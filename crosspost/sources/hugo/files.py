"""Finds the pictures of a Hugo page: in its bundle, in ``static`` and in ``assets``."""

from pathlib import Path
from typing import Any

import msgspec

from crosspost.sources.files import SiteFiles
from crosspost.sources.frontmatter import FrontMatter
from crosspost.sources.permalink import absolute_url
from crosspost.sources.site import Site

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


class HugoFiles(SiteFiles):
    """Pictures of one page.

    :param statics: the folders whose content lies at the root of the site; ``assets`` those templates take files from
    :param bundle: whether the folder of the page's file is its bundle, whose files are beside the page
    :param url: the page's address
    """

    def __init__(  # one per part; keywords only
        self, root: Path, folder: Path, site: Site, *, data: dict[str, Any], page: str, url: str, bundle: bool,
        statics: tuple[str, ...], assets: tuple[str, ...],
    ) -> None:  # fmt: skip
        super().__init__(root, folder, site, data=data, page=page)
        self._statics, self._assets, self._bundle, self._url = statics, assets, bundle, url

    def _starts(self, path: str, guesses: Any) -> list[str]:
        root = self.root.as_posix()
        public = [f"{root}/{name.strip('/')}" for name in self._statics]
        beside = [] if path.startswith("/") else [self._folder.as_posix()]
        taken = [f"{root}/{name.strip('/')}" for name in self._assets]
        return [*beside, *public, *taken, *(f"{start}/{guess}" for start in public for guess in guesses)]

    def _address(self, path: str) -> str:
        """The public address; one in ``assets`` has it only when a template publishes it, so it has none here."""
        for name in self._statics:
            if path.startswith(name.strip("/") + "/"):
                return super()._address(path.removeprefix(name.strip("/")))
        inside = self._folder.relative_to(self.root).as_posix() if self._folder.is_relative_to(self.root) else ""
        if self._bundle and inside and path.startswith(inside + "/"):
            return absolute_url(self._url.rstrip("/"), "", path.removeprefix(inside).replace("%", "%25"))
        if path.startswith((*(f"{name.strip('/')}/" for name in self._assets), "content/")):
            return ""
        return super()._address(path)


def with_bundle_picture(front: FrontMatter, folder: Path) -> FrontMatter:
    """The picture that Hugo's own template takes from a bundle whose front matter names none.

    Source: https://gohugo.io/templates/embedded/#open-graph, checked 2026-11-26.

    :param folder: the bundle
    """
    if "images" in front.data:
        return front
    names = sorted(one.name for one in folder.iterdir() if one.suffix.lower() in _PICTURES)
    for word in ("feature", "cover", "thumbnail"):
        if found := next((name for name in names if word in name.lower()), ""):
            return msgspec.structs.replace(front, data={**front.data, "images": [found]})
    return front
