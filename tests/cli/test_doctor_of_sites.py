"""``crosspost doctor`` about several sites: what is wrong with one is told once, and stops no other."""

import shutil
from collections import Counter

import pytest

from crosspost.app.doctor import hook_check
from crosspost.errors import CrosspostError
from tests.several_sites import Sites

#: what is put into the config for what stands there, and what is told
ACCOUNT = "[accounts.bluesky]"
WRONG = {
    "no such network": ({ACCOUNT: f'{ACCOUNT}\nnetwork = "blusky"'}, "no network called “blusky”"),
    "a rule": (
        {ACCOUNT: f'{ACCOUNT}\ntakes = {{tags = ["a"]}}\nleaves_out = {{tags = ["a"]}}'},
        "`leaves_out` leaves out “a”",
    ),
    "the zone of a site": ({"Asia/Tokyo": "Asia/Tokio"}, "did you mean Asia/Tokyo?"),
    "the zones of a site and of an account": (
        {"Asia/Tokyo": "Asia/Tokio", ACCOUNT: f'{ACCOUNT}\nslots = ["09:00"]\ntimezone = "Mars/X"'},
        "did you mean Asia/Tokyo?",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_once_and_the_other_sites_are_looked_at(sites: Sites, name: str) -> None:
    changed, told = WRONG[name]
    sites.add("choir", 'accounts = ["mastodon"]')
    text = sites.place.config.read_text("utf-8")
    for before, after in changed.items():
        text = text.replace(before, after)
    sites.place.config.write_text(text, "utf-8")
    ran = sites.place.crosspost("doctor", "--offline", "--json")
    assert (ran.code, ran.err) == (1, "")
    found = ran.json
    assert list(found) == ["club", "youth", "choir"]
    assert Counter(one for one in ("club", "youth", "choir") if told in str(found[one])) == {"youth": 1}
    assert str(found["youth"]).count(told) == 1
    for one in found.values():
        assert "ledger" in {finding["about"] for finding in one["findings"]}


def test_status_and_history_show_a_site_with_an_account_of_no_network(sites: Sites) -> None:
    text = sites.place.config.read_text("utf-8")
    sites.place.config.write_text(text.replace("[accounts.bluesky]", '[accounts.bluesky]\nnetwork = "blusky"'), "utf-8")
    for command in ("status", "history"):
        ran = sites.place.crosspost(command, "--site", "youth")
        assert (ran.code, ran.err) == (0, "")


def test_a_check_that_cannot_go_on_is_a_finding(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> list[object]:
        raise CrosspostError("the hook cannot be looked at")

    monkeypatch.setattr(hook_check, "findings", broken)
    found = sites.place.crosspost("doctor", "--offline", "--json").json
    for site in ("club", "youth"):
        assert [one["about"] for one in found[site]["findings"] if "cannot be looked at" in one["said"]] == ["hook"]
        assert found[site]["findings"][-1]["about"] == "last run"


@pytest.mark.parametrize(
    ("table", "warned"), [("", True), ('posts = "_posts"', False), ('accounts = ["mastodon"]', False)]
)
def test_a_site_inside_of_another_is_told(sites: Sites, table: str, warned: bool) -> None:
    """Jekyll lists what is in `_posts` folders further down, too: of a new post each site would say one."""
    shutil.move(sites.place.root / "youth", sites.place.root / "club/youth")
    (sites.place.root / "youth").symlink_to("club/youth")
    text = sites.place.config.read_text("utf-8")
    whole = 'accounts = ["x", "mastodon"]'
    said = table if table.startswith("accounts") else f"{whole}\n{table}"
    sites.place.config.write_text(text.replace(whole, said), "utf-8")
    found = sites.place.crosspost("doctor", "--offline", "--json").json
    told = [one["said"] for one in found["club"]["findings"] if "of the site youth" in one["said"]]
    assert told == ["1 post is in the folder of the site youth as well, so both sites may say them on x"] * warned
    assert "as well" not in str(found["youth"])


def test_a_file_that_stands_for_a_folder_is_called_one(sites: Sites) -> None:
    text = sites.place.config.read_text("utf-8")
    sites.place.config.write_text(text.replace('"../youth"', '"../youth/_config.yml"'), "utf-8")
    for command in ("status", "plan"):
        ran = sites.place.crosspost(command, "--site", "youth")
        assert "_config.yml is a file; name the folder of the site" in " ".join(ran.err.split())
