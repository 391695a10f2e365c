"""A branch that is checked out deletes nothing: what is missing there waits until it is back or confirmed."""

from collections.abc import Callable

import pytest

from crosspost.delivery import branches
from crosspost.delivery.inventory import Inventory
from crosspost.ledger import Change
from crosspost.sources.git_checkout import Checkout
from tests.delivery.listing import Site, names


def on(site: Site, branch: str, busy: str = "") -> Inventory:
    site.checkout = Checkout(branch=branch, busy=busy)
    return site.look()


def leave(site: Site, *gone: str) -> None:
    for name in gone:
        del site.files[name]


def deleted(site: Site) -> list[Change]:
    row = next(row for row in site.ledger.deliveries(states=["sent"]) if row.post == "a")
    return [site.ledger.changes.put(row.id, "delete", "asked")]


def test_what_is_missing_on_another_branch_is_no_deletion(site: Site) -> None:
    on(site, "main")
    leave(site, "a", "c")
    taken = on(site, "draft")
    said = (
        "the site's folder shows the branch draft, not main as before, and 1 post that is out cannot be found there, "
        "so nothing counts as deleted or changed. Go back to main, or accept it with `crosspost run "
        "--accept-branch`. See `crosspost help changes`"
    )
    assert (taken.elsewhere, taken.trouble) == (said, said)
    assert names(taken.missing) == ["a", "c"]
    assert site.known("a").gone_at is None
    taken = on(site, "draft")
    assert (taken.elsewhere, taken.trouble) == (said, ""), "it is told once"
    site.clock.pass_by(minutes=20)
    assert on(site, "draft").gone == ()
    assert on(site, "other").trouble != "", "a third branch is news"
    leave(site, "b")
    assert "2 posts that are out cannot" in on(site, "draft").elsewhere
    assert on(site, "draft").doubted == ()


def test_after_a_branch_was_accepted_any_other_is_news_again(site: Site) -> None:
    on(site, "main")
    leave(site, "a")
    assert on(site, "draft").trouble != ""
    branches.accept(Checkout(branch="third"), site.ledger)
    assert on(site, "draft").trouble.startswith("the site's folder shows the branch draft, not third as before")


def test_back_on_the_branch_all_counts_again_and_the_next_time_is_news(site: Site) -> None:
    on(site, "main")
    kept = dict(site.files)
    leave(site, "a")
    on(site, "draft")
    site.files = kept
    assert on(site, "main").elsewhere == ""
    leave(site, "a")
    assert on(site, "draft").trouble != ""
    taken = on(site, "main")
    assert taken.elsewhere == ""
    assert site.known("a").gone_at is not None


@pytest.mark.parametrize("change", [lambda _: None, lambda site: leave(site, "c"), deleted])
def test_a_branch_that_lacks_nothing_that_is_out_is_the_site(site: Site, change: Callable[[Site], object]) -> None:
    on(site, "main")
    change(site)
    if change is deleted:
        leave(site, "a")
    assert on(site, "draft").elsewhere == ""
    leave(site, "b")
    assert on(site, "draft").elsewhere == "", "from now on it is this one"
    assert "not draft as before" in on(site, "main").elsewhere


def test_a_merge_that_is_not_over_deletes_nothing_on_its_own_branch_either(site: Site) -> None:
    on(site, "main")
    leave(site, "a")
    taken = on(site, "main", "a merge")
    assert taken.elsewhere == (
        "git is in the middle of a merge in the site's folder and 1 post that is out cannot be found there, so nothing "
        "counts as deleted or changed"
    )
    assert on(site, "main", "a rebase").trouble != "", "another work is news"
    assert on(site, "main").elsewhere == ""


def test_a_branch_during_a_merge_is_not_taken_for_the_sites(site: Site) -> None:
    on(site, "main")
    assert on(site, "draft", "a merge").elsewhere == ""
    leave(site, "a")
    assert "not main as before" in on(site, "draft").elsewhere


def test_a_branch_that_is_accepted_is_the_site(site: Site) -> None:
    on(site, "main")
    leave(site, "a")
    on(site, "draft")
    branches.accept(Checkout(branch="draft"), site.ledger)
    assert on(site, "draft").elsewhere == ""
    assert site.known("a").gone_at is not None
    site.write("e")
    site.look()
    site.send("e")
    leave(site, "e")
    assert on(site, "main").trouble != ""


def test_without_git_there_is_no_other_branch(site: Site) -> None:
    on(site, "main")
    leave(site, "a")
    site.checkout = None
    assert site.look().elsewhere == ""
    assert site.known("a").gone_at is not None


def test_what_an_older_crosspost_wrote_down_about_branches_is_read(site: Site) -> None:
    """The names in a ledger stay: under another one the site's branch would be forgotten, and posts be deleted."""
    on(site, "main")
    leave(site, "a")
    on(site, "draft")
    assert (site.ledger.fact("git.branch"), site.ledger.fact("git.told")) == ("main", "draft\n")
