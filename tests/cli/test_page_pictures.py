"""Pictures and languages that only the web knows: asked for once, before a post goes out, and remembered."""

import io
import socket
from pathlib import Path

import pytest
from PIL import Image

from crosspost.ledger import Ledger
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.raw_server import RawServer, reply

POST = "---\ntitle: Neu\n{front}---\n\n{body}\n"
PAGE = (
    '<!doctype html><html lang="pt_BR"><head><title>Neu</title><meta property="og:image" content="/og.png">'
    '<meta property="og:image:alt" content="Ein Beet"></head></html>'
)


def picture(width: int = 400, height: int = 300) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


class Web:
    """A site's server that can be told what to answer."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[str, bytes]] = {"/2026/11/21/neu.html": ("200 OK", PAGE.encode())}
        self.asked: list[str] = []

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        path = request.split(b" ")[1].decode() if request else "/"
        self.asked.append(path)
        status, body = self.answers.get(path, ("404 Not Found", b""))
        reply(status, body)(connection, request)


@pytest.fixture(autouse=True)
def _commands_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    from crosspost.cli import common

    monkeypatch.setattr(common, "now", clock)


@pytest.fixture
def web() -> Web:
    return Web()


def a_place(tmp_path: Path, sandbox: Sandbox, clock: Clock, url: str, settings: str = "") -> Place:
    place = Place(tmp_path, sandbox, networks=("mastodon",), clock=clock, url=url)
    place.write("site/_config.yml", f"url: {url}\ntitle: Das Tal\ntimezone: Europe/Berlin\n")
    place.config.write_text(place.config.read_text("utf-8").replace("[site]\n", f"[site]\n{settings}"), "utf-8")
    place.crosspost("run")
    return place


def new(place: Place, front: str = "", body: str = "Text.") -> Path:
    return place.new_post("2026-11-21-neu", POST.format(front=front, body=body))


def said(place: Place) -> dict[str, object]:
    (post,) = place.sandbox.posts()
    return {"media": len(post["images"]), "alt": [one["alt"] for one in post["images"]], "language": post["language"]}


FROM_PAGE = 'picture_from = ["keys", "body", "page"]\n'


def test_the_picture_and_the_language_of_the_page(tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web) -> None:
    web.answers["/og.png"] = ("200 OK", picture())
    with RawServer(web) as server:
        place = a_place(tmp_path, sandbox, clock, server.url, FROM_PAGE)
        file = new(place)
        before = place.crosspost("preview", str(file)).out
        assert "[picture" not in before
        assert web.asked == [], "a preview asks nobody"
        assert place.crosspost("run").code == 0
        assert said(place) == {"media": 1, "alt": ["Ein Beet"], "language": "pt"}
        assert web.asked.count("/og.png") == 1
        shown = place.crosspost("preview", str(file)).out
        assert "og.png" in shown
        assert "Ein Beet" in shown
        file.write_text(file.read_text("utf-8").replace("Text.", "Anderer Text."), "utf-8")
        asked = len(web.asked)
        place.crosspost("run")
        assert len(web.asked) == asked, "what was fetched once is kept"
        place.crosspost("update", str(file))
        assert said(place) == {"media": 1, "alt": ["Ein Beet"], "language": "pt"}


def test_the_page_is_not_asked_for_pictures_without_the_setting(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web
) -> None:
    web.answers["/og.png"] = ("200 OK", picture())
    with RawServer(web) as server:
        place = a_place(tmp_path, sandbox, clock, server.url)
        new(place, "lang: de\n")
        assert place.crosspost("run").code == 0
        assert said(place) == {"media": 0, "alt": [], "language": "de"}
        assert "/og.png" not in web.asked
        ledger = Ledger(place.app.ledger_path(), clock, read_only=True)
        assert ledger.fact(f"page:{server.url}/2026/11/21/neu.html") == "", "nothing is kept that nobody needs"
        ledger.close()


@pytest.mark.parametrize("front", ["image: SITE/far.png\nimage_alt: Fern\n", "image: far.png\nimage_alt: Fern\n"])
def test_a_picture_that_is_no_file_of_the_site_is_fetched(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web, front: str
) -> None:
    web.answers["/cdn/far.png"] = ("200 OK", picture())
    with RawServer(web) as server:
        place = a_place(tmp_path, sandbox, clock, server.url)
        config = place.root / "site/_config.yml"
        config.write_text(config.read_text() + f"cdn: {server.url}/cdn\n")
        file = new(place, front.replace("SITE", server.url + "/cdn"))
        assert "is fetched when the post goes out" in place.crosspost("preview", str(file)).out
        assert place.crosspost("run").code == 0
        assert said(place) == {"media": 1, "alt": ["Fern"], "language": "pt"}


@pytest.mark.parametrize("answer", [("404 Not Found", b""), ("200 OK", b"<html>no picture</html>"), ("403 No", b"")])
def test_a_picture_that_is_not_there_is_left_out_and_told(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web, answer: tuple[str, bytes]
) -> None:
    web.answers["/og.png"] = answer
    with RawServer(web) as server:
        place = a_place(tmp_path, sandbox, clock, server.url, FROM_PAGE)
        new(place)
        assert place.crosspost("run").code == 0
        assert said(place)["media"] == 0


def test_a_picture_whose_server_is_in_trouble_is_waited_for_an_hour(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web
) -> None:
    web.answers["/og.png"] = ("503 Later", b"")
    with RawServer(web) as server:
        place = a_place(tmp_path, sandbox, clock, server.url, FROM_PAGE)
        new(place)
        for minutes in (0, 5, 30):
            clock.pass_by(minutes=minutes)
            place.crosspost("run")
            assert place.sandbox.posts() == []
        assert "its picture cannot be fetched" in place.crosspost("status").out
        clock.pass_by(hours=1)
        place.crosspost("run")
        assert said(place)["media"] == 0


def test_a_page_may_not_name_a_picture_inside_of_the_network(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web
) -> None:
    with RawServer(web) as server, RawServer(reply("200 OK", picture())) as inside:
        port = inside.url.rpartition(":")[2]
        page = PAGE.replace("/og.png", f"http://127.0.0.2:{port}/secret.png")
        web.answers["/2026/11/21/neu.html"] = ("200 OK", page.encode())
        place = a_place(tmp_path, sandbox, clock, server.url, FROM_PAGE)
        new(place)
        for _ in range(2):
            place.crosspost("run")
            clock.pass_by(hours=2)
        assert inside.requests == []
        assert said(place)["media"] == 0


def test_a_little_picture_of_the_text_gives_way_to_the_next(
    tmp_path: Path, sandbox: Sandbox, clock: Clock, web: Web
) -> None:
    web.answers |= {"/x/little.png": ("200 OK", picture(20, 20)), "/x/large.png": ("200 OK", picture())}
    with RawServer(web) as server:
        place = a_place(tmp_path, sandbox, clock, server.url)
        new(place, body="![klein](/x/little.png)\n\nText.\n\n![gross](/x/large.png)")
        config = place.root / "site/_config.yml"
        config.write_text(config.read_text() + f"cdn: {server.url}\n")
        place.crosspost("run")
        assert said(place) == {"media": 1, "alt": ["gross"], "language": "pt"}
