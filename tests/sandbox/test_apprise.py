"""apprise posts to the Mastodon stand-in directly, as to any server."""

import apprise
import pytest

from crosspost.sandbox import Sandbox


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # the library's own, on Python 3.11
def test_apprise_posts_to_mastodon(sandbox: Sandbox) -> None:
    token = sandbox.accounts()["mastodon"]["credentials"]["access_token"]
    host = sandbox.url.removeprefix("http://")
    sender = apprise.Apprise()
    assert sender.add(f"mastodon://{token}@{host}/")
    assert sender.notify(body="Grüße vom Beet 🌱")
    (post,) = sandbox.posts("mastodon")
    assert post["text"] == "Grüße vom Beet 🌱"
