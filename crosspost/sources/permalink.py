"""Computes a post's address as Jekyll does: slugs, the permalink template, the absolute URL.

Follows Jekyll's ``Utils.slugify``, ``URL``, ``Drops::UrlDrop`` and the ``absolute_url`` filter. Where Jekyll 3.9 and 4
differ, the caller chooses the version.
Sources: https://jekyllrb.com/docs/permalinks/ and builds of Jekyll 3.9.3, 3.10.0 and 4.3.1.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

import msgspec

from crosspost.sources.alphabetic import is_alnum, is_letter_mark_or_digit
from crosspost.text.lazy_pattern import lazy

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
}
STYLES_OF_4 = {"weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext"}

# strftime's names depend on the process's locale; Jekyll's are always English
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
_PLACEHOLDER = lazy(r":([a-z_]+)")
_ASCII_RUNS = {
    True: re.compile(r"[^A-Za-z0-9._~!$&'()+,;=@]+"),
    False: re.compile(r"[^A-Za-z0-9]+"),
}
# RFC 3986: characters allowed unescaped in a path segment, besides letters and digits
_PCHAR = "-._~!$&'()*+,;=:@"
_PLAIN = lazy(r"[A-Za-z0-9/_.-]*")
_DOTS = lazy(r"/\.{1,2}(?:/|\Z)")
_SLASHES = lazy("/+")
_DASHES = lazy("-+")


class PermalinkError(ValueError):
    """A permalink template has a placeholder that Jekyll does not have; such a site does not build."""


class _Kept(dict[int, int]):
    """Each character's code point, or that of a dash where a slug does not keep it; filled as they come."""

    def __init__(self, keep: Callable[[str], bool], also: str) -> None:
        super().__init__({ord(char): ord(char) for char in also})
        self._keep = keep

    def __missing__(self, code: int) -> int:
        self[code] = code if self._keep(chr(code)) else ord("-")
        return self[code]


#: (pretty, as Jekyll 4 does) → what a slug keeps
_KEPT = {
    (pretty, jekyll4): _Kept(is_letter_mark_or_digit if jekyll4 else is_alnum, _PRETTY if pretty else "")
    for pretty in (True, False)
    for jekyll4 in (True, False)
}


def template_for(style: str, *, jekyll4: bool) -> str:
    """The template for a style of ``_config.yml`` (``pretty``); anything else is already a template."""
    return STYLES.get(style) or (STYLES_OF_4.get(style) if jekyll4 else None) or style


def need_known(style: str, *, jekyll4: bool) -> None:
    """Look at a style or template before a post needs it.

    :raises PermalinkError: when the template has a placeholder that this Jekyll version does not have
    """
    _compiled(template_for(style, jekyll4=jekyll4), jekyll4)


def slugify(text: str, *, pretty: bool, cased: bool, jekyll4: bool) -> str:
    """Make a slug from ``text`` as Jekyll does.

    :param pretty: also keep ``._~!$&'()+,;=@`` (``:title``), else only letters and digits (``:slug``)
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
        slug = _DASHES.sub("-", text.translate(_KEPT[pretty, jekyll4]))
    slug = slug.removeprefix("-").removesuffix("-")
    return slug if cased else slug.lower()


def escape_path(text: str) -> str:
    """Percent-encode one value of a permalink; a question mark stays, as in Jekyll."""
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe="/?" + _PCHAR)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a permalink.

    ``slug`` is the post's slug from its front matter or file name, ``basename`` its file name without extension,
    ``path`` its path in the collection's folder without extension, ``date`` its date in the site's time zone.
    """

    slug: str
    basename: str
    path: str
    collection: str
    categories: list[str]
    output_ext: str
    date: datetime
    jekyll4: bool

    def plain(self, text: str) -> str:
        """Make a slug of letters and digits only, in lower case."""
        return slugify(text, pretty=False, cased=False, jekyll4=self.jekyll4)


