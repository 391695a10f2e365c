"""The dashboard of so many sites that nobody reads a part about each: what needs a person first, the others counted."""

import contextlib
import re
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from crosspost.app.application import App
from crosspost.app.glance import Glance
from crosspost.app.sites.site_choice import with_mistakes
from crosspost.errors import ConfigError
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from crosspost.text.told_alike import FEW
from crosspost.web import current_site, glances, serving
from crosspost.web.background_work import Helpers
from crosspost.web.site_prefix import AT_HAND
from tests.several_sites import Sites, load
from tests.web import axe
from tests.web.browsing import SIZES, in_browser
from tests.web.client import Client
from tests.web.served_sites import entered, served

NUMBER = 60
NAMES = tuple(f"s{number:02}" for number in range(NUMBER))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Two of them have run, and a delivery of s07 failed; the ledgers of s08 and s09 are damaged."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path_factory.mktemp("many"), sandbox, networks=("x",))
        made = Sites(place, dict.fromkeys(NAMES, "live_check = false"))
        for name in ("s07", "s33"):
            assert place.crosspost("run", "--site", name).code == 0
        with contextlib.closing(sqlite3.connect(made.ledger("s07"))) as ledger, ledger:
            ledger.execute("UPDATE deliveries SET state = 'failed'")
        for name in ("s08", "s09"):
            made.ledger(name).parent.mkdir(parents=True)
            made.ledger(name).write_bytes(b"no ledger" * 1000)
        users = serving.users_of(load(made, ""))
        users.put("ann", "reader", "long enough words", ["s00", "s09"])
        users.put("bea", "reader", "long enough words", NAMES[:7])
        yield made


@pytest.fixture(scope="module")
def port(sites: Sites) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(glances, "_ENOUGH", 600)  # how quick this machine is is no matter here
        with served(sites) as port:
            yield port


@pytest.fixture(scope="module")
def client(port: int, sites: Sites) -> Client:
    return entered(port, sites)


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def test_the_first_page_says_who_needs_somebody_and_counts_the_others(client: Client) -> None:
    page = client.get("/")
    said = words(page.text)
    assert page.status == 200
    assert "3 of 60 sites need you." in said
    assert "s07 1 failed" in said
    assert "s08 , s09" in said, "what two have is said once"
    assert said.count("the ledger is damaged") == said.count("sites/NAME/ledger.sqlite3") == 1
    assert "60 sites" in said
    german = words(client.get("/", Accept_Language="de").text)
    assert "3 von 60 Websites brauchen Sie." in german
    assert "s07 1 gescheitert" in german
    seen = re.findall(r"/overview/live\?seen=(\w+)", page.text)[0]
    assert client.get(f"/overview/live?seen={seen}").status == 204, "nothing changed"
    assert "s07" in client.get("/overview/live?seen=x").text


def test_a_site_is_found_by_its_name_or_on_a_page_of_the_list(client: Client) -> None:
    first, second = client.get("/").text, client.get("/?page=2").text
    assert ("s49" in first, "s50" in first) == (True, False)
    assert ("s49" in second, "s50" in second) == (False, True)
    found = client.get("/?search=S5").text
    assert re.findall(r'href="/s/(s\d\d)/"', found) == [name for name in NAMES if name.startswith("s5")]
    assert "0 sites" in words(client.get("/?search=<b>").text)
    of_one = client.get("/s/s03/posts").text
    assert re.findall(r'href="/s/(s\d\d)/posts"', of_one) == ["s03", "s03"], "not sixty links on each page"
    assert 'action="/"' in of_one


def test_the_calendar_asks_for_a_site(client: Client) -> None:
    page = client.get("/calendar")
    assert page.status == 200
    assert "Choose one." in page.text
    assert 'href="/s/s01/calendar"' in page.text
    assert 'href="/s/s55/calendar"' in client.get("/calendar?search=55").text
    assert client.get("/s/s01/calendar").status == 200
    assert 'action="/calendar"' in client.get("/s/s01/calendar").text


@pytest.mark.parametrize("path", ["/posts", "/accounts", "/deliveries.csv"])
def test_an_address_without_a_site_goes_through_none(client: Client, path: str) -> None:
    assert client.get(path).headers["location"] == f"/s/s00{path}"


def test_a_site_that_is_not_there_has_a_page_that_says_so(client: Client, port: int) -> None:
    for path in ("/s/nobody/", "/s/nobody/posts", "/s/nobody", "/s/"):
        page = client.get(path)
        assert page.status == 404
        assert "<h1>" in page.text
        assert "There is no site of this name" in page.text
    assert '<html lang="de">' in client.get("/s/nobody/", Accept_Language="de").text
    assert "Eine Website mit diesem Namen" in client.get("/s/nobody/", Accept_Language="de").text
    answers = [Client(port).get(path) for path in ("/s/nobody/", "/s/s00/")]
    assert [(one.status, one.headers["location"]) for one in answers] == [(303, "/login")] * 2, (
        "strangers learn nothing"
    )


