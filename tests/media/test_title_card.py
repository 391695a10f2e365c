"""Title cards: everything inside the edges, nothing cut inside a grapheme, no empty boxes."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import unicode_segmentation_rs as segmentation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from crosspost.errors import MediaError
from crosspost.media import card, fonts
from crosspost.media.card import LANDSCAPE, title_card
from crosspost.media.drawable_text import readable

pytestmark = pytest.mark.long

BACK, FRONT, ACCENT = (31, 41, 55), (255, 255, 255), (245, 158, 11)
HAS_UMLAUTS = any(face.draws("ä") for face in fonts.typefaces())
HAS_HEBREW = any(face.draws("שלום") for face in fonts.typefaces())
umlauts = pytest.mark.skipif(not HAS_UMLAUTS, reason="no font with umlauts is installed here")
hebrew = pytest.mark.skipif(not HAS_HEBREW, reason="no font with Hebrew letters is installed here")


def pixels(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image.convert("RGB")


def ink(data: bytes) -> tuple[int, int, int, int]:
    """The box of everything drawn right of the bar at the left edge."""
    image = pixels(data)
    bar = min(image.size) // 20 // 2 + 1
    plain = Image.new("RGB", image.size, BACK)
    from PIL import ImageChops

    box = ImageChops.difference(image, plain).crop((bar, 0, *image.size)).getbbox()
    assert box is not None
    return box[0] + bar, box[1], box[2] + bar, box[3]


@pytest.mark.parametrize("size", [LANDSCAPE, (1080, 1350), (200, 200), (4000, 300)])
@pytest.mark.parametrize(
    "title", ["Hello", "Wort " * 80, "Donaudampfschiff" * 30, "W", "a" * 2000, "https://example.org/" * 9]
)
def test_nothing_runs_over_the_edges(title: str, size: tuple[int, int]) -> None:
    made = title_card(title, site="Example Site " * 20, size=size)
    assert (made.format, made.mime, made.width, made.height) == ("PNG", "image/png", *size)
    assert pixels(made.data).size == size
    left, top, right, bottom = ink(made.data)
    unit = min(size) // 20
    assert left >= unit
    assert top >= unit
    assert right <= size[0] - unit
    assert bottom <= size[1] - unit


def test_only_a_long_title_is_shortened_and_reported() -> None:
    assert "title shortened to fit" in title_card("word " * 400).changed
    assert title_card("A short title", site="Example").changed == ("title card drawn",)


def test_brand_colours_are_used() -> None:
    image = pixels(title_card("Title", site="Site", background="#102030", foreground="#fafafa", accent="red").data)
    colours = {colour for _, colour in image.getcolors(1 << 20)}
    assert {(16, 32, 48), (250, 250, 250), (255, 0, 0)} <= colours
    assert image.getpixel((2, 300)) == (255, 0, 0)


def test_a_long_word_is_broken_and_a_sentence_at_its_spaces() -> None:
    faces = fonts.typefaces()
    lines = list(card._wrap("one two three four five", faces, 40, 200))
    assert " ".join(lines) == "one two three four five"
    assert len(lines) > 1
    assert all(card._width(line, faces, 40) <= 200 for line in lines)
    assert "".join(card._wrap("x" * 100, faces, 40, 200)) == "x" * 100


@settings(max_examples=100)
@given(text=st.text(st.sampled_from("ab -/.,Zw"), min_size=1, max_size=120), size=st.integers(14, 90))
def test_wrapping_loses_nothing_but_spaces(text: str, size: int) -> None:
    text = " ".join(text.split())
    faces = fonts.typefaces()
    lines = list(card._wrap(text, faces, size, 300))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(card._width(line, faces, size) <= 300 for line in lines)


@umlauts
def test_umlauts_are_drawn_and_not_as_boxes() -> None:
    title = "Äpfel, Öfen, Übermut: „Größe“"
    assert title_card(title).changed == ("title card drawn",)
    assert title_card(title).data != title_card("Apfel, Ofen, Ubermut: „Große“").data


@umlauts
def test_a_decomposed_umlaut_is_the_same_letter() -> None:
    assert title_card("U\u0308bermut").data == title_card("Übermut").data


@umlauts
def test_shortening_cuts_between_graphemes() -> None:
    faces = fonts.typefaces()
    text = "x\u0308y\u0323" * 60
    short = card._shorten(text, faces, 40, 400)
    assert card._width(short, faces, 40) <= 400
    kept = short.rstrip("….")
    assert text.startswith(kept)
    assert segmentation.graphemes(text, True)[: len(segmentation.graphemes(kept, True))] == segmentation.graphemes(
        kept, True
    )


@hebrew
def test_right_to_left_titles_begin_at_the_right() -> None:
    left, _, right, _ = ink(title_card("שלום").data)
    assert right > 1100
    assert left > 600
    left, _, right, _ = ink(title_card("Hello").data)
    assert right < 700


@hebrew
def test_a_last_line_of_digits_keeps_the_direction_of_the_title() -> None:
    made = title_card("שלום שלום שלום שלום שלום שלום שלום 2026", size=(400, 300))
    assert ink(made.data)[2] > 350
    assert card._right_to_left("2026 שלום abc")
    assert not card._right_to_left("abc שלום")


def test_without_fribidi_right_to_left_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.features.check", lambda name: False)
    for title in ("שלום", "سلام", "नमस्ते"):
        with pytest.raises(MediaError, match="Install libfribidi"):
            title_card(title)
        assert title_card(f"Hello {title}").left_out == (f"left out, no font here draws it: {title}",)


class Beyond(fonts.Typeface):
    """A typeface that only knows what is not ASCII, as many fonts for one script do."""

    def draws(self, grapheme: str) -> bool:
        return not any(char.isascii() and char.isalnum() for char in grapheme)


def test_a_line_mixes_fonts_when_no_single_one_has_all() -> None:
    plain, other = fonts.Typeface(None), Beyond(None)
    found = fonts.runs("abc שלום xyz", (plain, other))
    assert [(part.strip(), face) for part, face in found] == [("abc", plain), ("שלום", other), ("xyz", plain)]
    assert "".join(part for part, _ in found) == "abc שלום xyz"


PLAIN = (fonts.Typeface(None),)  # little more than ASCII


@pytest.mark.parametrize(
    ("title", "text", "missing"),
    [
        ("plain text!", "plain text!", ()),
        ("Pride 🏳️‍🌈 march", "Pride march", ("🏳️‍🌈",)),
        ("Go 🏴󠁧󠁢󠁳󠁣󠁴󠁿🇩🇪!", "Go !", ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪")),
        ("👍🏽 👩‍👩‍👧 ❤️‍🔥 🏴‍☠️ ok", "ok", ("👍🏽", "👩‍👩‍👧", "❤️‍🔥", "🏴‍☠️")),
        ("Top 1️⃣0⃣ and #️⃣", "Top 10 and #", ()),
        ("☀️ sun \ue000 \U0001fadf \ufffd", "sun", ("☀️", "\ue000", "\U0001fadf", "\ufffd")),
        ("𝐁𝐨𝐥𝐝 Ａｂｃ ①", "Bold Abc 1", ()),
        ("ä Ǟ e\u0323\u0302", "a A e", ()),
        ("Hello 漢字abc", "Hello abc", ("漢", "字")),
        ("Hello Привет a", "Hello a", ("Привет",)),
        ("Tag िहन्दी a", "Tag a", ("िहन्दी",)),
        ("Hello 한국", "Hello", ("한", "국")),
        ("漢字🎉", "", ("漢", "字", "🎉")),
    ],
)
def test_only_the_characters_no_font_has_are_left_out(title: str, text: str, missing: tuple[str, ...]) -> None:
    found = readable(title, PLAIN, shapes=True)
    assert (found.text, found.missing) == (text, missing)


def test_parts_of_a_joined_emoji_are_not_drawn_for_it() -> None:
    class All(fonts.Typeface):
        def draws(self, grapheme: str) -> bool:
            return bool(grapheme)

    found = readable("a 🇩🇪 👍🏽 ❤️‍🔥 👩‍👩‍👧 👍 ❤️", (All(None),), shapes=True)
    assert (found.text, found.missing) == ("a 👍 ❤", ("🇩🇪", "👍🏽", "❤️‍🔥", "👩‍👩‍👧"))


def test_left_out_characters_are_reported_and_never_stop_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "typefaces", lambda own: PLAIN)
    made = title_card("Party 🎉 today", site="Site 👩‍👩‍👧")
    assert made.left_out == ("left out, no font here draws it: 🎉👩‍👩‍👧",)
    assert made.data == title_card("Party today", site="Site").data
    assert title_card("Übermut").left_out == ("written plainer, no font here draws it: Ü",)
    made = title_card("漢字 🎉", site="Example")
    assert made.left_out == ("left out, no font here draws it: 漢字🎉", "the site's name instead of the title")
    assert made.data == title_card("Example").data
    assert title_card("🎉").left_out == ("left out, no font here draws it: 🎉", "no words")


def test_letters_without_a_font_and_no_name_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "typefaces", lambda own: PLAIN)
    with pytest.raises(MediaError, match=r"can draw “漢字”, .* Install a font"):
        title_card("漢字", site="東京")


def test_an_own_font_comes_first(tmp_path: Path) -> None:
    data = ImageFont.load_default(20).path
    font = tmp_path / "brand.ttf"
    font.write_bytes(data.getvalue() if isinstance(data, BytesIO) else Path(str(data)).read_bytes())
    assert fonts.typefaces((str(font),))[0].path == font
    with pytest.raises(MediaError, match=r"nothere\.ttf cannot be read as a font file"):
        title_card("Title", fonts=(str(tmp_path / "nothere.ttf"),))
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    with pytest.raises(MediaError, match=r"bad\.ttf cannot be read as a font file"):
        title_card("Title", fonts=(str(tmp_path / "bad.ttf"),))


@pytest.mark.parametrize("title", ["", " \n\t", "\u200b"])
def test_an_empty_title_is_reported(title: str) -> None:
    with pytest.raises(MediaError, match="nothing to write"):
        title_card(title)


def test_wrong_colours_and_sizes_are_reported() -> None:
    with pytest.raises(MediaError, match="“purplish” is not a colour"):
        title_card("Title", accent="purplish")
    with pytest.raises(MediaError, match="200 to 4000 pixels"):
        title_card("Title", size=(10, 10))


def test_drawing_needs_no_network_library() -> None:
    code = "import sys; from crosspost.media.card import title_card; title_card('T'); print('requests' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@settings(max_examples=60)
@given(title=st.text(max_size=80), site=st.text(max_size=30))
def test_any_text_gives_a_card_or_a_sentence(title: str, site: str) -> None:
    try:
        made = title_card(title, site=site, size=(400, 300))
    except MediaError as error:
        made = None
        assert_sentence(error)
    assert made is None or pixels(made.data).size == (400, 300)


def assert_sentence(error: MediaError) -> None:
    assert str(error).endswith(".")
