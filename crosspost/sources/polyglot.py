"""Sites in several languages by jekyll-polyglot: a post that is not in the default language is below ``/LANG/``.

The plug-in builds the site once for each language, into a folder of that name for every language but the default one;
of files with one address it takes into each build the one in its language.
Source: https://github.com/untra/polyglot, ``lib/jekyll/polyglot/patches/jekyll/site.rb`` (read 2026-11-25)
"""

import re
from typing import Any

import msgspec

_PLUGIN = "jekyll-polyglot"


class Polyglot(msgspec.Struct, frozen=True):
    """The plug-in's settings."""

    languages: tuple[str, ...]
    default: str = "en"
    from_path: bool = False

    def prefix(self, lang: Any, path: str) -> str:
        """What stands before a post's address: ``/de``, or "" in the default language.

        :param lang: ``lang`` of the front matter
        :param path: the post's file below the site
        """
        said = lang or (self._of_path(path) if self.from_path else "") or self.default
        # in a language the site is not built in, a post is shown as if it were in the default one
        return f"/{said}" if said in self.languages and said != self.default else ""

    def _of_path(self, path: str) -> str:
        return next((part for part in re.split(r"[./]", path) if part in self.languages), "")


def polyglot(config: dict[str, Any]) -> Polyglot | None:
    """The plug-in's settings in ``_config.yml``; None when the site does not use it.

    The plug-in may be named in the site's Gemfile alone; then its two settings together tell.
    """
    languages = config.get("languages")
    if not isinstance(languages, list) or not all(isinstance(one, str) for one in languages):
        return None
    plugins = [config.get(key) for key in ("plugins", "gems")]
    named = any(_PLUGIN in one for one in plugins if isinstance(one, list))
    default = config.get("default_lang", "en")
    if not isinstance(default, str) or not (named or ("default_lang" in config and _alone(plugins))):
        return None
    return Polyglot(tuple(languages), default, config.get("lang_from_path") is True)


def _alone(plugins: list[Any]) -> bool:
    """Whether no other plug-in for languages is named."""
    return not any("multiple-languages" in str(name) for one in plugins if isinstance(one, list) for name in one)
