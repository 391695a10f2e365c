"""An account boosts what another one said: once, after it, and never something else."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from crosspost.app.write_back.published_links import pages
from crosspost.delivery.rules import Boost
from crosspost.errors import NotSent, Unknown, Unsupported
from crosspost.ledger import Delivery
from crosspost.model import Post, Prepared, Receipt
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place
from crosspost.testing.harness import Saved
from tests.boosted import boosted, second_account
from tests.delivery.engine_runs import Runs

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python

#: network → where a boost's request goes
REQUESTS = {
    "mastodon": "POST /api/v1/statuses/*/reblog",
    "misskey": "POST /api/notes/create",
    "bluesky": "POST /xrpc/com.atproto.repo.putRecord",
    "x": "POST /2/users/*/retweets",
    "threads": "POST /v1.0/*/repost",
    "linkedin": "POST /rest/posts",
    "nostr": "EVENT /nostr",
}
#: where a boost has an address of its own
OWN_PAGE = ("misskey", "linkedin")


class Group:
    """Two accounts of one network; ``echo`` boosts what the other says."""

    def __init__(self, root: Path, sandbox: Sandbox, clock: Clock, network: str) -> None:
        self.network, self.sandbox, self.clock = network, sandbox, clock
        other, settings, tokens = second_account(sandbox, network)
        more = f'[accounts.echo]\nnetwork = "{network}"\nbase_url = "{other["base_url"]}"\nboost_from = "{network}"\n'
        self.place = Place(root, sandbox, networks=(network,), clock=clock, more=more + settings)
        with self.place.secrets.open("a", encoding="utf-8") as file:
            file.writelines(f"CROSSPOST_ECHO_{key.upper()}={value}\n" for key, value in tokens.items())
        if network == "threads":  # it would fetch the picture from a site that is not there
            text = re.sub(r"^thumbnail.*\n|^!\[.*\n", "", self.place.post.read_text("utf-8"), flags=re.MULTILINE)
            self.place.post.write_text(text, "utf-8")
        self.runs = Runs(self.place)

    def run(self, **how: object) -> dict[str, Delivery]:
        boosts = {"echo": Boost(self.network, timedelta(hours=1))}
        return self.runs.run(boosts=boosts, **how)  # type: ignore[arg-type]  # a test's own

    def said(self) -> list[dict[str, Any]]:
        """The posts that are no boosts."""
        return [post for post in self.sandbox.posts(self.network) if "parent" not in post["extra"]]

    def boosted(self) -> int:
        """How often the one post was boosted."""
        (post,) = self.said()
        return boosted(self.sandbox, self.network, post)


@pytest.fixture(params=sorted(REQUESTS))
def group(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Group:
    return Group(tmp_path, sandbox, clock, request.param)


def test_it_waits_for_the_post_and_for_its_time_and_boosts_once(group: Group) -> None:
    first = group.run()
    assert first[group.network].state == "sent"
    assert group.runs.states()["echo"] == "planned"
    assert group.boosted() == 0
    group.clock.pass_by(minutes=50)
    group.run()
    assert group.boosted() == 0
    group.clock.pass_by(minutes=20)
    echo = group.run()["echo"]
    assert (echo.state, group.boosted()) == ("sent", 1)
    assert echo.url == first[group.network].url or group.network in OWN_PAGE
    group.clock.pass_by(days=1)
    assert group.run() == {}
    assert group.boosted() == 1
    assert len(group.said()) == 1, "it says nothing itself"


def ready(group: Group) -> None:
    group.run()
    group.clock.pass_by(minutes=70)


@pytest.mark.parametrize("fault", ["500-after", "cut-after", "half-answer", "500-before", "cut-before"])
def test_a_lost_answer_is_looked_for_and_nothing_is_boosted_twice(group: Group, fault: str) -> None:
    ready(group)
    group.sandbox.fault(group.network, fault, match=REQUESTS[group.network])
    group.run()
    for _ in range(4):
        group.clock.pass_by(minutes=10)
        group.run()
    assert (group.runs.states()["echo"], group.boosted()) == ("sent", 1)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_is_killed_at_the_request_is_gone_on_with(
    group: Group, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    ready(group)
    adapter = type(group.place.network("echo"))
    publish: Callable[..., object] = adapter.publish

    def killed(network: object, prepared: object) -> object:
        if moment == "after":
            publish(network, prepared)
        raise Killed

    monkeypatch.setattr(adapter, "publish", killed)
    with pytest.raises(Killed):
        group.run()
    monkeypatch.undo()
    for _ in range(4):
        group.clock.pass_by(minutes=10)
        group.run()
    assert (group.runs.states()["echo"], group.boosted()) == ("sent", 1)


def test_what_the_other_account_does_not_say_is_not_boosted(group: Group) -> None:
    text = group.place.post.read_text("utf-8")
    skip = f"crosspost: {{{group.network}: {{skip: true}}, echo: {{skip: false}}}}"
    group.place.post.write_text(text.replace("---\n", f"---\n{skip}\n", 1), "utf-8")
    group.run()
    rows = {row.account: row for row in group.runs.ledger.deliveries()}
    assert rows["echo"].state == "skipped"
    assert "does not say it" in rows["echo"].why
    assert group.sandbox.posts(group.network) == []


def test_a_boost_is_taken_back_and_the_post_stays(group: Group) -> None:
    ready(group)
    group.run()
    network = group.place.network("echo")
    row = next(row for row in group.runs.ledger.deliveries() if row.account == "echo")
    receipt = Receipt(id=row.receipt, url=row.url, at=group.clock())
    if group.network == "threads":  # it does not say how
        assert not network.able.delete
        return
    network.delete(receipt)
    network.delete(receipt)
    assert group.boosted() == 0
    assert len(group.said()) == 1


def test_a_post_of_another_server_is_looked_up_on_ones_own(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    group = Group(tmp_path, sandbox, clock, "mastodon")
    group.run()
    (post,) = sandbox.posts("mastodon")
    network = group.place.network("echo")
    there = f"https://anders.example{urlsplit(post['url']).path}"
    prepared = Prepared(
        draft=network.draft(group.place.the_post()), handle="key", remote={"boosts": "7", "boosts_url": there}
    )
    saved = Saved()
    made = network.prepare(prepared, saved)
    assert saved == {"here": post["id"]}
    assert network.prepare(made, saved) == made
    assert network.publish(made).url == there
    assert group.boosted() == 1
    unknown = msgspec.structs.replace(prepared, remote={"boosts": "7", "boosts_url": "https://anders.example/@x/1"})
    with pytest.raises(NotSent, match="does not find"):
        network.prepare(unknown, saved)


def test_another_servers_note_is_not_renoted(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    network = Group(tmp_path, sandbox, clock, "misskey").place.network("echo")
    draft = network.compose(Post(id="a", path="a.md", url="", title="a", date=clock()))
    remote = {"boosts": "7", "boosts_url": "https://anders.example/notes/7"}
    with pytest.raises(Unsupported, match="another server"):
        network.prepare(Prepared(draft=draft, handle="key", remote=remote), Saved())


def test_after_a_lost_ledger_a_boost_of_which_nothing_is_known_proves_nothing(group: Group) -> None:
    network = group.place.network("echo")
    draft = network.draft(group.place.the_post())
    with pytest.raises(Unknown, match="is not known"):
        network.look_back(Prepared(draft=draft, handle="key"), group.clock())


def test_an_edit_of_the_post_is_none_of_the_boost(group: Group) -> None:
    network = group.place.network("echo")
    before = network.draft(group.place.the_post())
    group.place.post.write_text(
        group.place.post.read_text("utf-8").replace("Ein langer Tag", "Ein kurzer Tag"), "utf-8"
    )
    assert network.draft(group.place.the_post()) == before
    assert not network.able.edit


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('boost_from = "nobody"', "there is no account “nobody”; known: mastodon\n"),
        ('boost_from = "mastadon"', "there is no account “mastadon”; did you mean `mastodon`?"),
        ('boost_from = "echo"', "says nothing itself"),
        ('boost_from = "x"', "only an account of the same network"),
        ('boost_from = "mastodon"\nboost_after = "soon"', "write it like 30m, 2h or 1d"),
        ('boost_after = "2h"', "needs `boost_from`"),
    ],
)
def test_a_wrong_setting_says_where_and_what(tmp_path: Path, sandbox: Sandbox, line: str, why: str) -> None:
    more = f'[accounts.echo]\nnetwork = "mastodon"\nbase_url = "{sandbox.url}"\n{line}\n'
    place = Place(tmp_path, sandbox, networks=("mastodon", "x"), more=more)
    ran = place.crosspost("run", "--dry-run")
    assert ran.code == 2
    assert why in ran.err
    assert "crosspost.toml:" in ran.err


def test_an_account_that_the_site_does_not_use_is_no_source(tmp_path: Path, sandbox: Sandbox) -> None:
    more = f'[accounts.echo]\nnetwork = "mastodon"\nbase_url = "{sandbox.url}"\nboost_from = "mastodon"\n'
    place = Place(tmp_path, sandbox, networks=("mastodon", "x"), more=more)
    config = place.config.read_text("utf-8")
    place.config.write_text(config.replace("[site]\n", '[site]\naccounts = ["x", "echo"]\n'), "utf-8")
    ran = place.crosspost("run", "--dry-run")
    line = 1 + place.config.read_text("utf-8").splitlines().index('boost_from = "mastodon"')
    assert (ran.code, f"crosspost.toml:{line}: mastodon does not say the posts of this site" in ran.err) == (2, True)
    place.config.write_text(config.replace("[site]\n", '[site]\naccounts = ["x", "mastodon"]\n'), "utf-8")
    assert place.crosspost("run", "--dry-run").code == 0, "whose posts nobody boosts here"


def test_where_nothing_can_be_boosted_that_is_said(tmp_path: Path, sandbox: Sandbox) -> None:
    more = f'[accounts.echo]\nnetwork = "ntfy"\nbase_url = "{sandbox.url}"\ntopic = "a"\nboost_from = "mastodon"\n'
    ran = Place(tmp_path, sandbox, networks=("mastodon",), more=more).crosspost("run", "--dry-run")
    assert (ran.code, "crosspost does not boost on ntfy" in ran.err) == (2, True)


def test_the_plan_says_that_a_boost_comes_after_the_post(group: Group) -> None:
    group.place.crosspost("run")
    group.place.new_post("2026-11-21-neu")
    said = group.place.crosspost("plan", "--json").json
    lines = {line["account"]: line for line in said}
    assert lines["echo"]["at"] > lines[group.network]["at"]
    assert lines["echo"]["why"] == f"some time after {group.network}"


def test_pages_link_to_the_post_and_not_once_more_to_its_boost(group: Group) -> None:
    ready(group)
    group.run()
    (page,) = pages(group.place.app, group.runs.ledger)
    assert [link.account for link in page.links] == [group.network]
