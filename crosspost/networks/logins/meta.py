"""What the log-ins of Facebook, Instagram and Threads share: requests whose refusals are sentences, and an app's id."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crosspost.errors import ConfigError, NotSent
from crosspost.networks.logins.base import Login
from crosspost.networks.logins.dialog import Dialog, Question
from crosspost.networks.refusals import words
from crosspost.transport.session import TransportError

if TYPE_CHECKING:
    from crosspost.transport.session import Session

#: where a person's apps are
APPS = "https://developers.facebook.com/apps"
#: codes of a token that is not valid (any more), or no token at all
NO_TOKEN = (102, 190, 452, 2500)
#: codes of a token that lacks a permission
NOT_ALLOWED = (3, 10, *range(200, 300))


class Refusal(ConfigError):
    """Meta refused a request.

    :ivar code: the number of the error; 0 when there is none
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def ask(session: "Session", name: str, method: str, url: str, **fields: str) -> dict[str, Any]:
    """One request to one of Meta's APIs.

    :param name: how messages call the network
    :param fields: the query, or for POST the form
    :raises Refusal: when it is refused
    :raises NotSent: when there is no answer that can be read
    """
    try:
        if method == "GET":
            session.get(url, params=fields)
        else:
            session.post(url, data=fields)
    except TransportError as error:
        raise NotSent(f"{name} cannot be asked: {error}") from None
    last = session.last
    body = last.json() if last is not None else None
    if last is None or last.status is None or last.status >= 500 or not isinstance(body, dict):
        raise NotSent(f"{name} gave no answer that can be read; try again in a moment")
    inside = body.get("error")
    if last.status >= 400 or isinstance(inside, dict):
        code = (inside if isinstance(inside, dict) else body).get("code")
        raise Refusal(f"{name} says: {session.redact(words(last))[:300]}", code if isinstance(code, int) else 0)
    return body


def introduce(login: Login, steps: Sequence[str]) -> None:
    """Say what the person is going to do, for whoever connects the account for the first time."""
    if login.desk.known:
        return
    login.dialog.say(f"It takes about {login.minutes} minutes. The first steps are at Meta, once: {login.page}")
    for number, step in enumerate(steps, 1):
        login.dialog.say(f"{number}. {step}")


def app_id(text: str, help: str, default: str | None = None) -> Question:  # noqa: A002  # the word people know
    """The question for an app's id."""
    return Question("app_id", text, help, default=default, clean=_digits)


def _digits(answer: str) -> str:
    number = re.sub(r"[\s\u200b-\u200f\ufeff\"'“”„]", "", answer)
    if not re.fullmatch(r"[0-9]{8,20}", number):
        raise ValueError("an app’s id is a number of about 15 digits; the secret is asked for later")
    return number


def own_site(dialog: Dialog, site: str) -> str:
    """A page of the person's own to come back to, with https; asked for when the site has none."""
    if site.startswith("https://"):
        return f"{site.rstrip('/')}/"
    return dialog.ask(
        Question(
            "site",
            "The address of a page of yours that begins with https://?",
            "Meta sends you back only to an address with https. Any page of yours will do; nothing has to be on it.",
            clean=_https,
        )
    )


def _https(answer: str) -> str:
    parts = urlsplit(answer.strip())
    if parts.scheme != "https" or "." not in (parts.hostname or "") or parts.query or parts.fragment:
        raise ValueError("it must begin with https:// and have no ? and no #, such as https://your.site/")
    return f"{answer.strip().rstrip('/')}/"