_PLACEHOLDERS: dict[str, Callable[[Facts], str]] = {
    "collection": lambda post: post.collection,
    "path": lambda post: post.path,
    "output_ext": lambda post: post.output_ext,
    "name": lambda post: post.plain(post.basename),
    "title": lambda post: slugify(post.slug, pretty=True, cased=True, jekyll4=post.jekyll4),
    "slug": lambda post: post.plain(post.slug),
    "categories": lambda post: "/".join(dict.fromkeys(name.lower() for name in post.categories)),
    "year": lambda post: f"{post.date.year:04}",
    "short_year": lambda post: f"{post.date.year % 100:02}",
    "month": lambda post: f"{post.date.month:02}",
    "i_month": lambda post: str(post.date.month),
    "short_month": lambda post: _MONTHS[post.date.month - 1][:3],
    "day": lambda post: f"{post.date.day:02}",
    "i_day": lambda post: str(post.date.day),
    "y_day": lambda post: f"{post.date.timetuple().tm_yday:03}",
    "hour": lambda post: f"{post.date.hour:02}",
    "minute": lambda post: f"{post.date.minute:02}",
    "second": lambda post: f"{post.date.second:02}",
}
_PLACEHOLDERS_OF_4: dict[str, Callable[[Facts], str]] = _PLACEHOLDERS | {
    "long_month": lambda post: _MONTHS[post.date.month - 1],
    "w_year": lambda post: f"{post.date.isocalendar().year:04}",
    "week": lambda post: f"{post.date.isocalendar().week:02}",
    "w_day": lambda post: str(post.date.isoweekday()),
    "short_day": lambda post: _DAYS[post.date.weekday()][:3],
    "long_day": lambda post: _DAYS[post.date.weekday()],
    "slugified_categories": lambda post: "/".join(dict.fromkeys(post.plain(name) for name in post.categories)),
}


def url_for(template: str, post: Facts) -> str:
    """Fill a permalink template: the relative address, beginning with ``/`` (Jekyll's ``page.url``).

    >>> post = Facts(
    ...     slug="Grüße", basename="2024-03-05-Grüße", path="", collection="posts", categories=["Tal", "Garten"],
    ...     output_ext=".html", date=datetime(2024, 3, 5), jekyll4=True,
    ... )
    >>> url_for("/:categories/:year-:i_month-:day/:title_:slug:output_ext", post)
    '/tal/garten/2024-3-05/Gr%C3%BC%C3%9Fe_gr%C3%BC%C3%9Fe.html'

    :raises PermalinkError: when the template has a placeholder that this Jekyll version does not have
    """
    begin, places = _compiled(template, post.jekyll4)
    filled = begin
    for value, after in places:
        filled += escape_path(value(post)) + after
    if "." in filled:
        filled = filled.replace("//", "/").replace("..", "/").replace("./", "")
    return _SLASHES.sub("/", f"/{filled}")


@lru_cache(maxsize=256)
def _compiled(template: str, jekyll4: bool) -> tuple[str, list[tuple[Callable[[Facts], str], str]]]:
    """The text before the first placeholder, and for each of them what fills it and the text after it."""
    known = _PLACEHOLDERS_OF_4 if jekyll4 else _PLACEHOLDERS
    begin, *pieces = _PLACEHOLDER.split(template)
    places = []
    for name, after in zip(pieces[::2], pieces[1::2], strict=True):
        # ":title_" means ":title" and an underscore if there is no placeholder of that name
        key = name if name in known else name.removesuffix("_")
        if key not in known:
            raise PermalinkError(
                f"the permalink {template!r} has :{name}, which Jekyll does not have; correct it in the post or in "
                "_config.yml"
            )
        places.append((known[key], name[len(key) :] + after))
    return begin, places


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
    if slash or _DOTS.search(relative):  # else it stays as it is
        relative = _normalized(slash + folder + relative)
    return f"{scheme.lower()}://{_host(host)}{relative}"


@lru_cache(maxsize=64)
def _host(host: str) -> str:
    """Lower case and Punycode; a port stays."""
    if host.isascii():
        return host.lower()
    name, colon, port = host.partition(":")
    try:
        name = name.lower().encode("idna").decode("ascii")
    except UnicodeError:  # an empty or overlong label: keep it as written
        name = name.lower()
    return name + colon + port


def _normalized(address: str) -> str:
    """Re-encode path, query and fragment, each with its allowed characters, and remove dot segments."""
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
    if _PLAIN.fullmatch(text):
        return text
    if text.isascii() and "%" not in text:
        return quote(text, safe=safe)
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:  # percent-encoded bytes that are not UTF-8: keep them as written
        return quote(text, safe=safe + "%")
    return quote(unicodedata.normalize("NFC", decoded), safe=safe)
