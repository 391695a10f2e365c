"""Who is told of an article's links, and when."""

from typing import Any

import pytest

from crosspost.app.ledger_access import open_ledger
from crosspost.transport.addresses import judged
from tests.webmentions.conftest import PAGE, Linked

pytestmark = pytest.mark.long  # nothing in here depends on the version of Python


def test_an_article_whose_page_is_live_tells_whom_it_links_to(linked: Linked) -> None:
    linked.write(f"Siehe [dort]({linked.target}).")
    linked.run()
    assert linked.told() == []  # the page is not on the web yet
    linked.deploy(linked.target)
    linked.run(minutes=5)
    assert linked.told() == [(linked.source, linked.target)]
    assert linked.kept()[linked.target].state == "sent"


def test_a_post_that_a_person_sends_is_told_at_once(linked: Linked) -> None:
    linked.write(f"Siehe [dort]({linked.target}).")
    linked.write(f"Siehe auch [dort]({linked.target}).", name="2026-11-21-anders")
    linked.deploy(linked.target)
    (file,) = (linked.place.root / "site/_posts").glob(f"*{linked.source.rpartition('/')[2].removesuffix('.html')}.md")
    assert linked.place.crosspost(str(file), "--yes").code == 0
    assert linked.told() == [(linked.source, linked.target)]
    linked.run(minutes=5)
    assert (linked.source, linked.target) not in linked.told()


def test_it_is_told_once(linked: Linked) -> None:
    linked.write(f"Siehe [dort]({linked.target}).")
    linked.deploy(linked.target)
    linked.run()
    linked.told()
    linked.there.requests.clear()
    linked.site.requests.clear()
    linked.run(minutes=20)
    linked.run(minutes=60 * 24)
    assert linked.there.requests == []
    assert linked.site.requests == []


def test_links_around_the_text_are_not_meant(linked: Linked) -> None:
    """Nor those to the site itself, to its accounts, and to what is not a web page."""
    linked.there.page("/nav", '<link rel="webmention" href="/take">')
    account = linked.place.sandbox.accounts()["mastodon"]["base_url"]
    others = (f"{linked.place.url}/other", f"{account}/@them/1", "mailto:a@b.example", "#top", "/about")
    linked.write(" ".join(f"[x]({url})" for url in (linked.target, *others)))
    linked.deploy(linked.target, *others)
    linked.run()
    assert list(linked.kept()) == [linked.target]
    assert [path for method, path, _ in linked.there.requests if method == "GET"] == ["/target"]


@pytest.mark.parametrize("text", ["<TARGET>", "<a href='TARGET'>x</a>", "<div>\n<a href=\"TARGET\">x</a>\n</div>",
    "[x][1]\n\n[1]: TARGET", "Nackt: TARGET, so.", "![p](/images/beet.jpg) [x](TARGET \"title\")"])  # fmt: skip
def test_a_link_in_any_form_counts(linked: Linked, text: str) -> None:
    linked.write(text.replace("TARGET", linked.target))
    linked.deploy(linked.target)
    linked.run()
    assert linked.told() == [(linked.source, linked.target)]


def test_the_target_is_said_as_the_page_says_it(linked: Linked) -> None:
    """Receivers look for exactly these letters, and generators write an address in different ways."""
    written = linked.there.page("/stra%C3%9Fe?a=1&b=2", '<link rel="webmention" href="/take">')
    linked.write(f"[x]({linked.there.base}/straße?a=1&b=2)")
    linked.deploy(written.replace("&", "&amp;"))
    linked.run()
    assert linked.told() == [(linked.source, written)]


def test_a_site_that_was_built_is_read_from_its_pages(linked: Linked) -> None:
    """Whatever its HTML looks like to Markdown."""
    built = linked.place.root / "site/_site/2026/11/20/gruesse.html"
    built.parent.mkdir(parents=True)
    article = f"<p>Text</p>\n\n      <p>\n\n     <a href='{linked.target}'>x</a></p>"
    head = (
        f'<title>Grüße</title><link rel="canonical" href="{linked.source}"><meta property="og:type" content="article">'
    )
    date = '<meta property="article:published_time" content="2026-11-20T10:00:00Z">'
    built.write_text(f"<html><head>{head}{date}</head><body><article><h1>Grüße</h1>{article}</article></body></html>")
    linked.place.write(
        "site/_site/index.html", f"<title>Das Tal</title><link rel='canonical' href='{linked.place.url}/'>"
    )
    text = linked.place.config.read_text("utf-8")
    linked.place.config.write_text(
        text.replace("[site]\n", '[site]\nsource = "built"\nurl = "URL"\n'.replace("URL", linked.place.url)), "utf-8"
    )
    linked.deploy(linked.target)
    linked.place.crosspost("run", "--backfill")
    assert linked.told() == [(linked.source, linked.target)]


def test_a_text_in_code_is_no_link(linked: Linked) -> None:
    linked.write(f"`{linked.target}` und\n\n    {linked.target}")
    linked.deploy(more=f"<code>{linked.target}</code>")
    linked.run()
    assert linked.kept() == {}


def test_what_was_out_before_is_not_announced(linked: Linked) -> None:
    text = linked.place.config.read_text("utf-8")
    linked.place.config.write_text(text.replace("webmentions = true\n", ""), "utf-8")
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    linked.place.config.write_text(text, "utf-8")
    ledger = open_ledger(linked.place.app)
    ledger.keep_fact("webmentions since", "")  # as if they were asked for only now
    ledger.close()
    linked.run(minutes=60 * 24)
    linked.run(minutes=60 * 24)
    assert linked.kept() == {}


