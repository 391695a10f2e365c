"""Posts in memory share their texts with the listing, and stay what they were."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from crosspost.delivery.inventory import _sharing
from crosspost.ledger import Image, KnownPost, Looked
from crosspost.model import Entry, Override, Overrides
from tests.delivery.listing import DAY

ENTRY = Entry(id="new", path="/s/new.md", url="https://a.example/new", title="New", date=DAY, fingerprint="7 new")
LOOKED = Looked(
    file="7 new",
    seen="7 new",
    date=DAY,
    pictures=(Image(name="b.png", path="/s/b.png", changed=1, size=2, digest="3"),),
    overrides=Overrides(everywhere=Override(on_delete="unpublish")),
)


def known(id_: str, **looked: Any) -> KnownPost:
    return KnownPost(
        id=id_,
        path="/s/new.md",
        url="https://a.example/new",
        title="New",
        looked=msgspec.structs.replace(LOOKED, **looked),
    )


RENAMED = known("old", name="new")


@pytest.mark.parametrize("post", [known("new"), RENAMED, known("new", pictures=None)])
def test_a_post_that_nothing_changed_of_is_equal_and_has_the_listings_own_texts(post: KnownPost) -> None:
    shared = _sharing(post, ENTRY)
    assert shared == post
    assert shared is not post
    assert (shared.path is ENTRY.path, shared.title is ENTRY.title, shared.looked.file is ENTRY.fingerprint) == (
        True, True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/s/x.md"}, {"url": "https://a.example/x"}, {"title": "X"}, {"gone_at": DAY}, {"id": "other"},
        {"looked": msgspec.structs.replace(LOOKED, seen="8")}, {"looked": msgspec.structs.replace(LOOKED, file="8")},
        {"looked": msgspec.structs.replace(LOOKED, date=DAY + timedelta(days=1))},
        {"looked": msgspec.structs.replace(LOOKED, name="x")},
    ],
)  # fmt: skip
def test_any_other_post_is_left_alone(changed: dict[str, str | datetime | Looked]) -> None:
    post = msgspec.structs.replace(known("new"), **changed)
    assert _sharing(post, ENTRY) is post
    assert _sharing(post, None) is post
    refused = msgspec.structs.replace(ENTRY, state="refused")
    assert _sharing(RENAMED, refused) is RENAMED
