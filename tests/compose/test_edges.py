"""Small rules of composing that a reader would notice when they went wrong."""

from datetime import UTC, datetime

import pytest
from babel import Locale, localedata

from crosspost.compose import Style, compose
from crosspost.compose.breaks import Level, level
from crosspost.compose.formats import mail, mail_html
from crosspost.compose.parts import Pieces, give_way, usual
from crosspost.compose.templates import check
from crosspost.compose.twitter_text import find_urls
from crosspost.config import registry
from crosspost.errors import ConfigError
from crosspost.model import Post

POST = Post(
    id="a", path="a.md", url="https://a.example/a.html", title="Titel", date=datetime(2026, 11, 20, tzinfo=UTC),
    root="/srv/site", root_url="https://a.example",
)  # fmt: skip
RIGHT_TO_LEFT = sorted(
    name for name in localedata.locale_identifiers() if "_" not in name and Locale(name).text_direction == "rtl"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Wir treffen uns alle am 29.| November im Garten", Level.WORD),
        ("Wir treffen uns alle um neun.| Bringt Tee mit", Level.SENTENCE),
        ("Strom kommt heute z. B.| Wind und Sonne", Level.WORD),
        ("Das war es also.| https://a.example", Level.SENTENCE),
        ("Das war es also.| und dann", Level.WORD),
        ("Das war es also.| „und dann“", Level.WORD),
        ("Das war es also.| – (und dann", Level.WORD),
    ],
)
def test_a_full_stop_of_a_word_ends_no_sentence(text: str, wanted: Level) -> None:
    before, _, after = text.partition("|")
    assert level(before + after, len(before)) is wanted


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_a_mail_in_a_language_of_the_right_begins_there(language: str) -> None:
    assert 'dir="rtl"' in mail_html.page("t", [], language)
    assert 'dir="rtl"' in mail_html.page("t", [], f"{language}-XX")


def test_a_mail_in_another_language_leaves_the_direction_to_the_text() -> None:
    assert 'dir="rtl"' not in mail_html.page("t", [], "de")
    assert 'dir="rtl"' not in mail_html.page("t", [], "")


@pytest.mark.parametrize("wrong", ["a@", "@x.example", "a b@c.de", "a@b@c.de", "a@x..de", "a@x.de, b@x.de"])
def test_what_is_no_mail_address_is_refused_with_its_place(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:3.*mail address"):
        mail.address(wrong, "config.toml:3")


@pytest.mark.parametrize(("length", "whole"), [(mail._SHOWN, True), (mail._SHOWN + 1, False)])
def test_a_long_mistake_is_shown_in_part(length: int, whole: bool) -> None:
    text = "ä" * length
    with pytest.raises(ConfigError) as error:
        mail.address(text, "here")
    assert (f"“{text}”" in str(error.value)) == whole


@pytest.mark.parametrize("room", range(60, 5, -1))
def test_as_many_hashtags_stay_as_there_is_room_for(room: int) -> None:
    pieces = Pieces(title="Titel", hashtags=("#eins", "#zweitens", "#drei", "#viertens"))
    found = give_way(pieces, ("hashtags",), usual, lambda text: len(text) <= room, lambda text: room - len(text))
    assert len(usual(found)) <= room or found.title == ""
    left = [tag for tag in pieces.hashtags if tag not in found.hashtags]
    assert found.hashtags == tuple(tag for tag in pieces.hashtags if tag in found.hashtags)
    for tag in left if found.title == "Titel" else ():
        assert len(usual(found._replace(hashtags=(*found.hashtags, tag)))) > room


def test_a_title_card_knows_its_site() -> None:
    cls = registry.load("mastodon")
    style = Style(title_card=True)
    draft = compose(POST, account="a", network="mastodon", limits=cls.limits, abilities=cls.abilities, style=style)
    card = draft.images[0].drawn
    assert card is not None
    assert (card.root, card.root_url, card.title) == ("/srv/site", "https://a.example", "Titel")


@pytest.mark.parametrize("template", ["{{ title", "{% for x in %}", "{% endif %}", "{{ title | nothing }}"])
def test_a_template_that_cannot_be_used_is_told_with_its_reason(template: str) -> None:
    with pytest.raises(ConfigError) as error:
        check(template, "verein")
    said = str(error.value).partition(": its template")[2]
    assert len(said.partition(". A template may use")[0]) > len(", line 1: ")


@pytest.mark.parametrize("text", ["éexample.com/éexample.com", "日本example.com/a", "example.com/example.com/x"])
def test_an_address_without_a_scheme_is_found_as_x_finds_it(text: str) -> None:
    (found,) = find_urls(text)
    assert text[found.start : found.end].endswith(found.text.rpartition("example.com")[2])
    assert text.endswith(found.text)


def test_everybody_leaves_the_list_at_an_address_of_their_own() -> None:
    assert mail.leave_url("https://e.org/?u={address}&b", "a+b@e.org") == "https://e.org/?u=a%2Bb%40e.org&b"
    assert mail.leave_url("https://e.org/weg", "a@e.org") == "https://e.org/weg"
