"""A hub tells that the feed has something new, and the post goes out at once; nothing that it sends is believed."""

import logging
from pathlib import Path

import pytest

from crosspost.app.hooks import subscribing, subscription
from crosspost.transport.websub import hub_session, subscribe
from tests.hooks.conftest import Hinted
from tests.hooks.hub import ask

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python


def states(hinted: Hinted) -> list[tuple[str, str]]:
    return [(one.state, one.said) for one in hinted.doctor()]


def test_a_new_item_goes_out_at_once(hinted: Hinted) -> None:
    hinted.run()
    assert states(hinted) == [("ok", f"the hub {hinted.hub.address} tells of new posts for 10 days more")]
    assert hinted.woken() is False
    hinted.publish("Neu")
    hinted.run()
    assert hinted.said() == []  # within a minute the feed is not asked for again by itself
    assert hinted.hub.tell(b"<rss>lies: <item><title>Other</title></item></rss>") == 202
    assert hinted.woken()
    hinted.run()
    (said,) = hinted.said()
    assert said.startswith("Neu")
    assert hinted.hub.tell(b"<rss>again</rss>") == 202  # a message that is sent again does no harm
    hinted.run()
    assert len(hinted.said()) == 1


SIGNED = [
    ("sha256", None, True),
    ("sha1", None, True),
    ("sha512", None, True),
    ("md5", None, False),
    ("sha256", "", False),
    ("sha256", "sha256=", False),
    ("sha256", "sha256=\xfc" + "0" * 63, False),
    ("sha256", "0" * 64, False),
]


def test_only_what_is_signed_counts(hinted: Hinted) -> None:
    hinted.run()
    hinted.woken()
    for method, signature, counts in SIGNED:
        hinted.place.clock.pass_by(minutes=1)
        assert hinted.hub.tell(b"<rss/>", method=method, signature=signature) == 202
        assert hinted.woken() is counts, (method, signature)


def test_another_secret_does_not_count(hinted: Hinted) -> None:
    hinted.run()
    hinted.woken()
    assert hinted.hub.tell(b"<rss/>", secret="x" * 43) == 202
    assert not hinted.woken()


WRONG = [
    {"topic": "https://example.org/other"},
    {"topic": ""},
    {"mode": "unsubscribe"},
    {"mode": ""},
    {"challenge": ""},
    {"challenge": "x" * 1001},
]


def test_what_was_not_asked_for_is_not_confirmed(hinted: Hinted) -> None:
    hinted.hub.at_once = False
    hinted.run()
    for wrong in WRONG:
        assert hinted.hub.ask_back(**wrong) == 404, wrong
        assert hinted.hub.subscribers == {}
        assert subscription.granted(hinted.place.app) is None
    assert hinted.hub.ask_back() == 200  # the right question still is


def test_nobody_who_does_not_know_the_address_confirms(hinted: Hinted) -> None:
    hinted.run()
    query = {"hub.mode": "denied", "hub.topic": hinted.topic, "websub": "x"}
    assert hinted.door.get("/hook?websub=x&hub.mode=denied").status == 404
    assert ask("GET", f"http://127.0.0.1:{hinted.door.port}/hook", query=query)[0] == 404
    assert states(hinted)[0][0] == "ok"


def test_it_is_renewed_in_time_with_the_same_address_and_secret(hinted: Hinted) -> None:
    hinted.run()
    hinted.place.clock.pass_by(days=7)
    hinted.run()
    assert len(hinted.hub.asked) == 1
    hinted.place.clock.pass_by(days=1)
    hinted.run()
    first, second = hinted.hub.asked
    assert first == second
    assert states(hinted) == [("ok", f"the hub {hinted.hub.address} tells of new posts for 10 days more")]


def test_a_time_that_is_over_is_told(hinted: Hinted) -> None:
    hinted.run()
    hinted.place.clock.pass_by(days=11)
    ((state, said),) = states(hinted)
    assert state == "warn"
    assert "its time was over at 2026-12-02" in said
    hinted.run()
    assert states(hinted)[0][0] == "ok"


