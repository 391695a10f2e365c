"""Pages from templates, in the reader's language."""

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from crosspost.app.pages.post_card import environment_with_cards
from crosspost.app.preview_words import difference
from crosspost.text.lazy_pattern import lazy
from crosspost.text.mistakes import apart
from crosspost.text.printable import printable
from crosspost.text.told_alike import FEW
from crosspost.web.localization import LANGUAGES, Speech
from crosspost.web.picture_cache import kept_picture
from crosspost.web.sentences import translated
from crosspost.web.site_prefix import base, here
from crosspost.web.state_words import COUNTED, UNITS, WORDS
from crosspost.web.users import may

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jinja2 import Environment
    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

    from crosspost.model import Draft

#: an address in a sentence, without the full stop behind it
_ADDRESS = lazy(r"(https?://[^\s“”<>]*[^\s“”<>.,;:)])")
#: fields of forms that hold what somebody wrote for others
_TEXTS = ("text", "title", "alt")


@cache
def pages(language: str) -> "Environment":
    """The templates in one language; post cards are those of the preview."""
    speech = Speech(language)
    made = environment_with_cards("crosspost.web")
    made.install_gettext_callables(speech.gettext, speech.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    made.filters |= {
        "count": lambda draft: _count(speech, draft),
        "inline_picture": kept_picture,
        "label": lambda account, label: label(account),
        "apart": apart,
        "line": printable,
        "lines": lambda text: "\n".join(map(printable, text.splitlines())),
        "links": lambda text: _links(_sentence(language, text)),
        "counted": lambda name: speech.gettext(COUNTED.get(str(name), str(name))),
        "unit": lambda name: speech.gettext(UNITS.get(str(name), str(name))),
        "said": lambda key: speech.gettext(WORDS.get(str(key), str(key))),
        "post_path": lambda post: f"{base()}/posts/{quote(post, safe='/')}",
        "move_path": _move_path,
        "sentence": lambda text: _sentence(language, text),
    }
    made.filters |= {name: _spoken(language, made.filters[name]) for name in ("cost", "picture_words")}
    made.filters["difference_lines"] = lambda shown: [_sentence(language, line) for line in difference(shown)]
    made.tests["worth"] = lambda cell: bool(cell.lines or cell.more)
    made.tests["foreign"] = lambda text: translated(language, str(text)) is None
    made.globals |= {"static": address, "languages": LANGUAGES, "base": base, "here": here, "few": FEW}
    return made


def _links(text: str) -> "Markup":
    """One of our sentences, in which addresses can be followed."""
    from markupsafe import Markup, escape

    parts = _ADDRESS.split(printable(text))
    return Markup("").join(
        Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>').format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _count(speech: Speech, draft: "Draft") -> str:
    """Length and limit in the network's unit, as :func:`crosspost.app.preview_words.count` says it in English."""
    length, limit = speech.number(draft.length), speech.number(draft.limit or 0)
    unit = speech.gettext(UNITS.get(draft.unit, draft.unit))
    if not draft.limit:
        return f"{length} ({unit})"
    return speech.gettext("%(length)s of %(limit)s (%(unit)s)") % {"length": length, "limit": limit, "unit": unit}


def _sentence(language: str, text: object) -> str:
    return printable(translated(language, str(text)) or str(text))


def _spoken(language: str, words: "Callable[..., str]") -> "Callable[..., str]":
    return lambda *shown: _sentence(language, words(*shown))


def _move_path(post: str, rows: "Iterable[Any]", at: str = "") -> str:
    """The address of the form that moves a post.

    :param rows: what has the accounts it is moved on
    """
    accounts = dict.fromkeys(row.account for row in rows)
    asked = urlencode([*(("account", name) for name in accounts), *([("at", at)] if at else [])])
    return f"{base()}/move/{quote(post, safe='/')}?{asked}"


def render(request: "Request", template: str, status: int = 200, **shown: Any) -> "HTMLResponse":
    """A page, or a part of one, as an answer."""
    from starlette.responses import HTMLResponse

    state = request.state
    context = {
        "speech": state.speech, "visitor": state.visitor, "path": request.url.path, "query": request.query_params,
        "may": lambda least: state.visitor is not None and may(state.visitor, least),
        "with_query": lambda **more: with_query(request, **more),
        "typed": typed(request) if status >= 400 else [],
    }  # fmt: skip
    if "label" in shown:  # the same few accounts stand in every line
        shown["label"] = cache(shown["label"])
    page = pages(state.speech.language).get_template(template)
    return HTMLResponse(page.render(**context, **shown), status)


def typed(request: "Request") -> list[str]:
    """The texts in a form that was refused, so that nobody has to write them again; never what a secret field holds."""
    form = getattr(request.state, "form", None)
    pairs = form.multi_items() if form is not None else ()
    texts = (value.strip() for name, value in pairs if isinstance(value, str) and name.partition(":")[0] in _TEXTS)
    return [text for text in texts if text]


def with_query(request: "Request", **more: object) -> str:
    """The address of this page with other questions; None takes one away."""
    asked = {**dict(request.query_params.multi_items()), **more}
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{base()}{request.url.path}?{query}"


@cache
def address(name: str) -> str:
    """The address of a file of ours; it changes with the file, so that it can be kept for ever."""
    from crosspost.web.static_files import content

    return f"/static/{name}?v={hashlib.blake2s(content(name)[1], digest_size=6).hexdigest()}"
