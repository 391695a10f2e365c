"""``approve = true``: nothing goes out before somebody said yes to just that text."""

import base64
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from crosspost.app.editing import approval, approval_links
from crosspost.errors import CrosspostError
from crosspost.ledger import Person
from crosspost.testing.harness import Place

ANN = Person(name="ann", origin="page")


@pytest.fixture
def post(place: Place, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    config = place.config.read_text("utf-8").replace("[accounts.x]", "[accounts.x]\napprove = true")
    place.config.write_text(f'{config}\n[web]\naddress = "https://post.example.org/"\n', "utf-8")
    place.crosspost("run")
    return place.new_post("2026-11-22-neu")


def networks(place: Place) -> list[str]:
    return sorted(one["network"] for one in place.sandbox.posts())


def test_it_waits_until_somebody_says_yes(place: Place, post: Path) -> None:
    for _ in range(3):
        place.crosspost("run")
        place.clock.pass_by(days=2)
    assert networks(place) == ["facebook", "mastodon"]
    status = place.crosspost("status")
    assert status.code == 3
    assert "waits for approval" in status.out
    assert "waits for approval" in place.crosspost("plan").out
    listed = place.crosspost("approve", "--list")
    assert listed.code == 3
    assert "Text von 2026-11-22-neu." in listed.out
    ran = place.crosspost("approve", str(post), "--account", "x", "--yes", "--as", "ann")
    assert ran.code == 0, ran.err
    assert "approved by ann" in place.crosspost("status").out
    assert place.crosspost("approve", "--list").code == 0
    place.crosspost("run")
    assert networks(place) == ["facebook", "mastodon", "x"], "late, but the yes is from now"


def test_publishing_by_hand_does_not_go_around_it(place: Place, post: Path) -> None:
    ran = place.crosspost(str(post))
    assert networks(place) == ["facebook", "mastodon"]
    assert "waits for approval" in ran.out


@pytest.mark.parametrize("where", ["--in-file", "--in-ledger"])
def test_another_text_needs_a_new_yes(place: Place, post: Path, where: str) -> None:
    place.crosspost("run")
    place.crosspost("approve", "--yes", "--as", "ann")
    place.crosspost("edit", str(post), "--account", "x", "--text", "etwas anderes", "--yes", where)
    place.crosspost("run")
    assert "x" not in networks(place)
    assert "what it says changed since ann approved it" in place.crosspost("status").out
    assert place.crosspost("approve", "--yes").code == 0
    place.crosspost("run")
    assert "x" in networks(place)


def test_a_yes_to_what_was_not_seen_is_refused(place: Place, post: Path) -> None:
    place.crosspost("run")
    (one,) = approval.waiting(place.app)
    post.write_text("---\ntitle: ganz anders\n---\n\nText.\n", "utf-8")
    with pytest.raises(CrosspostError, match="changed since you looked"):
        approval.approve(place.app, one.number, one.seen, ANN)
    place.crosspost("run")
    assert "x" not in networks(place)


def test_those_that_wait_do_not_hold_up_those_that_were_approved(place: Place, post: Path) -> None:
    for number in range(5):
        place.new_post(f"2026-11-22-n{number}")
    place.crosspost("run")
    place.crosspost("approve", "2026-11-22-n4.md", "--yes")
    place.crosspost("run")
    (one,) = [one for one in place.sandbox.posts() if one["network"] == "x"]
    assert "2026-11-22-n4" in one["text"]


def test_no_leaves_it_out(place: Place, post: Path) -> None:
    place.crosspost("run")
    assert place.crosspost("approve", "--no", "--yes").code == 0
    place.crosspost("run")
    assert "x" not in networks(place)
    assert "Nothing waits" in place.crosspost("approve").out
    assert place.crosspost("approve", str(post)).code == 2


def test_the_whole_site_and_an_account_that_need_not(place: Place, post: Path) -> None:
    config = place.config.read_text("utf-8").replace("[site]", "[site]\napprove = true")
    config = config.replace("approve = true\nbase_url", "base_url")
    place.config.write_text(config.replace("[accounts.facebook]", "[accounts.facebook]\napprove = false"), "utf-8")
    place.crosspost("run")
    assert networks(place) == ["facebook"]


# ── links ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def token(place: Place) -> str:
    (one,) = approval.waiting(place.app)
    address = approval_links.make(place.app, one.number, one.seen)
    assert address.startswith("https://post.example.org/approve?token=")
    return parse_qs(urlsplit(address).query)["token"][0]


def test_a_link_shows_and_decides_once(place: Place, post: Path) -> None:
    place.crosspost("run")
    given = token(place)
    for _ in range(2):
        assert approval_links.read(place.app, given).delivery.account == "x"
    assert networks(place) == ["facebook", "mastodon"]
    assert approval_links.use(place.app, given, yes=True).why == "approved by whoever has the link"
    for again in (approval_links.read, lambda app, given: approval_links.use(app, given, yes=False)):
        with pytest.raises(CrosspostError, match="used already"):
            again(place.app, given)
    place.crosspost("run")
    assert "x" in networks(place)
    rows = place.crosspost("history", "--changes", "--json").json
    assert [(row["action"], row["origin"]) for row in rows] == [("approve", "link")]


def test_a_no_by_link(place: Place, post: Path) -> None:
    place.crosspost("run")
    assert approval_links.use(place.app, token(place), yes=False, name="ann").state == "skipped"


def test_a_forged_ended_or_outdated_link(place: Place, post: Path) -> None:
    place.crosspost("run")
    given = token(place)
    body, _, signature = given.partition(".")
    said = msgspec.json.decode(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(msgspec.json.encode(said | {"d": 1})).rstrip(b"=").decode()
    for wrong in (f"{other}.{signature}", body, "", "x.y", given[:-2], f"{given}é", f"{body}.{'A' * 43}"):
        with pytest.raises(CrosspostError, match="not complete or not from here"):
            approval_links.read(place.app, wrong)
    post.write_text("---\ntitle: anders\n---\n\nText.\n", "utf-8")
    with pytest.raises(CrosspostError, match="newer message"):
        approval_links.use(place.app, given, yes=True)
    place.clock.pass_by(days=15)
    with pytest.raises(CrosspostError, match="ended after 14 days"):
        approval_links.read(place.app, given)
    assert (place.app.ledger_path().parent / "links.key").stat().st_mode & 0o777 == 0o600


def test_a_notice_has_the_link_and_the_ledger_has_not(
    place: Place, post: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    class Channel:
        def __init__(self, key: str, *, fails: int) -> None:
            self.key = self.name = key
            self.fails = fails

        def send(self, message: object) -> None:
            self.fails -= 1
            if self.fails >= 0:
                raise OSError("down")
            heard.append(f"{self.key}: {message.text}")  # type: ignore[attr-defined]

    ways = [Channel("one", fails=1), Channel("two", fails=0)]
    monkeypatch.setattr("crosspost.notifications.notification_config.NotificationConfig.wanted", True)
    monkeypatch.setattr("crosspost.notifications.notification_config.NotificationConfig.channels", lambda _: (ways, []))
    place.crosspost("run")
    assert b"Waits for approval: neu on x." in _all_of(place), "what one channel owes is kept"
    assert b"?token=" not in _all_of(place)
    place.clock.pass_by(hours=2)
    place.crosspost("run")
    assert [said.partition(":")[0] for said in heard] == ["two", "one"]
    assert ["?token=" in said for said in heard] == [True, False]
    assert all("Waits for approval: neu on x." in said for said in heard)
    given = parse_qs(urlsplit(next(word for word in heard[0].split() if "?token=" in word)).query)["token"][0]
    assert approval_links.read(place.app, given).delivery.account == "x"


def _all_of(place: Place) -> bytes:
    """Everything in the folder of the ledger."""
    folder = place.app.ledger_path().parent
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
