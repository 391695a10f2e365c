"""Finds the pictures of a Hugo page: in its bundle, in ``static`` and in ``assets``."""

import os
from pathlib import Path
from typing import Any

import msgspec

from crosspost.sources.front_matter import FrontMatter
from crosspost.sources.hugo.globs import pattern
from crosspost.sources.hugo.hugo_front_matter import lowered
from crosspost.sources.jekyll_site import Site
from crosspost.sources.keys import written_as
from crosspost.sources.permalink import absolute_url
from crosspost.sources.site_files import SiteFiles

#: pictures of a bundle that are looked at
_MOST = 500
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
    found = _resources(front.data.get("resources"), folder)
    for words in (("feature",), ("cover", "thumbnail")):
        # by the names that the front matter gives, then by those of the files
        for file, called, alt in (*found, *((file, file, alt) for file, _, alt in sorted(found))):
            word = next((word for word in words if word in called.lower()), "") if "/" not in called else ""
            if word:
                own = written_as(front.data, f"{word}_alt")  # as Congo and Blowfish have it: featureAlt, coverAlt
                words_for = alt or (str(front.data[own] or "") if own else "")
                picture = {"src": file, "alt": words_for} if words_for else file
                return msgspec.structs.replace(front, data={**front.data, "images": [picture]})
    return front


def _resources(meta: Any, folder: Path) -> list[tuple[str, str, str]]:
    """The pictures of a bundle: path in it, name, alternative text, by their names.

    Source: https://gohugo.io/content-management/page-resources/#metadata, checked 2026-11-27.

    :param meta: ``resources`` of the front matter, which may give files other names
    """
    found = []
    rules = [
        {str(key).lower(): value for key, value in one.items()}
        for one in (meta if isinstance(meta, list) else [])
        if isinstance(one, dict) and isinstance(one.get("src"), str)
    ]
    counts: dict[str, int] = {}
    for path in sorted(_pictures(folder)):
        name, alt = path, ""
        for rule in (one for one in rules if pattern(one["src"].lower()).fullmatch(path.lower())):
            if name == path and rule.get("name"):
                counts[rule["src"]] = counts.get(rule["src"], 0) + 1
                name = str(rule["name"]).replace(":counter", str(counts[rule["src"]]))
            params = rule.get("params")
            own = lowered(params) if isinstance(params, dict) else {}
            alt = alt or next(
                (str(own[key]) for key in ("alt", "alt_text") if own.get(key)), str(rule.get("title") or "")
            )
        found.append((path, name, alt))
    return sorted(found, key=lambda one: one[1].lower())


def _pictures(folder: Path) -> list[str]:
    """The pictures of a bundle, as paths in it; those of another bundle within it are that one's."""
    found = []
    for above, below, names in os.walk(folder):
        below[:] = [one for one in below if not one.startswith(".")]
        inside = Path(above).relative_to(folder)
        found += [(inside / name).as_posix() for name in names if name.lower().endswith(_PICTURES)]
        if len(found) > _MOST:
            break
    return found
