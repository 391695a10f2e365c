"""The manual, as it stands in the package."""

import re
from functools import cache
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from crosspost.app.manual import anchor, find, topics
from crosspost.text.lazy_pattern import lazy
from crosspost.web.rendering import render

if TYPE_CHECKING:
    from markupsafe import Markup
    from starlette.requests import Request

#: a link from page to page of the manual, and one that leads out of it, to files of a checkout
_PICTURE = lazy(r"<p><img [^>]*></p>")
_PAGE = lazy(r'href="(?:\.\./|\./)*(?:networks/|library/)?([\w-]+)\.md(#[\w-]+)?"')


def show(request: "Request") -> Response:
    """The list of topics, or one page."""
    name, known = request.path_params.get("topic", ""), topics()
    if name and name not in known:
        raise HTTPException(404)
    search = "" if name else request.query_params.get("search", "").strip()
    groups: dict[str, list[object]] = {}
    for topic in known.values():
        groups.setdefault(topic.group, []).append(topic)
    return render(
        request, "help.html", groups=groups, topic=known.get(name), text=_text(name) if name else "", search=search,
        found=find(search) if search else [],
    )  # fmt: skip


@cache
def _text(name: str) -> "Markup":
    """A page as HTML. It is our own text; raw HTML in it is shown as text all the same."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    known = topics()
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(known[name].file.read_text("utf-8"))

    def link(found: re.Match[str]) -> str:
        return f'href="/help/{found[1]}{found[2] or ""}"' if found[1] in known else 'href="/help"'

    html = _PICTURE.sub("", html)  # they show these very pages

    return Markup(_headed(_PAGE.sub(link, html)))  # noqa: S704  # made by markdown-it from the package's own files


def _headed(html: str) -> str:
    """Headings with the names that links use, and tables and code that can be scrolled by keyboard."""

    def named(found: re.Match[str]) -> str:
        words = re.sub(r"<[^>]+>|&\w+;", "", found[2]).lower()
        return f'<h{found[1]} id="{anchor(words)}">{found[2]}</h{found[1]}>'

    html = re.sub(r"<h([2-6])>(.*?)</h\1>", named, html)
    html = html.replace("<pre>", '<pre tabindex="0">')
    return html.replace("<table>", '<div class="scroll" tabindex="0" role="group"><table>').replace(
        "</table>", "</table></div>"
    )