@pytest.mark.parametrize(("name", "number"), [("ann", 2), ("bea", 7)])
def test_who_may_see_some_sees_nothing_of_the_others(port: int, name: str, number: int) -> None:
    client = Client(port)
    assert client.post("/login", name=name, password="long enough words").status == 303
    mine = {"ann": {"s00", "s09"}, "bea": set(NAMES[:7])}[name]
    for path in ("/", "/?search=s", "/?page=2", "/calendar", "/overview/live?seen=x", "/s/s07/", "/s/s08/"):
        page = client.get(path)
        asked = path[3:6] if path.startswith("/s/") else ""
        assert page.status == (404 if asked else 200)
        assert set(re.findall(r"\bs\d\d\b", page.text.replace(f"/s/{asked}/", ""))) <= mine, path
    assert (f"of {number} sites" in client.get("/").text) == (number > FEW)


def test_what_did_not_change_is_not_looked_at_again(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    now, looked, read = [1000.0], list[str](), list[str]()

    def look(app: App | ConfigError, unfetched: str = "") -> Glance:
        assert isinstance(app, App)
        assert app.settings is not None
        looked.append(app.settings.name)
        now[0] += 0.1
        return Glance()

    def apps() -> list[tuple[str, App | ConfigError]]:
        read.append("config")
        return with_mistakes(load(sites, ""))

    monkeypatch.setattr(glances, "glance", look)
    monkeypatch.setattr(glances, "_ENOUGH", 3.95)
    seen = glances.Glances(apps, clock=lambda: now[0])
    assert len(seen.now()) == 40, "a page does not wait for more"
    assert len(seen.now()) == NUMBER
    assert looked == list(NAMES), "the next page goes on with the others"
    seen.now()
    assert len(read) == 2, "pages that are asked for at the same time share a look"
    now[0] += 10
    sites.ledger("s33").touch()
    looked.clear()
    seen.now()
    assert looked == ["s33"]
    now[0] += current_site.OLDEST + 1
    looked.clear()
    seen.now()
    assert len(looked) == 40, "time alone changes something, too"
    assert "s33" not in looked, "it was looked at last"


def test_a_few_threads_make_all_forecasts_and_a_few_are_kept(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    helpers, go, met = Helpers(2), threading.Event(), list[str]()

    def forecast(self: current_site.Current) -> current_site.Forecast:
        go.wait(20)
        met.append(threading.current_thread().name)
        return current_site.Forecast(made=self.now())

    monkeypatch.setattr(current_site, "_HELPERS", helpers)
    monkeypatch.setattr(current_site.Current, "_forecast_now", forecast)
    before = threading.active_count()
    made = [current_site.Current(lambda name=name: load(sites, name)) for name in NAMES[:8]]  # type: ignore[misc]
    assert [one.forecast(0) for one in made] == [None] * 8
    assert threading.active_count() <= before + 2
    go.set()
    assert all(one.forecast(20) for one in made)
    assert len(met) == 8, "each once"
    made[0].rest()
    assert made[0].forecast(20) is not None
    assert len(met) > 8, "it is made anew when somebody comes"


def test_of_the_sites_somebody_went_through_only_the_last_are_kept_whole(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested = list[str]()
    monkeypatch.setattr(current_site.Current, "rest", lambda self: rested.append(self.site))
    for name in NAMES[10 : 10 + AT_HAND + 3]:
        client.get(f"/s/{name}/help")
    assert not set(rested) & set(NAMES[13 : 10 + AT_HAND + 3])
    assert set(NAMES[10:13]) <= set(rested)


@pytest.mark.long
@pytest.mark.parametrize(("locale", "size"), [("en-GB", "wide"), ("de-DE", "phone")])
def test_nobody_is_kept_out(sites: Sites, port: int, locale: str, size: str) -> None:
    rules = axe.script()
    width, height = SIZES[size]
    found: list[str] = []

    def visit(browser: Any) -> None:
        page = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, bypass_csp=True
        ).new_page()
        page.goto(f"http://127.0.0.1:{port}/enter?ticket={serving.sessions_of(load(sites, '')).link()}")
        page.locator("main button").click()
        page.wait_for_url(f"http://127.0.0.1:{port}/")
        for path in ("/", "/?search=s5", "/?search=zzz", "/calendar", "/s/nobody/", "/s/s07/"):
            page.goto(f"http://127.0.0.1:{port}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"
            page.evaluate(rules)
            broken = page.evaluate(axe.RUN)["violations"]
            found.extend(f"{path}: {one['id']}: {one['nodes'][0]['html'][:150]}" for one in broken)
        page.goto(f"http://127.0.0.1:{port}/s/s07/calendar")
        page.locator(".sites input").fill("s55")
        page.locator(".sites button").click()
        page.locator("main li a").click()
        page.wait_for_url("**/s/s55/calendar")

    in_browser(visit)
    assert found == []
