"""Where a short post goes in a Hugo site."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from crosspost.errors import SourceError
from crosspost.sources.hugo.content_files import ContentFile
from crosspost.sources.hugo.hugo_config import HugoConfig
from crosspost.sources.hugo.mounts import content_mounts, static_folders
from crosspost.sources.new_posts import NewPosts


def place(root: Path, config: HugoConfig, posts: str, files: Callable[[], Iterable[ContentFile]]) -> NewPosts:
    """A file in the section of the posts, hidden as a draft, and pictures among the static files.

    :param posts: the section or folder that the settings name; "" for none
    :param files: gives every page of the site
    :raises SourceError: when other folders are mounted, so that it is not known where a page would appear
    """
    content, statics = config.main.content, static_folders(config)
    if not statics or all(mount.source != content or mount.target for mount in content_mounts(config)):
        raise SourceError(
            f"{root}: no short post can be written here, because its configuration mounts other folders as content or "
            "static; write this one as a page of your site"
        )
    folder = posts.removeprefix(f"{content}/") or _section(config, files)
    pictures = root / statics[0] / "crosspost"
    return NewPosts(root / content / folder, ("draft", True), pictures, "/crosspost", dated=False)


def _section(config: HugoConfig, files: Callable[[], Iterable[ContentFile]]) -> str:
    """The section that Hugo, too, takes for that of the posts: the one that is named, else the fullest."""
    if config.sections:
        return config.sections[0]
    pages = Counter(
        file.folders[0] for file in files() if file.folders and not file.section and file.language == config.main
    )
    return pages.most_common(1)[0][0] if pages else "posts"
