"""Renaming a file is not a new post; copying one is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings

from crosspost.delivery import make_plan
from crosspost.delivery.renames import recognise
from crosspost.ledger import KnownPost, Ledger, Looked
from crosspost.model import Entry
from crosspost.sources.jekyll import JekyllSource

DAY = datetime(2026, 11, 20, tzinfo=UTC)


def file(name: str, says: str, title: str = "", date: datetime = DAY) -> Entry:
    return Entry(
        id=name, path=f"/s/{name}.md", url=f"https://a.example/{name}", title=title, date=date, fingerprint=says
    )


def post(name: str, says: str, title: str = "", date: datetime = DAY, at: str = "") -> KnownPost:
    looked = Looked(file=says, seen=says, date=date, name=at)
    place = at or name
    return KnownPost(id=name, path=f"/s/{place}.md", url=f"https://a.example/{place}", title=title, looked=looked)


def who(files: list[Entry], *posts: KnownPost) -> dict[str, str]:
    return recognise(files, {one.id: one for one in posts})


def test_a_file_that_is_where_it_was_is_its_post_whatever_it_says() -> None:
    assert who([file("a", "1"), file("b", "9")], post("a", "1"), post("b", "2")) == {"a": "a", "b": "b"}


def test_an_edited_file_with_another_address_is_its_post() -> None:
    moved = msgspec.structs.replace(file("a", "2"), url="https://a.example/elsewhere")
    assert who([moved], post("a", "1")) == {"a": "a"}
    assert who([file("b", "9"), moved], post("a", "1")) == {"a": "a", "b": "b"}


@pytest.mark.parametrize(("seen", "same"), [("", True), ("2", True), ("1", False)])
def test_an_item_of_a_feed_is_its_post_when_nobody_knows_what_it_said_before(seen: str, same: bool) -> None:
    """Its address, title and date are all others: only what it said tells that the feed uses its id again."""
    item = Entry(
        id="7", path="https://a.example/neu", url="https://a.example/neu", title="Neu", date=DAY, fingerprint="2"
    )
    known = post("7", "1", "Alt", DAY - timedelta(days=9))
    known = msgspec.structs.replace(known, looked=msgspec.structs.replace(known.looked, seen=seen))
    assert (who([item], known) == {"7": "7"}) == same


def test_a_renamed_file_is_the_same_post_and_stays_it() -> None:
    assert who([file("neu", "1")], post("alt", "1")) == {"neu": "alt"}
    assert who([file("neu", "2")], post("alt", "1", at="neu")) == {"neu": "alt"}, "the next run, edited meanwhile"


def test_a_copy_is_a_new_post() -> None:
    assert who([file("a", "1"), file("kopie", "1")], post("a", "1")) == {"a": "a", "kopie": "kopie"}


def test_a_copy_whose_original_was_edited_is_a_new_post_too() -> None:
    assert who([file("a", "2"), file("kopie", "1")], post("a", "1")) == {"a": "a", "kopie": "kopie"}


def test_renamed_and_edited_at_once() -> None:
    assert who([file("neu", "2", "Titel")], post("alt", "1", "Titel")) == {"neu": "alt"}
    other_day = DAY + timedelta(days=1)
    assert who([file("neu", "2", "Titel", other_day)], post("alt", "1", "Titel")) == {"neu": "neu"}
    both = [file("neu", "2", "Titel"), file("alt", "1", "Titel")]
    assert who(both, post("alt", "1", "Titel")) == {"neu": "neu", "alt": "alt"}, "the old file is still there"


def test_a_post_that_was_found_is_not_given_to_a_second_file() -> None:
    files = [file("neu", "1", "Titel"), file("x", "2", "Titel")]
    assert who(files, post("alt", "1", "Titel")) == {"neu": "alt", "x": "x"}, "the bytes say more than title and day"


def test_two_of_the_same_title_and_day_are_not_guessed_at() -> None:
    posts = post("a", "1", "Treffen"), post("b", "2", "Treffen")
    assert who([file("c", "3", "Treffen")], *posts) == {"c": "c"}


def test_two_renames() -> None:
    assert who([file("c", "1"), file("d", "2")], post("a", "1"), post("b", "2")) == {"c": "a", "d": "b"}


def test_a_chain_of_renames() -> None:
    assert who([file("b", "1"), file("c", "2")], post("a", "1"), post("b", "2")) == {"b": "a", "c": "b"}


def test_two_files_swap_their_names() -> None:
    assert who([file("a", "2"), file("b", "1")], post("a", "1"), post("b", "2")) == {"a": "b", "b": "a"}


def test_a_new_file_under_the_name_a_renamed_post_has_as_its_id_is_a_new_post() -> None:
    found = who([file("b", "1"), file("a", "7")], post("a", "1", at="b"))
    assert found["b"] == "a"
    assert found["a"] not in ("a", "b")
    assert who([file("b", "1"), file("a", "7")], post("a", "1", at="b")) == found, "the same name each time"


def test_same_address_is_the_same_post_even_beside_the_first_file() -> None:
    one = file("x@2026-11-20", "3")
    moved = Entry(id=one.id, path=one.path, url="https://a.example/a", fingerprint="3")
    assert who([moved], post("a", "1")) == {"x@2026-11-20": "a"}
    assert who([file("a", "1"), moved], post("a", "1")) == {"a": "a", "x@2026-11-20": "a"}


def test_without_fingerprints_only_names_and_addresses_count() -> None:
    nameless = Entry(id="neu", path="/s/neu.md", url="https://a.example/neu")
    assert who([nameless], post("alt", "")) == {"neu": "neu"}


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])


@pytest.mark.long
@settings(max_examples=200)
@given(st.permutations(["a", "b", "c", "d", "e"]), st.sets(NAMES))
def test_whatever_files_swap_their_names_each_is_its_post(order: list[str], gone: set[str]) -> None:
    """Every file that is still there has kept its bytes: none is new, and none is taken for another."""
    posts = [post(name, f"says-{name}") for name in "abcde"]
    files = [file(new, f"says-{old}") for new, old in zip("abcde", order, strict=True) if old not in gone]
    found = who(files, *posts)
    assert {entry.id: f"says-{found[entry.id]}" for entry in files} == {e.id: e.fingerprint for e in files}


@pytest.mark.long
@settings(max_examples=200)
@given(
    st.dictionaries(NAMES, st.sampled_from("123456")),
    st.dictionaries(st.sampled_from(["a", "b", "c", "x", "y", "z"]), st.sampled_from("123456")),
)
def test_no_two_files_with_addresses_of_their_own_are_one_post(before: dict[str, str], now: dict[str, str]) -> None:
    found = who([file(*one) for one in now.items()], *(post(*one) for one in before.items()))
    assert set(found) == set(now)
    assert len(set(found.values())) == len(found)
    for name, says in now.items():
        if before.get(name) == says:
            assert found[name] == name, "what did not change is what it was"


# ── with a real site and ledger ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_drafts").mkdir()
    (tmp_path / "_config.yml").write_text("url: https://a.example\n")
    return tmp_path


def write(site: Path, name: str, title: str) -> Path:
    path = site / name
    path.write_text(f"---\ntitle: {title}\n---\n\nText zu {title}.\n", "utf-8")
    return path


def new_posts(site: Path, ledger: Ledger) -> int:
    source = JekyllSource(site, now=ledger.clock(), memory=site / "posts.cache")
    return make_plan(source.scan(), {"x": "x"}, ledger, backfill=True).new


@pytest.fixture
def ledger(site: Path) -> Ledger:
    return Ledger(site / "ledger.sqlite3", lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC))


def test_renames_of_real_files_are_no_new_posts(site: Path, ledger: Ledger) -> None:
    path = write(site, "_posts/2026-11-20-alt.md", "Grüße 🌱")
    assert new_posts(site, ledger) == 1
    for name in ("2026-11-20-neu.md", "2026-11-19-neu.md", "2026-11-19-neu.markdown", "2026-11-01-ganz-anders.md"):
        path = path.rename(path.with_name(name))
        assert new_posts(site, ledger) == 0, name
    (known,) = ledger.posts.known().values()
    assert (known.id, known.name, Path(known.path)) == ("alt", "ganz-anders", path)
    (site / "_posts/2026").mkdir()
    path = path.rename(site / "_posts/2026" / path.name)
    assert new_posts(site, ledger) == 0, "another folder"
    path.rename(path.with_name("2026-11-01-kopf.md")).write_text(
        "---\ntitle: Grüße 🌱\n---\n\nAnderer Text.\n", "utf-8"
    )
    assert new_posts(site, ledger) == 0, "renamed and edited at once"


def test_publishing_a_draft_is_a_new_post(site: Path, ledger: Ledger) -> None:
    write(site, "_posts/2026-11-20-alt.md", "Da")
    draft = write(site, "_drafts/neu.md", "Entwurf")
    assert new_posts(site, ledger) == 1
    draft.rename(site / "_posts/2026-11-21-neu.md")
    assert new_posts(site, ledger) == 1


def test_posts_swapped_under_real_names_change_places_only(site: Path, ledger: Ledger) -> None:
    one, two = write(site, "_posts/2026-11-20-a.md", "Eins"), write(site, "_posts/2026-11-20-b.md", "Zwei")
    assert new_posts(site, ledger) == 2
    aside = one.rename(site / "_posts/2026-11-20-c.md")
    aside = two.rename(one) and aside.rename(two)
    assert new_posts(site, ledger) == 0
    assert {p.id: p.title for p in ledger.posts.known().values()} == {"a": "Eins", "b": "Zwei"}
    assert {p.id: p.name for p in ledger.posts.known().values()} == {"a": "b", "b": "a"}


def test_a_copy_goes_out(site: Path, ledger: Ledger) -> None:
    path = write(site, "_posts/2026-11-20-a.md", "Eins")
    assert new_posts(site, ledger) == 1
    (site / "_posts/2026-11-21-b.md").write_bytes(path.read_bytes())
    assert new_posts(site, ledger) == 1
