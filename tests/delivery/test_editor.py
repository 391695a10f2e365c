"""Changes of what is out when the network does not play along."""

from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, served
from tests.delivery.followed import FILE, Followed


def test_an_edit_whose_answer_is_lost_is_repeated(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update")
    site.say("viel Regen", "viel Sonne")
    sandbox.fault("mastodon", "500-after", match="PUT /api/v1/statuses/*")
    ran = site.place.crosspost("run", "--json")
    assert ran.code == 1
    assert ran.json["changes"][0]["state"] == "planned"
    assert site.changes() == {}, "not at once"
    clock.pass_by(minutes=10)
    assert site.changes() == {"mastodon": ("edit", "done")}
    assert len(site.posts("mastodon")) == 1


def test_an_edit_that_never_works_is_given_up(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update")
    site.say("viel Regen", "viel Sonne")
    sandbox.fault("mastodon", "500-before", match="PUT /api/v1/statuses/*", times=99)
    site.run()
    for _ in range(3):
        clock.pass_by(hours=30)
        assert site.changes() == {"mastodon": ("edit", "planned")}, "in five attempts"
    clock.pass_by(hours=30)
    assert site.changes() == {"mastodon": ("edit", "failed")}
    assert site.changes() == {}
    assert site.place.crosspost("update", FILE).code == 1, "a person may try it at any time"


@pytest.mark.parametrize("fault", ["429", "expired-token"])
def test_a_limit_or_a_dead_token_pauses_the_account(root: Path, sandbox: Sandbox, clock: Clock, fault: str) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update")
    site.say("viel Regen", "viel Sonne")
    sandbox.fault("mastodon", fault, match="PUT /api/v1/statuses/*")
    assert site.changes() == {"mastodon": ("edit", "planned")}
    assert "paused" in site.place.crosspost("status").out
    asked = len(sandbox.requests)
    assert site.changes() == {}
    assert len(sandbox.requests) == asked
    clock.pass_by(hours=25)
    assert site.changes() == {"mastodon": ("edit", "done")}


def test_a_refused_edit_is_told_in_the_networks_words(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update")
    site.place.network("mastodon").me()
    sandbox.store.posts[-1].deleted = True  # a person took it back there
    site.say("viel Regen", "viel Sonne")
    ran = site.place.crosspost("run")
    assert ran.code == 1
    assert "not changed" in ran.out
    assert "Record not found" in ran.out
    assert site.posts("mastodon") == []


def test_a_link_changes_only_when_its_page_is_there(root: Path, sandbox: Sandbox, clock: Clock) -> None:
    site = Followed(root, sandbox, clock, "mastodon", on_edit="update")
    with served(root / "web") as url:
        config = (root / "site/_config.yml").read_text("utf-8")
        (root / "site/_config.yml").write_text(config.replace(site.place.url, url), "utf-8")
        assert site.changes() == {}, "the site's address is no change of a post"
        site.file.rename(site.file.with_name("2026-11-20-umbenannt.md"))
        assert site.changes() == {}
        assert "waits for the page" in site.place.crosspost("status").out
        page = root / "web/2026/11/20/umbenannt.html"
        page.parent.mkdir(parents=True)
        page.write_text("<title>Grüße aus dem Tal</title>", "utf-8")
        clock.pass_by(minutes=6)
        assert site.changes() == {"mastodon": ("edit", "done")}
        assert f"{url}/2026/11/20/umbenannt.html" in site.posts("mastodon")[0]["text"]
