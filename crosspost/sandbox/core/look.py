"""How the sandbox's pages show a network."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """``mark`` is the network's colour as ``#rrggbb``, "" for grey; the others are which links the network finds.

    :raises ValueError: when ``mark`` is anything else
    """

    mark: str = ""
    bare_links: bool = False
    """Also links without ``http://`` or ``https://``."""
    links_in_any_script: bool = False
    """Path and query of a link may have letters of every script."""

    def __post_init__(self) -> None:
        if self.mark and not re.fullmatch("#[0-9a-f]{6}", self.mark):
            raise ValueError(f"{self.mark!r} is not a colour: write it as #rrggbb")
