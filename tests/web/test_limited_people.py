"""Somebody who may see one of several sites: nothing of the others is shown, at no address of the dashboard."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from crosspost.app.application import App
from crosspost.app.editing import approval, approval_links
from crosspost.app.ledger_access import open_ledger
from crosspost.ledger import Person
from crosspost.media import Fitted
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from crosspost.web import asgi_app, monitoring, picture_cache, serving, site_prefix
from tests.several_sites import Sites, load
from tests.web.client import Answer, Client

#: what stands on pages about the two sites that Ann may not see
SECRET = re.compile("Of the (youth|elders)|of-(youth|elders)|(youth|elders)\\.example")
PASSWORD = "long enough words"
PREFIXES = ("", "/s/club", "/s/youth", "/s/elders", "/s/", "/s/Youth", "/s/youth%2f", "/s/club/../youth")


class Served(NamedTuple):
    sites: Sites
    port: int
    values: dict[str, tuple[str, ...]]
    form: dict[str, str]

    def client(self, name: str) -> Client:
        client = Client(self.port)
        assert client.post("/login", name=name, password=PASSWORD).status == 303
        return client

    def app(self, name: str = "") -> App:
        return load(self.sites, name)

    def token(self, name: str) -> str:
        return serving.users_of(self.app()).new_token(name)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Three sites share an account. Ann may see the club, Bob all of them."""
    with Sandbox(port=0) as sandbox:
        place = Place(tmp_path_factory.mktemp("limited"), sandbox, networks=("mastodon", "x"))
        plain, shared = "live_check = false\n", 'accounts = ["x"]\n'
        sites = Sites(place, {"club": plain, "youth": plain + shared, "elders": f"{plain}{shared}approve = true"})
        text = place.config.read_text("utf-8")
        place.config.write_text(f'[web]\naddress = "https://posts.example.org"\nmicropub = true\n\n{text}', "utf-8")
        place.crosspost("run")
        for name in sites.tables:
            sites.post(name, f"of-{name}")
        place.crosspost("run")
        users = serving.users_of(load(sites, ""))
        users.put("ann", "approver", PASSWORD, ["club"])
        users.put("bob", "approver", PASSWORD)
        _what_a_run_of_the_club_knows_of_others(load(sites, "club"))
        with serving.beside(
            lambda: load(sites, ""), host="127.0.0.1", port=0, load_site=lambda name: load(sites, name)
        ) as port:
            yield Served(sites, port, _values(sites), _form(load(sites, "elders")))


def _what_a_run_of_the_club_knows_of_others(club: App) -> None:
    """Notices about a site that cannot be used, and an account of another one that was connected from here; and a
    delivery in doubt on the shared account."""
    ledger = open_ledger(club)
    try:
        ledger.notices.note({"site:youth": "The site of-youth cannot be used.", "run:": "[sites.youth] of-youth"})
        ledger.audit.note(Person(name="bob", origin="page"), "account add", account="of-youth")
        row = next(row for row in ledger.deliveries(states=["sent"]) if row.account == "x")
        ledger._change(
            "UPDATE deliveries SET state = 'unknown', url = '', sent_at = NULL WHERE id = :id", {"id": row.id}
        )
    finally:
        ledger.close()


def _values(sites: Sites) -> dict[str, tuple[str, ...]]:
    """What can stand in an address: things of the two sites."""
    posts = ("of-youth", "of-elders", "_posts/2026-11-20-of-youth.md", "../youth/_posts/2026-11-20-of-youth.md")
    picture = Fitted(data=b"of-youth", mime="image/png", format="PNG", width=1, height=1)
    token = site_prefix._HERE.set(site_prefix.Here(name="youth", names=("youth",)))
    try:
        address = picture_cache.kept_picture(picture).src.rpartition("/")[2]
    finally:
        site_prefix._HERE.reset(token)
    ids = tuple(f"{sites.place.root}/youth/{post}" for post in posts[2:3])
    return {
        "number:key": tuple(str(number) for number in range(1, 5)),
        "number": ("1",),
        "post:path": (*posts, *ids),
        "name": ("x", "mastodon", address, "web.css"),
        "account": ("x",),
        "act": ("update", "unpublish", "now"),
        "topic": ("web",),
    }


