"""Sites beside each other: which are the same one, and whom a mistake stops."""

from pathlib import Path

import pytest

from crosspost.app import account_settings
from crosspost.config import settings_file
from crosspost.errors import ConfigError

SAME = {
    "the same words": ('path = "../site"', 'path = "../site"'),
    "a way around": ('path = "../site"', 'path = "../config/../site/"'),
    "the whole path": ('path = "../site"', 'path = "{root}/site"'),
    "a link": ('path = "../site"', 'path = "../link"'),
    "what was built of it": ('path = "../site"', 'path = "../site"\nbuilt = "_site"'),
    "the same feed": ('feed = "https://a.example/feed.xml"', 'feed = "http://www.a.example/feed.xml/"'),
    "the same in capitals": ('feed = "https://a.example/feed.xml"', 'feed = "HTTPS://WWW.a.example/feed.xml"'),
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
    return again(root, first, one, other)


def again(root: Path, first: str, one: str, other: str) -> dict[str, str]:
    text = f"{first}\n{one}\n[sites.club]\n{other}\n[accounts.x]\n[accounts.mastodon]\n[accounts.bluesky]\n"
    return settings_file.parse(text.replace("{root}", root.as_posix()), root / "config/crosspost.toml").wrong_sites


@pytest.mark.parametrize("first", ["[site]", "[sites.one]"])
@pytest.mark.parametrize("name", SAME)
def test_who_has_the_same_posts_is_refused(tmp_path: Path, name: str, first: str) -> None:
    assert f"it has the same posts as {first}, so " in wrong(tmp_path, first, *SAME[name])["club"]


@pytest.mark.parametrize("written", ['"../club"', "1", "true"])
def test_a_site_that_is_no_table_is_told_how_to_write_one(tmp_path: Path, written: str) -> None:
    text = f"sites.club = {written}\n[sites.one]\n[accounts.x]\n"
    found = settings_file.parse(text, tmp_path / "crosspost.toml")
    assert found.wrong_sites["club"].endswith("crosspost.toml:1: write the site as a table: [sites.club]")
    assert list(found.sites) == ["one"]


@pytest.mark.parametrize("first", ["[site]", "[sites.one]"])
@pytest.mark.parametrize("name", DIFFERENT)
def test_who_has_others_is_not(tmp_path: Path, name: str, first: str) -> None:
    assert wrong(tmp_path, first, *DIFFERENT[name]) == {}


@pytest.mark.parametrize("first", ["[site]", "[sites.one]"])
def test_short_posts_of_two_sites_are_in_two_folders_unless_their_accounts_differ(tmp_path: Path, first: str) -> None:
    one = 'path = "../site"\nshort_posts = "../short"\naccounts = ["x", "mastodon"]'
    same, other = 'path = "../other"\nshort_posts = "{root}/short"', 'path = "../other"\nshort_posts = "../site"'
    said = wrong(tmp_path, first, one, same)["club"]
    assert said.endswith(
        f"it has the same `short_posts` as {first}, so mastodon, x would say them twice; name another folder"
    )
    for differs in (other, f'{same}\naccounts = ["bluesky"]'):
        assert again(tmp_path, first, one, differs) == {}


def test_what_is_no_table_of_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"crosspost\.toml:1: write sites as \[sites\.NAME\] tables"):
        settings_file.parse('sites = "club"\n[accounts.x]\n', tmp_path / "crosspost.toml")


def test_double_brackets_stop_their_site_only(tmp_path: Path) -> None:
    text = '[sites.one]\npath = "a"\n[[sites.two]]\npath = "b"\n[[sites.two]]\npath = "c"\n[accounts.x]\n'
    read = settings_file.parse(text, tmp_path / "crosspost.toml")
    assert set(read.sites) == {"one"}
    assert read.wrong_sites["two"].endswith(
        "crosspost.toml:3: two brackets, [[sites.two]], begin a list, and there is none here; write [sites.two]"
    )


def test_names_that_differ_only_in_capitals_are_refused_each_with_its_line(tmp_path: Path) -> None:
    text = '[sites.club]\npath = "a"\n[sites.one]\npath = "b"\n[sites.Club]\npath = "c"\n[accounts.x]\n'
    read = settings_file.parse(text, tmp_path / "crosspost.toml")
    assert set(read.sites) == {"one"}
    for said in (read.wrong_sites["club"], read.wrong_sites["Club"]):
        assert "crosspost.toml:5: `Club` and `club` differ only in capitals" in said


