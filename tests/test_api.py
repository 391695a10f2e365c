"""crosspost as a library, as its users call it."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosspost import api
from crosspost.api import ConfigError, CrosspostError, Site
from crosspost.testing import Place

SCRIPT = """\
from datetime import datetime

from crosspost.api import Delivery, Post, Preview, Result, Site

site = Site("crosspost.toml")
accounts: dict[str, str] = site.accounts
posts: list[Post] = site.posts()
texts: list[Preview] = site.preview("a.md", to=["mastodon"])
result: Result = site.publish("a.md")
ran: Result = site.run(backfill=True)
first: Delivery = result.deliveries[0]
when: datetime | None = first.sent_at
alts: tuple[str, ...] = texts[0].alts
code: int = ran.exit_code
site.publish(3)  # type: ignore[arg-type]
"""


@pytest.fixture
def site(place: Place) -> Site:
    place.name_the_ledger()
    return Site(place.config, environ={}, clock=place.clock)


def test_a_post_is_previewed_published_once_and_remembered(site: Site, place: Place) -> None:
    assert site.accounts == {"x": "x", "mastodon": "mastodon", "facebook": "facebook"}
    (post,) = site.posts()
    assert (post.title, post.state, post.url) == ("Grüße aus dem Tal", "ready", f"{place.url}/2026/11/20/gruesse.html")
    (shown,) = site.preview(place.post, to=["mastodon"])
    assert (shown.account, shown.alts, shown.limit) == ("mastodon", ("Ein Hochbeet im Regen",), 500)
    assert site.deliveries() == []
    result = site.publish(place.post, to=["mastodon"])
    assert result.ok
    (delivery,) = result.deliveries
    assert (delivery.state, delivery.sent_at) == ("sent", place.clock())
    (out,) = place.sandbox.posts("mastodon")
    assert out["text"] == shown.text
    assert site.publish(place.post, to=["mastodon"]).ok
    assert len(place.sandbox.posts()) == 1
    assert [one.url for one in site.deliveries(states=["sent"])] == [delivery.url]


def test_a_run_says_what_it_came_to(site: Site, place: Place) -> None:
    first = site.run()
    assert (first.deliveries, first.exit_code) == ((), 0), "on the first run what exists is old"
    place.new_post("2026-11-21-neu")
    place.sandbox.fault("x", "500-before")
    second = site.run()
    assert {one.account: one.state for one in second.deliveries}["mastodon"] == "sent"
    assert second.exit_code == 1
    assert not second.ok


def test_what_cannot_be_said_is_an_error_or_a_problem(site: Site, place: Place, tmp_path: Path) -> None:
    with pytest.raises(CrosspostError, match="nowhere"):
        site.preview(place.root / "site/_posts/nowhere.md")
    result = site.publish(place.root / "site/_posts/nowhere.md")
    assert [path for path, _ in result.problems] == [str(place.root / "site/_posts/nowhere.md")]
    assert result.exit_code == 1
    with pytest.raises(ConfigError, match="does not exist"):
        Site(tmp_path / "none.toml")


def test_a_post_that_a_network_does_not_take_has_the_reason(site: Site, place: Place) -> None:
    own = f"crosspost: {{mastodon: {{content_warning: {'Achtung ' * 80}}}}}"
    bare = place.new_post("2026-11-21-lang", f"---\ntitle: Lang\n{own}\n---\n")
    (shown,) = site.preview(bare, to=["mastodon"])
    assert "The content warning alone is longer" in shown.error
    assert shown.text == ""


def test_everything_that_is_offered_is_there_and_nothing_else() -> None:
    assert all(getattr(api, name).__doc__ for name in api.__all__)
    public = {name for name, value in vars(api).items() if isinstance(value, type) and value.__module__ == api.__name__}
    assert public <= set(api.__all__)


@pytest.mark.long
def test_its_types_are_what_a_type_checker_needs(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--follow-imports=silent", str(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 0, done.stdout
