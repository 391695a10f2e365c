"""A house with much in it: a full calendar, a full page of approvals, long names. Nobody is kept out there either."""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import POST, Place
from crosspost.web import serving
from tests.web import axe
from tests.web.browsing import SIZES, browse, entered

NETWORKS = ("x", "mastodon", "bluesky", "instagram", "newsletter")
MORE = """slots = ["Mon-Fri 09:00", "Mon-Fri 12:00", "Sat 11:30"]
[accounts.bluesky-two]
network = "bluesky"
base_url = "{bluesky}"
approve = true
delay = "2h"
"""
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstellenleiterversammlung"
PAGES = (
    *("/", "/calendar", "/calendar?view=week", "/calendar?view=day&day=2026-11-24", "/approvals", "/deliveries"),
    *("/posts", "/posts/lang", "/accounts", "/changes", "/edit/x/lang", "/move/lang", "/note"),
)


def fill(place: Place) -> None:
    """Posts that are out, planned in plenty, waiting for a yes, in doubt, failed; and people who did something."""
    place.crosspost("run", "--backfill")
    place.new_post("2026-11-21-lang", POST.replace("Grüße aus dem Tal", f"{LONG} und mehr"))
    for number in range(1, 31):
        place.new_post(f"2026-11-22-beitrag-{number}", POST.replace("Grüße", f"{number}. Gruß"))
    place.crosspost("run")
    place.crosspost("edit", str(place.post), "--account", "x", "--text", "Nur hier", "--yes", "--as", "Ann")
    place.crosspost("note", "Kommt vorbei!", "--account", "mastodon", "--as", "Ben")
    with contextlib.closing(sqlite3.connect(place.app.ledger_path())) as ledger, ledger:
        gone = "url = '', sent_at = NULL"
        said = "mastodon: Mastodon says: 422 Unprocessable Entity: text is too long (HTTP 422)"
        ledger.execute(f"UPDATE deliveries SET state = 'unknown', error = 'x: no answer in time', {gone} WHERE id = 1")
        ledger.execute(f"UPDATE deliveries SET state = 'failed', error = ?, {gone} WHERE id = 2", (said,))
    ledger.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Sandbox(port=0) as sandbox:
        more = MORE.format(bluesky=sandbox.accounts()["bluesky"]["base_url"])
        place = Place(tmp_path_factory.mktemp("filled"), sandbox, networks=NETWORKS, more=more)
        secrets = place.secrets.read_text("utf-8")
        same = [line.replace("BLUESKY_", "BLUESKY_TWO_", 1) for line in secrets.splitlines() if "BLUESKY_" in line]
        place.secrets.write_text("\n".join([secrets, *same, ""]), "utf-8")
        fill(place)
        yield place


@pytest.fixture(scope="module")
def port(filled: Place) -> Iterator[int]:
    with serving.beside(lambda: filled.app, host="127.0.0.1", port=0) as port:
        yield port


@pytest.mark.long
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colour", ["light", "dark"])
def test_nobody_is_kept_out_of_a_full_house(port: int, filled: Place, colour: str, size: str) -> None:
    rules, (width, height) = axe.script(), SIZES[size]
    found: list[str] = []

    def visit(browser: Any, base: str) -> None:
        how: dict[str, Any] = {"locale": "de-DE", "color_scheme": colour, "bypass_csp": True}
        page = entered(browser, base, filled, viewport={"width": width, "height": height}, **how)
        page.goto(f"{base}/calendar")
        while page.get_by_text("wird gerade").count():
            page.reload()
        for path in PAGES:
            page.goto(f"{base}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"
            page.evaluate(rules)
            broken = page.evaluate(axe.RUN)["violations"]
            found.extend(f"{path}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in broken)
        page.goto(f"{base}/approvals")
        assert page.locator("section.box").count() > 10
        page.goto(f"{base}/calendar")
        assert page.locator("td li").count() > 20

    browse(visit, port)
    assert found == []
