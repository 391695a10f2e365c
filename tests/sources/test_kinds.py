"""Which kind of source a folder is, and the site around a file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.app.sources import make_source
from crosspost.config.settings import SiteSettings
from crosspost.errors import ConfigError
from crosspost.sources.keys import Keys
from crosspost.sources.kinds import find_site, generator, kind_of

SITES = {
    "jekyll": ({"_config.yml": "url: https://e.test"}, "jekyll", ""),
    "plain folder of posts": ({"2026-01-02-a.md": "x"}, "jekyll", ""),
    "jekyll that was built": ({"_config.yml": "", "_site/index.html": "x"}, "jekyll", ""),
    "hugo": ({"hugo.toml": "", "public/index.html": "x"}, "hugo", ""),
    "hugo with the older name": ({"config.toml": "baseURL = 'https://e.test'"}, "hugo", ""),
    "hugo with a folder": ({"config/_default/hugo.yaml": "x: y"}, "hugo", ""),
    "zola": ({"config.toml": "base_url = 'https://e.test'"}, "built", "Zola"),
    "hexo": ({"_config.yml": "x: y", "source/_posts/a.md": "x"}, "built", "Hexo"),
    "pelican": ({"pelicanconf.py": ""}, "built", "Pelican"),
    "nikola": ({"conf.py": "BLOG_TITLE = 'x'"}, "built", "Nikola"),
    "sphinx, not nikola": ({"conf.py": "project = 'x'"}, "jekyll", ""),
    "eleventy": ({"eleventy.config.js": "", "_site/index.html": "x"}, "built", "Eleventy"),
    "mkdocs": ({"mkdocs.yml": ""}, "built", "MkDocs"),
    "anything that was built": ({"dist/index.html": "x"}, "built", ""),
    "the built folder itself": ({"index.html": "x"}, "built", ""),
}


def make(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@pytest.mark.parametrize("name", list(SITES))
def test_what_a_folder_is(name: str, tmp_path: Path) -> None:
    files, kind, made_with = SITES[name]
    make(tmp_path, files)
    assert (kind_of(tmp_path), generator(tmp_path)) == (kind, made_with)


@pytest.mark.parametrize("name", ["hugo", "pelican", "jekyll", "eleventy"])
def test_the_site_around_a_file(name: str, tmp_path: Path) -> None:
    make(tmp_path, SITES[name][0] | {"deep/er/post.md": "x"})
    assert find_site(tmp_path / "deep/er/post.md") == tmp_path
    assert find_site(tmp_path / "deep") == tmp_path
    make(tmp_path, {"content/posts/a.md": "x"})
    assert find_site(tmp_path / "content/posts/a.md") == tmp_path


def test_a_site_within_another_is_the_nearest(tmp_path: Path) -> None:
    make(tmp_path, {"_config.yml": "", "docs/hugo.toml": "", "docs/content/posts/a.md": "x"})
    assert find_site(tmp_path / "docs/content/posts/a.md") == tmp_path / "docs"
    assert find_site(tmp_path) == tmp_path


def test_no_site_is_none(tmp_path: Path) -> None:
    make(tmp_path, {"notes.txt": "x"})
    assert find_site(tmp_path) is None


def test_the_settings_go_before_what_is_found(tmp_path: Path) -> None:
    make(tmp_path, {"hugo.toml": "", "public/index.html": ""})

    def kind(**said: str) -> str:
        site = SiteSettings(**said)  # type: ignore[arg-type]  # texts only
        now = datetime(2026, 11, 22, tzinfo=UTC)
        return type(make_source(tmp_path, site, now=now, keys=Keys(), memory=None)).__name__

    assert kind() == "HugoSource"
    assert kind(source="jekyll") == "JekyllSource"
    assert kind(built="public") == "BuiltSource"
    assert kind(feed="https://e.test/feed.xml") == kind(source="feed", url="https://e.test") == "FeedSource"
    with pytest.raises(ConfigError, match="needs `feed`"):
        kind(source="feed")
