"""The dashboard of a config with several sites: each page is about one, and no form acts on another."""

import re
from collections.abc import Iterator

import pytest

from crosspost.daemon import Watcher
from crosspost.daemon.ticks import watched_files
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from tests.several_sites import Sites, load
from tests.web.client import Client
from tests.web.served_sites import entered, served

PAGES = (
    "/",
    "/posts",
    "/calendar",
    "/deliveries",
    "/approvals",
    "/responses",
    "/accounts",
    "/note",
    "/changes",
    "/help",
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """In both, the delivery with a number is of another post."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path_factory.mktemp("sites"), sandbox, networks=("mastodon", "x"))
        made = Sites(place, {"club": "live_check = false", "youth": 'live_check = false\naccounts = ["x"]'})
        place.crosspost("run")
        for name in made.tables:
            made.post(name, f"of-{name}")
            made.post(name, "same")
        place.crosspost("run")
        yield made


@pytest.fixture(scope="module")
def port(sites: Sites) -> Iterator[int]:
    with served(sites) as port:
        yield port


@pytest.fixture(scope="module")
def client(port: int, sites: Sites) -> Client:
    return entered(port, sites)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["club", "youth"])
def test_every_page_is_about_one_site_and_leads_to_pages_of_it(client: Client, name: str, page: str) -> None:
    other = {"club": "youth", "youth": "club"}[name]
    answer = client.get(f"/s/{name}{page}")
    assert answer.status == 200
    assert f" – {name} – crosspost</title>" in answer.text
    assert f"of-{other}" not in answer.text
    below = answer.text.replace(f'href="/s/{other}/', 'href="other/')
    below = below.replace('<a href="/">All sites', "").replace('<a href="/calendar">All sites', "")
    for address in re.findall(r'(?:href|action|hx-get|hx-post|data-move)="(/[^"]*)"', below):
        assert address.startswith((f"/s/{name}/", "/static/", "/pictures/", "/help")), address


def test_the_other_sites_are_one_step_away(client: Client) -> None:
    calendar = client.get("/s/club/calendar").text
    assert 'href="/s/youth/calendar"' in calendar
    german = client.get("/s/club/calendar", Accept_Language="de").text
    assert 'aria-label="Websites"' in german


def test_without_a_name_it_is_the_first(client: Client) -> None:
    answer = client.get("/deliveries?show=queue")
    assert (answer.status, answer.headers["location"]) == (303, "/s/club/deliveries?show=queue")


def test_one_page_shows_all_sites(client: Client, sites: Sites) -> None:
    page = client.get("/")
    assert page.status == 200
    assert "<title>All sites – crosspost</title>" in page.text
    assert "of-club" in page.text
    assert "of-youth" in page.text
    _only_named_sites(page.text)
    german = client.get("/", Accept_Language="de").text
    assert "Alle Websites" in german
    seen = re.findall(r"/overview/live\?seen=(\w+)", page.text)[0]
    assert client.get(f"/overview/live?seen={seen}").status == 204, "nothing changed"
    assert "of-club" in client.get("/overview/live?seen=x").text
    assert client.post("/").status == 404


def test_the_calendar_of_all_sites_is_filtered_by_site(client: Client) -> None:
    every = client.get("/calendar?day=2026-11-22").text
    _only_named_sites(every)
    for name, other in (("club", "youth"), ("youth", "club")):
        assert f'href="/s/{name}/posts/of-{name}"' in every
        one = client.get(f"/calendar?day=2026-11-22&site={name}").text
        assert f"of-{name}" in one
        assert f"of-{other}" not in one
        assert f"<option selected>{name}</option>" in one
    assert "of-youth" not in client.get("/calendar?day=2026-11-22&account=mastodon").text, "youth has no such account"


def _only_named_sites(page: str) -> None:
    """Whether each address on a page about all sites says which site it is about."""
    for address in re.findall(r'(?:href|action|hx-get|hx-post|data-move)="(/[^"]*)"', page):
        common = address.partition("?")[0] in ("/", "/calendar", "/overview/live", "/help", "/language", "/logout")
        assert common or address.startswith(("/s/club/", "/s/youth/", "/static/")), address


def test_a_form_without_a_name_does_nothing(client: Client) -> None:
    assert client.post("/retry").status == 404
    assert client.post("/s/nobody/retry").status == 404
    assert client.get("/s/nobody/").status == 404


def test_the_same_number_is_another_delivery(client: Client) -> None:
    found = {name: client.get(f"/s/{name}/deliveries/1").text for name in ("club", "youth")}
    assert all("Of the" in text or "old" in text for text in found.values())
    assert found["club"] != found["youth"]


def test_what_is_changed_in_one_is_not_changed_in_the_other(client: Client, sites: Sites) -> None:
    before = client.get("/s/youth/changes").text
    answer = client.post("/s/club/note", text="A word of the club", accounts="x")
    assert answer.status == 303, answer.text
    assert answer.headers["location"] == "/s/club/posts?done=written"
    assert "A word of the club" in "".join(
        file.read_text("utf-8") for file in (sites.place.root / "club").rglob("*.md")
    )
    assert "A word of the club" not in "".join(
        file.read_text("utf-8") for file in (sites.place.root / "youth").rglob("*.md")
    )
    assert client.get("/s/youth/changes").text == before


def test_a_stranger_sees_nothing(port: int) -> None:
    stranger = Client(port)
    for page in ("/s/club/deliveries", "/s/youth/deliveries", "/", "/calendar", "/overview/live"):
        answer = stranger.get(page)
        assert answer.status == 401
        assert "of-club" not in answer.text


def test_a_session_is_good_for_every_site(client: Client) -> None:
    assert client.get("/s/club/").status == client.get("/s/youth/").status == 200


def test_the_host_is_looked_at_everywhere(client: Client) -> None:
    assert client.get("/s/club/", Host="evil.example").status == 400
    assert client.get("/", Host="evil.example").status == 400


def test_a_link_in_a_message_leads_to_its_site(sites: Sites) -> None:
    from crosspost.app.editing import approval_links

    config = sites.place.config.read_text("utf-8")
    sites.place.config.write_text(f'{config}\n[web]\naddress = "https://posts.example.org/"\n', "utf-8")
    try:
        assert approval_links.make(load(sites, "youth"), 1, "x").startswith(
            "https://posts.example.org/s/youth/approve?token="
        )
    finally:
        sites.place.config.write_text(config, "utf-8")


def test_a_site_with_a_mistake_says_so_and_the_others_are_served(client: Client, sites: Sites) -> None:
    config = sites.place.config.read_text("utf-8")
    sites.place.config.write_text(f'[sites.wrong]\npaht = "x"\n{config}', "utf-8")
    try:
        answer = client.get("/s/wrong/")
        assert answer.status == 404
        assert "did you mean `path`?" in answer.text
        assert client.get("/s/club/").status == 200
        for page in ("/", "/calendar"):
            everything = client.get(page)
            assert everything.status == 200
            assert "did you mean `path`?" in everything.text
        assert "of-club" in client.get("/").text
    finally:
        sites.place.config.write_text(config, "utf-8")


def test_one_webhook_is_for_every_site(sites: Sites, port: int) -> None:
    secret = sites.place.crosspost("web", "hook").out.split()[-1]
    watcher = Watcher(watched_files(load(sites, "")))
    watcher.changed()
    door = Client(port)
    assert door.ask("POST", "/hook", headers={"X-Gitlab-Token": secret}).status == 202
    assert door.ask("POST", "/s/youth/hook", headers={"X-Gitlab-Token": f"{secret}x"}).status == 401
    assert any([watcher.changed(), watcher.changed()])
