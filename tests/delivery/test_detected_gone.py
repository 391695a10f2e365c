"""Posts that are out and whose file is gone: what each account does about it."""

from collections.abc import Callable
from typing import Any

import pytest

from crosspost.delivery.change_detector import Policy
from crosspost.ledger import Change, Looked
from crosspost.model import Override, Overrides
from tests.delivery.detected import ON, brief
from tests.delivery.scripted import Quick


def gone(quick: Quick, policies: dict[str, Policy] | None = None) -> list[Change]:
    del quick.entries["beet"]
    assert quick.detect(policies) == [], "a program may be at work in the folder"
    quick.later(minutes=10)
    return quick.detect(policies)


@pytest.mark.parametrize(("policy", "state"), [("unpublish", ["planned"]), ("ask", ["asked"]), ("ignore", [])])
@pytest.mark.parametrize("by_post", [True, False])
def test_what_becomes_of_a_post_whose_file_is_gone(
    published: Quick, policy: Any, state: list[str], by_post: bool
) -> None:
    if by_post:
        published.write(overrides=Overrides(targets={"a": Override(on_delete=policy)}))
        published.detect()
    found = gone(published, {"a": Policy(on_delete="ask" if by_post else policy)})
    assert [change.state for change in found] == state
    assert all(change.kind == "delete" and change.draft is None for change in found)
    assert published.detect({"a": Policy(on_delete="unpublish")}) == [], "decided once"


def test_a_network_that_cannot_take_back_says_so(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on(delete=False)
    (change,) = gone(quick)
    assert (change.state, change.error) == ("left", f"its file is gone, but Scripted cannot take a post back ({ON})")


def test_where_nothing_is_to_be_done_it_need_not_be_able_to(publish_on: Callable[..., Quick]) -> None:
    assert gone(publish_on(delete=False), {"a": Policy(on_delete="ignore")}) == []


def test_only_accounts_with_a_policy_and_first_parts_are_asked_about(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on("a", "b")
    quick.network.parts = ("zwei",)
    quick.write("thread")
    quick.run()
    del quick.entries["thread"]
    quick.detect()
    quick.later(minutes=10)
    assert [change.account for change in quick.detect({"b": Policy()})] == ["b"]


def test_what_was_decided_about_one_post_says_nothing_of_the_next(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on()
    for name in ("b", "c"):
        del quick.entries[name]
    quick.ledger.changes.put(quick.row("b").id, "delete", "ignored")
    quick.detect()
    quick.later(minutes=10)
    assert brief(quick.detect()) == [("c", "delete", "asked")]


def test_a_post_that_is_gone_for_years_is_nobodys_question(published: Quick) -> None:
    published.ledger.posts.looked({"beet": Looked()})
    assert gone(published) == []
    assert [change.state for change in published.ledger.changes.all()] == ["ignored"]


def test_more_than_half_gone_at_once_is_never_a_deletion(published: Quick) -> None:
    published.entries = {}
    assert published.detect({"a": Policy(on_delete="unpublish")}) == []
    published.later(minutes=20)
    assert published.detect({"a": Policy(on_delete="unpublish")}) == []
    assert {change.state for change in published.ledger.changes.all()} == {"ignored"}
