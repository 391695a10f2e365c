"""``crosspost import`` without a file: what stands on the accounts already, whoever said it, is not said again."""

import pytest
import requests

from crosspost.testing.harness import Place

SAID = "Neu im Blog: Sonne vom Balkon für alle – lest selbst!"


@pytest.fixture
def home(place: Place) -> Place:
    """Two posts, and accounts on Mastodon, X and Facebook that have said nothing yet."""
    place.post.unlink()
    place.new_post("2026-11-20-sonne", "---\ntitle: Sonne vom Balkon für alle\n---\n\nText.\n")
    place.new_post("2026-11-21-wind", "---\ntitle: Wind\n---\n\nText.\n")
    return place


def by_another_tool(place: Place, text: str) -> str:
    """Say something on Mastodon as another tool would; its address."""
    known = place.sandbox.accounts()["mastodon"]
    answer = requests.post(
        f"{known['base_url']}/api/v1/statuses",
        headers={"Authorization": f"Bearer {known['credentials']['access_token']}"},
        data={"status": text},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


@pytest.mark.parametrize("text", [SAID, "Unbedingt ansehen: https://tal.example.org/2026/11/21/wind.html"])
def test_what_another_tool_said_is_found_by_its_title_or_address(home: Place, text: str) -> None:
    post = "sonne" if text == SAID else "wind"
    address = by_another_tool(home, text)
    looked = home.crosspost("import", "--to", "mastodon", "--dry-run", "--json")
    assert [(one["post"], one["url"]) for one in looked.json["found"]] == [(post, address)]
    assert not (home.root / "config/state/ledger.sqlite3").exists(), "a look changes nothing"
    assert "1 post noted as sent" in home.crosspost("import", "--yes").out
    home.crosspost("run", "--backfill")
    assert len(home.sandbox.posts("mastodon")) == 2, "one by the other tool, one by us"
    assert len(home.sandbox.posts("x")) == 2


def test_what_crosspost_said_with_another_ledger_is_found_in_its_own_words(home: Place) -> None:
    home.crosspost("run", "--backfill")
    with home.config.open("a", encoding="utf-8") as config:
        config.write('\n[state]\nledger = "state/second.sqlite3"\n')
    done = home.crosspost("import", "--yes")
    assert "6 posts noted as sent" in done.out, done.err
    home.crosspost("run", "--backfill")
    assert [len(home.sandbox.posts(name)) for name in ("mastodon", "x", "facebook")] == [2, 2, 2]
    assert home.crosspost("import", "--yes").out.startswith("None of your posts was found there.")


def test_an_account_that_cannot_be_read_is_told_and_the_others_are_read(home: Place) -> None:
    address = by_another_tool(home, SAID)
    home.sandbox.fault("x", "expired-token", times=9, match="GET /2/users/*/tweets")
    looked = home.crosspost("import", "--dry-run", "--json")
    assert looked.code == 1
    assert [one["url"] for one in looked.json["found"]] == [address]
    assert "x" in " ".join(looked.json["errors"])
