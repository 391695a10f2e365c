"""Who gets in, what is refused, and that what others wrote stays text."""

import re
from pathlib import Path

import pytest

from crosspost.errors import ConfigError
from crosspost.testing.harness import Place
from crosspost.web import serving
from crosspost.web.users import Users
from tests.web.client import Client

PAGES = ("/", "/posts", "/calendar", "/deliveries", "/deliveries/1", "/accounts", "/help", "/deliveries.csv")


@pytest.mark.parametrize("path", [*PAGES, "/overview/live", "/deliveries.json", "/posts/x", "/pictures/x"])
def test_nobody_sees_anything_without_a_session(stranger: Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status == 401
    assert "spaeter" not in answer.text


@pytest.mark.parametrize("path", ["/deliveries/2/retry", "/deliveries/1/settle", "/retry", "/accounts/x/wake"])
def test_nobody_does_anything_without_a_session(stranger: Client, path: str) -> None:
    assert stranger.post(path, decision="skipped").status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 400),
        ({"Sec-Fetch-Site": "none"}, 400),
        ({}, 400),
    ],
)
def test_another_site_cannot_press_a_button(client: Client, headers: dict[str, str], status: int) -> None:
    answer = client.post("/deliveries/1/settle", headers, decision="nonsense")
    assert answer.status == status, "400: it got as far as the form"


def test_our_own_origin_may(client: Client) -> None:
    headers = {"Origin": f"http://127.0.0.1:{client.port}"}
    assert client.post("/deliveries/1/settle", headers, decision="nonsense").status == 400


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8788", "127.0.0.1.evil.example", "", "localhost.", "[::2]"]
)
def test_a_name_that_is_not_ours_is_refused(client: Client, host: str) -> None:
    answer = client.get("/", Host=host)
    assert answer.status == 400
    assert "not served under that name" in answer.text


