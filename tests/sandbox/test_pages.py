"""The pages people look at: what a network received is shown whole, as text, in the network's colour."""

from typing import Any

import pytest
import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.store import Post

EVIL = "</title></style><script>alert('1')</script> & \"x\""
ESCAPED = "&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &#34;x&#34;"


def posted(sandbox: Sandbox, network: str = "mastodon", text: str = "Grüße", **more: Any) -> Post:
    return sandbox.store.commit(Post("7", network, "verein", text, sandbox.store.clock(), "/posts/7", **more))


def shown(sandbox: Sandbox, path: str) -> str:
    return requests.get(sandbox.url + path, timeout=5).text


@pytest.mark.parametrize("path", ["/", "/posts/7", "/@verein"])
def test_nothing_a_client_says_becomes_markup(sandbox: Sandbox, path: str) -> None:
    card = {"uri": 'https://a.example.org/"><script>', "title": EVIL, "description": EVIL, "picture": ""}
    poll = {"options": [EVIL, "b"], "votes": {"1": [0], "2": [0, 1]}}
    extra = {"spoiler_text": EVIL, "subject": EVIL, "to": EVIL, "html_path": '/"><script>', "card": card, "poll": poll}
    posted(sandbox, text=EVIL, language='de"><script>', visibility=EVIL, extra=extra)
    page = shown(sandbox, path)
    assert "<script" not in page
    assert page.count(ESCAPED) == 8
    assert f"<li>{ESCAPED} · 2</li>\n<li>b · 1</li>" in page


def test_a_network_finds_its_own_kind_of_links(sandbox: Sandbox) -> None:
    posted(sandbox, "x", "main.py")
    assert '<a href="https://main.py" rel="noreferrer">main.py</a>' in shown(sandbox, "/posts/7")
    sandbox.reset()
    posted(sandbox, "mastodon", "main.py https://a.example.org/مرحبا #Tag @verein@a.example.org")
    page = shown(sandbox, "/posts/7")
    assert '>main.py <a href="https://a.example.org/مرحبا" rel="noreferrer">https://a.example.org/مرحبا</a> ' in page
    assert '<span class="tag">#Tag</span> <span class="tag">@verein@a.example.org</span></p>' in page


def test_a_page_says_so_when_there_is_nothing(sandbox: Sandbox) -> None:
    page = shown(sandbox, "/")
    assert "nothing was posted yet, seen by nobody" in page
    assert page.count("No posts yet") == len(sandbox.networks)
    assert "No posts yet" in shown(sandbox, "/@verein")
    posted(sandbox)
    assert "1 post, seen by nobody" in shown(sandbox, "/")
    sandbox.store.posts[0].deleted = True
    assert "This post was deleted." in shown(sandbox, "/posts/7")


def test_the_style_has_the_colours_of_the_classes(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/_sandbox/style.css", timeout=5)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    coloured = {key: network.look.mark for key, network in sandbox.networks.items() if network.look.mark}
    assert len(coloured) > 5
    for key, mark in coloured.items():
        assert f'[data-network="{key}"] {{ --mark: {mark}; }}' in answer.text
    assert answer.text.count("[data-network=") == len(coloured)


@pytest.mark.parametrize("mark", ["red", "#fff", "#12345g", "#123456; }", "#123456\n"])
def test_a_mark_is_a_colour(mark: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        Look(mark=mark)
