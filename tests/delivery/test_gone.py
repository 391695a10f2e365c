"""Posts whose file is gone: asked about or taken back, never by mistake."""

import shutil
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock
from tests.delivery.followed import EVERY, FILE, TAKES_BACK, Followed, count

pytestmark = pytest.mark.long


def gone_for_good(site: Followed) -> dict[str, tuple[str, str]]:
    """Three runs: missing, still missing, missing for more than ten minutes."""
    assert site.changes() == {}
    site.clock.pass_by(minutes=5)
    assert site.changes() == {}
    site.clock.pass_by(minutes=6)
    return site.changes()


def test_a_deleted_file_is_asked_about(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *EVERY)
    site.file.unlink()
    told = gone_for_good(site)
    assert told == dict.fromkeys(TAKES_BACK, ("delete", "asked")) | {"newsletter": ("delete", "left")}
    assert count(site, *EVERY) == {1}
    assert site.changes() == {}, "told once"
    status = site.place.crosspost("status")
    assert status.code == 3
    assert f"crosspost unpublish {FILE}" in status.out
    site.place.crosspost("unpublish", "--leave", FILE)
    assert site.place.crosspost("status").code == 0
    assert site.changes() == {}


def test_a_deleted_file_takes_its_posts_back_where_that_is_wanted(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, *TAKES_BACK, on_delete="unpublish")
    site.file.unlink()
    assert gone_for_good(site) == dict.fromkeys(TAKES_BACK, ("delete", "done"))
    assert count(site, *TAKES_BACK) == {0}


def test_the_post_itself_may_have_said_what_becomes_of_it(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "x", "mastodon", on_delete="ignore")
    site.front("crosspost: {mastodon: {on_delete: unpublish}}")
    site.run()
    site.file.unlink()
    assert gone_for_good(site) == {"mastodon": ("delete", "done")}
    assert count(site, "x") == {1}


def test_published_false_counts_as_deleted_and_a_draft_too(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    site.front("published: false")
    assert gone_for_good(site) == {"mastodon": ("delete", "done")}
    site.say("published: false\n", "")
    site.run()
    assert count(site, "mastodon") == {0}, "it is not sent again by itself"


def test_a_date_in_the_future_is_no_deletion(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    site.front("date: 2027-01-01 12:00")
    assert gone_for_good(site) == {}


def test_a_file_that_comes_back_is_left_alone(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    text = site.file.read_text("utf-8")
    for _ in range(3):
        site.file.unlink()
        assert site.changes() == {}
        clock.pass_by(minutes=8)
        assert site.changes() == {}
        site.file.write_text(text, "utf-8")
        clock.pass_by(minutes=8)
        assert site.changes() == {}
    assert count(site, "mastodon") == {1}


def test_publishing_by_hand_what_came_back_keeps_it(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    text = site.file.read_text("utf-8")
    site.file.unlink()
    assert site.changes() == {}
    clock.pass_by(minutes=11)
    sandbox.fault("mastodon", "500-before", match="DELETE /api/v1/statuses/*")
    assert site.changes() == {"mastodon": ("delete", "planned")}
    site.file.write_text(text, "utf-8")
    site.place.crosspost(FILE)
    clock.pass_by(hours=1)
    assert site.changes() == {}
    assert count(site, "mastodon") == {1}


def test_a_question_about_a_file_that_came_back_is_withdrawn(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon")
    text = site.file.read_text("utf-8")
    site.file.unlink()
    assert gone_for_good(site) == {"mastodon": ("delete", "asked")}
    site.file.write_text(text, "utf-8")
    assert site.changes() == {}
    assert site.place.crosspost("status").code == 0


@pytest.mark.parametrize("how", ["empty", "most"])
def test_when_most_posts_are_missing_nothing_is_taken_back(
    root: Path, sandbox: Sandbox, clock: Clock, how: str
) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    aside = root / "aside"
    shutil.copytree(root / "site/_posts", aside)
    for file in sorted((root / "site/_posts").iterdir(), reverse=True)[: 9 if how == "empty" else 4]:
        file.unlink()
    ran = site.run()
    assert "none of them counts as deleted" in ran.err
    assert "none of them" not in site.run().err, "told once"
    for _ in range(4):
        clock.pass_by(minutes=30)
        assert site.changes() == {}
    assert count(site, "mastodon") == {1}
    shutil.copytree(aside, root / "site/_posts", dirs_exist_ok=True)
    assert site.changes() == {}
    site.file.unlink()
    assert gone_for_good(site) == {"mastodon": ("delete", "done")}, "later a single deletion counts again"


def test_first_a_few_missing_then_all_is_a_mistake_too(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    site.file.unlink()
    assert site.changes() == {}
    clock.pass_by(minutes=11)
    for file in (root / "site/_posts").iterdir():
        file.unlink()
    for _ in range(3):
        assert site.changes() == {}
        clock.pass_by(minutes=11)
    assert count(site, "mastodon") == {1}


def test_an_unreadable_site_takes_nothing_back(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_delete="unpublish")
    (root / "site").rename(root / "weg")
    assert site.run().code == 2
    clock.pass_by(minutes=30)
    assert site.run().code == 2
    (root / "weg").rename(root / "site")
    assert site.changes() == {}
    assert count(site, "mastodon") == {1}
