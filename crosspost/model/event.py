"""An event that a post announces."""

from datetime import datetime
from typing import Literal

from crosspost.model.value import Value

EventStatus = Literal["confirmed", "tentative", "cancelled"]


class Place(Value, frozen=True, kw_only=True, omit_defaults=True):
    """Where an event is. ``name`` is what people call it; the rest is its address, "" for what is not said."""

    name: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    @property
    def line(self) -> str:
        """All of it in one line."""
        town = " ".join(filter(None, (self.postal_code, self.city)))
        return ", ".join(filter(None, (self.name, self.street, town, self.region, self.country)))


class Event(Value, frozen=True, kw_only=True, omit_defaults=True):
    """The ``event:`` of a post's front matter.

    ``start`` and ``end`` have a time zone, ``zone`` is its name, such as Europe/Berlin ("" when only the distance to
    UTC is known). ``seats`` is how many people may come (0: any number), ``register`` the page on which people say that
    they come ("": none). With ``all_day``, ``start`` is the beginning of its first day and
    ``end`` the last minute of its last.
    """

    start: datetime
    end: datetime | None = None
    all_day: bool = False
    zone: str = ""
    place: Place = Place()
    online: bool = False
    status: EventStatus = "confirmed"
    seats: int = 0
    register: str = ""

    @property
    def line(self) -> str:
        """When and where, in one line: ``2027-05-02 14:00–18:00 Europe/Berlin, Garden``. Shown in previews only."""
        where = self.place.line or ("online" if self.online else "")
        if self.all_day:
            last = "" if self.end is None or self.end.date() == self.start.date() else f" – {self.end:%Y-%m-%d}"
            return ", ".join(filter(None, (f"{self.start:%Y-%m-%d}{last}", "all day", where)))
        when = f"{self.start:%Y-%m-%d %H:%M}"
        if self.end is not None:
            when += f"–{self.end:%H:%M}" if self.end.date() == self.start.date() else f" – {self.end:%Y-%m-%d %H:%M}"
        return ", ".join(filter(None, (f"{when} {self.zone or f'{self.start:UTC%z}'}", where)))
