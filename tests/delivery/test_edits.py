"""What people changed in the ledger goes before what a post's file says."""

from collections.abc import Callable

import msgspec
import pytest

from crosspost.delivery.edit_overlay import loading, newest, with_edits
from crosspost.ledger.audit import Person
from crosspost.model import Override, Overrides
from tests.delivery.scripted import Quick

ANNA = Person(name="Anna")
FILE = Overrides(targets={"a": Override(text="the file's", skip=True), "b": Override(text="b's")})


@pytest.fixture
def edit(quick: Quick) -> Callable[[str, Override], None]:
    def put(account: str, said: Override) -> None:
        before = quick.ledger.edits.of("beet", account)
        quick.ledger.edits.put("beet", account, said, ANNA, "text", before=before.said if before else None)

    quick.write(overrides=FILE)
    return put


def test_an_edit_goes_before_the_file_where_it_says_something(quick: Quick) -> None:
    entry = quick.write(overrides=FILE)
    found = with_edits(entry, {"beet": {"a": Override(text="edited")}, "other": {"b": Override(text="x")}})
    assert found.overrides.targets == {"a": Override(text="edited", skip=True), "b": Override(text="b's")}
    assert msgspec.structs.replace(found, overrides=FILE) == entry
    assert with_edits(entry, {"other": {"a": Override(text="x")}}) == entry


def test_a_loaded_post_has_the_edits_of_that_moment(quick: Quick, edit: Callable[[str, Override], None]) -> None:
    load = loading(quick.ledger, lambda entry: quick.posts[entry.id])
    assert load(quick.entries["beet"]) == quick.posts["beet"]
    edit("a", Override(text="edited"))
    edit("c", Override(skip=True))
    targets = load(quick.entries["beet"]).overrides.targets
    assert targets == {"a": Override(text="edited", skip=True), "b": Override(text="b's"), "c": Override(skip=True)}


def test_a_post_that_was_read_a_while_ago_gets_the_edit_of_now(
    quick: Quick, edit: Callable[[str, Override], None]
) -> None:
    post = quick.posts["beet"]
    assert newest(post, "a", quick.ledger.edits.of(post.id, "a")) == post
    edit("a", Override(text="first"))
    edit("a", Override(text="second"))
    edit("b", Override(text="not asked for"))
    assert newest(post, "a", quick.ledger.edits.of(post.id, "a")).overrides.targets == {
        "a": Override(text="second", skip=True),
        "b": Override(text="b's"),
    }