def _form(elders: App) -> dict[str, str]:
    waiting = approval.waiting(elders)[0]
    token = approval_links.make(elders, waiting.number, waiting.seen).partition("token=")[2]
    return {
        "token": token, "decision": "yes", "seen": waiting.seen, "site": "youth", "account": "x", "search": "youth",
        "text": "words", "path": "/s/youth/", "language": "en", "source": "https://a.example/", "show": "out",
        "target": "https://youth.example.org/", "day": "2026-11-22", "view": "day", "q": "config",
    }  # fmt: skip


def addresses(served: Served) -> Iterator[tuple[str, str]]:
    """Method and path of everything that is served, with things of other sites in it. A new route is among them."""
    for route in asgi_app._PAGES:
        paths = [route.path]
        for field in re.findall(r"\{([^}]+)\}", route.path):
            paths = [path.replace(f"{{{field}}}", value) for path in paths for value in served.values[field]]
        for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
            yield from ((method, path) for path in paths)
    for path in (*site_prefix.ABOUT_ALL, monitoring.LIVE, monitoring.READY, monitoring.METRICS):
        yield "GET", path


def ask(client: Client, method: str, path: str, form: dict[str, str], **headers: str) -> Answer:
    if method == "POST":
        return client.post(path, headers, **form)
    asked = "&".join(f"{name}={value}" for name, value in form.items() if name not in ("text", "path", "target"))
    return client.get(f"{path}?{asked}", **headers)


def state_of(served: Served) -> list[object]:
    """What could be changed of the other sites."""
    found: list[object] = []
    for name in ("youth", "elders"):
        ledger = open_ledger(served.app(name), read_only=True)
        try:
            found += [ledger.deliveries(), ledger.audit.newest(limit=0), ledger.changes.all()]
        finally:
            ledger.close()
        files = [file for file in (served.sites.place.root / name).rglob("*") if file.is_file()]
        found.append({file: file.read_bytes() for file in files})
    return found


@pytest.mark.long
@pytest.mark.parametrize("by", ["password", "token"])
def test_nothing_of_another_site_is_shown_or_changed_at_any_address(served: Served, by: str) -> None:
    ann = served.client("ann") if by == "password" else Client(served.port)
    headers = {} if by == "password" else {"Authorization": f"Bearer {served.token('ann')}"}
    # they end the session, or lead where the form says; and what is for everybody
    left_out = ["/logout", "/language", *(["/login", "/enter", "/approve", "/static/web.css"] if by == "token" else [])]
    before, told = state_of(served), []
    for method, path in dict.fromkeys(addresses(served)):
        for prefix in PREFIXES:
            if path in left_out:
                continue
            answer = ask(ann, method, prefix + path, served.form, **headers)
            told.append((method, prefix + path, answer.status))
            echoed = answer.text.replace(path, "").replace("/s/youth/", "") if _is_text(answer) else ""
            assert not SECRET.search(echoed.replace('value="of-youth"', "")), told[-1]
            assert answer.body != b"of-youth", told[-1]
            assert not answer.headers.get("Location", "").startswith(("/s/youth", "/s/elders")), told[-1]
            if prefix not in ("", "/s/club"):
                assert answer.status >= 303, told[-1]
    assert state_of(served) == before
    assert sum(status == 200 for _, _, status in told) > (20 if by == "password" else 2), "her own site is there"


def _is_text(answer: Answer) -> bool:
    return not answer.headers.get("Content-Type", "").startswith("image/")


def test_who_may_see_all_sites_sees_them_there(served: Served) -> None:
    """Else nothing would be found above."""
    bob = served.client("bob")
    for path in ("/", "/calendar?day=2026-11-22", "/s/youth/posts", "/s/youth/deliveries.csv", "/s/youth/deliveries/2"):
        assert SECRET.search(bob.get(path).text), path
    for path in ("/s/club/", "/s/club/changes"):
        assert SECRET.search(bob.get(path).text), path
    picture = served.values["name"][2]
    assert bob.get(f"/s/youth/pictures/{picture}").body == b"of-youth"
    link = f"/s/elders/approve?token={served.form['token']}"
    assert SECRET.search(Client(served.port).get(link).text), "a link needs no login"
    assert served.client("ann").get(link).status == 404
    headers = {"Authorization": f"Bearer {served.token('bob')}"}
    assert 'site="youth"' in bob.get("/metrics", **headers).text
    assert Client(served.port).get("/s/youth/micropub?q=config", **headers).status == 200


