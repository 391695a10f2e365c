"""What a listing means for the posts the ledger knows."""

from datetime import timedelta
from typing import Any

import pytest

from crosspost.delivery import inventory
from crosspost.ledger import TAKEN_BACK, Image, KnownPost, Looked
from crosspost.model import Entry, Override, Overrides
from tests.delivery.listing import DAY, Site, names
from tests.ledger.rows import draft, put, receipt

GONE = Overrides(everywhere=Override(on_delete="unpublish"))


# ── what is there ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_post_is_noted_as_it_is(site: Site) -> None:
    site.write("e")
    taken = site.look()
    assert [entry.id for entry in taken.entries] == ["a", "b", "c", "d", "e"]
    looked = Looked(file="1 e", seen="1 e", date=DAY)
    wanted = KnownPost(id="e", path="/s/e.md", url="https://a.example/e", title="E", looked=looked)
    assert site.known("e") == taken.known["e"] == wanted


def test_nothing_is_written_where_nothing_changed(site: Site) -> None:
    noted: list[int] = []
    note = site.ledger.posts.note

    def counted(seen: Any) -> None:
        noted.append(len(seen))
        note(seen)

    site.ledger.posts.note = counted  # type: ignore[method-assign]
    site.look()
    site.write("a", title="Another")
    site.look()
    assert noted == [0, 1]


def test_what_is_the_same_in_file_and_ledger_is_held_once(site: Site) -> None:
    site.look()
    taken = site.take()
    for entry in taken.entries:
        post = taken.before[entry.id]
        assert (post.url, post.looked.date) == (entry.url, entry.date)
        assert post.url is entry.url
        assert post.looked.date is entry.date


@pytest.mark.parametrize(
    "differs", [{"path": "/t/a.md"}, {"url": "https://b.example/a"}, {"title": "Z"}, {"date": DAY + timedelta(days=1)}]
)
def test_what_is_new_about_a_file_is_noted(site: Site, differs: dict[str, Any]) -> None:
    site.write("a", **differs)
    site.look()
    known = site.known("a")
    found = {name: known.looked.date if name == "date" else getattr(known, name) for name in differs}
    assert found == differs


def test_what_is_out_was_compared_with_an_earlier_file(site: Site) -> None:
    picture = Image(name="a.jpg", path="/s/a.jpg", changed=1, size=2, digest="d")
    for name in ("a", "c"):
        site.ledger.posts.looked({name: Looked(file="0", seen="0", date=DAY, pictures=(picture,))})
    site.look()
    assert site.known("a").looked == Looked(file="0", seen="1 a", date=DAY, pictures=(picture,))
    assert site.known("c").looked == Looked(file="1 c", seen="1 c", date=DAY), "it is not out: as it is now it goes"


def test_a_ledger_that_never_saw_the_file_takes_it_as_it_is(site: Site) -> None:
    site.ledger.posts.looked({"a": Looked()})
    site.look()
    assert site.known("a").looked.file == "1 a"


@pytest.mark.parametrize("name", ["a", "c"])
def test_a_renamed_post_keeps_its_id_and_is_compared_where_it_is_out(site: Site, name: str) -> None:
    site.write("neu", fingerprint=f"1 {name}")
    del site.files[name]
    taken = site.look()
    assert name in [entry.id for entry in taken.entries]
    known = site.known(name)
    assert (known.name, known.path) == ("neu", "/s/neu.md")
    assert known.looked.file == ("moved" if name == "a" else "1 c")
    site.look()
    assert site.known(name).looked.file == ("moved" if name == "a" else "1 c")


def test_a_file_that_moves_with_its_folder_is_not_renamed(site: Site) -> None:
    site.write("a", path="/t/u/a.md", url="https://b.example/a")
    site.look()
    assert site.known("a").looked.file == "1 a"


def test_another_file_name_of_the_same_post_is_a_rename(site: Site) -> None:
    site.write("a", path="/s/2026-11-21-a.md")
    site.look()
    assert site.known("a").looked.file == "moved"


