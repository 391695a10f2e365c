"""Mastodon's hashtags, which the stand-in finds by its own rule: neither more of them than a server, nor fewer."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sandbox.networks.mastodon.hashtags import hashtags, key
from tests.sandbox.conftest import Caller

WORD, SIGNS = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}", "_·・\u200c"
#: Tag::Naming::HASHTAG_RE, as Ruby reads its classes
RULE = regex.compile(
    rf"(?<=^|\s)[#＃]([{WORD}][{WORD}{SIGNS}]*[\p{{Alphabetic}}{SIGNS}][{WORD}{SIGNS}]*[{WORD}]"
    rf"|[{WORD}]*\p{{Alphabetic}}[{WORD}]*)",
    regex.MULTILINE,
)
PIECES = [*"#＃ \n_·・-.,()/=&1a²ÄⅧ", "\u200c", "\u0301", "\ufe0f", "हि", "न्दी", "ไทย", "漢字", "👍", "schema.org"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#Garten und ＃Beet\n#Tal", ["Garten", "Beet", "Tal"]),
        ("(#Garten) a#b /#c #d,#e", ["d"]),
        ("#हिन्दी #ไทย #می‌خواهم", ["हिन्दी", "ไทย", "می‌خواهم"]),
        ("#2026 #20_26 #2026a #_ #___", ["20_26", "2026a", "___"]),
        ("#intel·ligència· #·a #a··b", ["intel·ligència", "a··b"]),
        ("#m² #CO2 #C++ #schema.org", ["m", "CO2", "C", "schema"]),
        ("#Beet #BEET #ＢＥＥＴ", ["Beet"]),
        ("## # #\u0301", []),
    ],
)
def test_what_is_a_hashtag(text: str, names: list[str]) -> None:
    assert hashtags(text) == names


@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_it_finds_what_the_server_finds(text: str) -> None:
    theirs: dict[str, str] = {}
    for match in RULE.finditer(text):
        theirs.setdefault(key(match[1]), match[1])
    assert hashtags(text) == [*theirs.values()]


def test_a_post_names_its_hashtags_and_stands_under_them(http: Caller) -> None:
    post = http.toot("Grüße #हिन्दी, (#klein) #Garten#Beet").json()
    assert [tag["name"] for tag in post["tags"]] == ["हिन्दी", "Garten"]
    for name, found in (("हिन्दी", [post["id"]]), ("garten", [post["id"]]), ("klein", []), ("beet", [])):
        assert [one["id"] for one in http.mastodon("GET", f"v1/timelines/tag/{name}").json()] == found
