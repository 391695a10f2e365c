"""A corkboard keeps the contract; then its quirks."""

import pytest

from crosspost.testing import NetworkContract, Place


class TestCorkboard(NetworkContract):
    key = "corkboard"
    uploads = ""
    alts = ()

    @pytest.mark.parametrize("colour", ["yellow", "blue"])
    def test_the_paper_has_the_colour_a_post_asks_for(self, place: Place, colour: str) -> None:
        place.new_post("2026-11-21-farbe", f"---\ntitle: Farbe\ncrosspost: {{corkboard: {{colour: {colour}}}}}\n---\n")
        assert place.crosspost("run", "--backfill").code == 0
        notes = {post["text"].split("\n")[0]: post for post in place.sandbox.posts("corkboard")}
        assert notes["Farbe"]["extra"]["colour"] == colour