def test_what_else_is_on_a_shared_account_is_not_shown(served: Served) -> None:
    listed = served.client("bob").get("/s/club/deliveries?show=unknown").text
    number = re.findall(r'href="/s/club/deliveries/(\d+)"', listed)[0]
    assert "of-youth" in served.client("bob").post(f"/s/club/deliveries/{number}/look").text
    ann = served.client("ann").post(f"/s/club/deliveries/{number}/look")
    assert ann.status == 200
    assert "of-youth" not in ann.text
    assert "This post is there." in ann.text


def test_of_her_one_site_she_sees_what_others_see_and_no_way_to_more(served: Served) -> None:
    ann = served.client("ann")
    assert ann.get("/").headers["Location"] == "/s/club/"
    page = ann.get("/s/club/").text
    assert "of-club" in page
    assert "youth" not in page
    assert "All sites" not in page
    assert ann.post("/s/club/note", text="A word", account="x").status == 303
    assert ann.get("/s/youth/").text == ann.get("/s/nobody/").text.replace("nobody", "youth"), "it might not be there"
    for path in ("/s/club/logins", "/s/club/logins/of/x"):
        served_to = ann.post(path, network="x")
        assert served_to.status == 403, "accounts belong to all sites"


def test_with_two_sites_the_first_page_has_both_and_no_third(served: Served) -> None:
    serving.users_of(served.app()).put("cora", "reader", PASSWORD, ["club", "elders"])
    cora = served.client("cora")
    for path in ("/", "/calendar?day=2026-11-22", "/calendar?day=2026-11-22&site=youth", "/overview/live?seen=x"):
        page = cora.get(path)
        assert page.status == 200
        assert "of-club" in page.text
        assert "of-elders" in page.text
        assert "youth" not in page.text.replace("site=youth", "").replace('value="youth"', "")
    assert cora.get("/s/elders/posts").status == 200
    assert cora.get("/s/youth/posts").status == 404


def test_a_site_that_is_gone_leaves_nothing_to_see(served: Served) -> None:
    place = served.sites.place
    serving.users_of(served.app()).put("dora", "reader", PASSWORD, ["old-club"])
    dora = served.client("dora")
    answer = dora.get("/")
    assert answer.status == 403
    assert "old-club" in answer.text
    assert not re.search("youth|elders", answer.text)
    assert dora.get("/posts").headers["Location"] == "/"
    assert dora.get("/s/club/").status == 404
    assert "dora: reader, old-club only" in (said := place.crosspost("web", "users").out)
    assert "The config has no site old-club, so dora sees nothing of it." in said
    assert "crosspost web allow dora --site NAME" in " ".join(place.crosspost("doctor", "--offline").out.split())


def test_a_dashboard_of_one_site_is_for_those_who_may_see_it(served: Served) -> None:
    for name, status in (("club", 200), ("youth", 403)):
        with serving.beside(lambda name=name: served.app(name), host="127.0.0.1", port=0) as port:  # type: ignore[misc]
            ann = Client(port, served.client("ann").cookies)
            for path in ("/", "/posts", "/deliveries.json", "/calendar"):
                answer = ann.get(path)
                assert answer.status == status
                assert not SECRET.search(answer.text)
            assert ann.get("/metrics").status == 401


def test_people_are_limited_by_the_names_of_sites(served: Served) -> None:
    place = served.sites.place
    said = place.crosspost("web", "allow", "eve", "--no-password", "--site", "club", "--site", "youth")
    assert said.out == "eve may log in now, as author, for club, youth only.\n"
    assert serving.users_of(served.app()).all()["eve"].sites == ("club", "youth")
    wrong = place.crosspost("web", "allow", "eve", "--no-password", "--site", "youht")
    assert wrong.code != 0
    assert "did you mean `youth`?" in wrong.err
    admin = place.crosspost("web", "allow", "eve", "--role", "admin", "--no-password", "--site", "club")
    assert "an admin connects accounts, which belong to all sites" in admin.err
    assert serving.users_of(served.app()).all()["eve"].sites == ("club", "youth"), "a mistake changes nothing"
    said = place.crosspost("web", "allow", "eve", "--no-password")
    assert said.out == "eve may log in now, as author, for all sites.\n"
    assert serving.users_of(served.app()).all()["eve"].sites is None
