"""``crosspost links`` and ``doctor``: whether the pages say where webmentions are taken."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place, served

LINE = '<link rel="webmention" href="https://posts.example.org/webmention">'
PAGE = "2026/11/20/gruesse.html"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox) -> Iterator[Place]:
    (tmp_path / "web").mkdir()
    with served(tmp_path / "web") as url:
        yield Place(tmp_path, sandbox, networks=("bluesky",), url=url)


def take(place: Place, address: str = "https://posts.example.org/") -> None:
    text = place.config.read_text("utf-8")
    web = f'[web]\naddress = "{address}"\n' if address else ""
    place.config.write_text(f"{text}\n[responses]\nwebmentions = true\n{web}", "utf-8")


def findings(place: Place, head: str) -> list[tuple[str, str]]:
    """What doctor says of webmentions, where the newest page has this in its head."""
    place.write(f"web/{PAGE}", f"<head>{head}</head><h1>Grüße aus dem Tal</h1>")
    said = place.crosspost("doctor", "--json").json["findings"]
    return [(one["state"], one["said"]) for one in said if one["about"] == "links" and "webmention" in one["said"]]


def test_the_line_is_printed(place: Place) -> None:
    assert "There is nothing to add" in place.crosspost("links").out
    take(place)
    assert LINE in place.crosspost("links").out.splitlines()
    assert place.crosspost("links", "--json").json["webmention"] == "https://posts.example.org/webmention"


def test_without_an_address_of_the_dashboard_there_is_nothing_to_print(place: Place) -> None:
    take(place, "")
    ran = place.crosspost("links")
    assert ran.code == 2
    assert "set address in [web]" in " ".join(ran.err.split())
    assert [state for state, _ in findings(place, "")] == ["warn"]


def test_doctor_looks_whether_the_newest_page_has_it(place: Place) -> None:
    assert findings(place, LINE) == []
    take(place)
    assert [state for state, _ in findings(place, LINE)] == ["ok"]
    ((state, said),) = findings(place, "")
    assert (state, said.endswith("does not say where")) == ("warn", True)
    ((state, said),) = findings(place, LINE.replace("posts", "old"))
    assert (state, said.endswith("names https://old.example.org/webmention")) == ("warn", True)
