"""``crosspost note``: a short post becomes a file, and is then a post like every other."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from crosspost.app.editing import compose
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.testing.harness import Place

ANN = Person(name="ann", origin="page")


@pytest.fixture(autouse=True)
def _here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    place.crosspost("run")


def png(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "green").save(out, kind)
    return out.getvalue()


def test_it_goes_out_word_for_word(place: Place, tmp_path: Path) -> None:
    picture = tmp_path / "beet.png"
    picture.write_bytes(png())
    text = 'Das Beet ist voll: "endlich"\n\n- und *so* weiter'
    ran = place.crosspost(
        "note", text, "--picture", str(picture), "--alt", "Ein Beet", "--link", "https://example.org/a"
    )
    assert ran.code == 0, ran.err
    place.crosspost("run")
    (toot,) = [one for one in place.sandbox.posts() if one["network"] == "mastodon"]
    assert toot["text"].startswith(text)
    assert "https://example.org/a" in toot["text"]
    assert toot["images"][0]["alt"] == "Ein Beet"
    assert "wrote 2026-11-22-das-beet-ist-voll-endlich.md" in place.crosspost("history", "--changes").out


def test_only_some_accounts_and_later(place: Place) -> None:
    ran = place.crosspost("note", "Hallo", "--account", "x", "--at", "in 2 hours", "--json")
    assert Path(ran.json["path"]).parent == place.root / "site/_posts"
    place.crosspost("run")
    assert place.sandbox.posts() == []
    place.clock.pass_by(hours=3)
    place.crosspost("run")
    assert [one["network"] for one in place.sandbox.posts()] == ["x"]


def test_two_of_one_name(place: Place) -> None:
    names = {compose.new(place.app, compose.Note(text="Hallo"), ANN).name for _ in range(3)}
    assert names == {"2026-11-22-hallo.md", "2026-11-22-hallo-2.md", "2026-11-22-hallo-3.md"}
    place.crosspost("run")
    assert len(place.sandbox.posts()) == 9


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ({"text": " \n"}, "nothing to say"),
        ({"text": "a", "link": "javascript:alert(1)"}, "is no address"),
        ({"text": "a", "picture": png()}, "needs an alt text"),
        ({"text": "a", "picture": b"<svg/>", "alt": "x"}, "cannot be read"),
        ({"text": "a", "picture": png()[:60], "alt": "x"}, "cannot be read"),
        ({"text": "a", "picture": png(9000, 6000), "alt": "x"}, "million pixels"),
        ({"text": "a", "picture": png(kind="BMP"), "alt": "x"}, "is BMP"),
        ({"text": "a", "picture": b"\0" * (compose.MOST_BYTES + 1), "alt": "x"}, "more than 15 MB"),
        ({"text": "a", "accounts": ("nobody",)}, "there is no account nobody"),
    ],
)
def test_what_cannot_be_used_leaves_nothing_behind(place: Place, note: dict[str, object], said: str) -> None:
    before = sorted((place.root / "site").rglob("*"))
    with pytest.raises(CrosspostError, match=said):
        compose.new(place.app, compose.Note(**note), ANN)  # type: ignore[arg-type]
    assert sorted((place.root / "site").rglob("*")) == before


def test_a_hostile_text_stays_text(place: Place) -> None:
    text = "---\ntitle: {{ site.secret }}\n---\n{% raw %} <script>"
    file = compose.new(place.app, compose.Note(text=text, title="a: 'b' \"c\" #d"), ANN)
    page = file.read_text("utf-8").split("\n---\n", 1)[1]
    assert "<script>" not in page
    assert "{{" not in page
    assert "{%" not in page
    place.crosspost("run")
    (toot,) = [one for one in place.sandbox.posts() if one["network"] == "mastodon"]
    assert "{{ site.secret }}" in toot["text"]
