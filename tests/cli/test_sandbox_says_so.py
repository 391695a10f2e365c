"""The sandbox says that it is one: every line about an account in it, every link, and the page behind the link."""

import re
from pathlib import Path

import pytest
import requests

from crosspost.app.application import App
from crosspost.config import registry
from crosspost.config.credentials import Credentials
from crosspost.config.settings_file import read
from crosspost.model import Receipt
from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from crosspost.transport.exchange import Exchange
from crosspost.transport.sandbox_mark import MARK

ALL = tuple(registry.NETWORKS)
_LINK = re.compile(r"https?://[^\s<>\"]+")


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox, clock: Clock) -> Place:
    made = Place(tmp_path, sandbox, networks=ALL, clock=clock)
    text = made.config.read_text()  # the site's pictures are not on the web, so the Page hosts them
    for name in ("threads", "instagram"):
        text = text.replace(f"[accounts.{name}]\n", f'[accounts.{name}]\nhost = "page"\n')
    text = text.replace("[accounts.google_business]\n", "[accounts.google_business]\nimages = false\n")
    made.config.write_text(text)
    return made


def lines_about(place: Place, printed: str) -> dict[str, list[str]]:
    """Account → what begins a column with its name, or stands in a list of accounts of which the same is said."""
    found: dict[str, list[str]] = {}
    for line in printed.splitlines():
        several = list(re.finditer(rf"(?:^|  |, |\W )({'|'.join(ALL)})\b(?: \([^)]*\))?", line))
        for match in several:
            found.setdefault(match[1], []).append(match[0] if len(several) > 1 else line)
    return found


def test_every_line_says_so_and_every_link_stays_here(place: Place) -> None:
    ran = place.crosspost("publish", str(place.post))
    assert ran.code == 3, "what is posted by hand waits for somebody"
    lines = lines_about(place, ran.out)
    assert lines.keys() == set(ALL)
    assert all(MARK in line for told in lines.values() for line in told), ran.out
    links = [link for link in _LINK.findall(ran.out) if not link.startswith(place.url)]
    assert len(links) >= len(ALL) - 5, "signal, ntfy, apprise and whatsapp have no address, a mail none on the web"
    for link in links:
        assert link.startswith(f"{place.sandbox.url}/")
        page = requests.get(link, timeout=10)
        assert (page.status_code, "crosspost sandbox" in page.text) == (200, True), link
        assert "Grüße aus dem Tal" in page.text, link


@pytest.mark.parametrize("command", ["preview", "status", "doctor", "plan", "unpublish"])
def test_the_other_commands_say_so_too(place: Place, command: str) -> None:
    if command not in ("preview", "plan"):
        place.crosspost("publish", str(place.post))
    else:
        place.crosspost("run")
        place.new_post("2026-11-21-neu")
    file = [str(place.post)] if command in ("preview", "unpublish") else []
    printed = place.crosspost(command, *file, *(["--yes"] if command == "unpublish" else [])).out
    told = lines_about(place, printed)
    assert len(told) >= len(ALL) - 1, printed
    for name, lines in told.items():
        assert any(MARK in line for line in lines), (name, printed)


def test_json_says_so(place: Place) -> None:
    place.crosspost("publish", str(place.post))
    rows = place.crosspost("status", "--json").json["accounts"]
    assert {row["account"]: row["sandbox"] for row in rows} == dict.fromkeys(ALL, True)


@pytest.mark.parametrize("name", [name for name in ALL if not registry.load(name).by_hand])
def test_an_own_page_is_here_too(place: Place, name: str) -> None:
    network = place.network(name)
    network.publish(place.prepared(network))
    url = network.me().url
    assert not url or url.startswith(place.sandbox.url)
    if url.rstrip("/") not in ("", place.sandbox.url):
        assert "Grüße aus dem Tal" in requests.get(url, timeout=10).text


def test_links_without_a_name_are_here_too(place: Place) -> None:
    """X and Facebook have an address for a post whose account is not known."""
    made = {}
    for name in ("x", "facebook"):
        network = place.network(name)
        made[name] = network.publish(place.prepared(network))
        network.identity = None
        bare: Receipt = network._receipt(made[name].id if name == "x" else {"id": made[name].id})
        assert bare.url != made[name].url
        assert "Grüße aus dem Tal" in requests.get(bare.url, timeout=10).text


def test_a_duplicate_on_linkedin_names_the_local_page(place: Place) -> None:
    network = place.network("linkedin")
    network.publish(place.prepared(network))
    (post,) = place.sandbox.posts("linkedin")
    said = f"Content is a duplicate of {post['id']}".encode()
    exchange = Exchange(method="POST", url=network.base_url, sent=True, status=422, body=said)
    assert post["url"] in str(network.explain(exchange, irreversible=False))


# ── what is no sandbox ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ({"x": "", "signal": "http://localhost:8080"}, {}),
        ({"x": "http://127.0.0.1:8765", "signal": "http://127.0.0.1:8765"}, {"x", "signal"}),
        ({"x": "http://localhost:8765", "mastodon": "https://mastodon.example"}, {"x"}),
        ({"newsletter": "smtp://127.0.0.1:25"}, {}),
        (
            {"x": "http://127.0.0.1:1", "mastodon": "https://mastodon.example", "listmonk": "http://[::1]:9"},
            {"x"},
        ),
        ({"mastodon": "https://127.0.0.1.example.org", "x": "https://localhost.example"}, {}),
    ],
)
def test_what_is_no_sandbox_does_not_say_so(tmp_path: Path, accounts: dict[str, str], expected: set[str]) -> None:
    settings = [f"[accounts.{name}]\n" + (f'base_url = "{url}"\n' if url else "") for name, url in accounts.items()]
    needs = {"signal": 'number = "+491713920001"\n', "newsletter": 'sender = "a@example.org"\n'}
    needs["listmonk"] = "lists = [1]\n"
    text = "".join(block + needs.get(name, "") for name, block in zip(accounts, settings, strict=True))
    config = tmp_path / "crosspost.toml"
    config.write_text(text)
    app = App(settings=read(config), site=tmp_path, credentials=Credentials({}, None), clock=Clock())
    assert {name for name in accounts if app.in_sandbox(name)} == set(expected)
    assert {name for name in accounts if app.label(name) != name} == set(expected)


@pytest.mark.parametrize(
    ("name", "home", "page"),
    [
        ("x", "https://x.com", "https://x.com/i/status/17"),
        ("facebook", "https://www.facebook.com", "https://www.facebook.com/17"),
        ("linkedin", "https://www.linkedin.com", "https://www.linkedin.com/feed/update/17/"),
    ],
)
def test_the_real_networks_links_are_theirs(place: Place, name: str, home: str, page: str) -> None:
    network = place.network(name)
    network.base_url = type(network).home
    assert network.page(home, "/local") == home
    if name == "linkedin":
        from crosspost.networks.protocols import restli

        assert restli.page(network._home, "17") == page
    else:
        assert network._receipt("17" if name == "x" else {"id": "17"}).url == page
