"""Posts that are out and whose file says something else or is gone: what each account does about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from crosspost.delivery import changes, make_plan
from crosspost.delivery.changes import Policy
from crosspost.errors import ConfigError, NotSent, PostRefused, Unknown
from crosspost.ledger import Change, Looked
from crosspost.model import Override, Overrides, Picture
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Quick

ON = "https://scripted.example/1"


@pytest.fixture
def made(tmp_path: Path, clock: Clock) -> Callable[..., Quick]:
    """A post that is out, with an alternative text for every ability."""

    def make(*accounts: str, **able: Any) -> Quick:
        quick = Quick(tmp_path, clock, *accounts, **{"edit": True, "delete": True} | able)
        quick.write()
        for name in "bcde":  # a site has more than one post
            quick.write(name)
        quick.run(most=9)
        assert quick.detect() == []
        return quick

    return make


@pytest.fixture
def out(made: Callable[..., Quick]) -> Quick:
    return made()


def brief(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.post, change.kind, change.state) for change in found]


def picture(tmp_path: Path, name: str = "beet.jpg", size: tuple[int, int] = (40, 30), alt: str = "Ein Beet") -> Picture:
    Image.new("RGB", size, "green").save(tmp_path / name)
    return Picture(path=str(tmp_path / name), url=f"https://tal.example/{name}", alt=alt)


# ── edits ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_words_are_asked_about_once(out: Quick) -> None:
    out.write(text="Geändert")
    (change,) = out.detect()
    assert (change.kind, change.state, change.error, change.account) == ("edit", "asked", "", "a")
    assert change.draft is not None
    assert change.draft.text.startswith("Geändert")
    assert out.detect() == []
    out.write(text="Noch einmal")
    (change,) = out.detect()
    assert change.draft is not None
    assert change.draft.text.startswith("Noch einmal")


@pytest.mark.parametrize(("policy", "state"), [("update", ["planned"]), ("ask", ["asked"]), ("ignore", [])])
@pytest.mark.parametrize("by_post", [True, False])
def test_the_account_says_what_it_does_and_the_post_may_say_otherwise(
    out: Quick, policy: Any, state: list[str], by_post: bool
) -> None:
    says = Overrides(targets={"a": Override(on_edit=policy if by_post else None)})
    out.write(text="Geändert", overrides=says)
    found = out.detect({"a": Policy(on_edit="ask" if by_post else policy)})
    assert [change.state for change in found] == state


def test_an_account_without_a_policy_or_that_is_left_out_by_now_is_left_alone(made: Callable[..., Quick]) -> None:
    quick = made("a", "b")
    quick.write(text="Geändert", overrides=Overrides(targets={"b": Override(skip=True)}))
    assert quick.detect({"b": Policy()}) == []


def test_what_a_person_or_the_account_decided_is_not_asked_again(out: Quick) -> None:
    for state in ("ignored", "failed", "planned"):
        out.write(text=f"Geändert {state}")
        (change,) = out.detect()
        out.ledger.changes.settle(change, state)  # type: ignore[arg-type]
        out.ledger.posts.looked("beet", Looked())  # as if it was never compared
        assert out.detect() == []
        kept = out.ledger.changes.of(change.delivery)
        assert kept is not None
        assert kept.state == state


def test_an_account_that_asks_no_more_edits_what_was_asked(out: Quick) -> None:
    out.write(text="Geändert")
    out.detect()
    out.write(text="Geändert", tags=("neu",), fingerprint="other bytes, same words")
    (change,) = out.detect({"a": Policy(on_edit="update")})
    assert change.state == "planned"


def test_what_is_said_as_before_again_is_forgotten(out: Quick) -> None:
    out.write(text="Geändert")
    out.detect()
    out.write()
    assert out.detect() == []
    assert out.ledger.changes.all() == []


def test_what_was_done_stays_known(out: Quick) -> None:
    out.write(text="Geändert")
    out.detect({"a": Policy(on_edit="update")})
    out.carry_out()
    out.write(text="Geändert", fingerprint="other bytes, same words")
    assert out.detect() == []
    assert [change.state for change in out.ledger.changes.all()] == ["done"]


def test_what_is_to_be_taken_back_is_not_edited(out: Quick) -> None:
    out.ledger.changes.put(out.row().id, "delete", "planned")
    out.write(text="Geändert")
    assert out.detect() == []
    assert [change.kind for change in out.ledger.changes.all()] == ["delete"]
    out.ledger.changes.put(out.row().id, "delete", "asked")
    out.write(text="Noch einmal")
    assert brief(out.detect()) == [("beet", "edit", "asked")]


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
def test_a_network_that_cannot_edit_says_so_once(made: Callable[..., Quick], able: dict[str, bool], said: str) -> None:
    quick = made(**able)
    quick.write(text="Geändert")
    assert [(change.state, change.error) for change in quick.detect()] == [("left", said)]
    quick.write(text="Geändert", fingerprint="other bytes, same words")
    assert quick.detect() == []


def test_without_an_address_none_is_named(made: Callable[..., Quick]) -> None:
    quick = made(edit=False)
    with quick.ledger._database.transaction() as connection:
        connection.change("UPDATE deliveries SET url = ''")
    quick.write(text="Geändert")
    assert "cannot change a post that is out; to correct it" in quick.detect()[0].error


@pytest.mark.parametrize("now", [True, False])
def test_a_thread_is_left_as_it_is(made: Callable[..., Quick], now: bool) -> None:
    quick = made()
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


def test_a_picture_the_network_keeps_is_named(made: Callable[..., Quick], tmp_path: Path) -> None:
    quick = made(edit_keeps=("images",))
    quick.write(thumbnail=picture(tmp_path))
    (change,) = quick.detect()
    assert (change.state, change.error) == (
        "left",
        f"a: Scripted cannot change the picture of a post that is out ({ON})",
    )
    quick.write(text="Geändert", thumbnail=picture(tmp_path))
    assert [change.state for change in quick.detect()] == ["asked"], "the words can be changed"


def test_what_no_reader_sees_is_no_change(out: Quick) -> None:
    out.write(tags=("neu",), fingerprint="2")
    assert out.detect() == []


def test_a_post_that_cannot_be_read_now_is_compared_later(out: Quick) -> None:
    out.write(text="Geändert")
    post = out.posts.pop("beet")
    detector = out.detector()

    def refused(_: object) -> Any:
        raise PostRefused("_posts/beet.md", "it has no title")

    detector._load = refused
    plan = make_plan(out.entries.values(), {"a": "scripted"}, out.ledger)
    assert detector.look(plan.entries, plan.inventory) == []
    out.posts["beet"] = post
    assert brief(out.detect()) == [("beet", "edit", "asked")]


@pytest.mark.parametrize("error", [NotSent("a: no route"), Unknown("a: no answer")], ids=str)
def test_an_account_that_does_not_say_who_it_is_is_compared_later(out: Quick, error: Exception) -> None:
    out.write(text="Geändert")
    out.ledger.note("a", identity=None)
    out.network.next("connect", error)
    assert out.detect() == []
    assert brief(out.detect()) == [("beet", "edit", "asked")]


def test_who_an_account_was_long_ago_is_good_enough(out: Quick) -> None:
    out.later(days=100)
    out.write(text="Geändert")
    before = out.network.connected
    out.detect()
    assert out.network.connected == before


def test_a_post_that_cannot_be_said_any_more_is_told_once(out: Quick) -> None:
    for text, told in (("Geändert", ["a: no such setting"]), ("Noch einmal", [])):
        out.write(text=text)
        out.network.next("compose", ConfigError("a: no such setting"))
        found = out.detect()
        assert [change.error for change in found] == told
        assert all((change.kind, change.state, change.draft) == ("edit", "failed", None) for change in found)
    out.write(text="Zum dritten")
    out.network.next("compose", ConfigError("a: another mistake"))
    assert [change.error for change in out.detect()] == ["a: another mistake"]


def test_what_is_not_settled_everywhere_is_compared_but_not_done_with(made: Callable[..., Quick]) -> None:
    quick = made("a", "b")
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
    made: Callable[..., Quick], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST", 3)
    quick = made()
    posts = [f"p{number}" for number in range(5)]
    for name in posts:
        quick.write(name, name)
    quick.run(most=9)
    quick.detect()
    for name in posts:
        quick.write(name, f"neu {name}")
    assert [len(quick.detect()) for _ in range(3)] == [3, 2, 0]


def test_on_another_branch_nothing_is_compared(out: Quick) -> None:
    out.write(text="Geändert")
    plan = make_plan(out.entries.values(), {"a": "scripted"}, out.ledger)
    elsewhere = msgspec.structs.replace(plan.inventory, elsewhere="another branch")
    assert out.detector().look(plan.entries, elsewhere) == []
    assert len(out.detect()) == 1


def test_files_nobody_can_tell_apart_are_not_compared(out: Quick) -> None:
    out.write(text="Geändert", fingerprint="")
    assert out.detect() == []


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shown(tmp_path: Path, clock: Clock) -> Quick:
    """A post that is out with a picture."""
    quick = Quick(tmp_path, clock, edit=True, delete=True)
    quick.write(thumbnail=picture(tmp_path))
    quick.run()
    assert quick.detect() == []
    (image,) = quick.ledger.posts.known()["beet"].looked.pictures or ()
    assert (image.name, image.path) == ("https://tal.example/beet.jpg", str(tmp_path / "beet.jpg"))
    return quick


def test_another_picture_in_the_same_file_is_a_change(shown: Quick, tmp_path: Path) -> None:
    picture(tmp_path, size=(50, 30))
    (change,) = shown.detect()
    assert (change.kind, change.state) == ("edit", "asked")
    assert shown.detect() == []


def test_a_picture_that_was_only_touched_is_not(shown: Quick, tmp_path: Path) -> None:
    file = tmp_path / "beet.jpg"
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data)
    read: list[str] = []
    shown.posts = _Watched(shown.posts, read)
    assert shown.detect() == []
    assert read == [], "the file says what it did, so the post is not read"
    (image,) = shown.ledger.posts.known()["beet"].looked.pictures or ()
    assert image.changed == file.stat().st_mtime_ns


def test_a_picture_that_is_gone_is_looked_into(shown: Quick, tmp_path: Path) -> None:
    (tmp_path / "beet.jpg").unlink()
    assert brief(shown.detect()) == [("beet", "edit", "asked")]
    assert shown.ledger.posts.known()["beet"].looked.pictures == ()


def test_another_alternative_text_is_a_change_where_there_are_any(shown: Quick, tmp_path: Path) -> None:
    shown.write(thumbnail=picture(tmp_path, alt="Zwei Beete"))
    assert brief(shown.detect()) == [("beet", "edit", "asked")]


class _Watched(dict[str, Any]):
    def __init__(self, posts: dict[str, Any], read: list[str]) -> None:
        super().__init__(posts)
        self._read = read

    def __getitem__(self, key: str) -> Any:
        self._read.append(key)
        return super().__getitem__(key)


# ── posts that are gone ───────────────────────────────────────────────────────────────────────────────────────────────


def gone(quick: Quick, policies: dict[str, Policy] | None = None) -> list[Change]:
    del quick.entries["beet"]
    assert quick.detect(policies) == [], "a program may be at work in the folder"
    quick.later(minutes=10)
    return quick.detect(policies)


@pytest.mark.parametrize(("policy", "state"), [("unpublish", ["planned"]), ("ask", ["asked"]), ("ignore", [])])
@pytest.mark.parametrize("by_post", [True, False])
def test_what_becomes_of_a_post_whose_file_is_gone(out: Quick, policy: Any, state: list[str], by_post: bool) -> None:
    if by_post:
        out.write(overrides=Overrides(targets={"a": Override(on_delete=policy)}))
        out.detect()
    found = gone(out, {"a": Policy(on_delete="ask" if by_post else policy)})
    assert [change.state for change in found] == state
    assert all(change.kind == "delete" and change.draft is None for change in found)
    assert out.detect({"a": Policy(on_delete="unpublish")}) == [], "decided once"


def test_a_network_that_cannot_take_back_says_so(made: Callable[..., Quick]) -> None:
    quick = made(delete=False)
    (change,) = gone(quick)
    assert (change.state, change.error) == ("left", f"its file is gone, but Scripted cannot take a post back ({ON})")


def test_where_nothing_is_to_be_done_it_need_not_be_able_to(made: Callable[..., Quick]) -> None:
    assert gone(made(delete=False), {"a": Policy(on_delete="ignore")}) == []


def test_only_accounts_with_a_policy_and_first_parts_are_asked_about(made: Callable[..., Quick]) -> None:
    quick = made("a", "b")
    quick.network.parts = ("zwei",)
    quick.write("thread")
    quick.run()
    del quick.entries["thread"]
    quick.detect()
    quick.later(minutes=10)
    assert [change.account for change in quick.detect({"b": Policy()})] == ["b"]


def test_what_was_decided_about_one_post_says_nothing_of_the_next(made: Callable[..., Quick]) -> None:
    quick = made()
    for name in ("b", "c"):
        del quick.entries[name]
    quick.ledger.changes.put(quick.row("b").id, "delete", "ignored")
    quick.detect()
    quick.later(minutes=10)
    assert brief(quick.detect()) == [("c", "delete", "asked")]


def test_a_post_that_is_gone_for_years_is_nobodys_question(out: Quick) -> None:
    out.ledger.posts.looked("beet", Looked())
    assert gone(out) == []
    assert [change.state for change in out.ledger.changes.all()] == ["ignored"]


def test_more_than_half_gone_at_once_is_never_a_deletion(out: Quick) -> None:
    out.entries = {}
    assert out.detect({"a": Policy(on_delete="unpublish")}) == []
    out.later(minutes=20)
    assert out.detect({"a": Policy(on_delete="unpublish")}) == []
    assert {change.state for change in out.ledger.changes.all()} == {"ignored"}
