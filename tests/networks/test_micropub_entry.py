"""What a Micropub website lists of its posts, and offers: any field may be missing; and where its end point is."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import OutOfSight, Rejected, UnderReview
from crosspost.model import Prepared
from crosspost.networks import micropub_entry
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.testing import Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, clock=clock, networks=("micropub",))


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("micropub")


NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def item(words: Any, minutes: int = 0, **more: list[Any]) -> dict[str, Any]:
    """A listed post, published so many minutes ago."""
    when = (NOW - timedelta(minutes=minutes)).isoformat()
    told = {"content": [words], "published": [when], "url": ["https://ann.example/1"]}
    return {"type": ["h-entry"], "properties": told | more}


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ({"html": "<p>Gr&uuml;&szlig;e aus dem&nbsp;Tal</p>"}, True),
        ({"markdown": "Grüße **aus** dem Tal"}, True),
        ("Grüße aus Tübingen", False),
        ({"html": None}, None),
        (None, None),
    ],
)
def test_words_are_the_same_in_any_form(network: Network, place: Place, told: Any, same: bool | None) -> None:
    draft = msgspec.structs.replace(network.draft(place.the_post()), text="Grüße aus dem Tal", link="")
    assert micropub_entry.same(item(told), draft) is same


def test_changed_words_with_our_link_or_title_may_be_ours(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8") + 'content = "full"\n', "utf-8")
    network = place.network("micropub")
    draft, url = network.draft(place.the_post()), place.the_post().url
    assert micropub_entry.same(item({"html": f'<p>Kurz: <a href="{url}">mehr</a></p>'}), draft) is None
    assert micropub_entry.same(item("Kurz", name=["Grüße aus dem Tal"]), draft) is None
    assert micropub_entry.same(item("Kurz", name=["Etwas anderes"]), draft) is False


@pytest.mark.parametrize(
    ("ages", "paging", "absent"),
    [
        ([], {}, False),  # Indiekit without a database
        ([1, 2, 3], {}, True),
        ([1, 2, 3], {"after": "3"}, False),
        ([*range(1, 10), 500], {"after": "10"}, True),  # reaches back far enough
        ([*range(2, 11), 1, 500], {"after": "10"}, False),  # … but is not sorted
        ([300, 200, 100], {}, False),  # the oldest first: may have been cut
        (list(range(1, 11)), {}, False),  # may have been cut at ten
    ],
)
def test_a_list_proves_absence_only_where_it_is_whole(
    network: Network, place: Place, ages: list[int], paging: dict[str, str], absent: bool
) -> None:
    network._listed = lambda: {"items": [item("anders", age) for age in ages], "paging": paging}  # type: ignore[attr-defined]
    prepared = place.prepared(network)
    if absent:
        assert network.find(prepared, NOW - timedelta(minutes=60)) is None
        return
    with pytest.raises(OutOfSight):
        network.find(prepared, NOW - timedelta(minutes=60))


def test_where_the_list_is_never_sorted_a_person_decides(network: Network, place: Place) -> None:
    """Nobody waits for a list that will not say more tomorrow; what is in it is found all the same."""
    prepared = place.prepared(network)
    address = f"{place.sandbox.url}/indie/verein/1"

    def answer(first: dict[str, Any]) -> None:
        told = {"items": [first, item("anders", 90), item("anders", 30), item("anders", 500)]}
        stand_in = place.sandbox.networks["micropub"]
        stand_in.answer = lambda request: Reply.json(told if ("q", "source") in request.query else {})  # type: ignore[method-assign]

    answer(item("anders"))
    again = place.network("micropub")
    assert again.me().abilities is not None
    assert again.able.read_back
    assert again.able.absence_after is None
    assert again.find(prepared, NOW - timedelta(minutes=60)) is None
    answer(item(prepared.draft.text, url=[address]))
    with pytest.raises(UnderReview) as listed:  # it is there, without its page so far
        again.find(prepared, NOW - timedelta(minutes=60))
    assert listed.value.taken == address


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (NOW.isoformat(), True),
        ("2026-11-22T12:00:00Z", True),
        ("2026-11-22T12:00:00", False),  # of which place?
        ("2026-11-22", False),
        ("today", False),
        (20261122, False),
    ],
)
def test_a_time_without_its_zone_is_none(told: Any, known: bool) -> None:
    assert micropub_entry.published(item("x", published=[told])) == (NOW if known else None)


def test_choices_of_any_shape_are_read() -> None:
    told = {"a": [{"uid": "x\x1b"}, {"uid": 5}, {}, "y", None], "b": {"uid": "x"}, "c": 7}
    assert [micropub_entry.offered(told, name) for name in "abcd"] == [["x␛"], [], [], []]


def test_an_empty_object_of_php_is_a_config() -> None:
    assert micropub_entry.config([]) == {}
    with pytest.raises(ValueError, match="not an object"):
        micropub_entry.config([1])


@pytest.mark.parametrize("pictures", [True, False])
def test_an_end_point_with_a_slash_at_its_end_gets_every_request(
    place: Place, monkeypatch: pytest.MonkeyPatch, pictures: bool
) -> None:
    stand_in = place.sandbox.networks["micropub"]
    answer, away = stand_in.answer, list[str]()

    def strict(request: Request) -> Reply:
        if request.path.endswith("/micropub"):
            away.append(request.method)
            return Reply(301, headers={"Location": f"{request.path}/"})
        return answer(request)

    monkeypatch.setattr(stand_in, "answer", strict)
    network = place.network("micropub")
    draft = network.draft(place.the_post())
    if not pictures:
        draft = msgspec.structs.replace(draft, images=())
    prepared = network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)
    receipt = network.publish(prepared)
    later = place.network("micropub")
    later.edit(receipt, prepared)
    place.network("micropub").delete(receipt)
    assert set(away) == {"GET"}, "no change is sent to the other address"
    assert not place.sandbox.posts()


def test_alt_texts_go_beside_the_pictures_where_a_website_wants_that(place: Place) -> None:
    place.config.write_text(place.config.read_text("utf-8") + 'alt_in = "mp-photo-alt"\n', "utf-8")
    network = place.network("micropub")
    network.identity = network.connect()
    assert "images" in network.able.edit_keeps
    prepared = place.prepared(network)
    network.edit(network.publish(prepared), prepared, pictures=True)
    (post,) = place.sandbox.posts()
    told = post["extra"]["properties"]
    assert told["photo"] == [prepared.remote["media_0"]]
    assert told["mp-photo-alt"] == ["Ein Hochbeet im Regen"]
    bare = msgspec.structs.replace(prepared.draft.images[0], alt="")
    draft = msgspec.structs.replace(prepared.draft, images=(bare,))
    assert micropub_entry.photos(msgspec.structs.replace(prepared, draft=draft), "mp-photo-alt")["mp-photo-alt"] == []


@pytest.mark.parametrize("gone", [True, False])
def test_what_is_gone_already_may_be_a_wrong_request(
    place: Place, network: Network, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    receipt = network.publish(place.prepared(network))
    stand_in = place.sandbox.networks["micropub"]
    refused, page = Reply(400, b"invalid_request", "text/plain"), Reply(404 if gone else 200, b"", "text/html")
    monkeypatch.setattr(stand_in, "answer", lambda request: refused if request.method == "POST" else page)
    with nullcontext() if gone else pytest.raises(Rejected):
        network.delete(msgspec.structs.replace(receipt, id=f"{place.sandbox.url}/indie/later/7"))
