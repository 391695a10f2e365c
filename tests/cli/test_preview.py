"""``crosspost preview``: what is shown is what is sent, and looking changes nothing."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from crosspost.app import preview_model
from crosspost.cli import preview_text
from crosspost.ledger import Ledger
from crosspost.model import Draft
from crosspost.testing.harness import POST, Place

HOSTILE = """---
title: "<script>alert(1)</script> & „Grüße“ \\" onload=x"
description: "Mit <b>Fett</b>, https://example.org/?a=1&b=<i> und #Klima_2 von @verein@social.example.org. مرحبا"
thumbnail: /images/beet.jpg
thumbnail_alt: '"><img src=https://example.org/x.png>'
---

Text.
"""


def looked_at(place: Place, post: Path | None = None) -> list[preview_model.AccountPreview]:
    app, source = place.app, place.app.source()
    entry = source.entry(post or place.post)
    ledger = preview_model.ledger_to_read(app)
    networks = preview_model.networks(app, list(app.accounts()), ledger)
    found = [preview_model.look(network, source.load(entry), entry) for network in networks]
    if ledger is not None:
        ledger.close()
    return found


def frozen(place: Place) -> dict[str, Draft | None]:
    ledger = Ledger(place.app.ledger_path(), place.clock, read_only=True)
    found = {delivery.account: delivery.draft for delivery in ledger.deliveries()}
    ledger.close()
    return found


def everything(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_what_is_previewed_is_what_is_frozen_and_sent_byte_for_byte(place: Place) -> None:
    def said() -> dict[str, bytes]:
        return {one.network.account: msgspec.json.encode(one.network.frozen(one.draft)) for one in looked_at(place)}

    before = said()
    shown_text = {
        row["account"]: row["text"] for row in place.crosspost("preview", str(place.post), "--json").json[0]["accounts"]
    }
    assert place.crosspost("publish", str(place.post)).code == 0
    kept = frozen(place)
    assert before == {account: msgspec.json.encode(draft) for account, draft in kept.items()}
    assert {post["network"]: post["text"] for post in place.sandbox.posts()} == shown_text
    assert said() == before, "also with the limits the servers told"


def test_looking_changes_nothing_and_asks_nobody(place: Place) -> None:
    place.crosspost("publish", str(place.post))
    asked = {name: len(place.sandbox.requests_to(name)) for name in place.networks}
    before = everything(place.root)
    for arguments in ([], ["--json"], ["--diff"]):
        assert place.crosspost("preview", str(place.post), *arguments).code == 0
    assert everything(place.root) == before
    assert asked == {name: len(place.sandbox.requests_to(name)) for name in place.networks}


def test_a_terminal_shows_text_count_picture_card_and_price(place: Place) -> None:
    said = place.crosspost("preview", str(place.post), "--to", "x").out
    assert "── x (sandbox) ── 113 of 280 (x) ─" in said
    assert "https://tal.example.org/2026/11/20/gruesse.html\n\n#Garten #ErneuerbareEnergien\n" in said
    assert re.search(r"\[picture beet\.jpg, 320×200 JPEG, \d+ kB, .*as it is\] Ein Hochbeet im Regen", said)
    assert "costs $0.205 (without a link $0.020), as of 2026-11-22" in said
    said = place.crosspost("preview", str(place.post), "--to", "facebook").out
    assert "costs" not in said


@pytest.mark.parametrize(
    ("settings", "description", "price"),
    [
        ("", "", [0.205, 0.02]),
        ('link = "none"', "", [0.02, 0.02]),
        ('link = "none"\nimages = false', "", [0.015, 0.015]),
        ('link = "none"\nimages = false', "Neu in main.py", [0.2, 0.015]),
    ],
)
def test_x_bills_links_bare_domains_and_alt_texts(
    place: Place, settings: str, description: str, price: list[float]
) -> None:
    text = place.config.read_text("utf-8").replace("[accounts.x]", f"[accounts.x]\n{settings}")
    place.config.write_text(text, "utf-8")
    place.post.write_text(POST.replace("Zwölf Leute, ein Beet – und viel Regen.", description or "Kurz"), "utf-8")
    (row,) = place.crosspost("preview", str(place.post), "--json", "--to", "x").json[0]["accounts"]
    assert [row["price"]["amount"], row["price"]["without_link"]] == price


def test_panels_where_rich_is_installed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(
        preview_text, "_console", lambda: Console(file=out, force_terminal=True, width=80, highlight=False)
    )
    place.post.write_text(POST.replace("Grüße aus dem Tal", "'[bold]Kein Stil[/bold]'"), "utf-8")
    source = place.app.source()
    entry = source.entry(place.post)
    preview_text.write(source.load(entry), entry, looked_at(place), diff=False)
    said = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert "[bold]Kein Stil[/bold]" in said, "a title is no markup"
    assert re.search(r"╭─ mastodon \(sandbox\) ─+╮", said)
    assert re.search(r"╰─+ \d+ of 500 \(mastodon\) ─╯", said)


def test_an_account_the_post_leaves_out_is_named(place: Place) -> None:
    place.post.write_text(POST.replace("lang: de", "lang: de\ncrosspost: {x: {skip: true}}"), "utf-8")
    rows = place.crosspost("preview", str(place.post), "--json").json[0]["accounts"]
    assert {row["account"]: row["skipped"] for row in rows} == {"x": True, "mastodon": False, "facebook": False}
    assert "the post says not to go here" in place.crosspost("preview", str(place.post), "--to", "x").out


def test_diff_shows_what_would_be_said_otherwise_now(place: Place) -> None:
    assert "nothing was sent yet" in place.crosspost("preview", str(place.post), "--diff").out
    place.crosspost("publish", str(place.post))
    same = place.crosspost("preview", str(place.post), "--diff", "--to", "mastodon").out
    assert "was sent: http" in same
    assert "and says the same" in same
    place.post.write_text(POST.replace("viel Regen", "wenig Regen").replace("lang: de", "lang: en"), "utf-8")
    ran = place.crosspost("preview", str(place.post), "--diff", "--to", "mastodon")
    assert "-Zwölf Leute, ein Beet – und viel Regen.\n+Zwölf Leute, ein Beet – und wenig Regen.\n" in ran.out
    assert "language differs" in ran.out
    (row,) = place.crosspost("preview", str(place.post), "--diff", "--json", "--to", "mastodon").json[0]["accounts"]
    assert row["changed"] == ["text", "card", "language"]
    assert row["sent"]["state"] == "sent"
    assert "viel Regen" in row["sent"]["text"]


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.alts: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.tags.append((tag, known))
        if "text" in known.get("class", "").split():
            self.texts.append("")
            self._open = ["p"]
        elif tag == "figcaption":
            self.alts.append("")
            self._open = ["figcaption"]

    def handle_endtag(self, tag: str) -> None:
        if self._open == [tag]:
            self._open = []

    def handle_data(self, data: str) -> None:
        if self._open == ["p"]:
            self.texts[-1] += data
        elif self._open == ["figcaption"]:
            self.alts[-1] += data


def test_the_page_is_self_contained_and_runs_nothing(place: Place) -> None:
    place.post.write_text(HOSTILE, "utf-8")
    file = place.root / "preview.html"
    ran = place.crosspost("preview", str(place.post), "--html", str(file))
    assert (ran.code, ran.out) == (0, f"{file} shows 1 post; open it in a browser\n")
    text = file.read_text("utf-8")
    page = Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "form", "base", "b", "i"}
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        assert attributes.get("src", "data:").startswith("data:")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    (policy,) = (known["content"] for _, known in page.tags if known.get("http-equiv") == "Content-Security-Policy")
    assert (
        policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_page_shows_the_text_the_alt_text_and_the_picture_that_is_sent(place: Place) -> None:
    file = place.root / "preview.html"
    place.crosspost("preview", str(place.post), "--html", str(file), "--to", "facebook")
    page, (facebook,) = (
        Page(file.read_text("utf-8")),
        [one for one in looked_at(place) if one.network.key == "facebook"],
    )
    assert facebook.draft is not None
    assert page.texts == [facebook.draft.text]
    assert page.alts == ["Ein Hochbeet im Regen"]
    (image,) = (known["src"] for tag, known in page.tags if tag == "img")
    assert base64.b64decode(image.partition(",")[2]) == facebook.pictures[0][1].data
    links = [known["href"] for tag, known in page.tags if tag == "a"]
    assert links == ["https://tal.example.org/2026/11/20/gruesse.html"] * 2


def test_a_page_that_cannot_be_written_is_a_sentence(place: Place) -> None:
    ran = place.crosspost("preview", str(place.post), "--html", str(place.root / "nirgends/a.html"))
    assert ran.code == 2
    assert "cannot be written: No such file or directory" in ran.err
