"""The pictures of the dashboard in README and manual: a browser's look at the real pages, on the sandbox.

``python -m tests.manual.dashboard`` makes them anew; ``make docs`` does that where there is a Chromium.
"""

import io
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Clock, Place
from crosspost.web import serving
from tests.manual.pages import MANUAL
from tests.web.browsing import browse, entered

FOLDER = MANUAL / "dashboard"
#: picture → the page it shows
PICTURES = {"overview": "/", "calendar": "/calendar?view=week", "post": "/posts/kompost"}
_SIZE = {"width": 1120, "height": 700}
_MORE = 'slots = ["Mon-Fri 09:00", "Sat 11:00"]\n'
_TITLES = {"regen": "Ein Tag im Regen", "paletten": "Ein Hochbeet aus alten Paletten", "kompost": "Kompost im Winter"}


class _Now(Clock):
    """The real time: what went out is to be from today."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def filled(root: Path, sandbox: Sandbox) -> Place:
    """A site with three posts that are out on one network and wait for their slots on two others."""
    place = Place(root, sandbox, networks=("mastodon", "bluesky", "x"), more=_MORE, clock=_Now())
    config = place.config.read_text("utf-8")
    place.config.write_text(config.replace("[accounts.bluesky]\n", f"[accounts.bluesky]\n{_MORE}"), "utf-8")
    place.crosspost("run")
    day = datetime.now(UTC) - timedelta(days=1)
    for slug, title in _TITLES.items():
        place.new_post(f"{day:%Y-%m-%d}-{slug}", POST.replace("Grüße aus dem Tal", title))
        place.crosspost("run")
    return place


def write() -> None:
    """Make each picture anew."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(port=0) as sandbox:
        place = filled(Path(folder), sandbox)
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            browse(lambda browser, base: _shoot(browser, base, place), port)


def _shoot(browser: Any, base: str, place: Place) -> None:
    page = entered(browser, base, place, locale="en-GB", viewport=_SIZE, color_scheme="light")
    time.sleep(2)  # the first forecast
    FOLDER.mkdir(exist_ok=True)
    for name, path in PICTURES.items():
        page.goto(f"{base}{path}")
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            shot.convert("RGB").quantize(200).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    write()
