"""One post as Jekyll sees it before rendering: its data, date and address."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crosspost.errors import PostRefused
from crosspost.model import Event, Overrides
from crosspost.sources import permalink
from crosspost.sources.dates import from_front_matter, from_name
from crosspost.sources.defaults import Data, defaults_for, merged
from crosspost.sources.filenames import Name, folders_above
from crosspost.sources.front_matter import FrontMatter
from crosspost.sources.jekyll_site import Site
from crosspost.sources.mapping import Mistake, Mistakes, together
from crosspost.sources.overrides import misplaced, misspelt, parse_overrides
from crosspost.sources.post_language import Layouts, of_post
from crosspost.sources.routing import Facts, Route, left_out
from crosspost.text.lazy_pattern import lazy


class Check(NamedTuple):
    """Checks a valid ``crosspost:`` mapping against the configured accounts.

    ``mistakes`` returns what is wrong with it, ``about`` changes whenever the result may change. ``routes`` are those
    of the accounts that do not take every post. ``events`` is whether anything here takes events; else `event:` is the
    site's own word, and is not looked at.
    """

    mistakes: Callable[[Overrides], Sequence[Mistake]] = lambda _: ()
    about: str = ""
    routes: Mapping[str, Route] = {}  # read only
    events: bool = False


_NOTHING_SAID = Overrides()
# invisible on a page, but acted on by a terminal
_CONTROL = lazy("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# possible markup; a listing parses only titles that match
_MARKED = lazy(r"[*_`\[\\]|~~|&[#\w]|<[A-Za-z/!?]")
#: an address on the web, or of a note on Nostr (NIP-21)
_ADDRESS = lazy(r"(?:https?://|nostr:)[!-~]{1,2000}")


class Record:
    """A post's merged data: file name, defaults and front matter. ``path`` is the file's name in messages.

    ``fingerprint`` is a checksum of the file's bytes, set by the reader. ``defaults`` are those of ``_config.yml``.
    ``liquid`` is whether its texts are templates, ``generated`` whether its text is HTML that a generator made,
    ``exact_keys`` whether `Title` is another key than `title`.
    """

    liquid, generated, exact_keys = True, False, True

    def __init__(
        self,
        name: Name,
        path: str,
        front: FrontMatter,
        site: Site,
        *,
        jekyll4: bool,
        check: Check = Check(),  # noqa: B008  # a tuple: the shared default cannot be changed
    ) -> None:
        self.name, self.path, self.front, self.site, self.jekyll4 = name, path, front, site, jekyll4
        self._check = check
        self.fingerprint = ""
        self._date: datetime | None = None
        below = defaults_for(site.defaults, name.path, site.posts_below, jekyll4=jekyll4) if site.defaults else {}
        self.defaults: Data = below
        self.data: Data = merged(below, front.data) if below else front.data

    def refuse(self, reason: str, *keys: str | int) -> PostRefused:
        """Make an error for this post, with the line of the key if it is in the file."""
        return PostRefused(self.path, reason, self.front.line(*keys) if keys else 0)

    @property
    def date(self) -> datetime:
        """The post's date in the site's time zone: from the front matter, else the file name."""
        if self._date is None:  # a cached_property takes a lock, for each of thousands of posts
            self._date = self._found_date()
        return self._date

    def _found_date(self) -> datetime:
        value = self.data.get("date")
        try:
            if value not in (None, False):
                return from_front_matter(value, self.site.zone)
            return from_name(self.name.day, self.site.zone)
        except ValueError as error:
            if value not in (None, False):
                raise self.refuse(f"date: {error}", "date") from None
            raise self.refuse(f"the file name has no usable date: {error}") from None

    def slug(self) -> str:
        """The slug: from the front matter (even an empty one, as in Jekyll), else the file name."""
        value = self.data.get("slug")
        if value is None:
            return self.name.slug.rstrip(".") if self.jekyll4 else self.name.slug
        if not isinstance(value, str):
            raise self.refuse("slug: should be a text; put it in quotation marks", "slug")
        return value

    def titled(self) -> bool:
        """Whether it has a title of its own; one without a visible character (``title: ""``) is none."""
        value = self.data.get("title")
        if value is None or value is False or isinstance(value, dict | list):
            return False
        return any(char.isprintable() and char != " " for char in str(value))

    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not self.titled() and not self.front.body.strip() and not self.data.get("description")

    def title(self) -> str:
        """The title: from the front matter, else the file name's slug in title case."""
        value = self.data.get("title")
        if not self.titled():
            return " ".join(word.capitalize() for word in self.name.slug.split("-") if word)
        return _CONTROL.sub("", " ".join(("true" if value is True else str(value)).split()))

    def headline(self) -> str:
        """The title as people read it: entities decoded, without markup, with emoji if the site shows them."""
        title = self.title()
        if self.site.emoji and ":" in title:
            from crosspost.sources.emoji_shortcodes import with_emoji

            title = with_emoji(title)
        if not _MARKED.search(title):
            return title
        from crosspost import markup

        return _CONTROL.sub("", markup.to_line(title)) or title

    def categories(self) -> list[str]:
        """The categories in Jekyll's order: folders, ``categories`` of the defaults and the post, ``category``."""
        found = [*folders_above(self.name.path, self.site.posts_below)]
        for source in (self.defaults, self.front.data):
            value = source.get("categories")
            if isinstance(value, str):
                found += value.split()
            elif isinstance(value, list):
                found += _flat(value)
            elif value is not None:
                raise self.refuse("categories: should be words or a list, such as [garden, climate]", "categories")
        single = self.data.get("category")
        if isinstance(single, dict):
            raise self.refuse("category: should be a text; put it in quotation marks", "category")
        if single not in (None, False):
            found += _flat(single) if isinstance(single, list) else [str(single)]
        return list(dict.fromkeys(found))

    def answers(self) -> tuple[str, ...]:
        """The addresses that it is an answer to: ``in-reply-to`` (indieweb.org/in-reply-to), one or a list.

        :raises PostRefused: for anything else, so that nothing meant as an answer goes out as a post of its own
        """
        key = next((name for name in ("in-reply-to", "in_reply_to") if self.data.get(name)), "")
        value = self.data.get(key)
        found = value if isinstance(value, list) else [value] if key else []
        addresses = [one.strip() if isinstance(one, str) else "" for one in found]
        if not all(map(_ADDRESS.fullmatch, addresses)):
            raise self.refuse(f"{key}: should be the address of a post (https://…), or a list of them", key)
        return tuple(addresses)

    def event(self) -> Event | None:
        """What its ``event:`` says; None where nothing takes events.

        :raises PostRefused: when that cannot be meant
        """
        if not self._check.events or self.data.get("event") is None:
            return None
        from crosspost.sources.events import parse_event  # most sites have none

        wrong = Mistakes()
        found = parse_event(self.data["event"], self.site.zone, wrong)
        self._refuse_mapping("event", wrong)
        return found

    def tags(self) -> tuple[str, ...]:
        """The tags: ``tag`` is a single tag; else ``tags`` is a list, or words separated by spaces or commas."""
        value = self.data.get("tag")
        if value in (None, False):
            value = self.data.get("tags")
            if isinstance(value, str):
                value = [word.strip(",;") for word in value.replace(",", " ").split()]
        if isinstance(value, dict):
            raise self.refuse("tags: should be words or a list, such as [garden, climate]", "tags")
        if value in (None, False):
            return ()
        found = _flat([one for one in value if not isinstance(one, dict)]) if isinstance(value, list) else [str(value)]
        if any("&" in tag for tag in found):
            from crosspost import markup

            found = [markup.decoded(tag) for tag in found]
        return tuple(dict.fromkeys(" ".join(tag.split()) for tag in found if tag.strip()))

    def relative_url(self) -> str:
        """Jekyll's ``page.url``: the address relative to site and base path, with the language folder of a plug-in."""
        own = self.data.get("permalink")
        if own in (None, False):
            template = permalink.template_for(self.site.permalink, jekyll4=self.jekyll4)
        elif isinstance(own, str):
            template = own
        else:
            raise self.refuse("permalink: should be a text; put it in quotation marks", "permalink")
        facts = permalink.Facts(
            slug=self.slug(),
            basename=self.name.basename if ":name" in template else "",
            path=self._cleaned_path() if ":path" in template else "",
            collection="posts",
            categories=self.categories(),
            output_ext=self._output_ext(own),
            date=self.date,
            jekyll4=self.jekyll4,
        )
        languages = self.site.polyglot
        try:
            found = permalink.url_for(template, facts)
            return languages.prefix(self.data.get("lang"), self.name.path) + found if languages else found
        except permalink.PermalinkError as error:
            raise self.refuse(str(error), "permalink") from None

    def published(self) -> bool:
        """Whether the site publishes it: not with ``published: no`` or an empty value, but with any text."""
        return self.data.get("published", True) not in (None, False)

    def draft(self) -> bool:
        """Whether it says ``draft: true``, which Jekyll does not know, but who writes it means it; also ``Draft:``."""
        return str(self.data.get("draft", self.data.get("Draft"))).lower() == "true"

    def overrides(self) -> Overrides:
        """Parse the ``crosspost:`` mapping.

        :raises PostRefused: with everything that is wrong with it
        """
        if slip := misspelt(self.front.data):
            raise self.refuse(f"nothing reads the key “{slip}”; did you mean `crosspost`?", slip)
        if "crosspost" not in self.data:
            return _NOTHING_SAID
        above = "" if "crosspost" in self.front.data else " (it comes from `defaults` in _config.yml)"
        return self._checked(self.data.get("crosspost"), above)

    def _checked(self, said: object, remark: str = "") -> Overrides:
        wrong = Mistakes()
        found = parse_overrides(said, self.site.zone, wrong)
        wrong += self._check.mistakes(found)
        self._refuse_mapping("crosspost", wrong, remark)
        return found

    def _refuse_mapping(self, name: str, wrong: Mistakes, remark: str = "") -> None:
        """:raises PostRefused: when there are mistakes in the mapping of that name"""
        if wrong:
            raise together(self.refuse(f"{said}{remark}", name, *keys) for said, keys in wrong.told(name))

    def misplaced(self) -> list[str]:
        """Settings for crosspost where nothing reads them; without accounts any table could be one of an account."""
        return misplaced(self.front.data, self.site.zone, self._check.mistakes) if self._check.about else []

    def left_out(self, layouts: Layouts) -> tuple[str, ...]:
        """The accounts that do not take it.

        :param layouts: for the language of posts without one
        """

        def facts() -> Facts:
            lang = of_post(self.data, layouts)[0] or self.site.lang
            return Facts(self.tags(), self.categories(), lang, self.collection(), event=self.event() is not None)

        return left_out(facts, self._check.routes)

    def collection(self) -> str:
        """The collection it is in; of Jekyll's, only the posts are read."""
        return "posts"

    def _output_ext(self, own: Any) -> str:
        if own and not own.endswith("/"):
            extension = os.path.splitext(own)[1]  # noqa: PTH122 - an address, not a file
            if extension:
                return str(extension)
        return ".html" if self.name.ext.lower() in self.site.markdown else self.name.ext

    def _cleaned_path(self) -> str:
        """Jekyll's ``:path``: the path in the posts folder, without extension."""
        return self.name.path.removesuffix(self.name.ext).partition("_posts")[2] or self.name.basename


def _flat(values: list[Any]) -> list[str]:
    """Flatten a list that may contain lists and numbers into a list of texts."""
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found += _flat(value)
        elif value is not None:
            found.append(("true" if value else "false") if isinstance(value, bool) else str(value))
    return found
