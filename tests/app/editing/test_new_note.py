"""A short post becomes a file, and is then a post like every other."""

import io
import threading
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from crosspost.app.editing import new_note
from crosspost.app.editing.new_note import Note, new
from crosspost.errors import CrosspostError
from crosspost.ledger import Ledger, Person
from crosspost.testing.harness import NETWORKS, Place

ANN = Person(name="ann")


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.root)
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")


def photo(format_: str = "JPEG", size: tuple[int, int] = (400, 300), **more: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(out, format_, **more)
    return out.getvalue()


def files(place: Place) -> set[str]:
    return {path.relative_to(place.root).as_posix() for path in (place.root / "site").rglob("*") if path.is_file()}


def test_it_is_said_everywhere_as_it_was_written_without_an_address_of_its_own(place: Place) -> None:
    file = new(place.app, Note(text="Beet 3 ist fertig!\r\nKommt *vorbei*."), ANN)
    assert file.name == "2026-11-22-beet-3-ist-fertig.md"
    place.crosspost("run")
    assert [post["text"] for post in place.sandbox.posts()] == ["Beet 3 ist fertig!\nKommt *vorbei*."] * 3
    assert "published" not in file.read_text("utf-8")


def test_picture_link_accounts_and_time(place: Place) -> None:
    at = place.clock() + timedelta(hours=2)
    note = Note(
        text="Seht selbst", link="https://example.org/a", picture=photo(), alt="Ein Beet", accounts=("mastodon",), at=at
    )
    file = new(place.app, note, ANN)
    place.crosspost("run")
    assert place.sandbox.posts() == []
    place.clock.pass_by(hours=2, minutes=1)
    place.crosspost("run")
    (post,) = place.sandbox.posts()
    assert (post["network"], post["text"]) == ("mastodon", "Seht selbst\n\nhttps://example.org/a")
    assert [picture["alt"] for picture in post["images"]] == ["Ein Beet"]
    assert (place.root / "site/assets/crosspost" / f"{file.stem}.jpg").is_file()


def test_what_the_camera_knows_is_not_kept(place: Place) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Geheimkamera"
    file = new(place.app, Note(text="Bild", picture=photo(exif=exif), alt="x"), ANN)
    assert b"Geheimkamera" not in (place.root / "site/assets/crosspost" / f"{file.stem}.jpg").read_bytes()


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (Note(text=" \n "), "nothing to say"),
        (Note(text="x", link="javascript:alert(1)"), "not the address"),
        (Note(text="x", link="https://a b"), "not the address"),
        (Note(text="x", picture=b"<html>", alt="y"), "web page"),
        (Note(text="x", picture=photo()[:3000], alt="y"), "damaged"),
        (Note(text="x", picture=photo()), "alternative text"),
        (Note(text="x", alt="y"), "no picture"),
        (Note(text="x" * 20_001), "20,000"),
        (Note(text="x", accounts=("mastodn",)), "mastodon"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(place: Place, note: Note, why: str) -> None:
    before = files(place)
    with pytest.raises(CrosspostError, match=why):
        new(place.app, note, ANN)
    assert files(place) == before


def test_a_giant_picture_is_refused_before_it_is_decoded(place: Place) -> None:
    giant = photo("PNG", (10, 10))
    header = giant[12:16] + (60_000).to_bytes(4, "big") * 2 + giant[24:29]
    giant = giant[:12] + header + zlib.crc32(header).to_bytes(4, "big") + giant[33:]
    with pytest.raises(CrosspostError, match="pixels"):
        new(place.app, Note(text="x", picture=giant, alt="y"), ANN)


def test_a_time_that_is_over_is_refused(place: Place) -> None:
    with pytest.raises(CrosspostError, match="is over"):
        new(place.app, Note(text="x", at=place.clock() - timedelta(hours=1)), ANN)


def test_an_account_that_cannot_say_it_is_named_and_nothing_is_left(place: Place) -> None:
    before = files(place)
    config = place.config.read_text("utf-8").replace("[accounts.mastodon]", '[accounts.mastodon]\ntemplate = "{{ x"')
    place.config.write_text(config, "utf-8")
    with pytest.raises(CrosspostError, match="mastodon"):
        new(place.app, Note(text="Hallo", picture=photo(), alt="y"), ANN)
    assert files(place) == before


def test_liquid_and_html_in_it_do_nothing_on_the_page(place: Place) -> None:
    said = "{% include x %} {{ site }} <script>alert(1)</script> & 1 < 2"
    file = new(place.app, Note(text=said), ANN)
    body = file.read_text("utf-8").partition("\n---\n")[2]
    assert "{%" not in body
    assert "{{" not in body
    assert "<" not in body
    place.crosspost("run")
    assert {post["text"] for post in place.sandbox.posts()} == {said}


def test_the_same_again_is_refused_and_another_of_this_name_gets_a_number(place: Place) -> None:
    first = new(place.app, Note(text="Hallo", title="Gruß"), ANN)
    with pytest.raises(CrosspostError, match=first.name):
        new(place.app, Note(text="Hallo", title="Gruß"), ANN)
    assert new(place.app, Note(text="Hallo zwei", title="Gruß"), ANN).name == "2026-11-22-gruss-2.md"


def test_a_name_that_a_post_of_another_day_has_is_not_taken(place: Place) -> None:
    assert new(place.app, Note(text="x", title="gruesse"), ANN).name == "2026-11-22-gruesse-2.md"


def test_two_clicks_at_once_make_one_post(place: Place) -> None:
    made: list[Path] = []
    refused: list[str] = []

    def click() -> None:
        try:
            made.append(new(place.app, Note(text="Nur einmal"), ANN))
        except CrosspostError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(refused) == 3
    place.crosspost("run")
    assert len(place.sandbox.posts()) == len(NETWORKS)


def test_whoever_is_killed_in_between_leaves_a_hidden_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(new_note, "_show", killed)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # a killed process tidies nothing up
    with pytest.raises(KeyboardInterrupt):
        new(place.app, Note(text="Nie"), ANN)
    monkeypatch.undo()
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")
    assert place.sandbox.posts() == []
    with pytest.raises(CrosspostError, match=r"nie\.md says just this already; it is hidden"):
        new(place.app, Note(text="Nie"), ANN)


def test_who_wrote_it_is_kept(place: Place) -> None:
    new(place.app, Note(text="Hallo", accounts=("x",)), ANN)
    ledger = Ledger(place.app.ledger_path(), place.clock, read_only=True)
    (done,) = ledger.audit.newest()
    ledger.close()
    assert (done.by, done.action, done.post, done.said) == ("ann", "note", "hallo", "wrote 2026-11-22-hallo.md for x")


def test_a_site_that_cannot_be_written_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CrosspostError, match="Permission denied; make that folder writable"):
        new(place.app, Note(text="Hallo"), ANN)
