"""A yes counts for exactly what a person saw, wherever the site lies."""

from typing import Any

import msgspec
import pytest

from crosspost.delivery.approval_checksum import checksum
from crosspost.model import Card, Draft, Picture
from tests.delivery.scripted import Quick

PICTURE = Picture(path="/home/anna/site/beet.jpg", url="https://tal.example/beet.jpg", alt="Ein Beet", digest="d1")
CARD = Card(url="https://tal.example/beet", title="Beet", description="Grün", image=PICTURE)


def draft(**more: Any) -> Draft:
    known: dict[str, Any] = {"account": "a", "network": "scripted", "text": "Beet", "length": 4, "limit": 500}
    known |= {"unit": "characters", "link": CARD.url, "title": "Beet", "card": CARD, "images": (PICTURE,)}
    return Draft(**known | {"options": {"visibility": "public"}} | more)


def moved(picture: Picture) -> Picture:
    return msgspec.structs.replace(picture, path=picture.path.replace("/home/anna", "/builds/7"))


OTHERS = {
    "text": "Beete",
    "link": "https://tal.example/other",
    "card": None,
    "images": (),
    "options": {"visibility": "private"},
    "parts": (draft(text="more"),),
    "title": "",
}


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_a_reader_would_notice_needs_another_yes(quick: Quick, name: str) -> None:
    assert checksum(draft(), quick.network) != checksum(draft(**{name: OTHERS[name]}), quick.network)
    thread, other = (draft(parts=(draft(**more),)) for more in ({}, {name: OTHERS[name]}))
    assert checksum(thread, quick.network) != checksum(other, quick.network), "in a reply of a thread, too"


@pytest.mark.parametrize("change", [{"alt": "x"}, {"digest": "d2"}, {"path": "/home/anna/site/other.jpg"}])
def test_another_picture_or_description_of_it_needs_another_yes(quick: Quick, change: dict[str, str]) -> None:
    other = msgspec.structs.replace(PICTURE, **change)
    in_card = msgspec.structs.replace(CARD, image=other)
    seen = checksum(draft(), quick.network)
    assert seen != checksum(draft(images=(other,)), quick.network)
    assert seen != checksum(draft(card=in_card), quick.network)


def test_a_yes_counts_in_another_copy_of_the_site(quick: Quick) -> None:
    there = draft(images=(moved(PICTURE),), card=msgspec.structs.replace(CARD, image=moved(PICTURE)))
    assert checksum(draft(), quick.network) == checksum(there, quick.network)
    assert checksum(draft(parts=(draft(),)), quick.network) == checksum(draft(parts=(there,)), quick.network)


@pytest.mark.parametrize("unseen", [{"length": 5}, {"limit": 300}, {"warnings": ("w",)}, {"lost": ("tags",)}])
def test_what_no_reader_sees_needs_no_other_yes(quick: Quick, unseen: dict[str, Any]) -> None:
    assert checksum(draft(), quick.network) == checksum(draft(**unseen), quick.network)
    assert checksum(draft(parts=(draft(),)), quick.network) == checksum(draft(parts=(draft(**unseen),)), quick.network)


def test_it_is_the_same_in_every_process_and_whatever_the_order_of_the_settings(quick: Quick) -> None:
    one, other = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert checksum(draft(options=one), quick.network) == checksum(draft(options=other), quick.network)
    assert len(checksum(draft(), quick.network)) == 32
