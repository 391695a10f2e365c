"""A site of many is looked at anew when the config says something else for it, not when it does for others."""

from pathlib import Path

import pytest

from crosspost.config import settings_file
from crosspost.config.site_digest import said_for

CONFIG = """
[run]
max_per_run = 9
[sites.club]
path = "../club"
accounts = ["x"]
[sites.youth]
path = "../youth"
accounts = ["mastodon"]
[accounts.x]
[accounts.mastodon]
base_url = "https://m.example"
"""


def said(text: str, tmp_path: Path, site: str = "club") -> str:
    return said_for(settings_file.parse(text, tmp_path / "crosspost.toml").of_site(site))


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("\n[sites.youth]", "\n# a remark\n[sites.youth]", False),
        ('path = "../youth"', 'path = "../other"', False),
        ('accounts = ["mastodon"]', 'accounts = ["mastodon"]\nlanguage = "de"', False),
        ('base_url = "https://m.example"', 'base_url = "https://n.example"', False),
        ('[sites.youth]\npath = "../youth"\naccounts = ["mastodon"]\n', "", False),
        ('path = "../youth"\naccounts = ["mastodon"]', 'path = "../youth"\naccounts = ["mastodon", "x"]', True),
        ("max_per_run = 9", "max_per_run = 8", True),
        ('path = "../club"', 'path = "../klub"', True),
        ("[accounts.x]", "[accounts.x]\nmax_per_day = 2", True),
        ("[accounts.x]", "[accounts.bluesky]\n[accounts.x]", True),  # a post may name it
        ("[accounts.mastodon]", '[accounts.mastodon]\nnetwork = "misskey"', True),
    ],
)
def test_what_changes_for_a_site(tmp_path: Path, old: str, new: str, changed: bool) -> None:
    assert CONFIG.count(old) == 1
    before = said(CONFIG, tmp_path)
    assert (said(CONFIG.replace(old, new), tmp_path) != before) is changed
    assert said(CONFIG, tmp_path) == before
    assert said(CONFIG, tmp_path, "youth") != before
