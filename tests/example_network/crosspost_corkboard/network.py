"""A corkboard: short notes on a screen in a village hall.

Nobody runs such a server; this is an example for authors of networks. It has all that crosspost wants to know of a
network. A real one names here the pages of its documentation and the day they were read.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from crosspost.model import Abilities, Identity, Limits, Prepared, Receipt, Value
from crosspost.networks.base import Network, Save
from crosspost.networks.post_search import rows


class Options(Value, frozen=True, kw_only=True):
    """``colour`` is the colour of the paper."""

    colour: Literal["yellow", "pink", "blue"] = "yellow"


class Corkboard(Network):
    key = "corkboard"
    name = "Corkboard"
    limits = Limits(
        text=400,
        unit="graphemes",
        hashtags=0,
        source="https://corkboard.example/api",
        checked=date(2026, 11, 26),
    )
    #: a note is asked for by a key of our own, so not finding it is proof at once
    abilities = Abilities(card="none", mentions="nothing", absence_after=0, delete=True)
    Options = Options
    example = """\
base_url = "https://cork.example.org"   # your board
# colour = "yellow"              # of the paper: yellow, pink or blue
"""
    hint = "colour"
    credentials: ClassVar = {"key": "the board's key (on the back of the screen)"}

    def connect(self) -> Identity:
        with self.talking():
            board = self._call("GET", "board")
        return Identity(id=self.id_of(board), handle=str(board.get("name", "")), url=self.base_url)

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:  # nothing is uploaded
        return prepared

    def publish(self, prepared: Prepared) -> Receipt:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        note = {"text": draft.text, "colour": options.colour, "link": draft.link}
        with self.talking(irreversible=True):
            return self._receipt(self._call("PUT", f"notes/{prepared.handle}", json=note))

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # the key is enough
        with self.talking():
            notes = rows(self._call("GET", "notes", params={"key": prepared.handle}), "notes")
        return self._receipt(notes[0]) if notes else None

    def delete(self, receipt: Receipt) -> None:
        with self.taking_back():
            self._call("DELETE", f"notes/{receipt.id}")

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.secret('key')}"}
        answer = self.session.request(method, f"{self.base_url}/cork/{path}", headers=headers, **more)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _receipt(self, note: dict[str, Any]) -> Receipt:
        return Receipt(id=self.id_of(note), url=f"{self.base_url}/cork/{self.id_of(note)}", at=self.clock())
