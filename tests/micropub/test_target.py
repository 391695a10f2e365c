"""The adapter posts to crosspost's own Micropub end point, which was written for other people's programs."""

import pytest

from crosspost.errors import AuthExpired, Rejected
from crosspost.networks.base import Network
from tests.micropub.test_endpoint import Writing, writing

__all__ = ["writing"]

pytestmark = pytest.mark.long


def account(writing: Writing, token: str, more: str = "images = false\n") -> Network:
    """An account of the same place that posts to its own dashboard."""
    place, home = writing.place, f"http://127.0.0.1:{writing.door.port}"
    table = f'[accounts.micropub]\nbase_url = "{home}/micropub"\nme = "{home}"\n{more}'
    place.config.write_text(f"{place.config.read_text('utf-8')}\n{table}", "utf-8")
    place.secrets.write_text(f"{place.secrets.read_text('utf-8')}\nCROSSPOST_MICROPUB_TOKEN={token}\n", "utf-8")
    return place.network("micropub")


def test_a_note_becomes_a_file_there(writing: Writing) -> None:
    network = account(writing, writing.token)
    network.identity = network.connect()
    assert not network.able.read_back, "it does not list its posts"
    before = writing.files()
    prepared = writing.place.prepared(network)
    receipt = network.publish(prepared)
    (file,) = set(writing.files()) - set(before)
    text = file.read_text("utf-8")
    assert "Zwölf Leute, ein Beet" in text
    assert writing.place.the_post().url in text
    assert "Erneuerbare Energien" in text
    assert receipt.url.startswith(writing.place.url)
    assert network.find(prepared, writing.place.clock()) is None
    with pytest.raises(Rejected, match="only new posts are taken"):
        network.delete(receipt)


def test_a_wrong_token_is_told(writing: Writing) -> None:
    with pytest.raises(AuthExpired, match="a token of `crosspost web token NAME` is needed"):
        account(writing, "wrong").connect()
