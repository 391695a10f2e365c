"""What is to be posted by hand: never sent, told with all of it, and out when a person says so."""

from datetime import timedelta
from pathlib import Path

import pytest

from crosspost.app.running.run_notifications import alerts
from crosspost.errors import ByHand, ConfigError
from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing import Clock, Place


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("crosspost.cli.common.now", clock)
    return Place(tmp_path, sandbox, clock=clock, networks=("whatsapp",))


@pytest.fixture
def waiting(place: Place) -> Place:
    ran = place.crosspost("run", "--backfill")
    assert ran.code == 3, ran.err
    said = " ".join(ran.out.split())
    assert "waits for you" in said
    assert "takes posts from people only: paste the text there" in said
    return place


def told(place: Place) -> list[str]:
    ledger = Ledger(place.app.ledger_path(), clock=place.clock)
    try:
        return [one.sentence for one in alerts(place.app, ledger, []) if one.key.startswith("handed:1:")]
    finally:
        ledger.close()


def test_it_waits_and_nothing_is_sent_however_often_a_run_comes_by(waiting: Place) -> None:
    for _ in range(3):
        waiting.clock.pass_by(days=9)
        assert "sent" not in waiting.crosspost("run").out
    assert "waits for you" in waiting.crosspost("status").out
    assert waiting.crosspost("history", "--json").json == []
    assert waiting.sandbox.requests_to("whatsapp") == []


def test_the_notice_has_all_of_it(waiting: Place) -> None:
    (said,) = told(waiting)
    text = waiting.network("whatsapp").draft(waiting.the_post()).text
    assert text in said
    assert waiting.the_post().url in text
    assert f"Its picture: {waiting.root}/site/images/beet.jpg" in said
    assert "`crosspost settle 1 --sent`" in said


def test_settle_shows_what_to_post_and_takes_the_answer(waiting: Place) -> None:
    shown = waiting.crosspost("settle", "1")
    assert shown.code == 0
    assert "Grüße aus dem Tal\n\nZwölf Leute, ein Beet – und viel Regen." in shown.out
    assert "/whatsapp/channel/0029Vaverein:" in shown.out
    assert waiting.crosspost("settle", "1", "--sent").code == 0
    assert told(waiting) == []
    assert waiting.crosspost("settle", "1").code == 2, "nothing waits there any more"


def test_worded_anew_it_waits_with_the_new_words_and_is_told_anew(waiting: Place) -> None:
    before = told(waiting)
    text = waiting.post.read_text("utf-8").replace("Zwölf Leute", "Dreizehn Leute")
    waiting.post.write_text(text, "utf-8")
    assert "Zwölf" in waiting.crosspost("settle", "1").out, "what was fixed stays until somebody says otherwise"
    waiting.crosspost("settle", "1", "--not-sent")
    waiting.clock.now += timedelta(minutes=5)
    assert waiting.crosspost("run").code == 3
    assert "Dreizehn" in waiting.crosspost("settle", "1").out
    assert told(waiting) != before


def test_the_adapter_never_sends(place: Place) -> None:
    network = place.network("whatsapp")
    assert network.connect().handle == "0029Vaverein"
    with pytest.raises(ByHand):
        place.prepared(network)
    assert network.remarks()[0].said.startswith("WhatsApp takes posts from people only")


@pytest.mark.parametrize(("line", "said"), [("longest = 0", "longest: should"), ('channel = "x"', "channel: the")])
def test_a_wrong_setting_is_told(place: Place, line: str, said: str) -> None:
    kept = "\n".join(one for one in place.config.read_text("utf-8").split("\n") if not one.startswith(line[:7]))
    place.config.write_text(f"{kept}\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=said):
        place.network("whatsapp").connect()


def test_the_dashboard_has_the_text_to_copy_and_the_picture_to_download(waiting: Place) -> None:
    from crosspost.web import serving
    from tests.web.client import Client

    with serving.beside(lambda: waiting.app, host="127.0.0.1", port=0) as port:
        client = Client(port)
        client.post("/enter", ticket=serving.sessions_of(waiting.app).link())
        page = client.get("/deliveries/1").text
        assert "<textarea" in page
        assert "To be posted by hand" in page
        assert "See what is on the account now" not in page
        picture = client.get("/deliveries/1/picture")
        assert picture.headers["Content-Type"] == "image/jpeg"
        assert picture.body.startswith(b"\xff\xd8")
        assert client.post("/deliveries/1/settle", decision="sent", url="").status == 303
        assert "<textarea" not in client.get("/deliveries/1").text
        assert client.get("/deliveries/1/picture").status == 404
