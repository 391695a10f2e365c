"""Which site of several a file, an address or a name means, and what of the others is left."""

from pathlib import Path

import pytest

from crosspost.app.application import App
from crosspost.app.sites import site_choice
from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.config.settings import Settings
from crosspost.errors import ConfigError
from crosspost.testing.harness import Clock

CONFIG = """
[web]
address = "https://say.example/"
[site]
path = "../club"
url = "https://club.example"
[sites.youth]
path = "../club/youth"
short_posts = "../notes"
accounts = ["x"]
[sites.blog]
feed = "https://blog.example/feed.xml"
[sites.far]
git = "https://git.example/far"
[sites.wrong]
path = "../wrong"
pth = 1
[accounts.x]
[accounts.mastodon]
base_url = "https://m.example"
"""


@pytest.fixture
def read(tmp_path: Path) -> Settings:
    for name in ("club/youth", "notes", "config"):
        (tmp_path / name).mkdir(parents=True)
    return settings_file.parse(CONFIG, tmp_path / "config/crosspost.toml")


@pytest.mark.parametrize(
    ("file", "site"),
    [
        ("club/_posts/a.md", "site"),
        ("club/youth/_posts/a.md", "youth"),
        ("notes/a.md", "youth"),
        ("config/state/fetched/far/trees/nothing-yet/a.md", "far"),
        ("elsewhere/a.md", ""),
    ],
)
def test_a_file_is_of_the_innermost_folder_that_it_is_in(read: Settings, tmp_path: Path, file: str, site: str) -> None:
    assert site_choice.of_file(read, tmp_path / file) == site
    if site:
        assert site_choice.chosen(read, None, tmp_path / file) == site


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://blog.example/2026/a", "blog"),
        ("http://club.example/a.html", "site"),
        ("https://other.example/https://blog.example/", ""),
    ],
)
def test_an_address_is_of_the_site_whose_host_it_names(read: Settings, address: str, site: str) -> None:
    assert site_choice.of_file(read, Path(address)) == site, "a path has one slash where an address has two"


def test_a_name_or_a_folder_means_a_site(read: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert site_choice.chosen(read, Path("youth"), None) == "youth"
    assert site_choice.chosen(read, tmp_path / "club", None) == "site"
    for site, near, why in (
        (Path("yuth"), None, "has no site “yuth”; did you mean"),
        (tmp_path / "notes", None, "has no site “.*notes”"),
        (None, tmp_path / "elsewhere/a.md", r"is in none of the sites of .* \(site, youth, blog, far, wrong\)"),
        (None, None, "has several sites: say which is meant, with `--site NAME` "),
    ):
        with pytest.raises(ConfigError, match=why):
            site_choice.chosen(read, site, near)


def test_every_site_that_can_be_used_has_an_app_of_its_own(read: Settings, tmp_path: Path) -> None:
    app = App(read, tmp_path, Credentials({}, tmp_path / "secrets.env"), Clock())
    apps = list(site_choice.every_site(app))
    assert [one.settings.name for one in apps if one.settings] == ["", "youth", "blog", "far"]
    assert [list(one.accounts()) for one in apps[:2]] == [["x", "mastodon"], ["x"]]
    assert apps[1].site == tmp_path / "club/youth"
    assert "fetched" in apps[3].site.parts
    assert [site_choice.pages(one.settings) for one in apps[:2] if one.settings] == [
        "https://say.example/s/site",
        "https://say.example/s/youth",
    ]


def test_a_thousand_sites_are_not_listed(tmp_path: Path) -> None:
    tables = "".join(f'[sites.s{number}]\npath = "s{number}"\n' for number in range(1000))
    read = settings_file.parse(f"{tables}[accounts.x]\n", tmp_path / "crosspost.toml")
    for site, near in ((Path("club"), None), (None, None), (None, tmp_path / "a.md")):
        with pytest.raises(ConfigError, match=r" and 990 more\)?$"):
            site_choice.chosen(read, site, near)
