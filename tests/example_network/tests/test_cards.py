"""A source of another package keeps the contract, and a config that names it is served from it."""

from datetime import UTC, datetime
from pathlib import Path

from crosspost_corkboard.cards import Cards

from crosspost.sources.keys import Keys
from crosspost.testing import Place, SourceContract

NOW = datetime(2026, 11, 25, tzinfo=UTC)


class TestCards(SourceContract):
    def make(self, root: Path) -> Cards:
        return Cards(
            root,
            now=NOW,
            url="https://hall.example.org",
            timezone="",
            lang="de",
            keys=Keys(),
            baseurl=None,
            posts="",
        )

    def write(self, root: Path, name: str, *, title: str, text: str, broken: bool = False) -> Path:
        file = root / f"2026-11-20 {name}.card"
        file.write_text("" if broken else f"{title}\n\n{text}\n", "utf-8")
        return file


def test_a_config_that_names_it_is_served_from_it(place: Place) -> None:
    place.write("site/2026-11-20 fest.card", "Das Fest im Gemeindehaus\n\nAlle sind eingeladen.\n")
    config = place.config.read_text("utf-8")
    named = '[site]\nsource = "cards"\nurl = "https://hall.example.org"'
    place.config.write_text(config.replace("[site]", named), "utf-8")
    assert place.crosspost("run", "--backfill").code == 0
    (post,) = place.sandbox.posts("mastodon")
    assert post["text"].startswith("Das Fest im Gemeindehaus")
    assert "https://hall.example.org/cards/fest" in post["text"]


def test_a_name_nobody_has_is_told_with_its_line_and_the_nearest(place: Place) -> None:
    config = place.config.read_text("utf-8")
    place.config.write_text(config.replace("[site]", '[site]\nsource = "card"'), "utf-8")
    said = place.crosspost("run")
    assert said.code == 2
    assert "crosspost.toml:2: `source`: there is no source called “card”; did you mean cards?" in said.err
