"""The newsletter keeps the contract; then its quirks: mails to a list, a mail each, and never twice."""

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from crosspost.errors import AuthExpired, ConfigError, NotSent, PostRefused, RateLimited, Rejected, Unknown
from crosspost.model import Prepared, Receipt
from crosspost.networks.base import Network
from crosspost.testing import NetworkContract
from crosspost.testing.harness import Place
from tests.delivery.engine_runs import Runs

PEOPLE = [f"mensch{number}@example.org" for number in range(6)]


class TestNewsletter(NetworkContract):
    key = "newsletter"
    uploads = ""

    @pytest.mark.parametrize(
        ("fault", "meaning"),
        [
            ("4xx", NotSent),
            ("5xx", Rejected),
            ("refuse-sender", NotSent),
            ("refuse-recipient", Rejected),
            ("refuse-recipient-later", NotSent),
        ],
    )
    def test_an_answer_is_final(self, network: Network, place: Place, fault: str, meaning: type[Exception]) -> None:
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, fault)
        assert type(self.fails(network, prepared)) is meaning
        assert place.sandbox.posts() == []
        assert network.publish(prepared).id, "after all of these the server takes the next attempt"

    def test_a_mail_to_a_list(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        receipt = network.publish(prepared)
        (post,) = place.sandbox.posts()
        headers = post["extra"]["headers"]
        assert headers["Subject"] == "Grüße aus dem Tal"
        assert headers["To"] == "rundbrief@lists.example.org"
        assert headers["Content-Language"] == "de"
        assert headers["Message-ID"] == f"<{receipt.id}>"
        assert "List-Unsubscribe" not in headers, "the list's manager adds its own"
        assert post["images"][0]["url"] == "https://tal.example.org/images/beet.jpg"

    def test_some_of_several_addresses_are_refused(self, place: Place) -> None:
        network = configured(place, to=["eins@lists.example.org", "zwei@lists.example.org"])
        prepared = place.prepared(network)
        place.sandbox.fault(self.key, "refuse-recipient")
        assert network.publish(prepared).notes == ("refused: eins@lists.example.org (5.1.1 User unknown)",)
        assert [post["extra"]["to"] for post in place.sandbox.posts()] == ["zwei@lists.example.org"]

    def test_the_same_delivery_has_the_same_bytes(self, network: Network, place: Place) -> None:
        prepared = place.prepared(network)
        network.publish(prepared)
        place.clock.pass_by(hours=5)
        network.publish(network.prepare(prepared, lambda *_: None))
        first, second = (post["extra"]["headers"] for post in place.sandbox.posts())
        assert first == second

    @pytest.mark.parametrize(
        ("settings", "why"),
        [
            ({"sender": "Verein"}, "sender"),
            ({"to": ""}, "either `to`"),
            ({"to": "böse@example.org"}, "`to`"),
            ({"to": "a@example.org\nBcc: b@example.org"}, "`to`"),
            ({"to": "", "recipients": "nowhere.txt"}, "nowhere.txt cannot be read"),
            ({"recipients": "nowhere.txt"}, "either `to`"),
        ],
    )
    def test_settings_that_make_no_mail(self, place: Place, settings: dict[str, Any], why: str) -> None:
        network = configured(place, **settings)
        with pytest.raises(ConfigError, match=why):
            network.prepare(Prepared(draft=network.draft(place.the_post()), handle="key"), lambda *_: None)

    @pytest.mark.parametrize("url", ["https://mail.example.org", "smtp://mail.example.org:x", "mail.example.org"])
    def test_an_address_that_is_not_a_mail_server(self, place: Place, url: str) -> None:
        with pytest.raises((NotSent, ConfigError), match="not the address of a mail server"):
            configured(place, base_url=url).connect()

    def test_no_password_goes_over_an_open_line(self, place: Place) -> None:
        network = configured(place, base_url="smtp://mail.example.org:25", tls="none")
        with pytest.raises(NotSent, match="unencrypted"):
            network.connect()

    def test_a_server_that_asks_for_no_login_is_asked_without_one(self, place: Place) -> None:
        network = configured(place, login=False)
        with pytest.raises(AuthExpired, match="CROSSPOST_NEWSLETTER_PASSWORD"):
            network.connect()

    def test_a_post_cannot_choose_the_recipients_file(self, place: Place) -> None:
        place.post.write_text(
            place.post.read_text().replace("lang: de", 'crosspost:\n  newsletter:\n    recipients: "x"')
        )
        with pytest.raises(PostRefused, match="config only"):
            place.network(self.key).draft(place.the_post())


def configured(place: Place, **settings: Any) -> Network:
    """The adapter with these settings instead of the harness's own."""
    given = place.sandbox.accounts()["newsletter"]
    known = {"base_url": given["base_url"], "timeout": 5} | given["settings"] | settings
    lines = "".join(f"{key} = {msgspec.json.encode(value).decode()}\n" for key, value in known.items())
    place.config.write_text(f'[site]\npath = "../site"\n[accounts.newsletter]\n{lines}', "utf-8")
    return place.network("newsletter")


# ── a mail each ───────────────────────────────────────────────────────────────────────────────────────────────────


class Delivered:
    """A delivery to people, with what is stored of it between runs; ``dies_after`` stops at the n-th storing."""

    def __init__(self, place: Place, **settings: Any) -> None:
        place.write("config/people.csv", "email;name\n" + "".join(f"{one};Mensch, die Nummer\n" for one in PEOPLE))
        self.place, self.remote = place, dict[str, Any]()
        configured(place, to="", recipients="people.csv", **settings)
        self.dies_after = 10**9

    def save(self, key: str, value: object) -> None:
        self.dies_after -= 1
        if self.dies_after < 0:
            raise KeyboardInterrupt
        self.remote[key] = msgspec.json.decode(msgspec.json.encode(value))

    def run(self) -> Any:
        network = self.place.network("newsletter")
        network.me()
        draft = network.draft(self.place.the_post())
        prepared = network.prepare(Prepared(draft=draft, handle="key", remote=dict(self.remote)), self.save)
        self.looked = network.find(prepared, self.place.clock())
        return network.publish(prepared)

    def doubted(self) -> tuple[str, ...]:
        network = self.place.network("newsletter")
        draft = network.draft(self.place.the_post())
        return network.in_doubt(Prepared(draft=draft, handle="key", remote=self.remote))

    def got(self) -> list[str]:
        return [post["extra"]["to"] for post in self.place.sandbox.posts()]


@pytest.fixture
def delivered(place: Place) -> Iterator[Delivered]:
    made = Delivered(place, unsubscribe="https://example.org/ab?u={address}", footer="Abmelden: {unsubscribe}")
    yield made
    assert len(set(made.got())) == len(made.got()), "nobody is written to twice"


def test_a_mail_that_somebody_may_still_be_sent_is_not_out(delivered: Delivered) -> None:
    delivered.run()
    network, place = delivered.place.network("newsletter"), delivered.place

    def found(**told: str) -> Receipt | None:
        remote = delivered.remote | {"journal": delivered.remote["journal"] | told}
        return network.find(Prepared(draft=network.draft(place.the_post()), handle="key", remote=remote), place.clock())

    assert found() is not None
    assert [found(open="f" * 32), found(reached=""), found(reached="0")] == [None] * 3
    (place.root / "config/people.csv").unlink()
    with pytest.raises(NotSent, match=r"people\.csv cannot be read"):
        found()


def test_everybody_gets_a_mail_of_their_own(delivered: Delivered) -> None:
    assert delivered.run().notes == ()
    assert sorted(delivered.got()) == PEOPLE
    posts = delivered.place.sandbox.posts()
    assert len({post["id"] for post in posts}) == len(PEOPLE)
    for post in posts:
        who, headers = post["extra"]["to"], post["extra"]["headers"]
        url = f"https://example.org/ab?u={who.replace('@', '%40')}"
        assert headers["To"] == f'"Mensch, die Nummer" <{who}>'
        assert headers["List-Unsubscribe"] == f"<{url}>, <mailto:verein@example.org?subject=unsubscribe>"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert post["text"].endswith(f"Abmelden: {url}")
        assert url in post["extra"]["html"]
    assert not any(one in str(delivered.remote) for one in PEOPLE), "the ledger holds no addresses"
    assert delivered.run().notes == (), "a repetition writes to nobody"
    assert delivered.looked is not None


@pytest.mark.parametrize("stored", range(1, 13))
def test_a_crash_at_any_moment_sends_to_nobody_twice(delivered: Delivered, stored: int) -> None:
    delivered.dies_after = stored
    with pytest.raises(KeyboardInterrupt):
        delivered.run()
    delivered.dies_after = 10**9
    receipt = delivered.run()
    missing = sorted(set(PEOPLE) - set(delivered.got()))
    assert receipt.notes == ()
    assert set(missing) <= set(delivered.doubted())
    # stopped between the server's answer and our note: written to, and named all the same
    assert len(delivered.doubted()) <= 1


@pytest.mark.parametrize("fault", ["cut-after", "cut-before", "half-answer", "bad-json"])
def test_recipients_in_doubt_are_named_and_not_sent_again(delivered: Delivered, fault: str) -> None:
    delivered.place.sandbox.fault("newsletter", fault)
    with pytest.raises(Unknown) as doubt:
        delivered.run()
    (named,) = [one for one in PEOPLE if one in str(doubt.value)]
    assert delivered.run().notes == ()
    assert delivered.doubted() == (named,)
    assert sorted({*delivered.got(), named}) == PEOPLE


def test_refused_people_are_named_and_the_others_get_it(delivered: Delivered) -> None:
    delivered.place.sandbox.fault("newsletter", "refuse-recipient", times=2)
    receipt = delivered.run()
    assert len(delivered.got()) == 4
    assert all(one in " ".join(receipt.notes) for one in set(PEOPLE) - set(delivered.got()))


def test_people_refused_for_the_moment_come_again_for_three_days(delivered: Delivered) -> None:
    delivered.place.sandbox.fault("newsletter", "refuse-recipient-later", times=3)
    with pytest.raises(Unknown, match="3 follow"):
        delivered.run()
    delivered.place.sandbox.fault("newsletter", "refuse-recipient-later")
    with pytest.raises(Unknown, match="1 follow"):
        delivered.run()
    delivered.place.clock.pass_by(days=4)
    delivered.place.sandbox.fault("newsletter", "refuse-recipient-later")
    assert "refused" in delivered.run().notes[0]
    assert len(delivered.got()) == 5


def test_all_refused(delivered: Delivered) -> None:
    delivered.place.sandbox.fault("newsletter", "refuse-recipient-later", times=6)
    with pytest.raises(NotSent):
        delivered.run()
    delivered.place.sandbox.fault("newsletter", "refuse-recipient", times=6)
    with pytest.raises(Rejected, match=r"mensch3@example\.org"):
        delivered.run()
    assert delivered.got() == []


@pytest.mark.parametrize("fault", ["4xx", "5xx", "429"])
def test_a_server_that_takes_no_more_is_asked_again_later(delivered: Delivered, fault: str) -> None:
    delivered.place.sandbox.fault("newsletter", fault)
    meaning = {"5xx": Rejected, "429": RateLimited}.get(fault, NotSent)
    with pytest.raises(meaning):  # nobody has it yet
        delivered.run()
    configured(delivered.place, to="", recipients="people.csv", at_once=2)
    with pytest.raises(Unknown, match="2 mails are out, 4 follow"):
        delivered.run()
    delivered.place.sandbox.fault("newsletter", fault)
    with pytest.raises(Unknown, match="2 mails are out"):
        delivered.run()
    configured(delivered.place, to="", recipients="people.csv")
    assert delivered.run().notes == ()
    assert sorted(delivered.got()) == PEOPLE


def test_the_list_may_change_between_two_runs(delivered: Delivered) -> None:
    configured(delivered.place, to="", recipients="people.csv", at_once=3)
    with pytest.raises(Unknown):
        delivered.run()
    delivered.place.write(
        "config/people.csv", "\n".join(["# neu", *PEOPLE[::-1], PEOPLE[0].upper(), "neu@example.com", ""])
    )
    with contextlib.suppress(Unknown):
        delivered.run()
    delivered.run()
    assert set(PEOPLE) <= set(delivered.got())


def test_a_recipients_file_says_where_it_is_wrong(delivered: Delivered) -> None:
    file = delivered.place.write("config/people.csv", "email,name\na@example.org,A\nnobody,B\n")
    with pytest.raises(ConfigError, match=rf"{file}:3: “nobody” is not a mail address"):
        delivered.run()
    delivered.place.write("config/people.csv", "\n# nobody yet\n")
    with pytest.raises(ConfigError, match="has no addresses"):
        delivered.run()


@pytest.mark.parametrize("fault", ["cut-after", "refuse-recipient-later", "4xx"])
def test_the_engine_goes_on_where_a_run_stopped(place: Place, fault: str) -> None:
    """The whole way, with the ledger: an interrupted run, and the next ones as cron starts them."""
    delivered, runs = Delivered(place, at_once=4), Runs(place)
    place.sandbox.fault("newsletter", fault)
    assert runs.run()["newsletter"].state == "planned"
    place.post.write_text(place.post.read_text().replace("Grüße", "Andere Grüße"))
    for _ in range(3):
        place.clock.pass_by(hours=3)
        runs.run()
    (row,) = runs.ledger.deliveries()
    assert row.state == "sent"
    assert sorted(delivered.got()) == PEOPLE
    assert bool(place.network("newsletter").in_doubt(row.prepared)) == (fault == "cut-after")
    titles = {post["extra"]["subject"] for post in place.sandbox.posts()}
    assert len(titles) == 1, "what some people have is not worded anew for the others"
