"""``crosspost stats --svg`` and ``--html``: the figures as a picture, and as a page that keeps nobody out."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.app.ledger_access import open_ledger
from crosspost.app.pages import stats_page as pages
from crosspost.app.responses.plot import COLOURS, HEIGHT, plot
from crosspost.ledger.responses import Told
from crosspost.model.response import Figures
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from crosspost.testing.readers import READERS
from tests.web import axe
from tests.web.browsing import in_browser

BEGIN = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "style", "rect", "g", "text", "path"}
EVIL = "<script>alert(1)</script> & \x1b \ufffe \u202e"


def told(post: str, account: str, days: int = 0, **figures: int) -> Told:
    return Told(
        post=post,
        title=post,
        page="",
        account=account,
        network=account,
        url="",
        sent_at=BEGIN + timedelta(days=days),
        figures=Figures(**figures),
        asked_at=BEGIN,
        gone=False,
        error="",
    )


@pytest.fixture
def liked(tmp_path: Path, sandbox: Sandbox) -> Place:
    place = Place(tmp_path, sandbox, networks=("mastodon", "bluesky"))
    assert place.crosspost(str(place.post), "--yes").code == 0
    with contextlib.closing(open_ledger(place.app, read_only=True)) as ledger:
        receipts = {row.account: row.receipt for row in ledger.deliveries()}
    READERS["mastodon"](sandbox).like(receipts["mastodon"])
    place.crosspost("responses", "fetch")
    return place


def test_the_files_are_written_and_named(liked: Place) -> None:
    svg, page = liked.root / "a.svg", liked.root / "a.html"
    ran = liked.crosspost("stats", "--svg", str(svg), "--html", str(page))
    assert (ran.code, ran.out) == (0, f"Wrote {svg}.\nWrote {page}.\n")
    drawn = ElementTree.parse(svg).getroot()
    assert drawn.findtext(f"{SVG}title") == "What came back"
    parts = [part.findtext(f"{SVG}title") for part in drawn.iter(f"{SVG}rect") if part.find(f"{SVG}title") is not None]
    assert parts == ["Grüße aus dem Tal, mastodon (sandbox): 1"]
    text = page.read_text("utf-8")
    assert re.search(r"<tr><th scope=\"row\" dir=\"auto\">Grüße aus dem Tal</th><td>1</td><td>0</td>", text)
    quiet = liked.crosspost("stats", "--svg", str(svg), "--json")
    assert quiet.json["accounts"], "nothing else is printed"


def test_a_place_where_nothing_can_be_written_is_told(liked: Place) -> None:
    ran = liked.crosspost("stats", "--svg", str(liked.root / "nowhere/a.svg"))
    assert ran.code == 2
    assert "a.svg: cannot be written" in ran.err


def test_without_figures_no_file_is_written(liked: Place) -> None:
    svg = liked.root / "a.svg"
    assert "No figures are known" in liked.crosspost("stats", "--since", "2030-01-01", "--svg", str(svg)).out
    assert not svg.exists()


def test_where_nothing_came_back_the_only_number_stands_at_the_base_line() -> None:
    drawn = ElementTree.fromstring(pages.svg([told("a", "x", likes=0, replies=2)], UTC, str))
    panels = [[(one.get("y"), one.text) for one in group.iter(f"{SVG}text")] for group in drawn.iter(f"{SVG}g")]
    assert panels == [[("-14", "Likes"), ("100", "0")], [("-14", "Replies"), ("5", "2"), ("100", "0")]]


def test_columns_are_posts_in_time_and_parts_stand_on_each_other() -> None:
    drawn = plot([told("b", "x", 1, likes=1), told("a", "y", likes=3), told("a", "x", likes=1)], UTC)
    (panel,) = drawn.panels
    assert (panel.top, panel.best, panel.total, drawn.step) == (4, "a", 5, "post")
    assert [(one.column, one.account, one.height) for one in panel.parts] == [
        ("a", "x", HEIGHT / 4), ("a", "y", HEIGHT * 3 / 4), ("b", "x", HEIGHT / 4)
    ]  # fmt: skip
    first, above, second = panel.parts
    assert (above.upper, above.upper + above.height, second.left > first.left) == (0, first.upper, True)


@pytest.mark.parametrize(
    ("count", "apart", "step", "columns"), [(60, 9, "post", 60), (61, 9, "month", 19), (61, 40, "year", 8)]
)
def test_many_posts_stand_together(count: int, apart: int, step: str, columns: int) -> None:
    drawn = plot([told(str(n), "x", n * apart, likes=1) for n in range(count)], UTC)
    assert (drawn.step, len(drawn.panels[0].parts)) == (step, columns)
    assert sum(part.value for part in drawn.panels[0].parts) == count


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", ["#ffffff", "#1d2025"])
@pytest.mark.parametrize("colour", COLOURS)
def test_each_colour_stands_out_from_both_grounds(colour: str, ground: str) -> None:
    dark, light = sorted((_luminance(colour), _luminance(ground)))
    assert (light + 0.05) / (dark + 0.05) >= 3


ROWS = st.builds(
    told,
    st.text(max_size=8) | st.just(EVIL),
    st.sampled_from([f"account-{n}" for n in range(12)]),
    st.integers(0, 9000),
    likes=st.integers(0, 10**9),
    views=st.integers(0, 10**9),
)


@given(st.lists(ROWS, min_size=1, max_size=90))
def test_whatever_the_titles_are_it_is_well_formed_and_keeps_the_sums(rows: list[Told]) -> None:
    drawn = ElementTree.fromstring(pages.svg(rows, UTC, str))
    assert {one.tag.removeprefix(SVG) for one in drawn.iter()} <= TAGS
    likes = plot(rows, UTC).panels[0]
    assert sum(part.value for part in likes.parts) == likes.total == sum(one.figures.likes or 0 for one in rows)
    assert all(part.upper >= 0 and part.upper + part.height <= HEIGHT + 0.02 for part in likes.parts)
    assert "<script" not in pages.document(rows, UTC, str)


@pytest.mark.long
def test_the_page_keeps_nobody_out_and_asks_nobody(tmp_path: Path) -> None:
    file, rules = tmp_path / "stats.html", axe.script()
    rows = [told(f"{EVIL} {n}", f"account-{n % 9}", n, likes=n, replies=0, views=n * 1000) for n in range(40)]
    file.write_text(pages.document(rows, UTC, str), "utf-8")
    found: list[Any] = []

    def visit(browser: Any) -> None:
        for colour in ("light", "dark"):
            how = {"color_scheme": colour, "bypass_csp": True, "viewport": {"width": 360, "height": 740}}
            page = browser.new_context(**how).new_page()
            page.on("request", lambda one: found.append(one.url) if not one.url.startswith("file:") else None)
            page.on("dialog", lambda one: found.append(one.message))
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            page.evaluate(rules)
            found.extend(page.evaluate(axe.RUN)["violations"])

    in_browser(visit)
    assert found == []
