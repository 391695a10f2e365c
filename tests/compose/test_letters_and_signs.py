"""Signs end sentences, open brackets and separate words, each of them; a letter or digit never does."""

import re
from datetime import date
from string import ascii_letters, digits

import pytest

from crosspost.compose.breaks import Level, breaks, level, unclosed
from crosspost.compose.fit import dangles, finish
from crosspost.compose.formats import linkedin, mail_html
from crosspost.compose.formats.facets import facets
from crosspost.compose.formats.mail import _READ_ON
from crosspost.compose.hashtags import hashtag
from crosspost.compose.measure import UNITS
from crosspost.compose.repeated_title import without_repetition, without_title
from crosspost.model import Limits
from tests.compose.test_mail import Elements, as_mail

LETTERS = ascii_letters + digits
THREADS = Limits(text=500, unit="threads", source="", checked=date(2026, 11, 22))


def at(text: str) -> tuple[str, int]:
    before, after = text.split("|")
    return before + after, len(before)


def test_no_letter_ends_a_sentence_or_closes_one() -> None:
    for letter in LETTERS:
        assert level(*at(f"Wor{letter}| Wort")) is Level.WORD
        assert level(*at(f"Wort.{letter}| Wort")) is Level.WORD
        assert unclosed(f"a {letter} b", 5) == ""


def test_no_letter_counts_as_an_emoji() -> None:
    for letter in LETTERS:
        assert UNITS["threads"](f"{letter}\u20dd", THREADS) == 2, "with a circle around it"


def test_a_keycap_on_threads_counts_its_bytes() -> None:
    assert UNITS["threads"]("1\u20e3 ©", THREADS) == 4 + 1 + 2


def test_no_letter_is_taken_away_where_a_text_is_cut() -> None:
    for letter in LETTERS:
        assert finish(f"Wort {letter}{letter} Wort", 7) == f"Wort {letter}{letter}…"
        assert not dangles(f"und {letter}{letter}{letter}")
        assert breaks(f"日{letter}日{letter}日") == [1, 2, 3, 4]


def test_no_letter_of_a_tag_is_lost() -> None:
    for letter in ascii_letters:
        assert hashtag(f"{letter}a{letter}b{letter}") == f"#{letter}a{letter}b{letter}"


def test_no_letter_of_a_title_separates_it_from_the_text() -> None:
    for letter in LETTERS:
        title = f"Wind {letter}"
        assert without_title(title, f"{title} Kraft") == f"{title} Kraft"
        assert without_title(f"Wind.{letter}", f"Wind.{letter} Kraft") == f"Wind.{letter} Kraft"
        assert without_title("Wind", f"Wind {letter} Kraft") == f"Wind {letter} Kraft"
        assert without_title("Wind", f"Wind. {letter.upper()}a Kraft") == f"{letter.upper()}a Kraft"


def test_no_letter_of_a_text_is_escaped() -> None:
    for letter in LETTERS:
        assert linkedin.escape(f"{letter} a{letter}") == f"{letter} a{letter}"
        assert [one.value for one in facets(f"https://e.org/{letter}")] == [f"https://e.org/{letter}"]


# ── each sign counts ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sign", ".!?…。！？؟۔।॥։")
def test_each_of_these_ends_a_sentence(sign: str) -> None:
    assert level(*at(f"Regen fiel{sign}| Dann")) is Level.SENTENCE
    for closing in "\"'”’“»«)]）」』":
        assert level(*at(f"Regen fiel{sign}{closing}| Dann")) is Level.SENTENCE


@pytest.mark.parametrize("end", [*",;:，、；：،؛", " –", " —", " -"])
def test_each_of_these_ends_a_clause(end: str) -> None:
    assert level(*at(f"Regen fiel{end}| dann")) is Level.CLAUSE


@pytest.mark.parametrize(
    "pair", ["()", "[]", "{}", "（）", "「」", "『』", "【】", "„“", "„”", "“”", "«»", "»«", "‹›", '""']
)
def test_each_of_these_is_closed_where_a_text_is_cut(pair: str) -> None:
    text = f"Er rief {pair[0]}Regen und Wind{pair[1]} laut"
    assert unclosed(text, text.index(" und")) == pair[1]
    assert unclosed(text, 7) == ""
    assert unclosed(text, len(text)) == ""


