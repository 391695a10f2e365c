"""Pinterest: a pin with the post's picture, title, description and link.

Sources: pinterest/api-description v5.23.0, developers.pinterest.com (access tiers); checked 2026-11-25. There is no key
against repetition: the board's own pins are read. With Trial access nobody but the creator sees a pin.
"""

import base64
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from crosspost.compose.formats.headed import headed, parts
from crosspost.errors import AuthExpired, DeliveryError
from crosspost.model import (
    Abilities,
    Draft,
    Identity,
    ImageLimits,
    Limits,
    Look,
    Post,
    Prepared,
    Receipt,
    Remark,
    Value,
)
from crosspost.networks.base import Save
from crosspost.networks.forms import NUMBER, form
from crosspost.networks.post_search import Page, moment, rows
from crosspost.networks.protocols.renewing_network import CREDENTIALS, Renewing
from crosspost.transport.exchange import Exchange

TITLE, _PAGE = 100, 100
_TRIAL = "only you can see it: the app has Trial access"


class Options(Value, frozen=True, kw_only=True):
    """``board`` is the number of the board. ``access`` is what Pinterest allows the app: it tells no program that."""

    carried: ClassVar = ("board", "access")
    board: Annotated[str, form(NUMBER, 'the number of the board, such as "549755885175"')] = ""
    access: Literal["trial", "standard"] = "trial"


class Pinterest(Renewing):
    key = "pinterest"
    name = "Pinterest"
    limits = Limits(
        text=800,  # of the description; title and link have places of their own, so it is less by them
        unit="code-points",
        images=ImageLimits(count=1, formats=("JPEG", "PNG"), bytes=10_000_000, alt=500),
        source="https://developers.pinterest.com/docs/api/v5/pins-create",
        checked=date(2026, 11, 25),
    )
    abilities = Abilities(
        card="none", needs_image=True, edit=True, edit_keeps=("images", "language"), delete=True, absence_after=60,
        mentions="nothing",
    )  # fmt: skip
    look = Look(layout="photo", brand=("#bd081c", "#e60023"), link=("#9b0617", "#ff8a95"), bold_title=True)
    Options = Options
    example = """\
board = "549755885175"         # the number of the board
# access = "standard"            # when Pinterest has reviewed your app; before that only you see the pins
"""
    hint = "access"
    needs: ClassVar = {"board": "549755885175"}
    login = "crosspost.networks.logins.pinterest:PinterestLogin"
    credentials: ClassVar = CREDENTIALS
    home = "https://api.pinterest.com"
    exchange = "/v5/oauth/token"
    secret_in_form = False
    hosts: ClassVar = ("pinterest.com",)

    def connect(self) -> Identity:
        with self.talking():
            return self.first_asked(self._who)

    def remarks(self) -> list[Remark]:
        if self.options.access == "standard":
            return []
        todo = f'ask Pinterest for Standard access, then set access = "standard" for {self.account}'
        return [Remark(said="with Trial access nobody but you sees the pins", todo=todo)]

    def compose(self, post: Post) -> Draft:
        """The title is cut where it is longer than a pin's."""
        return headed(super().compose(post), post, TITLE)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # noqa: ARG002  # the picture goes with the pin
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft = prepared.draft
        fitted = self.fitted(draft.images[0])
        data = base64.b64encode(fitted.data).decode("ascii")
        media = {"source_type": "image_base64", "content_type": fitted.mime, "data": data}
        pin = self._pin(draft) | {"board_id": self.options.board, "media_source": media}
        with self.talking(irreversible=True):
            return self._receipt(self.sent("POST", "/v5/pins", json=pin))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:
        """The newest pin on the board with our link and title."""
        title, _, link = parts(prepared.draft)
        with self.talking():
            found = self.search(
                self._own(),
                since,
                at=lambda pin: moment(pin.get("created_at")),
                same=lambda pin: _is(pin, title, link),
                shows=lambda pin: (pin.get("title"), self._receipt(pin).url),
            )
        return self._receipt(found) if found is not None else None

    def edit(self, receipt: Receipt, prepared: Prepared, *, pictures: bool = False) -> Receipt:  # noqa: ARG002  # part of the shape
        with self.talking():
            self.sent("PATCH", f"/v5/pins/{receipt.id}", json=self._pin(prepared.draft))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self.sent("DELETE", f"/v5/pins/{receipt.id}")

    @classmethod
    def id_in(cls, url: str) -> str:
        found = re.search(r"/pin/(\d+)/?$", url)
        return found[1] if found else ""

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:  # noqa: ARG002  # the same for both
        if exchange.status == 401:
            return AuthExpired(f"{self.account}: {self.name} says: {self.sentence(exchange)}. {self.again}")
        return None

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _who(self, headers: dict[str, str]) -> Identity:
        with self.talking():
            me = self.sent("GET", "/v5/user_account", headers)
            board = self.sent("GET", f"/v5/boards/{self.options.board}", headers)
            name = str(me["username"])
            home = self.page("https://www.pinterest.com", "/pinterest")
            return Identity(id=f"{name}/{board['id']}", handle=f"{name} on {board['name']}", url=f"{home}/{name}/")

    @staticmethod
    def _pin(draft: Draft) -> dict[str, Any]:
        title, body, link = parts(draft)
        pin = {"title": title, "description": body} | ({"link": link} if link else {})
        return pin | ({"alt_text": draft.images[0].alt} if draft.images and draft.images[0].alt else {})

    def _own(self) -> Iterator[Page]:
        """The board's pins, newest first."""
        bookmark = ""
        while True:
            asked: dict[str, Any] = {"page_size": _PAGE} | ({"bookmark": bookmark} if bookmark else {})
            answer = self.sent("GET", f"/v5/boards/{self.options.board}/pins", params=asked)
            pins, bookmark = rows(answer, "items"), str(answer["bookmark"] or "")
            yield Page(pins, more=bool(bookmark))
            if not bookmark:
                return

    def _receipt(self, pin: dict[str, Any]) -> Receipt:
        number = self.id_of(pin)
        home = self.page("https://www.pinterest.com", "/pinterest")
        notes = (_TRIAL,) if self.options.access == "trial" else ()
        return Receipt(id=number, url=f"{home}/pin/{number}/", at=self.clock(), notes=notes)


def _is(pin: dict[str, Any], title: str, link: str) -> bool | None:
    """Whether a pin has this title and link; None where it lacks one of them."""
    if not isinstance(pin.get("title"), str) or (link and not isinstance(pin.get("link"), str)):
        return None
    same = pin["title"].split() == title.split()
    return bool(same and (not link or str(pin["link"]).rstrip("/") == link.rstrip("/")))
