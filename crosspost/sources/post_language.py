"""Determines a post's language as a language tag (BCP 47, RFC 5646), such as ``de`` or ``pt-BR``."""

import re
from pathlib import Path
from typing import Any

from crosspost.errors import PostRefused
from crosspost.sources.front_matter import parse, read_bytes
from crosspost.text.lazy_pattern import lazy

#: the front matter keys for the language, in this order
KEYS = ("lang", "locale", "language")

# ISO 639-1, https://www.loc.gov/standards/iso639-2/php/English_list.php; codes of three letters are not checked
_LIST = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja jv
    ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne
    ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st
    su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_TWO = frozenset(_LIST.split())
# country codes and names that people write instead of a language code
_MEANT = {
    "jp": "ja", "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "deutsch": "de", "german": "de",
    "english": "en", "englisch": "en", "french": "fr", "français": "fr", "francais": "fr", "spanish": "es",
    "español": "es", "espanol": "es", "italian": "it", "italiano": "it", "dutch": "nl", "nederlands": "nl",
    "portuguese": "pt", "português": "pt", "polish": "pl", "polski": "pl", "russian": "ru", "русский": "ru",
    "turkish": "tr", "türkçe": "tr", "swedish": "sv", "svenska": "sv", "japanese": "ja", "日本語": "ja",
    "chinese": "zh", "中文": "zh", "arabic": "ar", "العربية": "ar", "ukrainian": "uk", "українська": "uk",
}  # fmt: skip
_TAG = lazy(
    r"(?P<language>[a-z]{2,3})(?P<extended>(?:-[a-z]{3}){0,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)(?P<rest>(?:-[a-z0-9](?:-[a-z0-9]{1,8})+)*)",
    re.IGNORECASE | re.ASCII,
)
_MOST_LAYOUTS = 5  # a layout may have a layout


def language(value: Any) -> str:
    """Normalise a language tag; "" when it is not valid. YAML reads ``no`` as false, which means Norwegian.

    >>> language("de_DE.UTF-8"), language("zh-hant-tw"), language("deutsch")
    ('de-DE', 'zh-Hant-TW', '')
    """
    if value is False:
        return "no"
    if not isinstance(value, str):
        return ""
    match = _TAG.fullmatch(value.strip().partition(".")[0].replace("_", "-"))
    if match is None:
        return ""
    main = match["language"].lower()
    if len(main) == 2 and main not in _TWO:
        return ""
    script, region = match["script"], match["region"]
    region = "GB" if region in ("UK", "uk") else region
    parts = [main + match["extended"].lower(), script and script.title(), region and region.upper()]
    return "-".join(part for part in parts if part) + match["variants"].lower() + match["rest"].lower()


def complaint(key: str, value: Any) -> str:
    """Why a value is not a language, with a suggestion; "" when it is valid or empty."""
    if value is None or value is True or value == "" or language(value):
        return ""
    if key == "language" and not _meant(value):
        return ""  # posts about programming say `language: ruby`
    what, hint = mistake(value)
    return f"{key}: {what}, so it is not used; {hint}"


def mistake(value: Any) -> tuple[str, str]:
    """What is wrong with a value that is not a language, and what to write."""
    meant = _meant(value)
    hint = f"did you mean “{meant}”?" if meant else "write a language tag such as de, en or pt-BR"
    return f"“{_shown(value)}” is not a language tag", hint


def _meant(value: Any) -> str:
    return _MEANT.get(_shown(value).casefold(), "")


def _shown(value: Any) -> str:
    from crosspost.sources.as_written import as_written  # most values need no message

    return " ".join(as_written(value).split())[:40]


def of_post(data: dict[str, Any], layouts: "Layouts") -> tuple[str, list[str]]:
    """The language of a post, or of its layout, and complaints about invalid values."""
    wrong: list[str] = []
    for key in KEYS:
        value = data.get(key)
        if found := language(value) if value is not False or key == KEYS[0] else "":
            return found, wrong
        wrong += [problem] if (problem := complaint(key, value)) else []
    return layouts.language(data.get("layout")), wrong


class Layouts:
    """The languages in the front matter of a site's layouts; each layout is read once.

    :param folder: the folder of the layouts, ``_layouts``
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[str, Any]] = {}

    def state(self) -> str:
        """Changes with every layout, for who remembers what was read."""
        try:
            files = [(file.name, file.stat().st_mtime_ns) for file in sorted(self._folder.iterdir())]
        except OSError:
            return ""
        return str(files)

    def language(self, layout: Any) -> str:
        """The language of a layout, or of its parent layout; "" when there is none."""
        for _ in range(_MOST_LAYOUTS):
            if not isinstance(layout, str) or not re.fullmatch(r"[\w][\w./ -]*", layout) or ".." in layout:
                return ""
            found, layout = self._known.setdefault(layout, self._read(layout))
            if found:
                return found
        return ""

    def _read(self, name: str) -> tuple[str, Any]:
        """The language of one layout, and its parent layout. Layouts of a theme are not in the site."""
        for file in (self._folder / f"{name}.html", self._folder / name):
            try:
                data = parse(read_bytes(str(file)), str(file)).data
            except (OSError, PostRefused):
                continue
            return next((found for key in KEYS if key in data and (found := language(data[key]))), ""), data.get(
                "layout"
            )
        return "", None
