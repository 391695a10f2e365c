"""What several pages need: answers, and who acts."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from crosspost.errors import ConfigError
from crosspost.ledger import Person
from crosspost.web.site_prefix import base

if TYPE_CHECKING:
    from starlette.requests import Request

Row = TypeVar("Row")


class Found(NamedTuple, Generic[Row]):
    """One page of a list: what was searched for, how much there is, the number of the page and of all, and its rows."""

    search: str
    total: int
    page: int
    pages: int
    rows: list[Row]


def found_sites(request: "Request", names: Sequence[str]) -> Found[str]:
    """One page of the names of sites, or of those with what is searched for in them."""
    search = request.query_params.get("search", "").strip()
    return one_page(request, [name for name in names if search.casefold() in name.casefold()], search=search)


def one_page(request: "Request", rows: Sequence[Row], *, size: int = 50, search: str = "") -> Found[Row]:
    """The page of a list that an address names.

    :param size: rows of a page
    """
    written = request.query_params.get("page", "1")
    number = max(1, int(written) if written.isdecimal() and len(written) < 9 else 1)
    part = list(rows[(number - 1) * size : number * size])
    return Found(search=search, total=len(rows), page=number, pages=max(1, -(-len(rows) // size)), rows=part)


def redirect(path: str) -> Response:
    """After a form: lead to the page that shows the result, so that going back or loading anew sends nothing again."""
    return RedirectResponse(f"{base()}{path}", 303)


def post_path(post: str) -> str:
    """The address of a post's page, for :func:`redirect`."""
    return f"/posts/{quote(post, safe='/')}"


def person(request: "Request") -> Person:
    """Who acts, for the table of changes."""
    return Person(name=request.state.visitor.name, origin="page")


def moment(request: "Request", written: str) -> datetime | None:
    """A time as a form writes it, in the site's zone; None for none.

    :raises ConfigError: for what is not a time
    """
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=request.state.speech.zone)
    except ValueError:
        raise ConfigError(f"“{written}” is not a time; write it like 2026-12-01T09:00") from None
