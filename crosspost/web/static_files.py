"""The files that pages need: style, scripts, and how each network looks. They come with crosspost."""

from functools import cache
from pathlib import Path

from crosspost.app.pages.post_card import templates
from crosspost.config import registry
from crosspost.errors import ConfigError

_FOLDER = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def content(name: str) -> tuple[str, bytes]:
    """Media type and bytes of a file.

    :raises KeyError: for a name that is not one of ours
    """
    if name == "networks.css":
        return "text/css; charset=utf-8", _networks().encode()
    if name not in _names():
        raise KeyError(name)
    file = _FOLDER / name
    return f"{_KINDS[file.suffix]}; charset=utf-8", file.read_bytes()


@cache
def _names() -> frozenset[str]:
    return frozenset(file.name for file in _FOLDER.iterdir() if file.suffix in _KINDS)


def _networks() -> str:
    """The style of post cards, as the preview has it."""
    looks = {}
    for name in registry.names():
        try:
            looks[name] = registry.load(name).look
        except ConfigError:  # a network whose library is not installed here
            continue
    made = templates()
    return made.get_template("post_card.css").render() + made.get_template("look.css").render(looks=looks)
