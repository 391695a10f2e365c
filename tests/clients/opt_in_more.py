"""Clients of Ghost, Misskey and Nostr post to the stand-ins. Run ``make test-clients``."""

from pathlib import Path

from crosspost.sandbox import Sandbox
from tests.clients.opt_in import TEXT, alts, ask, modules, picture, sandbox

__all__ = ["modules", "picture", "sandbox"]  # pytest finds them here


def test_tryghost_admin_api(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    assert ask(sandbox, modules, picture, "ghost", "ghost") == {
        "site": "Sandbox",
        "states": ["draft", "published"],
        "found": True,
        "stale": "Saving failed! Someone else is editing this post.",
    }
    (post,) = sandbox.posts()
    assert (post["text"], alts(post)) == ("Sommerfest & Musik\n\nUm drei geht es los.", ["Zelt"])
    assert post["extra"]["canonical_url"] == "https://example.org/fest/"


def test_misskey_js(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    told = ask(sandbox, modules, picture, "misskey", "misskey")
    assert "Content required" in told.pop("refused")
    assert told == {"who": "verein", "limit": 3000, "text": TEXT, "answers": ["zwei"], "listed": [True]}
    (post,) = sandbox.posts()
    assert (post["text"], post["visibility"]) == (TEXT, "home")


def test_nostr_tools(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    told = ask(sandbox, modules, picture, "nostr", "nostr")
    assert told.pop("refused").startswith("invalid:")
    assert told == {"found": [True], "mine": 1, "left": 0}
    assert [post["text"] for post in sandbox.posts(deleted=True)] == [TEXT]