@pytest.mark.parametrize(
    ("overrides", "kept"),
    [
        (GONE, True),
        (Overrides(targets={"m": Override(on_delete="ask")}), True),
        (Overrides(targets={"m": Override(skip=True)}), False),
        (Overrides(everywhere=Override(on_edit="update")), False),
    ],
)
def test_what_a_post_says_of_its_deletion_is_kept_for_then(site: Site, overrides: Overrides, kept: bool) -> None:
    site.write("e", overrides=overrides)
    site.look()
    assert site.known("e").looked.overrides == (overrides if kept else Overrides())


def test_a_post_that_is_refused_is_there_as_it_was(site: Site) -> None:
    before = site.known("a")
    site.write("a", "new", state="refused", title="?", fingerprint="9")
    site.look()
    assert site.known("a") == before
    assert site.known("new") == KnownPost(id="new", path="/s/new.md", url="https://a.example/new", title="?")


def test_a_post_that_is_refused_is_back_all_the_same(site: Site) -> None:
    del site.files["a"]
    site.look()
    assert site.known("a").gone_at is not None
    site.write("a", state="refused", fingerprint="9")
    site.look()
    assert site.known("a").gone_at is None


def test_of_two_files_at_one_address_the_one_of_before_counts(site: Site) -> None:
    site.write("a2", url="https://a.example/a")
    taken = site.look()
    assert {entry.id: entry.path for entry in taken.entries}["a"] == "/s/a.md"
    site.files = {"a2": site.files.pop("a2"), **site.files}
    taken = site.look()
    assert {entry.id: entry.path for entry in taken.entries}["a"] == "/s/a.md"
    assert names(taken.missing) == []


# ── what is not there ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_post_is_gone_after_ten_minutes(site: Site) -> None:
    del site.files["a"]
    taken = site.look()
    assert (names(taken.missing), names(taken.gone), taken.trouble) == (["a"], [], "")
    first = site.clock()
    assert site.known("a").gone_at == first
    site.clock.pass_by(minutes=9, seconds=59)
    assert site.look().gone == ()
    site.clock.pass_by(seconds=1)
    taken = site.look()
    assert (names(taken.missing), names(taken.gone)) == (["a"], ["a"])
    assert site.known("a").gone_at == first
    site.write("a")
    taken = site.look()
    assert (taken.missing, site.known("a").gone_at) == ((), None)


def test_a_draft_is_missing_and_a_date_to_come_is_not(site: Site) -> None:
    site.write("a", state="skipped")
    site.write("b", state="skipped", date=site.clock() + timedelta(seconds=1))
    site.write("c", state="skipped", date=site.clock())
    site.write("d", state="skipped", date=None)
    assert names(site.take().missing) == ["a", "c", "d"]


def test_a_renamed_post_with_a_date_to_come_is_not_missing(site: Site) -> None:
    site.write("neu", fingerprint="1 a")
    del site.files["a"]
    site.look()
    site.write("neu", state="skipped", date=site.clock() + timedelta(days=1))
    assert names(site.take().missing) == []


def test_digests_are_no_files(site: Site) -> None:
    entry = Entry(id="digest/m/2026-W47", path="digest/m/2026-W47", url="https://a.example")
    site.ledger.add([(entry, "m", "mastodon", "planned", site.clock(), "")])
    assert site.take().missing == ()


def test_what_is_in_a_folder_that_cannot_be_read_is_neither_there_nor_missing(site: Site) -> None:
    site.write("e", "f", path="/s/deep/er/e.md")
    site.look()
    for name in ("a", "e", "f"):
        del site.files[name]
    site.write("/s/deep", path="/s/deep/", state="refused", reason="no right to read")
    taken = site.look()
    assert names(taken.missing) == ["a"]
    assert [entry.reason for entry in taken.unread] == ["no right to read"]
    site.write("/s/deep", path="/s/deep/", state="skipped")
    taken = site.take()
    assert (names(taken.missing), taken.unread) == (["a"], ())
    assert "/s/deep" not in [entry.id for entry in taken.entries]


