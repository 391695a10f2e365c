"""A post, the limits of some networks, and the draft that comes of them."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from crosspost.compose import Style, compose
from crosspost.model import Abilities, Draft, ImageLimits, Limits, Override, Overrides, Post, Value

LINK = "https://klima.example.org/2022/12/01/erstes-arbeitstreffen/"
CHECKED = date(2026, 11, 22)
X = Limits(text=280, unit="x", url_length=23, images=ImageLimits(count=4, alt=1000), source="", checked=CHECKED)
MASTODON = Limits(text=500, unit="mastodon", url_length=23, source="", checked=CHECKED)
POST = Post(
    id="1",
    path="_posts/2022-12-01-erstes-arbeitstreffen.md",
    url=LINK,
    title="Unser Erstes Arbeitstreffen",
    date=datetime(2022, 12, 1, tzinfo=UTC),
    description="Die inhaltliche Arbeit beginnt mit dem ersten Arbeitstreffen",
    tags=("Veranstaltung",),
    lang="de",
)


class Fediverse(Value, frozen=True, kw_only=True):
    """A network's own settings."""

    visibility: str = ""
    content_warning: str = ""


def draft(
    limits: Limits = X,
    style: Style | None = None,
    abilities: Abilities | None = None,
    options: Fediverse | None = None,
    **changes: Any,
) -> Draft:
    post = msgspec.structs.replace(POST, **changes)
    return compose(
        post,
        account="verein",
        network=limits.unit,
        limits=limits,
        abilities=abilities or Abilities(),
        style=style or Style(),
        options=options or Fediverse(),
    )


def own(text: str, **settings: Any) -> Overrides:
    return Overrides(targets={"verein": Override(text=text, settings=settings)})
