"""What several pages need: answers, and who acts."""

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from crosspost.errors import ConfigError
from crosspost.ledger import Person
from crosspost.web.site_prefix import base

if TYPE_CHECKING:
    from starlette.requests import Request


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
