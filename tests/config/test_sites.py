"""Two sites that read the same posts would say everything twice, however their paths and addresses are written."""

from pathlib import Path

import pytest

from crosspost.config import settings_file
from crosspost.errors import ConfigError

SAME = {
    "the same words": ('path = "../site"', 'path = "../site"'),
    "a way around": ('path = "../site"', 'path = "../config/../site/"'),
    "the whole path": ('path = "../site"', 'path = "{root}/site"'),
    "a link": ('path = "../site"', 'path = "../link"'),
    "what was built of it": ('path = "../site"', 'path = "../site"\nbuilt = "_site"'),
    "the same feed": ('feed = "https://a.example/feed.xml"', 'feed = "http://www.a.example/feed.xml/"'),
}
DIFFERENT = {
    "another folder": ('path = "../site"', 'path = "../other"'),
    "other posts of it": ('path = "../site"\nposts = "news"', 'path = "../site"\nposts = "club"'),
    "another build": ('path = "../site"\nbuilt = "de"', 'path = "../site"\nbuilt = "en"'),
    "another feed": ('feed = "https://a.example/feed.xml"', 'feed = "https://b.example/feed.xml"'),
    "other accounts": ('path = "../site"\naccounts = ["x"]', 'path = "../site"\naccounts = ["mastodon"]'),
}


def wrong(root: Path, first: str, one: str, other: str) -> dict[str, str]:
    """What is wrong with the second of two sites; ``first`` is the table of the first."""
    (root / "site").mkdir()
    (root / "link").symlink_to(root / "site")
    text = f"{first}\n{one}\n[sites.club]\n{other}\n[accounts.x]\n[accounts.mastodon]\n"
    return settings_file.parse(text.replace("{root}", root.as_posix()), root / "config/crosspost.toml").wrong_sites


@pytest.mark.parametrize("first", ["[site]", "[sites.one]"])
@pytest.mark.parametrize("name", SAME)
def test_who_has_the_same_posts_is_refused(tmp_path: Path, name: str, first: str) -> None:
    assert f"it has the same posts as {first}, so " in wrong(tmp_path, first, *SAME[name])["club"]


@pytest.mark.parametrize("first", ["[site]", "[sites.one]"])
@pytest.mark.parametrize("name", DIFFERENT)
def test_who_has_others_is_not(tmp_path: Path, name: str, first: str) -> None:
    assert wrong(tmp_path, first, *DIFFERENT[name]) == {}


def test_what_is_no_table_of_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"crosspost\.toml:1: write sites as \[sites\.NAME\] tables"):
        settings_file.parse('sites = "club"\n[accounts.x]\n', tmp_path / "crosspost.toml")
