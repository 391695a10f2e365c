"""Posts that are out and whose file says something else: what each account does about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.delivery import change_detector, make_plan
from crosspost.delivery.change_detector import Policy
from crosspost.errors import ConfigError, NotSent, PostRefused, Unknown
from crosspost.model import Override, Overrides, Poll
from tests.delivery.detected import ON, brief, picture
from tests.delivery.scripted import Quick


def test_other_words_are_asked_about_once(published: Quick) -> None:
    published.write(text="Geändert")
    (change,) = published.detect()
    assert (change.kind, change.state, change.error, change.account) == ("edit", "asked", "", "a")
    assert change.draft is not None
    assert change.draft.text.startswith("Geändert")
    assert published.detect() == []
    published.write(text="Noch einmal")
    (change,) = published.detect()
    assert change.draft is not None
    assert change.draft.text.startswith("Noch einmal")


@pytest.mark.parametrize(("policy", "state"), [("update", ["planned"]), ("ask", ["asked"]), ("ignore", [])])
@pytest.mark.parametrize("by_post", [True, False])
def test_the_account_says_what_it_does_and_the_post_may_say_otherwise(
    published: Quick, policy: Any, state: list[str], by_post: bool
) -> None:
    says = Overrides(targets={"a": Override(on_edit=policy if by_post else None)})
    published.write(text="Geändert", overrides=says)
    found = published.detect({"a": Policy(on_edit="ask" if by_post else policy)})
    assert [change.state for change in found] == state


def test_an_account_without_a_policy_or_that_is_left_out_by_now_is_left_alone(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on("a", "b")
    quick.write(text="Geändert", overrides=Overrides(targets={"b": Override(skip=True)}))
    assert quick.detect({"b": Policy()}) == []


def test_what_a_person_or_the_account_decided_is_not_asked_again(published: Quick) -> None:
    for state in ("ignored", "failed", "planned"):
        published.write(text=f"Geändert {state}")
        (change,) = published.detect()
        published.ledger.changes.settle(change, state)  # type: ignore[arg-type]
        assert published.detector().compare(published.posts["beet"], published.row(), "ask") is None
        kept = published.ledger.changes.of(change.delivery)
        assert kept is not None
        assert kept.state == state


def test_an_account_that_asks_no_more_edits_what_was_asked(published: Quick) -> None:
    published.write(text="Geändert")
    published.detect()
    published.write(text="Geändert", tags=("neu",), fingerprint="other bytes, same words")
    (change,) = published.detect({"a": Policy(on_edit="update")})
    assert change.state == "planned"


def test_what_is_said_as_before_again_is_forgotten(published: Quick) -> None:
    published.write(text="Geändert")
    published.detect()
    published.write()
    assert published.detect() == []
    assert published.ledger.changes.all() == []


def test_what_was_done_stays_known(published: Quick) -> None:
    published.write(text="Geändert")
    published.detect({"a": Policy(on_edit="update")})
    published.carry_out()
    published.write(text="Geändert", fingerprint="other bytes, same words")
    assert published.detect() == []
    assert [change.state for change in published.ledger.changes.all()] == ["done"]


def test_what_is_to_be_taken_back_is_not_edited(published: Quick) -> None:
    published.ledger.changes.put(published.row().id, "delete", "planned")
    published.write(text="Geändert")
    assert published.detect() == []
    assert [change.kind for change in published.ledger.changes.all()] == ["delete"]
    published.ledger.changes.put(published.row().id, "delete", "asked")
    published.write(text="Noch einmal")
    assert brief(published.detect()) == [("beet", "edit", "asked")]


@pytest.mark.parametrize(
    ("able", "said"),
    [
        (
            {"edit": False},
            f"a: Scripted cannot change a post that is out ({ON}); to correct it, `crosspost unpublish` it there and "
            "publish it with --again",
        ),
        (
            {"edit": False, "delete": False},
            f"a: Scripted cannot change a post that is out ({ON}); it stays as it is",
        ),
    ],
)
def test_a_network_that_cannot_edit_says_so_once(
    publish_on: Callable[..., Quick], able: dict[str, bool], said: str
) -> None:
    quick = publish_on(**able)
    quick.write(text="Geändert")
    assert [(change.state, change.error) for change in quick.detect()] == [("left", said)]
    quick.write(text="Geändert", fingerprint="other bytes, same words")
    assert quick.detect() == []


def test_without_an_address_none_is_named(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on(edit=False)
    with quick.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET url = ''")
    quick.write(text="Geändert")
    assert "cannot change a post that is out; to correct it" in quick.detect()[0].error


@pytest.mark.parametrize("now", [True, False])
def test_a_thread_is_left_as_it_is(publish_on: Callable[..., Quick], now: bool) -> None:
    quick = publish_on()
    if not now:
        quick.network.parts = ("zwei",)
        quick.write("thread")
        quick.run()
        quick.network.parts = ()
    quick.detect()
    post = "beet" if now else "thread"
    quick.network.parts = ("zwei",) if now else ()
    quick.write(post, text="Geändert")
    (change,) = quick.detect()
    url = quick.ledger.deliveries(post=post)[0].url
    assert (change.state, change.post) == ("left", post)
    assert change.error.startswith(f"a: a thread cannot be changed ({url}); to correct it, `crosspost unpublish`")


def test_a_post_with_a_poll_is_left_as_it_is_and_what_can_be_done_is_said(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on()
    compose = quick.network.compose
    poll = Poll(options=("a", "b"), seconds=86_400)
    quick.network.compose = lambda post: msgspec.structs.replace(compose(post), poll=poll)  # type: ignore[method-assign]
    quick.write(text="Geändert")
    (change,) = quick.detect()
    url = quick.row().url
    said = (
        f"a: a post with a poll cannot be changed ({url}); to correct it, `crosspost unpublish` it there and publish it"
    )
    assert (change.state, change.error) == ("left", f"{said} with --again")


def test_a_picture_the_network_keeps_is_named(publish_on: Callable[..., Quick], tmp_path: Path) -> None:
    quick = publish_on(edit_keeps=("images",))
    quick.write(thumbnail=picture(tmp_path))
    (change,) = quick.detect()
    assert (change.state, change.error) == (
        "left",
        f"a: Scripted cannot change the picture of a post that is out ({ON})",
    )
    quick.write(text="Geändert", thumbnail=picture(tmp_path))
    assert [change.state for change in quick.detect()] == ["asked"], "the words can be changed"


def test_what_no_reader_sees_is_no_change(published: Quick) -> None:
    published.write(tags=("neu",), fingerprint="2")
    assert published.detect() == []


def test_a_post_that_cannot_be_read_now_is_compared_later(published: Quick) -> None:
    published.write(text="Geändert")
    post = published.posts.pop("beet")
    detector = published.detector()

    def refused(_: object) -> Any:
        raise PostRefused("_posts/beet.md", "it has no title")

    detector._load = refused
    plan = make_plan(published.entries.values(), {"a": "scripted"}, published.ledger)
    assert detector.look(plan.entries, plan.inventory) == []
    published.posts["beet"] = post
    assert brief(published.detect()) == [("beet", "edit", "asked")]


@pytest.mark.parametrize("error", [NotSent("a: no route"), Unknown("a: no answer")], ids=str)
def test_an_account_that_does_not_say_who_it_is_is_compared_later(published: Quick, error: Exception) -> None:
    published.write(text="Geändert")
    published.ledger.note("a", identity=None)
    published.network.next("connect", error)
    assert published.detect() == []
    assert brief(published.detect()) == [("beet", "edit", "asked")]


def test_who_an_account_was_long_ago_is_good_enough(published: Quick) -> None:
    published.later(days=100)
    published.write(text="Geändert")
    before = published.network.connected
    published.detect()
    assert published.network.connected == before


def test_a_post_that_cannot_be_said_any_more_is_told_once(published: Quick) -> None:
    for text, told in (("Geändert", ["a: no such setting"]), ("Noch einmal", [])):
        published.write(text=text)
        published.network.next("compose", ConfigError("a: no such setting"))
        found = published.detect()
        assert [change.error for change in found] == told
        assert all((change.kind, change.state, change.draft) == ("edit", "failed", None) for change in found)
    published.write(text="Zum dritten")
    published.network.next("compose", ConfigError("a: another mistake"))
    assert [change.error for change in published.detect()] == ["a: another mistake"]


def test_an_account_that_cannot_say_it_any_more_hides_nothing_of_the_others(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on("a", "b", "c")
    quick.write(text="Geändert")
    quick.networks["b"].next("compose", ConfigError("b: no such setting"))
    assert [(change.account, change.state) for change in quick.detect()] == [
        ("a", "asked"),
        ("b", "failed"),
        ("c", "asked"),
    ]


def test_what_is_not_settled_everywhere_is_compared_but_not_done_with(publish_on: Callable[..., Quick]) -> None:
    quick = publish_on("a", "b")
    quick.networks["b"].next("publish", Unknown("b: no answer"))
    quick.write("f")
    quick.run()
    quick.detect()
    assert quick.ledger.posts.known()["f"].looked.pictures is None
    quick.later(minutes=5)
    quick.run()
    quick.detect()
    assert quick.ledger.posts.known()["f"].looked.pictures == ()


def test_a_hundred_posts_are_compared_in_a_run_and_the_rest_in_the_next(
    publish_on: Callable[..., Quick], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_detector, "MOST", 3)
    quick = publish_on()
    posts = [f"p{number}" for number in range(5)]
    for name in posts:
        quick.write(name, name)
    quick.run(most=9)
    quick.detect()
    for name in posts:
        quick.write(name, f"neu {name}")
    assert [len(quick.detect()) for _ in range(3)] == [3, 2, 0]


def test_on_another_branch_nothing_is_compared(published: Quick) -> None:
    published.write(text="Geändert")
    plan = make_plan(published.entries.values(), {"a": "scripted"}, published.ledger)
    elsewhere = msgspec.structs.replace(plan.inventory, elsewhere="another branch")
    assert published.detector().look(plan.entries, elsewhere) == []
    assert len(published.detect()) == 1


def test_files_nobody_can_tell_apart_are_not_compared(published: Quick) -> None:
    published.write(text="Geändert", fingerprint="")
    assert published.detect() == []
