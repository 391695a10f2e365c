"""The address Jekyll gives a post: slugs, the permalink template, the absolute URL.

Follows Jekyll's ``Utils.slugify``, ``URL``, ``Drops::UrlDrop`` and the ``absolute_url`` filter. Where Jekyll 3.9 and 4
differ, the caller says which one builds the site.
Sources: https://jekyllrb.com/docs/permalinks/ and builds of Jekyll 3.9.3, 3.10.0 and 4.3.1.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from crosspost.sources.alphabetic import is_alnum, is_letter_mark_or_digit

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
}
STYLES_OF_4 = {"weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext"}

# strftime's names follow the locale of the process; Jekyll's are always English
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_PRETTY = "._~!$&'()+,;=@"
_PLACEHOLDER = re.compile(r":([a-z_]+)")
_ASCII_RUNS = {
    True: re.compile(r"[^A-Za-z0-9._~!$&'()+,;=@]+"),
    False: re.compile(r"[^A-Za-z0-9]+"),
}
# RFC 3986: what a path segment may hold as it is, beside letters and digits
_PCHAR = "-._~!$&'()*+,;=:@"
_PLAIN = re.compile(r"[A-Za-z0-9/_.-]*")
_DOTS = re.compile(r"/\.{1,2}(?:/|\Z)")
_SLASHES = re.compile("/+")


class PermalinkError(ValueError):
    """A permalink template asks for something Jekyll does not know; such a site does not build."""


def template_for(style: str, *, jekyll4: bool) -> str:
    """Turn a style word of ``_config.yml`` (``pretty``) into its template; anything else is a template already."""
    return STYLES.get(style) or (STYLES_OF_4.get(style) if jekyll4 else None) or style


@lru_cache(maxsize=4096)
def slugify(text: str, *, pretty: bool, cased: bool, jekyll4: bool) -> str:
    """Make ``text`` fit for an address, as Jekyll does.

    :param pretty: keep ``._~!$&'()+,;=@`` too (``:title``), else only letters and digits (``:slug``)
    :param cased: keep upper case
    :param jekyll4: keep every combining mark; Jekyll 3.9 keeps only alphabetic ones

    >>> slugify("Own Slug_1.2", pretty=True, cased=True, jekyll4=False)
    'Own-Slug_1.2'
    >>> slugify("Own Slug_1.2", pretty=False, cased=False, jekyll4=False)
    'own-slug-1-2'
    """
    if text.isascii():
        slug = _ASCII_RUNS[pretty].sub("-", text)
    else:
        keep = is_letter_mark_or_digit if jekyll4 else is_alnum
        slug = re.sub("-+", "-", "".join(c if keep(c) or (pretty and c in _PRETTY) else "-" for c in text))
    slug = slug.removeprefix("-").removesuffix("-")
    return slug if cased else slug.lower()


def escape_path(text: str) -> str:
    """Percent-encode one value of a permalink; a question mark stays, as in Jekyll."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe="/?" + _PCHAR)


