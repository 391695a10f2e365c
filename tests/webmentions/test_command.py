"""``crosspost webmentions``: people see whom the site told, and what became of it."""

import pytest

from crosspost.web import serving
from tests.web.client import Client
from tests.webmentions.conftest import Linked

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python


def test_it_shows_whom_an_article_told_and_why_not(linked: Linked) -> None:
    linked.there.endpoint("/no", 400, body="go away \x1b[31m", kind="text/plain; charset=utf-8")
    linked.there.endpoint("/busy", 503)
    linked.there.endpoint("/made", 201, headers=[("Location", "/fate/7")])
    pages = [
        linked.there.page(f"/{name}", f'<link rel="webmention" href="/{name}">') for name in ("no", "busy", "made")
    ]
    pages.append(linked.there.page("/mute"))
    linked.write(" ".join(f"[x]({page})" for page in (*pages, linked.target)))
    linked.deploy(*pages, linked.target)
    linked.run()
    shown = " ".join(linked.place.crosspost("webmentions").out.split())
    assert shown.startswith("Grüße")
    assert f"{linked.target} told now" in shown
    assert f"{pages[0]} refused: its endpoint answers 400" in shown
    assert f"{pages[1]} again in 1" in shown
    assert f"see {linked.there.base}/fate/7" in shown
    assert f"{pages[3]} not told: the page does not accept webmentions" in shown
    assert "\x1b" not in shown


def test_it_takes_a_file_and_writes_for_programs(linked: Linked) -> None:
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.write(f"[x]({linked.target})", "2026-11-21-anderer")
    linked.deploy(linked.target, page="/2026/11/21/anderer.html")
    linked.run()
    file = linked.place.root / "site/_posts/2026-11-21-anderer.md"
    (row,) = linked.place.crosspost("webmentions", str(file), "--json").json
    assert (row["source"], row["target"]) == (f"{linked.place.url}/2026/11/21/anderer.html", linked.target)
    assert (row["state"], row["linked"]) == ("sent", True)
    assert len(linked.place.crosspost("webmentions", "--json", "--limit", "0").json) == 2
    assert len(linked.place.crosspost("webmentions", "--json", "--limit", "1").json) == 1


def test_without_any_it_says_why(linked: Linked) -> None:
    assert "No webmention was sent yet" in linked.place.crosspost("webmentions").out
    text = linked.place.config.read_text("utf-8")
    linked.place.config.write_text(text.replace("webmentions = true\n", ""), "utf-8")
    assert "`webmentions = true` under [site]" in " ".join(linked.place.crosspost("webmentions").out.split())


def test_the_dashboard_shows_it_on_the_posts_page(linked: Linked) -> None:
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    with serving.beside(lambda: linked.place.app, host="127.0.0.1", port=0) as port:
        ann = Client(port)
        ann.post("/enter", ticket=serving.sessions_of(linked.place.app).link())
        page = ann.get("/posts/gruesse").text
    assert "Whom its page links to" in page
    assert f'<a href="{linked.target}" rel="noreferrer noopener">' in page
    assert "was told" in page
