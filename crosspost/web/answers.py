"""Answers that several pages give."""

from starlette.responses import RedirectResponse, Response


def redirect(path: str) -> Response:
    """After a form: lead to the page that shows the result, so that going back or loading anew sends nothing again."""
    return RedirectResponse(path, 303)
