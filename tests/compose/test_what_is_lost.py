"""What a draft tells of what went missing, and what stands on it beside its text."""

from datetime import date
from typing import Any

import msgspec
import pytest

from crosspost.compose import Style
from crosspost.compose.formats.duplicates import repetition, repetition_of_site
from crosspost.compose.parts import Pieces, lost
from crosspost.errors import Unsupported
from crosspost.model import (
    Abilities,
    Draft,
    Limits,
    Override,
    Overrides,
    Picture,
    Poll,
    PollLimits,
    Video,
    VideoLimits,
)  # fmt: skip
from tests.compose.drafts import LINK, POST, Fediverse, draft, own

ROOMY = Limits(text=500, unit="code-points", source="", checked=date(2026, 11, 22))
WHOLE = Pieces(title="Titel", description="Ein Satz.", excerpt="Ein Auszug", body="Alles", hashtags=("#a", "#b"))
POLL = Poll(options=("Ja", "Nein"), question="Unser Erstes Arbeitstreffen")


def limits(**changes: Any) -> Limits:
    return msgspec.structs.replace(ROOMY, **changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ()),
        ({"hashtags": ("#a",)}, ("1 of 2 hashtags",)),
        ({"hashtags": ()}, ("2 of 2 hashtags",)),
        ({"title": ""}, ("the title",)),
        ({"title": "Tit…"}, ("title shortened by 2 characters",)),
        ({"title": "Tite…"}, ("title shortened by 1 character",)),
        ({"description": "Ein …"}, ("description shortened by 6 characters",)),
        ({"excerpt": "", "body": "Al…"}, ("the excerpt", "body shortened by 3 characters")),
    ],
)
def test_what_went_missing_is_told_in_words(changes: dict[str, Any], said: tuple[str, ...]) -> None:
    assert lost(WHOLE, WHOLE._replace(**changes)) == said


def test_of_one_hashtag_no_number_is_told_and_a_text_of_the_authors_own_is_called_text() -> None:
    one = Pieces(description="Ein Satz.", hashtags=("#a",))
    assert lost(one, Pieces()) == ("the hashtag", "the description")
    assert lost(one, Pieces(), own=True) == ("the hashtag", "the text")


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (("C++",), "the tag “C++”, which cannot be a hashtag here"),
        (("C++", "1"), "the tags “C++”, “1”, which cannot be a hashtag here"),
    ],
)
def test_tags_that_cannot_be_a_hashtag_are_named(refused: tuple[str, ...], said: str) -> None:
    pieces = Pieces(refused=refused)
    assert lost(pieces, pieces) == (said,)


# ── a draft as a whole ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_video_goes_in_the_place_of_the_pictures_with_the_thumbnail_before_it() -> None:
    video, thumbnail = Video(path="/v/a.mp4"), Picture(path="/t.jpg")
    takes = limits(videos=VideoLimits(poster=("own",)), text_with_images=300)
    said = draft(takes, Style(video=True), video=video, thumbnail=thumbnail, warnings=("w",))
    assert said.video == msgspec.structs.replace(video, poster=thumbnail)
    assert (said.images, said.limit) == ((), 300)
    nobody = "nobody described the video /v/a.mp4: add `alt` to it, for those who cannot see it"
    assert said.warnings == ("w", nobody), "and none about the picture that stays behind"
    assert (draft(takes, video=video).video, draft(takes, video=video).limit) == (None, 500), "nobody wanted it"


def test_of_a_video_and_a_poll_the_poll_goes() -> None:
    said = draft(
        limits(videos=VideoLimits(), polls=PollLimits(options=2, characters=9, text=400), text_with_images=300),
        Style(video=True), video=Video(path="/v/a.mp4"), overrides=Overrides(everywhere=Override(poll=POLL)),
    )  # fmt: skip
    assert (said.video, said.poll and said.poll.options, said.limit) == (None, ("Ja", "Nein"), 400)
    assert said.warnings == (
        "the question of the poll is not shown: on code-points the post itself asks it",
        "goes out without its video: code-points shows either a video or a poll",
    )


@pytest.mark.parametrize(("most", "text", "limit"), [(0, 400, 400), (0, 0, 300), (30, 0, 300)])
def test_beside_a_poll_as_much_is_said_as_the_network_shows_there(most: int, text: int, limit: int) -> None:
    polls = PollLimits(options=2, characters=9, text=text, question=most, with_images=True)
    said = draft(
        limits(polls=polls, text_with_images=300, images=msgspec.structs.replace(ROOMY.images, count=1)),
        thumbnail=Picture(path="/t.jpg", alt="t"), overrides=Overrides(everywhere=Override(poll=POLL)),
    )  # fmt: skip
    assert (said.limit, len(said.images)) == (limit, 1)
    asks = bool(most)
    assert (said.text.count(POST.title), said.poll and said.poll.question) == (not asks, POST.title if asks else "")


@pytest.mark.parametrize(("template", "said"), [("", 0), ("{{ title }}\n{{ url }}", 1)])
def test_a_title_that_the_poll_asks_stands_in_the_text_only_where_a_template_wants_it(template: str, said: int) -> None:
    polls = limits(polls=PollLimits(options=2, characters=9, question=100))
    overrides = Overrides(everywhere=Override(poll=POLL))
    assert draft(polls, Style(template=template), overrides=overrides).text.count(POST.title) == said


