"""Threads: one delivery a part, in order, each answering the one before; exactly once whatever happens between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.ledger import Delivery
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.delivery.engine_runs import Runs

pytestmark = pytest.mark.long

THREADED = ("x", "mastodon", "threads", "bluesky")
SENTENCES = " ".join(f"Im Beet Nummer {n} wachsen Möhren, Bohnen und Salat 🥕 für alle im Tal." for n in range(1, 13))
POST = f"---\ntitle: Der Garten\nlang: de\ntags: [Garten]\ndescription: >-\n  {SENTENCES}\n---\n\nText.\n"
PICTURE = "thumbnail: /images/beet.jpg\nthumbnail_alt: Ein Beet\n"
LINK = "https://tal.example.org/2026/11/20/gruesse.html"


def place_for(root: Path, sandbox: Sandbox, clock: Clock, network: str, more: str = 'long = "thread"') -> Place:
    place = Place(root, sandbox, clock=clock, networks=(network,), more=f"{more}\n")
    picture = "" if network == "threads" else PICTURE  # Threads would fetch it from a site that is not there
    place.post.write_text(POST.replace("lang: de\n", f"lang: de\n{picture}"), "utf-8")
    return place


@pytest.fixture(params=THREADED)
def network(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def runs(tmp_path: Path, sandbox: Sandbox, clock: Clock, network: str) -> Iterator[Runs]:
    made = Runs(place_for(tmp_path, sandbox, clock, network))
    yield made
    made.ledger.close()


def rows(runs: Runs) -> list[Delivery]:
    return sorted(runs.ledger.deliveries(), key=lambda row: row.part)


def until_quiet(runs: Runs) -> None:
    for _ in range(12):
        runs.run()
        if {row.state for row in rows(runs)} <= {"sent", "held", "failed"}:
            return
        runs.place.clock.pass_by(minutes=10)


def check(runs: Runs, network: str) -> None:
    """The sandbox has the parts of the preview, once each, in order, each answering the one before."""
    said = runs.place.network(network).draft(runs.place.the_post())
    posts = runs.place.sandbox.posts(network)
    assert [post["text"] for post in posts] == [part.text for part in (said, *said.parts)]
    ids = [post["id"] for post in posts]
    assert [post["extra"].get("in_reply_to_id") for post in posts] == [None, *ids[:-1]]
    assert {row.state for row in rows(runs)} == {"sent"}
    assert [row.part for row in rows(runs)] == list(range(1, len(posts) + 1))
    whole = " ".join(" ".join(post["text"].rsplit("\n\n", 1)[0].split()) for post in posts)
    assert all(sentence in whole for sentence in SENTENCES.split(". "))


def test_a_thread_goes_out_in_one_run_in_order(runs: Runs, network: str) -> None:
    runs.run()
    check(runs, network)
    posts = runs.place.sandbox.posts(network)
    assert len(posts) >= 2
    assert [LINK in post["text"] for post in posts] == [True] + [False] * (len(posts) - 1)
    shown = [bool(post["images"] or post["extra"].get("card")) for post in posts]
    assert shown == [network != "threads"] + [False] * (len(posts) - 1)
    runs.run()
    check(runs, network)


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("fault", ["500-after", "cut-after", "500-before", "429"])
def test_whatever_happens_to_one_part(runs: Runs, network: str, part: int, fault: str) -> None:
    seen = 0

    def begin(delivery: Delivery) -> None:
        nonlocal seen
        if delivery.part == part and not seen:
            seen += 1
            runs.place.sandbox.fault(network, fault, retry_after=60)

    runs.run(begin=begin)
    assert seen == 1
    until_quiet(runs)
    check(runs, network)


def test_a_process_that_dies_between_two_parts(runs: Runs, network: str) -> None:
    class Dies(BaseException):
        pass

    def begin(delivery: Delivery) -> None:
        if delivery.part == 2:
            raise Dies

    with pytest.raises(Dies):
        runs.run(begin=begin)
    assert len(runs.place.sandbox.posts(network)) == 1
    until_quiet(runs)
    check(runs, network)


def test_an_edited_post_does_not_change_what_is_still_to_be_said(runs: Runs, network: str) -> None:
    before = runs.place.network(network).draft(runs.place.the_post())
    runs.run(begin=lambda d: runs.place.sandbox.fault(network, "429", retry_after=60) if d.part == 2 else None)
    runs.place.post.write_text("---\ntitle: Neu\n---\n\nAnders.\n", "utf-8")
    until_quiet(runs)
    texts = [post["text"] for post in runs.place.sandbox.posts(network)]
    assert texts == [part.text for part in (before, *before.parts)]


def test_a_thread_counts_once_for_gaps_and_numbers(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_for(tmp_path, sandbox, clock, "mastodon", 'long = "thread"\nmin_gap = "2h"\nmax_per_run = 1')
    runs = Runs(place)
    runs.run(schedules=place.app.schedules())
    assert len(sandbox.posts("mastodon")) >= 2
    assert len(runs.ledger.moments("mastodon", planned=True)) == 1
    runs.ledger.close()


def test_a_refused_part_leaves_the_first_and_is_told(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    runs = Runs(place_for(tmp_path, sandbox, clock, "mastodon"))

    def begin(delivery: Delivery) -> None:
        if delivery.part == 2:
            sandbox.networks["mastodon"].store.posts[0].deleted = True

    runs.run(begin=begin)
    first, second = rows(runs)[:2]
    assert (first.state, second.state) == ("sent", "failed")
    assert "does not appear to exist" in second.error
    runs.ledger.close()


@pytest.mark.parametrize("name", ["x", "mastodon", "bluesky"])
def test_a_person_who_found_the_first_part_lets_the_thread_go_on(
    name: str, tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    place = place_for(tmp_path, sandbox, clock, name)
    runs = Runs(place)
    sandbox.fault(name, "cut-after")
    runs.run(begin=lambda _: None)
    (post,) = sandbox.posts(name)[:1]
    for row in rows(runs):
        if row.state == "unknown":
            runs.ledger.decide(row, "sent", post["url"], type(place.network(name)).id_in(post["url"]))
    until_quiet(runs)
    check(runs, name)
    runs.ledger.close()


def test_without_the_id_of_the_first_part_the_next_waits_for_a_person(
    tmp_path: Path, sandbox: Sandbox, clock: Clock
) -> None:
    runs = Runs(place_for(tmp_path, sandbox, clock, "mastodon"))
    sandbox.fault("mastodon", "500-before")
    runs.run(begin=lambda _: None)
    (row,) = rows(runs)
    runs.ledger.decide(row, "sent", "https://elsewhere.example/")
    runs.run()
    second = rows(runs)[1]
    assert second.state == "held"
    assert f"settle {second.id} --sent URL" in second.error
    runs.ledger.close()


@pytest.mark.parametrize("name", THREADED)
def test_the_link_in_a_reply(name: str, tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = Place(tmp_path, sandbox, clock=clock, networks=(name,), more='link = "reply"\n')
    place.post.write_text("---\ntitle: Der Garten\n---\n\nEin langer Tag.\n", "utf-8")
    runs = Runs(place)
    runs.run()
    first, second = sandbox.posts(name)
    assert LINK not in first["text"]
    assert second["text"] == LINK
    assert second["extra"]["in_reply_to_id"] == first["id"]
    assert [row.state for row in rows(runs)] == ["sent", "sent"]
    runs.ledger.close()


def test_commands_show_parts(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    place = place_for(tmp_path, sandbox, clock, "mastodon")
    shown = place.crosspost("preview", str(place.post))
    assert "[reply 2," in shown.out
    told = place.crosspost("preview", str(place.post), "--json").json[0]["accounts"][0]
    parts = place.network("mastodon").draft(place.the_post()).parts
    assert [part["text"] for part in told["parts"]] == [part.text for part in parts]
    page = tmp_path / "page.html"
    place.crosspost("preview", str(place.post), "--html", str(page))
    assert page.read_text("utf-8").count("<article>") == 1 + len(
        place.network("mastodon").draft(place.the_post()).parts
    )
    ran = place.crosspost(str(place.post))
    assert ran.code == 0, ran.err
    assert "(part 2)" in ran.out
    again = place.crosspost("preview", str(place.post), "--diff")
    assert "says the same" in again.out


def test_a_network_without_threads_says_so(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> None:
    for setting, key in (('long = "thread"', "long"), ('link = "reply"', "link")):
        place = Place(tmp_path / key, sandbox, clock=clock, networks=("facebook",), more=f"{setting}\n")
        ran = place.crosspost("run")
        assert ran.code == 2
        assert "crosspost.toml:" in ran.err
        assert "has no threads" in ran.err