@pytest.mark.parametrize("path", [*PAGES, "/login", "/enter", "/nothing", "/static/web.css"])
def test_every_answer_says_how_it_may_be_used(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == ("public, max-age=31536000, immutable" if "static" in path else "no-store")


def test_the_cookie_is_for_these_pages_only(port: int, doubted: Place) -> None:
    client = Client(port)
    answer = client.post("/enter", ticket=serving.sessions_of(doubted.app).link())
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert re.match(r"crosspost_[0-9a-f]{10}=", cookie), "another dashboard on this machine has another name"


def test_a_link_is_good_once(port: int, doubted: Place) -> None:
    ticket = serving.sessions_of(doubted.app).link()
    looked = Client(port).get(f"/enter?ticket={ticket}")
    assert looked.status == 200, "looking at it does not use it up"
    assert Client(port).post("/enter", ticket=ticket).status == 303
    assert Client(port).post("/enter", ticket=ticket).status == 401


def test_a_link_is_good_for_a_quarter_of_an_hour(port: int, doubted: Place) -> None:
    ticket = serving.sessions_of(doubted.app).link()
    now = doubted.clock.now
    doubted.clock.pass_by(minutes=16)
    try:
        assert Client(port).post("/enter", ticket=ticket).status == 401
    finally:
        doubted.clock.now = now


@pytest.mark.parametrize(
    "change", [lambda text: text[:-9] + "AAAAAAAAA", lambda text: "x" + text, lambda _: "a.b", lambda _: ""]
)
def test_a_changed_cookie_is_no_session(client: Client, change: object) -> None:
    name = next(iter(client.cookies))
    client.cookies[name] = change(client.cookies[name])  # type: ignore[operator]
    assert client.get("/").status == 401


def test_a_link_is_no_session(port: int, client: Client, doubted: Place) -> None:
    stranger = Client(port, {next(iter(client.cookies)): serving.sessions_of(doubted.app).link()})
    assert stranger.get("/").status == 401


def test_the_key_is_for_its_owner_only(client: Client, folder: Path) -> None:
    assert (folder / "key").stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("path", ["/posts", "/deliveries", "/deliveries/1", "/", "/calendar?day=2026-11-22"])
def test_what_others_wrote_stays_text(client: Client, path: str) -> None:
    text = client.get(path).text
    assert "<img src=x" not in text
    assert "<b>422" not in text
    assert "\u202e" not in text
    assert "evil &amp; {{ 7*7 }}" in text or path == "/deliveries/1"


@pytest.mark.parametrize(
    "path", ["/nothing", "/posts/nothing", "/deliveries/999", "/help/../secret", "/static/../users.py"]
)
def test_an_address_that_does_not_exist_is_a_plain_page(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 404
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_switching_the_language_leads_nowhere_else(client: Client, path: str) -> None:
    assert client.post("/language", language="de", path=path).headers["Location"] == "/"


def test_a_body_without_end_is_cut_off(client: Client) -> None:
    answer = client.ask("POST", "/language", headers={"Content-Length": "99999999"}, body="")
    assert answer.status == 413


def test_roles_and_passwords(port: int, folder: Path) -> None:
    users = Users(folder / "users.json")
    users.put("rita", "reader", "eins zwei drei vier")
    try:
        rita = Client(port)
        assert rita.get("/").headers["Location"] == "/login"
        assert rita.post("/login", name="rita", password="falsch").status == 401
        assert rita.post("/login", name="nobody", password="falsch").status == 401
        assert rita.post("/login", name="rita", password="eins zwei drei vier").status == 303
        assert rita.get("/deliveries/2").status == 200
        assert rita.post("/deliveries/2/retry").status == 403
        assert rita.post("/deliveries/1/settle", decision="skipped").status == 403
        users.put("rita", "reader", "another password")
        assert rita.get("/").status == 303, "a new password ends the sessions from before"
    finally:
        users.remove("rita")
    assert "eins" not in (folder / "users.json").read_text("utf-8")


def test_guessing_a_password_is_slowed_down(port: int, folder: Path) -> None:
    users = Users(folder / "users.json")
    users.put("gast", "reader", "eins zwei drei vier")
    try:
        for _ in range(5):
            assert Client(port).post("/login", name="gast", password="falsch").status == 401
        assert Client(port).post("/login", name="gast", password="eins zwei drei vier").status == 429
    finally:
        users.remove("gast")


def test_other_machines_only_with_a_login(doubted: Place) -> None:
    with (
        pytest.raises(ConfigError, match="nobody has a login yet"),
        serving.served(lambda: doubted.app, host="0.0.0.0", port=0),
    ):
        pass


@pytest.mark.parametrize("networks", ["", 'proxy_networks = ["0.0.0.0/0"]', 'proxy_networks = ["elsewhere"]'])
def test_a_header_is_believed_from_named_networks_only(place: Place, networks: str) -> None:
    config = place.config.read_text("utf-8")
    place.config.write_text(f'{config}\n[web]\nproxy_header = "X-User"\n{networks}\n', "utf-8")
    try:
        with (
            pytest.raises(ConfigError, match="proxy_networks"),
            serving.served(lambda: place.app, host="127.0.0.1", port=0),
        ):
            pass
    finally:
        place.config.write_text(config, "utf-8")


@pytest.mark.parametrize(("network", "status"), [("127.0.0.1/32", 200), ("10.9.8.0/24", 303)])
def test_a_proxy_brings_somebody(place: Place, folder: Path, network: str, status: int) -> None:
    config = place.config.read_text("utf-8")
    more = f'\n[web]\nproxy_header = "X-User"\nproxy_networks = ["{network}"]\n'
    place.config.write_text(config + more, "utf-8")
    users = Users(folder / "users.json")
    users.put("anna", "author")
    try:
        with serving.beside(lambda: place.app, host="127.0.0.1", port=0) as port:
            assert Client(port).get("/", X_User="anna").status == status
            assert Client(port).get("/", X_User="somebody").status == 303
            assert Client(port).post("/login", name="anna", password="").status == 401
    finally:
        users.remove("anna")
        place.config.write_text(config, "utf-8")


def test_what_is_refused_at_the_gate_is_said_in_the_readers_language(stranger: Client) -> None:
    refused = stranger.ask("POST", "/login", headers={"Sec-Fetch-Site": "cross-site", "Accept-Language": "de"})
    assert (refused.status, "von einer anderen Website" in refused.text) == (403, True)
    refused = stranger.ask("GET", "/", headers={"Host": "evil.example", "Accept-Language": "de-AT"})
    assert "Unter diesem Namen gibt es diese Seite nicht" in refused.text
    stranger.cookies["crosspost_language"] = "de"  # switched to, in a browser that asks for another one
    refused = stranger.ask("POST", "/note", headers={"Content-Length": "99999999", "Accept-Language": "en"})
    assert (refused.status, "kleineres Bild" in refused.text) == (413, True)
