"""What the ledger knows of each post's file."""

from datetime import timedelta

import pytest

from crosspost.ledger import Image, KnownPost, Ledger, Looked
from crosspost.ledger.database import moment
from crosspost.model import Override, Overrides
from crosspost.testing.harness import Clock
from tests.ledger.rows import begun, entry, planned, put, sent

LOOKED = Looked(
    file="f1",
    seen="f2",
    name="an older name",
    pictures=(Image(name="a.jpg", path="/s/a.jpg", changed=5, size=7, digest="d"),),
    overrides=Overrides(everywhere=Override(on_delete="unpublish")),
)


def seen_at(ledger: Ledger, post: str) -> object:
    ((stored,),) = ledger._database.rows("SELECT seen_at FROM posts WHERE id = :id", {"id": post})
    return moment(stored)


def test_a_new_post_was_never_looked_at(ledger: Ledger) -> None:
    assert not ledger.posts.any()
    planned(ledger)
    assert ledger.posts.any()
    known = KnownPost(id="beet", path="_posts/beet.md", url="https://a.example/beet", title="Beet")
    assert ledger.posts.known() == {"beet": known}
    assert known.name == "beet"


def test_where_a_post_is_now_is_noted_with_all_that_is_known(ledger: Ledger, clock: Clock) -> None:
    planned(ledger)
    planned(ledger, "other")
    ledger.posts.gone(["beet", "other"])
    first = clock()
    clock.pass_by(hours=1)
    now = KnownPost(id="beet", path="_posts/new.md", url="https://a.example/new", title="New", looked=LOOKED)
    ledger.posts.note({"beet": now})
    known = ledger.posts.known()
    assert known["beet"] == now
    assert known["beet"].name == "an older name"
    assert (known["other"].path, known["other"].gone_at) == ("_posts/other.md", first)
    assert (seen_at(ledger, "beet"), seen_at(ledger, "other")) == (clock(), first)


def test_what_is_gone_is_not_there(ledger: Ledger) -> None:
    planned(ledger)
    planned(ledger, "gone")
    ledger.posts.gone(["gone"])
    assert ledger.posts.there() == {"beet": ledger.posts.known()["beet"]}


def test_nothing_to_note_changes_nothing(ledger: Ledger) -> None:
    planned(ledger)
    before = ledger.posts.known()
    ledger.posts.note({})
    ledger.posts.gone([])
    assert ledger.posts.known() == before


def test_a_look_changes_only_what_was_looked_at(ledger: Ledger) -> None:
    planned(ledger)
    other = planned(ledger, "other")
    ledger.posts.looked({"beet": LOOKED})
    known = ledger.posts.known()
    assert (known["beet"].looked, known["beet"].path) == (LOOKED, "_posts/beet.md")
    assert known[other.post].looked == Looked()


def test_posts_are_gone_from_now_on(ledger: Ledger, clock: Clock) -> None:
    names = [f"p{number}" for number in range(1100)]
    for name in names:
        planned(ledger, name)
    ledger.posts.gone(names[1:])
    known = ledger.posts.known()
    assert known["p0"].gone_at is None
    assert {known[name].gone_at for name in names[1:]} == {clock()}


@pytest.mark.parametrize("text", ["", "ab12cd", "{", '{"file": 5}'])
def test_what_an_older_version_noted_counts_as_never_looked_at(ledger: Ledger, text: str) -> None:
    planned(ledger)
    with ledger._database.transaction() as connection:
        connection.change("UPDATE posts SET fingerprint = :text", {"text": text})
    assert ledger.posts.known()["beet"].looked == Looked()


def test_which_posts_are_out_and_settled_everywhere(ledger: Ledger) -> None:
    sent(ledger, "a")
    planned(ledger, "a", "x", due=timedelta(days=1))
    sent(ledger, "b")
    begun(ledger, "b", "x")
    for number, state in enumerate(("planned", "sending", "unknown", "held")):
        put(ledger, begun(ledger, f"c{number}"), state=state)
    begun(ledger, "d")
    sent(ledger, "d", "x")
    ledger.failed(begun(ledger, "e"), "refused")
    planned(ledger, "f")
    doubtful = dict.fromkeys(("b", "c0", "c1", "c2", "c3", "d"), False)
    assert ledger.posts.out(sorted(ledger.posts.known())) == {"a": True} | doubtful


def test_what_is_gone_long_ago_is_missing_until_somebody_decides(ledger: Ledger, clock: Clock) -> None:
    decided, ignored, open_, unsent = (
        sent(ledger, "decided"), sent(ledger, "ignored"), sent(ledger, "open"), planned(ledger, "unsent")
    )  # fmt: skip
    ledger.posts.gone([row.post for row in (decided, ignored, open_, unsent)])
    clock.pass_by(days=1)
    sent(ledger, "fresh")
    sent(ledger, "there")
    ledger.posts.gone(["fresh"])
    ledger.changes.put(decided.id, "delete", "asked")
    ledger.changes.put(ignored.id, "delete", "ignored")
    assert sorted(ledger.posts.missing(clock())) == ["fresh", "open"]
    assert sorted(ledger.posts.missing(clock() - timedelta(days=1))) == [
        "decided",
        "fresh",
        "ignored",
        "open",
        "unsent",
    ]


def test_posts_are_known_as_soon_as_they_are_planned(ledger: Ledger) -> None:
    planned(ledger)
    known = ledger.posts.known()["beet"]
    assert (known.path, known.url, known.title) == (entry().path, entry().url, "Beet")
