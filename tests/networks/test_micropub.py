"""Micropub keeps the contract; then its quirks."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import AuthExpired, OutOfSight, Rejected, UnderReview, Unknown, Unsupported
from crosspost.model import Prepared
from crosspost.networks import micropub_entry
from crosspost.networks.base import Network
from crosspost.networks.micropub_page import is_there
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Clock, NetworkContract, Place
from tests.delivery.engine_runs import Runs


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    return Place(tmp_path, sandbox, clock=clock, networks=("micropub",))


@pytest.fixture
def network(place: Place) -> Network:
    return place.network("micropub")


def say(place: Place, *lines: str) -> Network:
    """The account with further settings."""
    place.config.write_text(place.config.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")
    return place.network("micropub")


def options(place: Place, **said: Any) -> None:
    place.sandbox.networks["micropub"].settings.update(said)


def properties(place: Place) -> dict[str, list[Any]]:
    (post,) = place.sandbox.posts()
    return dict(post["extra"]["properties"])


class TestMicropub(NetworkContract):
    key = "micropub"
    uploads = "POST /indie/media"

    def test_a_note_has_tags_and_what_is_asked_of_the_website(self, place: Place) -> None:
        network = say(place, "same_slug = true", 'syndicate_to = ["https://social.example/@verein"]')
        prepared = place.prepared(network)
        network.publish(prepared)
        told = properties(place)
        assert told["content"] == [prepared.draft.text]
        assert told["category"] == ["Garten", "Erneuerbare Energien"]
        assert told["photo"] == [{"value": prepared.remote["media_0"], "alt": "Ein Hochbeet im Regen"}]
        assert told["mp-slug"] == ["gruesse"]
        assert told["mp-syndicate-to"] == ["https://social.example/@verein"]
        assert "name" not in told, "a name would make an article of it"

    def test_a_whole_article_is_found_and_changed_as_one(self, place: Place) -> None:
        place.post.write_text(place.post.read_text("utf-8") + "\n## Beete\n\n[Plan](/plan.html)\n", "utf-8")
        network = say(place, 'content = "full"')
        prepared, since = place.prepared(network), place.clock()
        place.sandbox.fault(self.key, "cut-after")
        assert isinstance(self.fails(network, prepared), Unknown)
        told, url = properties(place), place.the_post().url
        assert told["name"] == ["Grüße aus dem Tal"]
        content = told["content"][0]["html"]
        assert f'<a href="{place.url}/plan.html">Plan</a>' in content
        assert content.endswith(f'Zuerst erschienen: <a href="{url}">{url}</a></p>')
        found = network.find(prepared, since)
        assert found is not None
        network.edit(found, prepared)
        assert properties(place) == told

    def test_what_is_there_is_listed_for_a_person(self, network: Network, place: Place) -> None:
        prepared, since = place.prepared(network), place.clock()
        receipt = network.publish(prepared)
        network.find(prepared, since)
        ours, before = network.listed
        assert (ours.text, ours.url, ours.at) == (prepared.draft.text, receipt.url, place.clock())
        assert before.text == "Hallo!", "the website had it before"

    def test_tags_that_are_gone_are_taken_away(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        bare = msgspec.structs.replace(prepared.draft, options=prepared.draft.options | {"tags": []})
        network.edit(receipt, msgspec.structs.replace(prepared, draft=bare))
        assert properties(place)["category"] == []

    def test_an_edit_may_move_the_page(self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        there = Reply(201, headers={"Location": "/indie/verein/beet"})
        monkeypatch.setattr(place.sandbox.networks[self.key], "answer", lambda _: there)
        moved = network.edit(receipt, prepared)
        assert moved.id == moved.url == f"{place.sandbox.url}/indie/verein/beet"

    def test_a_page_that_is_made_later_is_waited_for_a_day(self, network: Network, place: Place) -> None:
        options(place, later=True, made=False)
        prepared, since = place.prepared(network), place.clock()
        error = self.fails(network, prepared)
        assert isinstance(error, UnderReview)
        taken = msgspec.structs.replace(prepared, remote={**prepared.remote, "taken": error.taken})
        place.clock.pass_by(hours=24)
        with pytest.raises(UnderReview) as again:
            network.find(taken, since)
        assert again.value.taken == error.taken
        place.clock.pass_by(seconds=1)
        assert network.find(taken, since) is None
        options(place, made=True)
        found = network.find(taken, since)
        assert found is not None
        assert (found.id, found.url) == (error.taken, error.taken)
        with pytest.raises(UnderReview):
            network.find(msgspec.structs.replace(taken, remote={"taken": f"{error.taken}0"}), place.clock())

    def test_what_is_listed_without_its_page_is_never_taken_for_absent(self, network: Network, place: Place) -> None:
        options(place, later=True, made=False)
        prepared, since = place.prepared(network), place.clock()
        error = self.fails(network, prepared)
        assert isinstance(error, UnderReview)
        place.clock.pass_by(days=3)
        with pytest.raises(UnderReview) as again:
            network.find(prepared, since)
        assert again.value.taken == error.taken

    @pytest.mark.parametrize("status", [403, 500])
    def test_a_page_that_cannot_be_read_says_nothing(self, network: Network, place: Place, status: int) -> None:
        prepared, since = place.prepared(network), place.clock()
        options(place, later=True)
        error = self.fails(network, prepared)
        assert isinstance(error, UnderReview)
        stand_in = place.sandbox.networks[self.key]
        stand_in.answer = lambda _: stand_in.refusal(status, "No.")  # type: ignore[method-assign]
        with pytest.raises(Unknown, match="the page of the post cannot be read") as caught:
            network.find(msgspec.structs.replace(prepared, remote={"taken": error.taken}), since)
        assert not isinstance(caught.value, UnderReview)

    def test_the_whole_way_of_a_page_that_is_made_later(self, place: Place) -> None:
        runs = Runs(place)
        options(place, later=True, made=False)
        runs.run()
        assert runs.states() == {self.key: "unknown"}
        options(place, made=True)
        place.clock.pass_by(minutes=30)
        runs.run()
        assert runs.states() == {self.key: "sent"}
        assert self.published(place) == 1
        runs.ledger.close()

    @pytest.mark.parametrize("listing", ["refused", "empty"])
    def test_where_posts_are_not_listed_a_person_decides(self, place: Place, listing: str) -> None:
        options(place, listing=listing)
        runs = Runs(place)
        place.sandbox.fault(self.key, "cut-after")
        for _ in range(3):
            runs.run()
            place.clock.pass_by(hours=2)
        assert runs.states() == {self.key: "held"}
        (row,) = runs.ledger.deliveries()
        assert "look at the website, then `crosspost settle" in row.error
        assert self.published(place) == 1
        runs.ledger.close()

    def test_without_a_media_end_point_the_sites_own_picture_is_linked(self, network: Network, place: Place) -> None:
        options(place, media=False)
        network.publish(place.prepared(network))
        address = f"{place.url}/images/beet.jpg"
        assert properties(place)["photo"] == [{"value": address, "alt": "Ein Hochbeet im Regen"}]
        picture = msgspec.structs.replace(network.draft(place.the_post()).images[0], url="")
        draft = msgspec.structs.replace(network.draft(place.the_post()), images=(picture,))
        with pytest.raises(Rejected, match="the picture has no address on your site"):
            network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)

    def test_no_token_travels_unencrypted(self, network: Network) -> None:
        network.base_url = "https://ann.example/micropub"
        network._config = lambda: {"media-endpoint": "http://ann.example/media"}  # type: ignore[attr-defined]
        with pytest.raises(Rejected, match="it needs https"):
            network._media_endpoint()  # type: ignore[attr-defined]

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_right_that_is_lacking_is_named(self, network: Network, place: Place, status: int) -> None:
        prepared = place.prepared(network)
        options(place, scope="update", lacking=status)
        error = self.fails(network, prepared)
        assert isinstance(error, AuthExpired)
        assert "lacks the scope create" in str(error)
        assert "make one with create, update, delete, media" in str(error)

    def test_the_website_that_is_read_is_not_posted_to(self, place: Place) -> None:
        text = place.config.read_text("utf-8")
        me = place.sandbox.accounts()[self.key]["settings"]["me"]
        ours = (place.url, f"{place.url}/", "http://www.tal.example.org", f"{place.url}/2026")
        others = (f"{place.url}/202", "https://tal.example.or", "https://notes.tal.example.org")
        for own, refused in [*((one, True) for one in ours), *((one, False) for one in others)]:
            place.config.write_text(text.replace(f'me = "{me}"', f'me = "{own}"'), "utf-8")
            network = place.network(self.key)
            with pytest.raises(Unsupported, match="again and again") if refused else nullcontext():
                network.compose(place.the_post())

    def test_doctor_names_what_the_website_does_not_do(self, place: Place) -> None:
        options(place, media=False, listing="refused")
        network = say(place, 'syndicate_to = ["https://social.example/@verein", "https://other.example"]')
        network.identity = network.connect()
        said = [f"{remark.said} {remark.todo}" for remark in network.remarks()]
        assert len(said) == 3
        assert said[0].startswith("the website does not pass posts on to https://other.example")
        assert said[0].endswith("it offers https://social.example/@verein")


@pytest.mark.parametrize(
    ("target", "there"),
    [
        ("/indie/home/verein", True),
        ("/indie/later/0", False),
        ("/indie/later/1", "redirects more than 5 times"),
        ("http://10.0.0.1/", "10.0.0.1"),
        ("", "answers with the status 302"),
    ],
)
def test_a_page_is_followed_where_it_went(
    network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, target: str, there: bool | str
) -> None:
    stand_in, address = place.sandbox.networks["micropub"], f"{place.sandbox.url}/indie/later/1"
    answer, away = stand_in.answer, Reply(302, headers={"Location": target} if target else {})
    monkeypatch.setattr(stand_in, "answer", lambda asked: away if asked.path == "/indie/later/1" else answer(asked))
    if isinstance(there, bool):
        assert is_there(address, network.session, (network.base_url,)) is there
        return
    with pytest.raises(ValueError, match=there):
        is_there(address, network.session, (network.base_url,))


# ── what is listed ────────────────────────────────────────────────────────────────────────────────────────────────────

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
    network = say(place, 'content = "full"')
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


def test_an_empty_object_of_php_is_a_config() -> None:
    assert micropub_entry.config([]) == {}
    with pytest.raises(ValueError, match="not an object"):
        micropub_entry.config([1])