@pytest.mark.parametrize(("missing", "doubted"), [(2, False), (3, True), (4, True)])
def test_more_than_half_missing_at_once_looks_like_a_mistake(site: Site, missing: int, doubted: bool) -> None:
    for name in "abcd"[:missing]:
        del site.files[name]
    taken = site.look()
    said = f"{missing} posts that were there are not in the site any more, more than half of them at once."
    assert taken.trouble.startswith(said) == doubted
    assert names(taken.doubted) == list("abcd"[:missing] if doubted else "")
    taken = site.look()
    assert taken.trouble == "", "it is told once"
    site.clock.pass_by(minutes=10)
    taken = site.look()
    assert names(taken.gone) == list("abcd"[:missing]), "whoever decides about them was told"


def test_the_only_post_that_is_missing_is_one(site: Site) -> None:
    for name in "bcd":
        del site.files[name]
    site.look()
    del site.files["a"]
    site.clock.pass_by(minutes=10)
    assert site.look().trouble.startswith("1 post that was there is not in the site any more")


def test_new_posts_say_nothing_of_those_that_are_missing(site: Site) -> None:
    for name in "abc":
        del site.files[name]
    site.write(*"klmnop")
    assert names(site.take().doubted) == ["a", "b", "c"]


def test_posts_that_are_gone_for_long_do_not_count_again(site: Site) -> None:
    del site.files["a"], site.files["b"]
    site.look()
    site.clock.pass_by(minutes=10)
    del site.files["c"]
    taken = site.look()
    assert (names(taken.gone), names(taken.missing), taken.doubted) == (["a", "b"], ["a", "b", "c"], ())


# ── what is back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_back_is_not_taken_back(site: Site) -> None:
    del site.files["a"], site.files["b"]
    site.look()
    rows = {row.post: row for row in site.ledger.deliveries(states=["sent"])}
    for row in rows.values():
        site.ledger.changes.put(row.id, "delete", "asked")
    site.write("a")
    site.look()
    assert [change.post for change in site.ledger.changes.all()] == ["b"]
    assert site.back == []


def test_what_was_taken_back_meanwhile_is_told(site: Site) -> None:
    (row,) = (row for row in site.ledger.deliveries(states=["sent"]) if row.post == "a")
    other = site.ledger.deliveries(post="c")[0]
    put(site.ledger, other, state="skipped", why="no")
    del site.files["a"], site.files["c"]
    site.look()
    site.ledger.changes.taken_back(row.id, "another key")
    site.write("a", "c")
    site.look()
    (change,) = site.back
    assert (change.post, change.kind, change.state) == ("a", "delete", "back")
    site.look()
    assert site.back == []


def test_parts_of_a_thread_are_told_once(site: Site) -> None:
    held = site.ledger.claim(site.ledger.deliveries(post="c")[0], "machine:1")
    assert held is not None
    frozen = site.ledger.freeze(held, draft(parts=("zwei",)), "k")
    site.ledger.sent(site.ledger.begin(frozen), receipt(site.ledger))
    del site.files["c"]
    site.look()
    for row in site.ledger.deliveries(post="c"):
        site.ledger.changes.taken_back(row.id, "another key")
    assert {row.why for row in site.ledger.deliveries(post="c")} == {TAKEN_BACK}
    site.write("c")
    site.look()
    assert len(site.back) == 1


def test_single_files_are_noted_as_in_a_listing(site: Site) -> None:
    del site.files["a"]
    site.look()
    row = next(row for row in site.ledger.deliveries(states=["sent"]) if row.post == "a")
    site.ledger.changes.put(row.id, "delete", "asked")
    site.write("a", title="Neu", fingerprint="2")
    site.write("neu")
    inventory.note_some([site.files["a"], site.files["neu"]], {"a": "a", "neu": "neu"}, site.ledger)
    known = site.known("a")
    assert (known.title, known.gone_at, known.looked.seen, known.looked.file) == ("Neu", None, "2", "1 a")
    assert site.ledger.changes.all() == []
    assert "neu" not in site.ledger.posts.known(), "nothing of it is planned yet"
