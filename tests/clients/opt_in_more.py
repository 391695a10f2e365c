"""Clients of Discord, Ghost, Matrix, Misskey, Nostr, Slack and WordPress post to the stand-ins.

Run ``make test-clients``.
"""

from pathlib import Path

from crosspost.sandbox import Sandbox
from tests.clients.opt_in import TEXT, alts, ask, ask_python, modules, picture, sandbox

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


def test_wpapi(sandbox: Sandbox, modules: Path, picture: Path) -> None:
    """A WordPress 6.1 itself told this client the same in all of it."""
    assert ask(sandbox, modules, picture, "wordpress", "wordpress") == {
        "who": "Verein Beispiel",
        "picture": ["Zelt", "Das Zelt", "image/png", True],
        "states": ["draft", "publish", "trash"],
        "found": [[True, "Sommerfest &amp; Musik", True]],
        "slug": "fest-2",
        "refused": {
            "text": "Sorry, you are not allowed to upload this file type.",
            "taken": "A term with the name provided already exists in this taxonomy.",
            "twice": "The post has already been deleted.",
            "empty": "Content, title, and excerpt are empty.",
            "wrong": "Sorry, you are not allowed to create posts as this user.",
        },
    }
    (post,) = sandbox.posts()
    assert (post["text"], alts(post)) == ("Sommerfest & Musik\n\nUm drei geht es los.", ["Zelt"])


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


def test_slack_sdk(sandbox: Sandbox, picture: Path) -> None:
    assert ask_python(sandbox, picture, "slack", "slack_sdk", "slack_bot") == {
        "who": "verein",
        "listed": ["Sommerfest um vier"],
        "replies": ["Sommerfest um vier", "zwei"],
        "key": "1",
        "refused": "channel_not_found",
    }
    first, second = sandbox.posts()
    assert (first["text"], second["text"]) == ("Sommerfest um vier", "zwei")
    assert second["extra"]["in_reply_to_id"] == first["id"]


def test_discord_webhook(sandbox: Sandbox, picture: Path) -> None:
    assert ask_python(sandbox, picture, "discord", "discord-webhook", "discord_hook") == {
        "states": [200, 200, 204],
        "pictures": 1,
        "refused": "Cannot send an empty message",
    }
    (post,) = sandbox.posts()
    assert (post["text"], post["images"]) == ("Sommerfest um vier", []), "a change that names no files takes them away"
    assert post["extra"]["called"] == [], "nobody is called"


def test_matrix_nio(sandbox: Sandbox, picture: Path) -> None:
    told = ask_python(sandbox, picture, "matrix", "matrix-nio", "matrix_room")
    assert told == {"who": True, "same": True, "listed": ["Zelt", "Sommerfest & Musik"], "refused": "M_FORBIDDEN"}
    (post,) = sandbox.posts()
    assert post["text"] == "Um vier"