def test_off_by_default(linked: Linked) -> None:
    text = linked.place.config.read_text("utf-8")
    linked.place.config.write_text(text.replace("webmentions = true\n", ""), "utf-8")
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    assert (linked.there.requests, linked.site.requests, linked.kept()) == ([], [], {})


@pytest.mark.usefixtures("trial")
def test_nobody_is_told_of_a_trial(linked: Linked) -> None:
    text = linked.place.config.read_text("utf-8")
    linked.place.config.write_text(text.partition("[state]")[0], "utf-8")
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.place.crosspost("run", "--backfill")
    linked.place.crosspost("run")
    assert linked.there.requests == []


# ── edits and deletions ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_tells_new_and_old_once_the_page_shows_it(linked: Linked) -> None:
    other = linked.there.page("/other", '<link rel="webmention" href="/take">')
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    linked.told()
    linked.write(f"Jetzt [y]({other}).")
    linked.run(minutes=10)
    assert linked.told() == []
    linked.deploy(linked.target, other)  # while the old link is there, both are links of the page, but not of the text
    linked.run(minutes=10)
    assert sorted(linked.told()) == [(linked.source, other), (linked.source, linked.target)]
    assert {target: one.linked for target, one in linked.kept().items()} == {linked.target: False, other: True}
    linked.run(minutes=60 * 24)
    assert linked.told() == []


def test_another_text_with_the_same_links_is_told_once_it_shows(linked: Linked) -> None:
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    linked.told()
    linked.write(f"Anders: [x]({linked.target})")
    linked.run(minutes=10)
    assert linked.told() == []
    linked.deploy(linked.target, more="Anders")
    linked.run(minutes=10)
    assert linked.told() == [(linked.source, linked.target)]


def test_an_edit_that_the_page_never_shows_tells_nobody(linked: Linked) -> None:
    linked.write(f"[x]({linked.target})")
    linked.deploy(linked.target)
    linked.run()
    linked.told()
    linked.place.new_post("2026-11-20-gruesse", f"---\ntitle: Grüße\nnote: für mich\n---\n\n[x]({linked.target})\n")
    for _ in range(30):
        assert linked.run(minutes=60).err == ""
    linked.site.requests.clear()
    linked.run(minutes=60)
    assert (linked.told(), linked.site.requests) == ([], [])


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_article_is_told_when_its_page_is_gone(linked: Linked, status: int) -> None:
    linked.write(f"[x]({linked.target})")
    linked.write("Ein anderer.", "2026-11-21-anderer")
    linked.deploy(linked.target)
    linked.run()
    linked.told()
    (linked.place.root / "site/_posts/2026-11-20-gruesse.md").unlink()
    linked.run(minutes=120)
    linked.run(minutes=120)
    assert linked.told() == []  # its page is still there
    linked.site.page(PAGE, status=status)
    linked.run(minutes=120)
    assert linked.told() == [(linked.source, linked.target)]
    linked.site.requests.clear()
    linked.run(minutes=120)
    assert (linked.told(), linked.site.requests) == ([], [])
    linked.write(f"[x]({linked.target})")  # it comes back
    linked.deploy(linked.target)
    linked.run(minutes=120)
    assert linked.told() == [(linked.source, linked.target)]


@pytest.mark.parametrize("silent", [PAGE, "/2026/11/21/anderer.html"])
def test_a_page_that_cannot_be_asked_is_not_gone(linked: Linked, silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the page before it answered."""
    pages = {"2026-11-20-gruesse": PAGE, "2026-11-21-anderer": "/2026/11/21/anderer.html"}
    linked.write("Ein dritter.", "2026-11-19-dritter")
    for name, page in pages.items():
        linked.write(f"[x]({linked.target})", name)
        linked.deploy(linked.target, page=page)
    linked.run()
    linked.told()
    for name, page in pages.items():
        (linked.place.root / f"site/_posts/{name}.md").unlink()
        linked.site.page(page, status=404)

    def judge(url: str, *arguments: Any) -> tuple[str, tuple[str, ...]]:
        return ("the name cannot be found (DNS)", ()) if url.endswith(silent) else judged(url, *arguments)

    monkeypatch.setattr("crosspost.transport.page_check.judged", judge)
    linked.run(minutes=120)
    linked.run(minutes=120)
    (gone,) = set(pages.values()) - {silent}
    assert linked.told() == [(f"{linked.place.url}{gone}", linked.target)]


def test_a_link_that_the_page_never_has_is_said_once(linked: Linked) -> None:
    linked.write(f"[x]({linked.target}) [y]({linked.there.base}/other)")
    linked.deploy(linked.target)
    assert [linked.run(minutes=60).err for _ in range(3)] == ["", "", ""]
    said = "".join(linked.run(minutes=60 * 12).err for _ in range(4))
    assert said.count("its page lacks 1 link of the text") == 1
    assert linked.told() == [(linked.source, linked.target)]


def test_a_page_that_never_comes_is_said_once(linked: Linked) -> None:
    linked.write(f"[x]({linked.target})")
    said = "".join(linked.run(minutes=60 * 12).err for _ in range(6))
    assert said.count("no webmentions are sent") == 1
