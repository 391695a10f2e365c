"""Sites in several languages with jekyll-polyglot: posts not in the default language are below ``/LANG/``.

The plug-in builds the site once per language, into a folder named after the language except for the default one; of
files with the same address each build uses the one in its language.
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
        """The prefix of a post's address: ``/de``, or "" in the default language.

        :param lang: ``lang`` in the front matter
        :param path: the post's file relative to the site
        """
        language = lang or (self._of_path(path) if self.from_path else "") or self.default
        # a post in a language the site is not built for is shown in the default language's build
        return f"/{language}" if language in self.languages and language != self.default else ""

    def _of_path(self, path: str) -> str:
        return next((part for part in re.split(r"[./]", path) if part in self.languages), "")


def polyglot(config: dict[str, Any]) -> Polyglot | None:
    """The plug-in's settings in ``_config.yml``; None when the site does not use it.

    The plug-in may be named only in the Gemfile; then having both of its settings means that it is used.
    """
    languages = config.get("languages")
    if not isinstance(languages, list) or not all(isinstance(item, str) for item in languages):
        return None
    plugins = [config.get(key) for key in ("plugins", "gems")]
    named = any(_PLUGIN in item for item in plugins if isinstance(item, list))
    default = config.get("default_lang", "en")
    if not isinstance(default, str) or not (named or ("default_lang" in config and _alone(plugins))):
        return None
    return Polyglot(tuple(languages), default, config.get("lang_from_path") is True)


def _alone(plugins: list[Any]) -> bool:
    """Whether no other language plug-in is named."""
    return not any("multiple-languages" in str(name) for item in plugins if isinstance(item, list) for name in item)
