"""Small promises of a run, each by itself."""

from datetime import timedelta

import pytest

from crosspost.delivery import keys, make_plan
from crosspost.delivery.changes import Policy
from crosspost.delivery.renames import familiar
from crosspost.ledger import KnownPost, Looked
from crosspost.model import Entry, Override, Overrides
from crosspost.schedule import Schedule
from crosspost.schedule.values import Slot
from crosspost.sources.git import Checkout
from tests.delivery.scripted import Quick


@pytest.mark.parametrize("site", ["https://e.org/blogX", "https://e.org/blo", "https://e.org/blog/x", "https://e.orgX"])
def test_a_slash_at_the_end_of_a_site_is_nothing_and_a_letter_is(site: str) -> None:
    assert keys.handle("https://e.org/blog/", "p", "a") == keys.handle("https://e.org/blog", "p", "a")
    assert keys.handle(site, "p", "a") != keys.handle("https://e.org/blog", "p", "a")


def test_a_thread_beside_it_does_not_keep_a_post_from_being_changed(one_published: Quick) -> None:
    one_published.network.parts = ("more", "and more")
    one_published.write("thread")
    for _ in range(3):
        one_published.run(most=9)
    one_published.network.parts = ()
    assert {row.part for row in one_published.ledger.deliveries(post="thread")} == {1, 2, 3}
    one_published.write("beet", text="Changed")
    (change,) = one_published.detect({"a": Policy(on_edit="update")})
    assert (change.post, change.state) == ("beet", "planned")


def test_a_post_that_is_where_it_was_is_known_at_once() -> None:
    there = KnownPost(id="p", path="p.md", url="", title="", looked=Looked(name="x", seen="f"))
    same = Entry(id="x", path="p.md", url="", title="", fingerprint="f")
    other = Entry(id="x", path="p.md", url="", title="", fingerprint="g")
    new = Entry(id="y", path="y.md", url="", title="", fingerprint="f")
    assert familiar([same], {"p": there}) == {"x": "p"}
    assert familiar([other], {"p": there}) is None
    assert familiar([same, new], {"p": there}) is None
    assert familiar([], {"p": there}) == {}


@pytest.mark.parametrize("begun", [True, False])
def test_what_a_process_of_this_machine_left_behind_is_looked_at(quick: Quick, begun: bool) -> None:
    quick.network.next("prepare" if not begun else "publish", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run()
    assert quick.row().state == "sending"
    quick.run()
    assert quick.row().state != "sending", "its lease is not over, but its process is"


@pytest.mark.parametrize("named", [True, False])
def test_a_time_its_author_named_goes_before_the_accounts_slots(quick: Quick, named: bool) -> None:
    yearly = Schedule(slots=(Slot(text="1 January", cron="0 0 1 1 *"),))
    quick.run()  # a post is out since the last slot
    said = Override(at=quick.clock() + timedelta(minutes=1)) if named else Override()
    quick.write("named", overrides=Overrides(targets={"a": said}))
    quick.run(schedules={"a": yearly})
    quick.later(minutes=2)
    quick.run(schedules={"a": yearly})
    assert quick.row("named").state == ("sent" if named else "planned")


def test_a_plan_knows_what_is_checked_out(quick: Quick) -> None:
    here = Checkout(branch="main")
    plan = make_plan(quick.entries.values(), {"a": "scripted"}, quick.ledger, checkout=here)
    assert plan.inventory.checkout == here
