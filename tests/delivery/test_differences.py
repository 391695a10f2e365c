"""In what a post says something else than what is out, as a reader of the network sees it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.delivery.differences import after_edit, carried, differences, kept, other_pictures, picture_name
from crosspost.model import Card, Draft, Framing, Picture, TitleCard, Video
from crosspost.testing.harness import Clock
from tests.delivery.scripted import Scripted

SHOWN = Picture(path="/s/beet.jpg", url="https://tal.example/beet.jpg", alt="Ein Beet", digest="d1")
CARD = Card(url="https://tal.example/beet", title="Beet", description="Regen", image=SHOWN)
DRAWN = TitleCard(title="Beet", width=4, height=3, background="#fff", text="#000", accent="#f00")
SAID = Draft(
    account="a",
    network="scripted",
    text="Beet",
    length=4,
    limit=500,
    unit="x",
    link="https://tal.example/beet",
    card=CARD,
    images=(SHOWN,),
    language="de",
    options={"visibility": "public", "carried": "1"},
)


def network(**able: Any) -> Scripted:
    return Scripted("a", Clock(), **able)


def but(thing: Any, **differs: Any) -> Any:
    return msgspec.structs.replace(thing, **differs)


OTHER = Video(path="/s/beete.mp4", digest="v2")
FILMED = but(SAID, images=(), video=Video(path="/s/beet.mp4", digest="v1"))


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (SAID, ()),
        (but(SAID, text="Beete"), ("text",)),
        (but(SAID, link="https://tal.example/neu"), ("text",)),
        (but(SAID, parts=(SAID,)), ("text",)),
        (but(SAID, images=()), ("images",)),
        (but(SAID, images=(but(SHOWN, digest="d2"),)), ("images",)),
        (but(SAID, images=(but(SHOWN, alt="Zwei Beete"),)), ("images",)),
        (but(SAID, images=(but(SHOWN, path="/elsewhere/b.jpg", url="https://new.example/b.jpg"),)), ()),
        (but(SAID, images=(but(SHOWN, drawn=DRAWN),)), ("images",)),
        (but(SAID, images=(but(SHOWN, framing=Framing(shape="crop")),)), ("images",)),
        (but(SAID, images=(but(SHOWN, digest=""),)), ()),
        (but(SAID, images=(but(SHOWN, digest="", url="https://tal.example/b.jpg"),)), ("images",)),
        (but(SAID, card=None), ("card",)),
        (but(SAID, card=but(CARD, title="Beete")), ("card",)),
        (but(SAID, card=but(CARD, url="https://tal.example/neu")), ("card",)),
        (but(SAID, card=but(CARD, description="Sonne")), ("card",)),
        (but(SAID, card=but(CARD, image=None)), ("card",)),
        (but(SAID, card=but(CARD, image=but(SHOWN, digest="d2"))), ("card",)),
        (but(SAID, card=but(CARD, image=but(SHOWN, alt="Zwei"))), ()),
        (but(SAID, language="en"), ("language",)),
        (but(SAID, options={"visibility": "private", "carried": "1"}), ("options",)),
        (but(SAID, options={"visibility": "public", "carried": "2"}), ()),
        (but(SAID, length=9, limit=9, lost=("x",), warnings=("y",), title="Beet"), ()),
        (but(SAID, text="Beete", images=(), card=None, language="en", options={}), "text images card language options"),
    ],
)
def test_in_what_two_drafts_differ(after: Draft, found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scripted, "edits", ("visibility",))
    found = tuple(found.split()) if isinstance(found, str) else found
    assert differences(SAID, after, network(card="client")) == found
    assert differences(after, SAID, network(card="client")) == found


def test_of_what_is_not_known_the_words_differ() -> None:
    assert differences(None, SAID, network()) == ("text",)


@pytest.mark.parametrize("card", ["crawler", "none"])
def test_a_card_the_network_makes_is_none_of_ours(card: str) -> None:
    assert differences(SAID, but(SAID, card=None), network(card=card)) == ()


def test_where_there_are_no_alternative_texts_nobody_sees_another() -> None:
    other = but(SAID, images=(but(SHOWN, alt="Zwei Beete"),))
    assert differences(SAID, other, network(alt_text=False)) == ()
    assert not other_pictures(SAID, other)


def test_parts_of_a_thread_are_compared_each_with_its_own() -> None:
    thread = but(SAID, parts=(but(SAID, text="zwei"), but(SAID, text="drei")))
    assert differences(thread, thread, network()) == ()
    assert differences(thread, but(thread, parts=thread.parts[::-1]), network()) == ("text",)


def test_the_order_of_pictures_counts() -> None:
    two = SHOWN, but(SHOWN, digest="d2")
    assert other_pictures(but(SAID, images=two), but(SAID, images=two[::-1]))
    assert other_pictures(but(SAID, images=two), but(SAID, images=two[:1]))
    assert not other_pictures(but(SAID, images=two), but(SAID, images=two))


ALL = ("text", "images", "card", "language", "options")


@pytest.mark.parametrize(
    ("able", "carries", "keeps"),
    [
        ({"edit": True}, ALL, ""),
        ({"edit": True, "edit_keeps": ("images", "language")}, ("text", "card", "options"), "the picture"),
        (
            {"edit": True, "edit_keeps": ("images", "card")},
            ("text", "language", "options"),
            "the picture and the link's card",
        ),
        ({"edit": False}, ("text", "images", "card"), ""),
    ],
)
def test_what_an_edit_carries_and_what_stays(able: dict[str, Any], carries: tuple[str, ...], keeps: str) -> None:
    assert carried(ALL, network(**able)) == carries  # type: ignore[arg-type]
    assert kept(ALL, network(**able)) == keeps  # type: ignore[arg-type]
    assert carried((), network(**able)) == ()
    assert kept((), network(**able)) == ""


def test_what_is_out_after_an_edit() -> None:
    new = but(SAID, text="Beete", images=(), language="en")
    assert after_edit(SAID, new, network(edit=True)) == new
    assert after_edit(None, new, network(edit_keeps=("images", "language"))) == new
    assert after_edit(SAID, new, network(edit_keeps=("images", "language"))) == but(SAID, text="Beete")


@pytest.mark.parametrize(("sent", "wanted"), [(SAID, FILMED), (FILMED, SAID), (FILMED, but(FILMED, video=OTHER))])
def test_a_video_stays_where_pictures_stay(sent: Draft, wanted: Draft) -> None:
    wanted = but(wanted, text="Beete")
    assert after_edit(sent, wanted, network(edit=True)) == wanted
    assert after_edit(sent, wanted, network(edit=True, edit_keeps=("images",))) == but(sent, text="Beete")


def test_what_a_picture_is_called_wherever_the_site_lies() -> None:
    assert picture_name(SHOWN) == "https://tal.example/beet.jpg"
    assert picture_name(Picture(path=str(Path("/s/images/beet.jpg")))) == "beet.jpg"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Video(path="/t/beete.mp4", digest="v1"), True),
        (Video(path="/s/beet.mp4", digest="v2"), False),
        (Video(path="/t/beet.mp4"), True),
        (Video(path="/s/beete.mp4"), False),
        (None, False),
    ],
)
def test_a_film_is_known_by_its_bytes_and_else_by_its_name(other: Video | None, same: bool) -> None:
    assert other_pictures(FILMED, but(FILMED, video=other)) != same
    assert other_pictures(but(FILMED, video=other), FILMED) != same
