"""A post that is sent by hand goes only to accounts that take it, whatever the ledger has of it already."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place


@pytest.mark.parametrize(
    "said", ["", "crosspost: {x: {skip: true}}", "crosspost: {only: [mastodon]}", "crosspost: {x: false}"]
)
@pytest.mark.parametrize("state", ["old", "planned", "new"])
def test_a_post_that_stays_away_from_an_account(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, state: str, said: str
) -> None:
    place = Place(tmp_path, sandbox, networks=("x", "mastodon"), clock=clock)
    place.crosspost("run")
    if state == "old":
        file = place.post
    else:
        file = place.new_post("2026-11-20-neu")
        if state == "planned":
            text = place.config.read_text("utf-8")
            place.config.write_text(text.replace("[accounts.x]\n", '[accounts.x]\ndelay = "2d"\n'), "utf-8")
            place.crosspost("run")
    if said:
        file.write_text(file.read_text("utf-8").replace("---\n", f"---\n{said}\n", 1), "utf-8")
    else:
        config = place.config.read_text("utf-8").replace("[accounts.x]\n", '[accounts.x]\ntakes = {tags = ["y"]}\n')
        place.config.write_text(config, "utf-8")
    place.crosspost(str(file), "--yes")
    assert [post["network"] for post in sandbox.posts()] == ["mastodon"]
    place.clock.pass_by(days=3)
    place.crosspost("run")
    assert [post["network"] for post in sandbox.posts()] == ["mastodon"]
