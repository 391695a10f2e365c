"""ntfy: a message to everybody who subscribed to a topic, on a phone or in a browser.

Sources: docs.ntfy.sh/publish, /subscribe/api and /config, binwiederhier/ntfy (server/errors.go); checked 2026-11-26.

A message has no key and cannot be changed. The server keeps messages for twelve hours, unless its admin set another
time or none; so long the topic tells whether a message is out.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from crosspost.compose.formats.headed import headed, parts
from crosspost.compose.picture_selection import on_the_web
from crosspost.errors import AuthExpired, DeliveryError, RateLimited
from crosspost.model import Abilities, Doubt, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt, Value
from crosspost.networks.base import Save
from crosspost.networks.forms import form
from crosspost.networks.linked_pictures import LinkedPictures
from crosspost.networks.post_search import Page, moment
from crosspost.transport.exchange import Exchange

TITLE = 250
#: seconds that a server keeps messages unless it was told otherwise; less a margin
_KEPT = 11 * 3600
_NO_MESSAGES = ("open", "keepalive", "poll_request")


class Options(Value, frozen=True, kw_only=True):
    """``topic`` is what readers subscribe to, ``priority`` how loud it arrives, ``emoji`` the names of emoji before it.

    ``kept`` is False for a server that keeps no messages: then nothing tells whether a message is out.
    """

    carried: ClassVar = ("topic", "kept")
    topic: Annotated[str, form("[-_A-Za-z0-9]{1,64}", 'the name of the topic: letters, digits, "-" and "_"')] = ""
    kept: bool = True
    priority: Literal[1, 2, 3, 4, 5] = 3
    emoji: tuple[str, ...] = ()


class Ntfy(LinkedPictures):
    key = "ntfy"
    name = "ntfy"
    limits = Limits(
        text=4096,
        unit="utf-8",
        images=ImageLimits(count=1, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://docs.ntfy.sh/publish/#limitations",
        checked=date(2026, 11, 26),
    )
    abilities = Abilities(
        card="none", alt_text=False, absence_after=60, forgets_after=_KEPT, permalink=False, mentions="nothing"
    )
    doubt = Doubt(look="look at the topic in the app", url=False)
    look = Look(layout="chat", brand=("#338574", "#338574"), link=("#23695b", "#6fc7b4"), bold_title=True)
    no_responses = "nobody can answer a notification"
    Options = Options
    ids_of_server = True
    at_home = True
    style_defaults: ClassVar = {"hashtags": False}  # they lead nowhere there
    example = """\
topic = "garden-news"          # what readers subscribe to
# kept = false                 # the server keeps no messages: a delivery in doubt is then held for you
# priority = 4                 # 1 (no sound) to 5 (does not stop)
# emoji = ["seedling"]         # shown before the title, by their short names
"""
    hint = "priority"
    home = "https://ntfy.sh"
    at_root: ClassVar = False
    needs: ClassVar = {"topic": "garden-news"}
    login = "crosspost.networks.logins.ntfy:NtfyLogin"
    credentials: ClassVar = {"token": "an access token (tk_…), from the web app's page Account"}

    @property
    def able(self) -> Abilities:
        """Without kept messages nobody can look."""
        if self.options.kept:
            return self.abilities
        return msgspec.structs.replace(self.abilities, read_back=False, absence_after=None, forgets_after=None)

    @property
    def audience(self) -> str:
        """The topic."""
        return str(self.options.topic)

    def connect(self) -> Identity:
        with self.talking():
            self._messages(self.clock())
        topic = self.options.topic
        return Identity(id=topic, handle=topic, url=f"{self.page(self.base_url, '')}/{topic}")

    def compose(self, post: Post) -> Draft:
        """The picture goes along as its address on the site."""
        draft = on_the_web(headed(self.composed(post), post, TITLE))
        return msgspec.structs.replace(draft, length=len(draft.text.encode()))

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # nothing is uploaded
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        title, body, link = parts(draft)
        message: dict[str, Any] = {"topic": options.topic, "title": title, "message": body or link or title}
        if link:
            message["click"] = link
        if options.priority != 3:
            message["priority"] = options.priority
        if options.emoji:
            message["tags"] = list(options.emoji)
        if draft.images:
            message["attach"] = draft.images[0].url
        with self.talking(irreversible=True):
            answer = self.session.post(self.base_url, json=message, headers=self._token())
            answer.raise_for_status()
            return self._receipt(answer.json())

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The message with this title and link, among those the server still has."""
        if not self.able.read_back:
            return None
        title, body, link = parts(prepared.draft)
        said = (title, body or link or title, link)
        with self.talking():
            messages = self._messages(self.search_start(since))
            found = self.search(
                [Page(messages[::-1])],
                since,
                at=_time,
                same=lambda one: _is(one, said),
                shows=lambda one: (one.get("title") or one.get("message"), str(one.get("click") or "")),
            )
        return self._receipt(found) if found is not None else None

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 429:  # a time is never given; a daily quota ends at midnight UTC
            daily = "daily" in message
            return RateLimited(message, self.clock() + (timedelta(hours=1) if daily else timedelta(minutes=1)))
        if exchange.status == 403:
            return AuthExpired(f"{message}. The token may not write and read the topic {self.options.topic}")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret('token')}"}

    def _messages(self, start: datetime) -> list[dict[str, Any]]:
        """The topic's messages since then, oldest first: one JSON object a line."""
        query = {"poll": "1", "since": str(int(start.timestamp()))}
        answer = self.session.get(f"{self.base_url}/{self.options.topic}/json", params=query, headers=self._token())
        answer.raise_for_status()
        told = [msgspec.json.decode(line) for line in answer.content.splitlines() if line.strip()]
        if not all(isinstance(one, dict) for one in told):
            raise ValueError("a message is not an object")
        return [one for one in told if one.get("event") not in _NO_MESSAGES]

    def _receipt(self, message: dict[str, Any]) -> Receipt:
        return Receipt(id=self.id_of(message), url="", at=self.clock())


def _time(message: dict[str, Any]) -> datetime | None:
    seconds = message.get("time")
    return moment(datetime.fromtimestamp(seconds).astimezone()) if isinstance(seconds, int) else None


def _is(message: dict[str, Any], said: tuple[str, str, str]) -> bool | None:
    """Whether a message says this; None where something is missing that it was sent with."""
    told = tuple(message.get(name) or "" for name in ("title", "message", "click"))
    if any(ours and not theirs for ours, theirs in zip(said, told, strict=True)):
        return None
    return told == said
