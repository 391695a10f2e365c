"""Every word of the pages is there in German, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import crosspost
from crosspost.web.localization import FOLDER, Speech, chosen

PACKAGE = Path(crosspost.__file__).parent
SHARED = [PACKAGE / "app/pages/templates" / name for name in ("post_card.html", "plot.html")]
PLACES = [*(PACKAGE / "web").rglob("*.html"), *(PACKAGE / "web").rglob("*.py"), *SHARED]
WORDS = {"_": None, "gettext": None, "said": None, "N_": None, "ngettext": (1, 2)}


def said() -> Iterator[object]:
    for file in PLACES:
        method = babel_extract if file.suffix == ".html" else "python"
        options = {"silent": "false"} if file.suffix == ".html" else {}
        for _, message, _, _ in extract_from_file(method, str(file), keywords=WORDS, options=options):  # type: ignore[arg-type]
            yield message


@pytest.mark.parametrize("language", ["de"])
def test_every_word_is_translated_and_no_translation_is_left_over(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = {message.id: message.string for message in read_po(file) if message.id}
    used = set(said())
    assert used - set(catalogue) == set(), "not in the catalogue"
    assert set(catalogue) - used == set(), "not said anywhere any more"
    assert [key for key, text in catalogue.items() if not all([text] if isinstance(text, str) else text)] == []


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr, en;q=0.1, de;q=0.2", "de"), ("", "en"), ("*", "en"), ("de;q=0", "en"),
        ("de;q=x, en", "en"), ("ja", "en"),
    ],
)  # fmt: skip
def test_the_browser_chooses(accept: str, language: str) -> None:
    assert chosen({}, accept) == language
    assert chosen({"crosspost_language": "de"}, accept) == "de"
    assert chosen({"crosspost_language": "../x"}, accept) == language


def test_moments_are_said_in_the_sites_zone() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    german = Speech("de", ZoneInfo("Europe/Berlin"), now)
    assert german.moment(now + timedelta(hours=12)) == "morgen 01:00"
    assert german.moment(now - timedelta(minutes=5)) == "vor 5 Minuten"
    assert german.number(1234) == "1.234"
    english = Speech("en", ZoneInfo("Europe/Berlin"), now)
    assert english.moment(now + timedelta(minutes=5)) == "in 5 minutes"
    assert english.month(now.date()) == "November 2026"
