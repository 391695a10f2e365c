"""A site that is fetched from a git address, for the tests of it."""

import os

from crosspost.app import loading
from crosspost.app.application import App
from crosspost.testing import Clock, Place

POST = "---\ntitle: {0}\n---\n\nOf {0}.\n"


def at(place: Place, said: str) -> None:
    rest = place.config.read_text("utf-8").partition("[accounts.")[2]
    place.config.write_text(f"[site]\n{said}\n[accounts.{rest}", "utf-8")


def loaded(place: Place, *, fetch: bool = True, clock: Clock | None = None) -> App:
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return loading.load(config=place.config, site=None, environ=environ, clock=clock or place.clock, fetch=fetch)


def titles(app: App) -> set[str]:
    return {entry.title for entry in app.source().scan()}