def placeholders(  # noqa: PLR0913 - these are what Jekyll's template knows
    *,
    slug: str,
    basename: str,
    path: str,
    collection: str,
    categories: Iterable[str],
    output_ext: str,
    date: datetime,
    jekyll4: bool,
) -> dict[str, Callable[[], str]]:
    """Give the values a permalink template may name, each made only when it is asked for.

    :param slug: the post's ``slug`` as written or taken from its file name
    :param basename: file name without its extension
    :param path: path below the collection's folder, without the extension
    :param date: the post's date in the zone of the site
    """
    names = list(dict.fromkeys(name.lower() for name in categories))
    week_year, week, weekday = date.isocalendar()
    known: dict[str, Callable[[], str]] = {
        "collection": lambda: collection,
        "path": lambda: path,
        "output_ext": lambda: output_ext,
        "name": lambda: slugify(basename, pretty=False, cased=False, jekyll4=jekyll4),
        "title": lambda: slugify(slug, pretty=True, cased=True, jekyll4=jekyll4),
        "slug": lambda: slugify(slug, pretty=False, cased=False, jekyll4=jekyll4),
        "categories": lambda: "/".join(names),
        "year": lambda: f"{date.year:04}",
        "short_year": lambda: f"{date.year % 100:02}",
        "month": lambda: f"{date.month:02}",
        "i_month": lambda: str(date.month),
        "short_month": lambda: _MONTHS[date.month - 1][:3],
        "day": lambda: f"{date.day:02}",
        "i_day": lambda: str(date.day),
        "y_day": lambda: f"{date.timetuple().tm_yday:03}",
        "hour": lambda: f"{date.hour:02}",
        "minute": lambda: f"{date.minute:02}",
        "second": lambda: f"{date.second:02}",
    }
    if jekyll4:
        known |= {
            "long_month": lambda: _MONTHS[date.month - 1],
            "w_year": lambda: f"{week_year:04}",
            "week": lambda: f"{week:02}",
            "w_day": lambda: str(weekday),
            "short_day": lambda: _DAYS[weekday - 1][:3],
            "long_day": lambda: _DAYS[weekday - 1],
            "slugified_categories": lambda: "/".join(
                dict.fromkeys(slugify(name, pretty=False, cased=False, jekyll4=True) for name in categories)
            ),
        }
    return known


def url_for(template: str, known: dict[str, Callable[[], str]]) -> str:
    """Fill a permalink template: the address below the site, beginning with ``/`` (Jekyll's ``page.url``).

    :raises PermalinkError: when the template names a placeholder that this Jekyll does not have
    """

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name in known:
            return escape_path(known[name]())
        bare = name.removesuffix("_")
        if bare in known:
            return escape_path(known[bare]()) + "_" * (len(name) - len(bare))
        raise PermalinkError(f"the permalink {template!r} has :{name}, which Jekyll does not know")

    filled = _PLACEHOLDER.sub(fill, template).replace("//", "/")
    return _SLASHES.sub("/", f"/{filled}".replace("..", "/").replace("./", ""))


def absolute_url(site_url: str, baseurl: str, path: str) -> str:
    """Join site address, base path and ``page.url``, normalised as Jekyll's ``absolute_url`` filter does.

    Percent-encoded, the host in Punycode, characters composed (NFC).

    >>> absolute_url("https://grün.example", "/sub", "/über uns/")
    'https://xn--grn-ioa.example/sub/%C3%BCber%20uns/'
    """
    base = baseurl.removesuffix("/")
    relative = _normalized(("/" + base if base and not base.startswith("/") else base) + path)
    scheme, separator, rest = site_url.partition("://")
    if not separator:
        return _normalized(site_url + relative)
    host, slash, folder = rest.partition("/")
    return f"{scheme.lower()}://{_host(host)}{_normalized(slash + folder + relative)}"


@lru_cache(maxsize=64)
def _host(host: str) -> str:
    """Lower case and Punycode; a port stays."""
    name, colon, port = host.partition(":")
    try:
        name = name.lower().encode("idna").decode("ascii")
    except UnicodeError:  # an empty or overlong label: leave what the person wrote
        name = name.lower()
    return name + colon + port


def _normalized(address: str) -> str:
    """Encode path, query and fragment anew, each with the characters it may hold, and drop dot segments."""
    if _PLAIN.fullmatch(address) and not _DOTS.search(address):
        return address
    rest, hash_sign, fragment = address.partition("#")
    path, question, query = rest.partition("?")
    segments: list[str] = []
    parts = path.split("/")
    for number, part in enumerate(parts):
        if part in (".", ".."):
            if part == ".." and len(segments) > 1:
                segments.pop()
            if number == len(parts) - 1:
                segments.append("")
        else:
            segments.append(_recoded(part, _PCHAR))
    return (
        "/".join(segments) + question + _recoded(query, _PCHAR + "/?") + hash_sign + _recoded(fragment, _PCHAR + "/?")
    )


def _recoded(text: str, safe: str) -> str:
    if text.isascii() and "%" not in text:
        return quote(text, safe=safe)
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:  # percent signs that are no UTF-8: keep them as written
        return quote(text, safe=safe + "%")
    return quote(unicodedata.normalize("NFC", decoded), safe=safe)