@pytest.mark.parametrize("end", [*",;:،؛、，；：/&+([{（「『【„‚¿¡–—-", " “", " ‘", ' "'])
def test_none_of_these_is_the_last_of_a_cut_text(end: str) -> None:
    text = f"Regen{end}"
    assert finish(f"{text} Wind", len(text)) == "Regen…"


@pytest.mark.parametrize("word", ["https://e.org/a", "@verein", "＠verein", "#wind", "＃wind", "e.org"])
def test_an_ellipsis_stands_apart_from_what_it_would_become_a_part_of(word: str) -> None:
    assert finish(f"Siehe {word} dort", 6 + len(word)) == f"Siehe {word} …"


@pytest.mark.parametrize("between", [": ", " – ", " — ", " - ", " | ", "\n", ". ", "! ", "? ", "… ", "。", "！", "？"])
def test_behind_each_of_these_a_text_goes_on_without_its_title(between: str) -> None:
    assert without_title("Wind und Regen", f"Wind und Regen{between}Es stürmt.") == "Es stürmt."


@pytest.mark.parametrize("end", ["…", "...", "[…]", "[...]", " …"])
def test_a_title_that_is_cut_off_gives_way_whatever_ends_it(end: str) -> None:
    assert without_repetition(f"Wind und{end}", "Wind und Regen.") == ("", "Wind und Regen.")


@pytest.mark.parametrize("sign", "'‘’‚`´\"“”„«»‹›()[]{}（）「」『』【】《》〈〉")
def test_quotation_marks_and_brackets_of_a_tag_go(sign: str) -> None:
    assert hashtag(f"{sign}Wind{sign}rad") == "#Windrad"


@pytest.mark.parametrize("sign", ".,!?…;:。、，．！？：；؟،।")
def test_what_ends_a_tag_like_a_sentence_goes(sign: str) -> None:
    assert hashtag(f"Wind{sign}") == "#Wind"


@pytest.mark.parametrize("sign", [" ", "\n", *"-‐‑‒–—―/&_|\\•"])
def test_words_of_a_tag_are_told_apart_by_each_of_these(sign: str) -> None:
    assert hashtag(f"wind{sign}rad") == "#WindRad"


@pytest.mark.parametrize("sign", ["🌱", "\u200e", "\u0378", "\ue000", "\u20dd", "🏽", "©️", "\u00ad", "\ufeff", "1️⃣"])
def test_what_decorates_a_tag_or_is_not_seen_goes(sign: str) -> None:
    assert hashtag(f"{sign}Wind {sign}") == "#Wind"


# ── a mail ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "words"), _READ_ON.items())
def test_a_mail_says_read_on_in_its_language(language: str, words: str) -> None:
    assert f">{words}</a>" in as_mail(lang=language).options["html"]
    assert f">{words}</a>" in as_mail(lang=f"{language.upper()}-XY").options["html"]


def test_every_kind_of_block_has_its_look_where_no_style_sheet_is_read() -> None:
    text = "# A\n\n## B\n\n### C\n\n> Z\n\n`c`\n\n    p\n\n[l](https://e.org)\n\n---\n\n![i](https://e.org/a.jpg)"
    html = "\n".join(mail_html.body(f"{text}\n\n| a |\n|---|\n| b |\n", "https://e.org/"))
    styles = {tag: attributes["style"] for tag, attributes in Elements(html).tags if attributes.get("style")}
    assert styles.keys() >= {"a", "blockquote", "code", "pre", "h1", "h2", "h3", "hr", "img", "p", "td", "th"}
    for style in styles.values():
        for declaration in style.split(";"):
            name, _, value = declaration.strip().partition(":")
            assert re.fullmatch(r"[a-z-]+", name), style
            assert all(re.fullmatch(r"#[0-9a-f]{6}", word) for word in value.split() if "#" in word), style


@pytest.mark.parametrize("code", ["```python\nx = 1\n```", "    x = 1\n"])
def test_long_lines_of_code_go_on_in_the_next_line_of_a_mail(code: str) -> None:
    (block,) = mail_html.body(code, "https://e.org/")
    assert "white-space:pre-wrap;overflow-wrap:anywhere" in block
