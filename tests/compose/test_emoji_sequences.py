"""Which code points are one emoji, compared with the Unicode data that Babel carries and with what UTS #51 says."""

from itertools import product
from string import ascii_uppercase

import pytest
from babel import Locale

from crosspost.compose import emoji_sequences, twitter_text

#: CLDR has a name for them, and no flag stands for them: parts of the world, made-up and unknown places
_NO_FLAG = {"EZ", "QO", "XA", "XB", "ZZ"}
_REGIONS = {name for name in Locale("en").territories if len(name) == 2 and name.isalpha()} - _NO_FLAG


def flag(letters: str) -> str:
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in letters)


def test_two_letters_are_a_flag_only_where_there_is_such_a_place() -> None:
    pairs = map("".join, product(ascii_uppercase, repeat=2))
    assert {pair for pair in pairs if emoji_sequences.sequences().fullmatch(flag(pair))} == _REGIONS


def test_x_counts_letters_that_make_no_flag_one_by_one() -> None:
    assert twitter_text.weight(flag("FR")) == 2
    assert twitter_text.weight(flag("FL")) == 4


@pytest.mark.parametrize("code", ["gbeng", "gbsct", "gbwls"])
def test_england_scotland_and_wales_have_flags_of_tags(code: str) -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in code)
    assert twitter_text.weight(f"\U0001f3f4{tags}\U000e007f") == 2
    assert twitter_text.weight(f"\U0001f3f4{tags}") > 2, "it has no end"


@pytest.mark.parametrize("tone", range(0x1F3FB, 0x1F400))
@pytest.mark.parametrize("before", ["👋", "☝", "🧑"])
def test_a_skin_tone_belongs_to_the_hand_before_it(before: str, tone: int) -> None:
    assert twitter_text.weight(before + chr(tone)) == 2


JOINED = """
    👩‍❤️‍👨 👨‍❤️‍💋‍👨 👩🏽‍❤️‍👨🏿 🧑‍🤝‍🧑 🧑🏻‍🤝‍🧑🏻 🧑🏻‍🤝‍🧑🏿 👨‍👩‍👧‍👦 👩‍👦‍👦 👩‍👧‍👧 👨‍👦 👨‍👧 👩‍👩‍👦 👨‍👨‍👧‍👧
    🧑‍🧑‍🧒‍🧒 🧑‍🧒 🧑‍🧒‍🧒
    👩‍⚕️ 👨‍⚖️ 🧑‍✈️ 🧑🏾‍🚀 👩🏽‍🦰 👨‍🦳 👨‍🦯‍➡️ 🧑🏿‍🦼 🧑‍🦽‍➡️ 🧑‍🎄 🧑🏻‍🎄 🏃‍♀️‍➡️ 🏃🏿‍♂️ 🚶‍➡️ 🧎🏻‍➡️ 👮‍♀️ 🧝🏽‍♂️
    🕵️‍♀️ 🏋🏽‍♂️ ⛹️‍♂️ ❤️‍🔥 ❤️‍🩹 ⛓️‍💥 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ 👁‍🗨 🐦‍⬛ 🐦‍🔥 🐈‍⬛ 🐕‍🦺 🐻‍❄️ 🍄‍🟫 🍋‍🟩 😮‍💨 😵‍💫 😶‍🌫️ 🙂‍↔️ 🙂‍↕️
    #️⃣ 7️⃣ *⃣ ☝🏻 ☝️🏻 ✍🏿 👋🏽 ☺️ ©️
""".split()  # noqa: SIM905  # one text is easier to read
#: two people whose skin has two colours; with one colour each of these is a single code point
TWO_TONES = """
    🧑🏻‍❤️‍🧑🏿 🧑🏻‍❤️‍💋‍🧑🏿 🧑🏻‍🐰‍🧑🏿 👨🏻‍🐰‍👨🏿 👨🏻‍🤝‍👨🏿 👩🏻‍🐰‍👩🏿 👩🏻‍🤝‍👨🏿 👩🏻‍🤝‍👩🏿 🫱🏻‍🫲🏿
    🧑🏻‍\U0001faef‍🧑🏿 👨🏻‍\U0001faef‍👨🏿 👩🏻‍\U0001faef‍👩🏿
""".split()  # noqa: SIM905


def test_what_is_joined_is_one() -> None:
    emoji_sequences.sequences.cache_clear()  # the pattern is made here
    one = emoji_sequences.sequences()
    assert [pair for pair in JOINED + TWO_TONES if not one.fullmatch(pair)] == []
    assert [pair for pair in JOINED + TWO_TONES if twitter_text.weight(pair) != 2] == []
    alike = [pair.replace("🏿", "🏻") for pair in TWO_TONES]
    assert [pair for pair in alike if one.fullmatch(pair)] == [], "for X they are the parts they are made of"
    apart = ["👩‍👨", "👨‍🐰‍👨", "🧒‍🧑", "🐈‍⬜", "👦‍👦", "🧑‍❤️‍👨", "🏳‍🌈", "❤‍🔥", "a️⃣"]
    assert [pair for pair in apart if one.fullmatch(pair)] == []