#: what stands in an account's table → what is said about it
MISTAKES = {
    "network = 3": "`network`: expected text in quotes",
    'takes = { tag = ["a"] }': "there is no setting `tag`; did you mean `tags`?",
    'takes = "a"': "`takes`: expected a table",
    'max_per_run = "x"': "`max_per_run`: expected a whole number",
}
THREE = """[site]
path = "main"
accounts = ["mastodon"]
[sites.every]
path = "every"
[sites.one]
path = "one"
accounts = ["mastodon"]
[sites.both]
path = "both"
accounts = ["mastodon", "x"]
[accounts.mastodon]
[accounts.x]
"""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_an_accounts_table_stops_the_sites_that_have_it(mistake: str) -> None:
    read = settings_file.parse(f"{THREE}{mistake}\n", Path("crosspost.toml"))
    assert set(read.wrong_sites) == {"every", "both"}
    for said in (*read.wrong_sites.values(), read.wrong_accounts["x"]):
        assert said.startswith("crosspost.toml:14: ")
        assert MISTAKES[mistake] in said
    assert (set(read.sites), set(read.wrong_accounts)) == ({"one"}, {"x"})
    assert read.shared == {"mastodon": ("site", "one")}
    assert read.of_site("site").site.path == "main"
    with pytest.raises(ConfigError, match=r"did you mean `tags`|expected"):
        account_settings.network(read, read.accounts["x"])


def test_a_mistake_in_the_account_of_the_first_site_stops_that_one() -> None:
    text = THREE.replace('"main"\naccounts = ["mastodon"]', '"main"\naccounts = ["x"]')
    read = settings_file.parse(f"{text}network = 3\n", Path("crosspost.toml"))
    assert set(read.wrong_sites) == {"site", "every", "both"}
    with pytest.raises(ConfigError, match=r"crosspost.toml:14: `network`"):
        read.of_site("site")


def test_where_there_is_one_site_such_a_mistake_stops_all() -> None:
    with pytest.raises(ConfigError, match=r"crosspost.toml:2: `network`: expected text"):
        settings_file.parse("[accounts.x]\nnetwork = 3\n", Path("crosspost.toml"))


def test_an_account_that_cannot_be_used_is_still_one_of_a_sandbox() -> None:
    text = f'{THREE}base_url = "http://127.0.0.1:8765"\nmax_per_run = "x"\n'
    assert settings_file.parse(text, Path("crosspost.toml")).accounts["x"].base_url == "http://127.0.0.1:8765"


def test_a_config_that_says_the_same_is_not_checked_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    file, link = tmp_path / "crosspost.toml", tmp_path / "current"
    link.symlink_to(tmp_path / "one")
    file.write_text('[sites.club]\npath = "current"\n[sites.youth]\npath = "two"\n[accounts.x]\n', "utf-8")
    first = settings_file.read(file)
    assert settings_file.read(file) is first

    file.write_text(f"{first.text}[accounts.mastodon]\n", "utf-8")
    second = settings_file.read(file)
    assert list(second.accounts) == ["x", "mastodon"]
    assert settings_file.read(file) is second

    link.unlink()
    link.symlink_to(tmp_path / "two")
    assert "the same posts as [sites.club]" in settings_file.read(file).wrong_sites["youth"]
    link.unlink()
    link.symlink_to(tmp_path / "one")
    assert settings_file.read(file) == second


def test_a_config_with_a_wrong_site_is_not_checked_again_either(tmp_path: Path) -> None:
    """Where links lead decides whether a site is wrong, also one with an account that is."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    file, link = tmp_path / "crosspost.toml", tmp_path / "current"
    link.symlink_to(tmp_path / "one")
    sites = {"club": '"one"', "youth": '"current"', "typo": '"two"\npahts = 1', "lost": '"two"\naccounts = ["bad"]'}
    tables = "".join(f"[sites.{name}]\npath = {said}\n" for name, said in sites.items())
    tables = tables.replace('"one"', '"one"\naccounts = ["x"]').replace('"current"', '"current"\naccounts = ["x"]')
    file.write_text(f'{tables}[accounts.x]\n[accounts.bad]\nnetwork = "x"\nmax_per_run = "x"\n', "utf-8")
    first = settings_file.read(file)
    assert list(first.sites) == ["club"]
    assert list(first.wrong_sites) == ["youth", "typo", "lost"]
    assert settings_file.read(file) is first
    for name in first.wrong_sites:
        for _ in range(2):
            with pytest.raises(ConfigError) as told:
                settings_file.read(file).of_site(name)
            assert str(told.value) == first.wrong_sites[name]

    link.unlink()
    link.symlink_to(tmp_path / "two")
    assert list(settings_file.read(file).sites) == ["club", "youth"], "it reads something else by now"
    (tmp_path / "two").rmdir()
    (tmp_path / "two").symlink_to(tmp_path / "one")
    assert list(settings_file.read(file).wrong_sites) == ["youth", "typo", "lost"]