def test_a_poll_with_a_question_is_enough_and_nothing_is_not() -> None:
    polls = limits(polls=PollLimits(options=2, characters=9, question=100))
    bare = {"title": "", "description": "", "url": "", "tags": ()}
    assert draft(polls, overrides=Overrides(everywhere=Override(poll=POLL)), **bare).text == ""
    for poll in (None, msgspec.structs.replace(POLL, question="")):
        with pytest.raises(Unsupported, match=r"arbeitstreffen\.md: there is nothing to say: no title"):
            draft(
                limits(polls=PollLimits(options=2, characters=9)),
                overrides=Overrides(everywhere=Override(poll=poll)),
                **bare,
            )
    with pytest.raises(Unsupported, match=r"^1: there is nothing to say"):
        draft(path="", **bare)


def test_a_card_says_what_stands_behind_the_link_and_shows_the_thumbnail() -> None:
    framed = Style(shape="crop")
    card = draft(style=framed, thumbnail=Picture(path="/t.jpg", alt="t"), title="Ein\nTitel").card
    assert card is not None
    assert (card.url, card.title, card.description) == (LINK, "Ein Titel", POST.description)
    assert card.image is not None
    assert (card.image.path, card.image.framing.shape) == ("/t.jpg", "crop")
    plain = draft(description="", excerpt="Ein Auszug\x07").card
    assert (plain and plain.description, plain and plain.image) == ("Ein Auszug", None)
    drawn = draft(style=Style(title_card=True)).card
    assert drawn is not None
    assert drawn.image is not None
    assert drawn.image.drawn is not None, "the title card is the card's picture, too"
    in_text = draft(style=Style(gallery=True), images=(Picture(path="/x.jpg", alt="x"),)).card
    assert in_text is not None
    assert in_text.image is None, "a picture of the text is not what the page shows"
    without: list[Draft] = [
        draft(style=Style(card=False)), draft(abilities=Abilities(card="none")), draft(style=Style(link="none")),
    ]  # fmt: skip
    assert [one.card for one in without] == [None, None, None]


def test_the_link_in_a_reply_has_its_card_there() -> None:
    said = draft(style=Style(link="reply"), abilities=Abilities(thread=True), thumbnail=Picture(path="/t.jpg", alt="t"))
    (reply,) = said.parts
    assert (said.link, said.card, LINK in said.text) == ("", None, False)
    assert (reply.text, reply.link, reply.card and reply.card.url) == (LINK, LINK, LINK)
    assert (len(said.images), reply.images) == (1, ())
    alone = draft(style=Style(link="reply"))
    assert (alone.link, alone.parts) == (LINK, ()), "where there are no replies it stands in the text"


def test_a_draft_is_in_the_posts_language_unless_the_account_has_another() -> None:
    assert (draft().language, draft(style=Style(language="en")).language) == ("de", "en")


@pytest.mark.parametrize(
    ("warning", "text", "unit", "length"),
    [("", 500, "code-points", 0), ("Ärger", 500, "code-points", 5), ("Ärger", 500, "utf-8", 6)],
)
def test_a_content_warning_takes_its_room(warning: str, text: int, unit: str, length: int) -> None:
    one = limits(text=text, unit=unit)
    said, bare = draft(one, options=Fediverse(content_warning=warning)), draft(one)
    assert (said.text, said.length, said.limit) == (bare.text, bare.length + length, text)


@pytest.mark.parametrize(
    ("most", "also", "fits"),
    [
        (20, 0, True),
        (6, 0, True),
        (5, 0, False),
        (0, 0, True),
        (0, 5, False),
        (0, 200, True),
        (100, 200, True),
        (100, 6, True),
        (100, 4, False),
    ],
)
def test_a_content_warning_that_is_too_long_alone_is_refused(most: int, also: int, fits: bool) -> None:
    one = limits(text=most, also=(("code-points", also),))
    warned = {"options": Fediverse(content_warning="Ärger"), "url": "", "tags": (), "description": "", "title": "T"}
    if fits:
        assert draft(one, **warned).text == "T"
        return
    with pytest.raises(
        Unsupported, match="The content warning alone is longer than this network allows; shorten `content_warning`"
    ):
        draft(one, **warned)


def test_what_cannot_be_shortened_is_told_with_both_lengths() -> None:
    said = r"^x takes 20 \(x\); what may not be shortened alone needs 23\. Use a shorter link or template"
    with pytest.raises(Unsupported, match=said):
        draft(msgspec.structs.replace(ROOMY, text=20, unit="x", url_length=23))


@pytest.mark.parametrize(
    ("text", "link", "end"),
    [
        (f"Kommt: {LINK} Bald.", LINK, " Bald."),
        ("Kommt.", LINK, LINK),
        (f"Wort {LINK} " + "Wort " * 200, LINK, LINK),
    ],
)
def test_a_text_of_the_authors_own_has_the_link_once(text: str, link: str, end: str) -> None:
    said = draft(ROOMY, overrides=own(text))
    assert (said.text.count(link), said.link) == (1, link)
    assert said.text.endswith(end)
    assert said.length == len(said.text) <= 500


# ── the same from several accounts ────────────────────────────────────────────────────────────────────────────────────


def test_who_repeats_whom_is_told_with_what_helps() -> None:
    assert repetition("X", "verein", "gruppe") == (
        "verein: X's rules forbid the same post from several accounts (automation, duplicative content), and gruppe "
        "says the same. Give this account words of its own: `text` under `crosspost: verein:` in the post"
    )
    assert repetition_of_site("X", "verein") == (
        "verein: X's rules forbid the same post twice (automation, duplicative content), and another site of this "
        "installation has said the same lately. Give this post words of its own: `text` under `crosspost: verein:` "
        "in it"
    )