def test_a_hub_that_refuses_is_asked_less_and_less_and_told_once(hinted: Hinted) -> None:
    hinted.hub.status = 503
    heard, asked = [], []
    for _ in range(30):
        heard.append(hinted.run())
        asked.append(len(hinted.hub.asked))
        hinted.place.clock.pass_by(minutes=20)
    assert asked[-1] == 6  # within ten hours: at once, and after 20, 40, 80, 160, 320 minutes
    assert sum("does not tell of new posts: it answers 503: not today" in one for one in heard) == 1
    assert "it answers 503" in states(hinted)[0][1]
    hinted.hub.status = 202
    hinted.place.clock.pass_by(days=1)
    hinted.run()
    assert states(hinted)[0][0] == "ok"


def test_a_hub_that_does_not_ask_back_is_told(hinted: Hinted) -> None:
    hinted.hub.at_once = False
    hinted.run()
    assert states(hinted) == [("warn", f"the hub {hinted.hub.address} was asked, and has not asked back yet")]
    hinted.place.clock.pass_by(minutes=20)
    hinted.run()
    assert "may not reach the dashboard" in states(hinted)[0][1]
    assert hinted.hub.ask_back(mode="denied", reason="no\nroom", challenge="") == 200
    assert "it refuses: no room" in states(hinted)[0][1]


def test_a_feed_without_a_hub_is_told_and_asks_nobody(hinted: Hinted) -> None:
    page = hinted.site.pages["/feed.xml"]
    page.body = page.body.replace('rel="hub"', 'rel="other"')
    hinted.run()
    assert hinted.hub.asked == []
    assert "names no hub" in states(hinted)[0][1]
    hinted.place.clock.pass_by(minutes=2)
    page.headers.append(("Link", f'<{hinted.hub.address}>; rel=hub, <{hinted.topic}>; rel="self"'))
    hinted.run()
    assert states(hinted)[0][0] == "ok"


def test_switched_off_it_turns_messages_away(hinted: Hinted) -> None:
    hinted.run()
    hinted.configure("")
    assert hinted.hub.tell(b"<rss/>") == 410
    assert hinted.hub.subscribers == {}
    assert hinted.hub.ask_back() == 404
    assert hinted.doctor() == []


def test_the_secret_is_nowhere_but_in_its_file(
    hinted: Hinted, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    hinted.hub.status = 400
    out = "".join([hinted.run(), hinted.place.crosspost("doctor").out, hinted.place.crosspost("status").out])
    secret = hinted.hub.asked[0]["hub.secret"]
    assert secret not in out + caplog.text + repr(subscription.asked(hinted.place.app))
    found = [file for file in tmp_path.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert [file.name for file in found] == ["site.asked.json"]
    assert found[0].stat().st_mode & 0o077 == 0
    assert found[0].parent.stat().st_mode & 0o077 == 0


def test_a_hub_in_a_private_network_or_without_https_is_not_asked(hinted: Hinted) -> None:
    hinted.hub.topics.add("t")

    def asked(hub: str, address: str = "93.184.216.34") -> str:
        return subscribe(
            hub, topic="t", callback="https://posts.example.org/hook", secret="s" * 40, seconds=60,
            session=hub_session(), resolve=lambda *_, **__: [(0, 0, 0, "", (address, 0))],
        )  # fmt: skip

    assert "private network" in asked(hinted.hub.address, "127.0.0.3")
    assert "private network" in asked("https://hub.example.org/", "10.0.0.1")
    assert "without https" in asked("http://hub.example.org/")
    assert hinted.hub.asked == []


@pytest.mark.usefixtures("trial")
def test_in_the_sandbox_no_hub_is_asked(hinted: Hinted) -> None:
    text = hinted.place.config.read_text("utf-8")
    hinted.place.config.write_text(text.replace('ledger = "state/ledger.sqlite3"\n', ""), "utf-8")
    hinted.run()
    assert hinted.hub.asked == []
    assert not subscribing.wanted(hinted.place.app)


def test_of_several_sites_those_without_a_feed_lack_nothing(hinted: Hinted) -> None:
    text = hinted.place.config.read_text("utf-8")
    hinted.place.config.write_text(text.replace('source = "feed"\n', "").replace("feed = ", "# feed = "), "utf-8")
    assert states(hinted)[0][0] == "warn"
    hinted.place.config.write_text(
        hinted.place.config.read_text("utf-8") + '[sites.other]\npath = "../site"\n', "utf-8"
    )
    assert states(hinted) == []
