"""The country and the own name of a language, for services that want more than its code."""

from typing import NamedTuple


class Language(NamedTuple):
    """A language as those services ask for it: ``country`` is where most of its readers are, or the one they list."""

    country: str
    name: str


#: by ISO 639-1 code
_LANGUAGES = {
    "ar": Language("AR", "العربية"), "bg": Language("BG", "Български"), "ca": Language("ES", "Català"),
    "cs": Language("CZ", "Čeština"), "da": Language("DK", "Dansk"), "de": Language("DE", "Deutsch"),
    "el": Language("GR", "Ελληνικά"), "en": Language("US", "English"), "es": Language("ES", "Español"),
    "et": Language("EE", "Eesti"), "eu": Language("ES", "Euskara"), "fi": Language("FI", "Suomi"),
    "fr": Language("FR", "Français"), "ga": Language("IE", "Gaeilge"), "gl": Language("ES", "Galego"),
    "he": Language("IL", "עברית"), "hi": Language("IN", "हिन्दी"), "hr": Language("HR", "Hrvatski"),
    "hu": Language("HU", "Magyar"), "id": Language("ID", "Bahasa Indonesia"), "is": Language("IS", "Íslenska"),
    "it": Language("IT", "Italiano"), "ja": Language("JP", "日本語"), "ko": Language("KR", "한국어"),
    "lt": Language("LT", "Lietuvių"), "lv": Language("LV", "Latviešu"), "nl": Language("NL", "Nederlands"),
    "nb": Language("NO", "Norsk bokmål"), "pl": Language("PL", "Polski"), "pt": Language("PT", "Português"),
    "ro": Language("RO", "Română"), "ru": Language("RU", "Русский"), "sk": Language("SK", "Slovenčina"),
    "sl": Language("SI", "Slovenščina"), "sr": Language("RS", "Српски"), "sv": Language("SE", "Svenska"),
    "tr": Language("TR", "Türkçe"), "uk": Language("UA", "Українська"), "vi": Language("VN", "Tiếng Việt"),
    "zh": Language("CN", "中文"),
}  # fmt: skip


def language(tag: str) -> tuple[str, Language] | None:
    """The code of a language tag (BCP 47, also with ``_``) and what it means, with the tag's own country if it has one.

    None for a language that is not listed.
    """
    code, *rest = tag.replace("_", "-").split("-")
    found = _LANGUAGES.get(code.lower())
    if found is None:
        return None
    country = next((part.upper() for part in rest if len(part) == 2 and part.isalpha()), found.country)
    return code.lower(), Language(country, found.name)
