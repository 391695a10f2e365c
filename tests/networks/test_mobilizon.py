"""Mobilizon keeps the contract; then its quirks."""

from pathlib import Path
from typing import ClassVar

import pytest

from crosspost.errors import AuthExpired, NotSent, RateLimited, Rejected, Unknown, Unsupported
from crosspost.networks.base import Network
from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.http_messages import Reply
from crosspost.testing import Clock, NetworkContract, Place


class TestMobilizon(NetworkContract):
    key = "mobilizon"
    uploads = "POST /mobilizon/api/uploadMedia"
    says_when: ClassVar = False

    def shown(self, text: str) -> str:
        """The page has time and place below the title."""
        return f"{text}\n\n2027-05-02 14:00–18:00 Europe/Berlin, Garten, Tübingen"

    def test_the_event_has_its_time_place_and_page(self, network: Network, place: Place) -> None:
        network.publish(place.prepared(network))
        fields = place.sandbox.posts()[0]["extra"]["fields"]
        assert (fields["beginsOn"], fields["endsOn"]) == ("2027-05-02T12:00:00Z", "2027-05-02T16:00:00Z")
        assert fields["physicalAddress"] == {"description": "Garten", "locality": "Tübingen"}
        assert fields["options"] == {"timezone": "Europe/Berlin"}
        assert fields["onlineAddress"] == place.the_post().url
        assert fields["tags"] == ["Garten", "Erneuerbare Energien"]
        assert "2027-05-02" not in fields["description"], "the page has it at its head"

    def test_a_whole_day_shows_no_time(self, network: Network, place: Place) -> None:
        timed = place.post.read_text("utf-8")
        place.post.write_text(timed.replace(" 14:00", "").replace(" 18:00", ""), "utf-8")
        receipt = network.publish(place.prepared(network))
        fields = place.sandbox.posts()[0]["extra"]["fields"]
        assert (fields["beginsOn"], fields["endsOn"]) == ("2027-05-01T22:00:00Z", "2027-05-02T21:59:00Z")
        assert fields["options"] == {"timezone": "Europe/Berlin", "showStartTime": False, "showEndTime": False}
        place.post.write_text(timed, "utf-8")
        network.edit(receipt, place.prepared(network))
        edited = place.sandbox.posts()[0]["extra"]["fields"]["options"]
        assert edited == {"timezone": "Europe/Berlin", "showStartTime": True, "showEndTime": True}

    def test_nobody_is_called_by_accident(self, network: Network, place: Place) -> None:
        """Mobilizon links whomever a description names, and tells them."""
        place.post.write_text(place.post.read_text("utf-8") + "With @ann and @bob@social.example.\n", "utf-8")
        network.publish(place.prepared(network))
        described = place.sandbox.posts()[0]["extra"]["fields"]["description"]
        assert "With ann and @bob@social.example." in described

    @pytest.mark.parametrize(
        ("error", "status", "kind"),
        [
            ({"code": "unknown_error", "status_code": 500, "path": ["createEvent"]}, 200, Unknown),
            ({"code": "validation", "status_code": 422, "path": ["createEvent"]}, 200, Rejected),
            ({"code": "unauthorized", "status_code": 403, "path": ["createEvent"]}, 200, AuthExpired),
            ({"locations": []}, 200, Rejected),  # the document was refused, nothing was done
            ({"locations": []}, 400, Rejected),
        ],
    )
    def test_an_error_inside_a_good_answer_means_what_it_says(
        self, network: Network, place: Place, monkeypatch: pytest.MonkeyPatch, error: dict[str, object], status: int,
        kind: type,
    ) -> None:  # fmt: skip
        prepared = place.prepared(network)
        answer = Reply.json({"errors": [{"message": "No."} | error]}, status)
        monkeypatch.setattr(place.sandbox.networks["mobilizon"], "answer", lambda _: answer)
        assert type(self.fails(network, prepared)) is kind
        if kind is Unknown:
            with pytest.raises(NotSent):
                network.find(prepared, place.clock())

    def test_a_used_up_limit_is_no_doubt(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        for _ in range(60):
            network.publish(prepared)
        assert type(self.fails(network, prepared)) is RateLimited

    def test_the_event_of_a_group(self, place: Place) -> None:
        place.config.write_text(f'{place.config.read_text("utf-8")}group = "tal"\n', "utf-8")
        network = place.network("mobilizon")
        network.publish(place.prepared(network))
        assert place.sandbox.posts()[0]["extra"]["fields"]["attributedToId"] == "90"
        assert network.me().handle == "@verein for tal"

    @pytest.mark.parametrize("name", ["group", "profile"])
    def test_one_that_does_not_exist_is_named(self, place: Place, name: str) -> None:
        place.config.write_text(f'{place.config.read_text("utf-8")}{name} = "nobody"\n', "utf-8")
        with pytest.raises((AuthExpired, Rejected), match=r"nobody|Group not found"):
            place.network("mobilizon").connect()


def test_a_wrong_token_may_be_told_by_http(tmp_path: Path, clock: Clock) -> None:
    with Sandbox(clock=clock, options={"mobilizon": {"refuses": "http"}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mobilizon",), clock=clock)
        network = place.network("mobilizon")
        prepared = place.prepared(network)
        sandbox.fault("mobilizon", "expired-token")
        with pytest.raises(AuthExpired, match="accounts renew mobilizon"):
            network.publish(prepared)


@pytest.fixture
def two(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    """An account for everything and one for events, and a post without an event."""
    place = Place(tmp_path, sandbox, networks=("mastodon", "mobilizon"), clock=clock)
    place.post.write_text(place.post.read_text("utf-8").replace("event:", "other:"), "utf-8")
    place.new_post("2026-11-21-fest", "---\ntitle: Fest\nevent: {start: 2027-05-02 14:00}\n---\n\nKommt!\n")
    return place


def test_posts_without_an_event_are_not_for_it_and_this_is_no_error(two: Place) -> None:
    ran = two.crosspost("run", "--backfill")
    assert ran.code == 0, ran.err
    assert [post["text"].split("\n")[0] for post in two.sandbox.posts("mobilizon")] == ["Fest"]
    assert len(two.sandbox.posts("mastodon")) == 2
    said = two.crosspost("preview", str(two.post), "--to", "mobilizon").out
    why = "the account does not take such posts: Mobilizon takes events, and this post has no `event:`"
    assert " ".join(said.split()).endswith(why), "one sentence, and no failure"
    for more in ((), ("--to", "mobilizon")):
        ran = two.crosspost(str(two.post), *more, "--yes")
        told = " ".join(ran.out.split())
        assert (ran.code, "takes only posts with `event:`" in told, "anyway" in told) == (0, True, False)
    assert len(two.sandbox.posts("mobilizon")) == 1
    with pytest.raises(Unsupported, match="this post has no `event:`"):
        two.network("mobilizon").draft(two.the_post())


def test_a_wrong_event_is_told_by_lint_with_its_line(two: Place) -> None:
    wrong = two.new_post("2026-11-21-fest", "---\ntitle: Fest\nevent: {start: 2027-02-30 14:00}\n---\n\nKommt!\n")
    ran = two.crosspost("lint", str(wrong))
    assert ran.code != 0
    assert "fest.md:3" in ran.out
    assert "is not in the calendar" in " ".join(ran.out.split())
