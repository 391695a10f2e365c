"""Micropub keeps the contract; then its quirks."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crosspost.errors import AuthExpired, NotSent, Rejected, UnderReview, Unknown, Unsupported
from crosspost.model import Prepared
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

    @pytest.mark.parametrize(
        ("status", "target", "sent"),
        [
            (302, "/2026/11/beet", None),  # as after a form: it may be out
            (301, "https://ann.example/login?next=x", None),
            (302, "", False),  # nowhere
            (301, "https://www.ann.example/indie/micropub/", False),  # the end point has moved
            (307, "/elsewhere", False),  # asks for the same request, so that nothing was taken
        ],
    )
    def test_a_redirect_may_be_the_answer_to_a_post_that_was_taken(
        self,
        network: Network,
        place: Place,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
        target: str,
        sent: bool | None,
    ) -> None:
        prepared = place.prepared(network)
        away = Reply(status, headers={"Location": target} if target else {})
        monkeypatch.setattr(place.sandbox.networks[self.key], "answer", lambda _: away)
        assert isinstance(self.fails(network, prepared), Unknown if sent is None else NotSent)

    @pytest.mark.parametrize("where", ["", "/indie/home/verein/", "/indie/micropub", "mailto:a@b.example", "https://"])
    def test_an_answer_that_names_no_post_leaves_a_doubt(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, where: str
    ) -> None:
        prepared = place.prepared(network)
        taken = Reply(201, headers={"Location": where} if where else {})
        monkeypatch.setattr(place.sandbox.networks[self.key], "answer", lambda _: taken)
        assert isinstance(error := self.fails(network, prepared), Unknown)
        assert "does not say where the post is" in str(error)

    def test_one_of_several_websites_is_named_in_every_request(self, place: Place) -> None:
        options(place, websites=True)
        first = place.network(self.key)
        first.identity = first.connect()
        assert [remark.said for remark in first.remarks()] == [
            "it has several websites, and posts go to the one that it chooses"
        ]
        mine = "https://verein-garten.blog.example/"
        network = say(place, f'destination = "{mine}"')
        network.identity = network.connect()
        assert network.identity.id == network.identity.url == mine
        prepared, since = place.prepared(network), place.clock()
        receipt = network.publish(prepared)
        (post,) = place.sandbox.posts()
        assert post["extra"]["website"] == mine
        found = network.find(prepared, since)
        assert found is not None
        assert found.id == receipt.id
        assert first.find(prepared, since) is None, "the other website does not have it"
        network.edit(receipt, prepared)
        with pytest.raises(Rejected, match="no such post on this website"):
            first.edit(receipt, prepared)
        network.delete(receipt)
        assert not place.sandbox.posts()

    def test_a_website_that_is_not_offered_is_told(self, place: Place) -> None:
        network = say(place, 'destination = "https://else.example/"')
        network.identity = place.network(self.key).connect()
        stand_in = place.sandbox.networks[self.key]
        stand_in.answer = lambda _: Reply.json({"destination": 5, "syndicate-to": {}})  # type: ignore[method-assign]
        said = [f"{one.said}: {one.todo}" for one in network.remarks()]
        assert said[0] == "it has no website https://else.example/: correct `destination`: it offers none"

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
