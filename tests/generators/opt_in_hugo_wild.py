"""What wild sites hand down, order, name and mount is read as a real Hugo builds it. Run ``make test-generators``."""

import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from tests.generators import installed
from tests.sources.hugo_site import NOW, site

LAYOUT = (
    '{{- dict "url" .Permalink "date" (.Date.Format "2006-01-02T15:04:05Z07:00") "tags" .Params.tags "title" .Title'
    ' "description" .Description "page" .IsPage | jsonify (dict "noHTMLEscape" true) | safeHTML -}}'
)
BASE = 'baseURL = "https://tal.example.org/"\nlanguageCode = "de"\n'


def md(front: str) -> str:
    return f"---\n{front}\n---\n\nText.\n"


def dated(*names: str, more: str = "") -> dict[str, str]:
    return {f"content/{name}.md": md(f"title: {name[-1]} x\ndate: 2024-03-04\n{more}") for name in names}


SITES: dict[str, tuple[str, dict[str, str]]] = {
    "cascade": (
        f'{BASE}[[cascade]]\ndescription = "of the site"\n[cascade.target]\npath = "/blog/**"\n',
        {
            "content/posts/_index.md": md(
                "title: P\ncascade:\n- target: {path: '/posts/old/**'}\n  draft: true\n- target: {path: '**/secret'}\n"
                "  draft: true\n- target: {path: '/posts/{a,b}'}\n  tags: [ab]\n- target: {environment: production}\n"
                "  description: production\n- target: {environment: development}\n  draft: true"
            ),
            "content/posts/leaf/index.md": md("title: L\ndate: 2024-01-01\ncascade: {description: its own}"),
            "content/posts/q/_index.md": md("title: Q\ncascade: {url: '/q/:slug/', date: 2020-02-02}"),
            "content/posts/q/r.md": md("title: R r"),
            **dated("posts/a", "posts/b", "posts/c", "posts/old/d", "posts/x/secret", "posts/q/s", "blog/t"),
            **dated("posts/old/not", more="draft: false"),
        },
    ),
    "permalinks": (
        f'{BASE}[permalinks.page]\nposts = "/:sections[1:]/:slugorcontentbasename/"\nlog = "/:06/:1/:_2/:title/"\n'
        'news = "/n/:sections[last]/:year/:monthname/:weekday/:yearday/:contentbasename/"\n'
        'talks = "/:Jan/:Monday/:02/:slug/"\nnotes = "/:2006-01-02/:slug/"\n',
        {
            "content/posts/a/b/d/index.md": md("title: D\nslug: Der Slug\ndate: 2024-01-02"),
            **dated("posts/a/b/c", "posts/e", "news/x/y/z", "news/w", "log/ü", "talks/T", "notes/n"),
        },
    ),
    "languages": (
        'baseURL = "https://tal.example.org/sub/"\ndefaultContentLanguage = "de"\n[languages.de]\ncontentDir = '
        '"content/deutsch"\nweight = 1\n[languages.en]\ncontentDir = "content/english"\n[languages.fr]\n'
        'disabled = true\ncontentDir = "content/francais"\n[languages.en.permalinks.page]\nposts = "/blog/:slug/"\n',
        dated("deutsch/posts/a", "english/posts/a", "english/posts/b", "francais/posts/a"),
    ),
    "hosts": (
        'baseURL = "https://tal.example.org/"\ndefaultContentLanguage = "en"\ndefaultContentLanguageInSubdir = true\n'
        '[languages.de]\nbaseURL = "https://de.example.org/"\n[languages.en]\nbaseURL = "https://en.example.org/"\n',
        dated("posts/a.de", "posts/a", "posts/b/index.en", "posts/b/index.de"),
    ),
    "dates": (
        f'{BASE}timeZone = "Europe/Berlin"\n[frontmatter]\ndate = [":filename", ":default"]\n',
        {
            f"content/posts/{number}.md": f"+++\ntitle = 'x'\n{line}\n+++\nText.\n"
            for number, line in enumerate(
                ["date = 2024-03-05T10:00:00+02:00", "date = 2024-03-05T10:00:00Z", "date = 2024-07-05T10:00:00",
                 "date = 2024-07-05", "publishDate = 2024-07-05", "pubdate = 2024-07-06", "lastmod = 2024-07-06",
                 "date = 1720173600", "date = '2024-07-05T10:00:00-0500'", "date = 2030-01-01",
                 "date = 2024-01-01\npublishDate = 2030-01-01", "date = 2024-01-01\nexpiryDate = 2025-01-01"]
            )
        } | {"content/posts/2024-02-03-h.md": md("title: H\ndate: 2023-01-01")},
    ),
    "config": (
        f'{BASE}removePathAccents = true\ntheme = "t"\n[uglyURLs]\nposts = true\n[permalinks]\n_merge = "deep"\n',
        {
            "themes/t/hugo.toml": '[permalinks]\nblog = "/theme/:title/"\n',
            "config/_default/permalinks.toml": 'talks = "/p/:slug/"\n',
            "config/production/hugo.toml": 'baseURL = "https://live.example.org/"\n',
            **dated("posts/Über Äpfel", "blog/a", "talks/b", "notes/d"),
            **dated("posts/own", more="url: /x/y"),
            **dated("notes/never", more="build: {render: never}"),
        },
    ),
    "mounts": (
        'baseURL = "https://tal.example.org/"\ndefaultContentLanguage = "de"\n[languages.de]\n[languages.en]\n'
        '[[module.mounts]]\nsource = "de"\ntarget = "content"\n[module.mounts.sites.matrix]\nlanguages = ["de"]\n'
        '[[module.mounts]]\nsource = "en"\ntarget = "content"\nfiles = ["! **/not*"]\n[module.mounts.sites.matrix]\n'
        'languages = ["en"]\n',
        {
            "de/posts/_index.md": md("title: P\ncascade:\n- target: {sites: {matrix: {languages: de}}}\n  tags: [de]"),
            "de/posts/a.md": md("title: A\ndate: 2024-01-01"),
            "en/posts/a.md": md("title: A\ndate: 2024-01-01"),
            "en/posts/not.md": md("title: A\ndate: 2024-01-01"),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(SITES))
def test_wild_sites(tmp_path: Path, name: str) -> None:
    config, files = SITES[name]
    source = site(tmp_path, config, files | {"layouts/single.html": LAYOUT, "layouts/list.html": "list"})
    build(tmp_path)
    built = [json.loads(file.read_text("utf-8")) for file in (tmp_path / "public").rglob("*.html") if _is_post(file)]
    posts = {one.url: source.load(one) for one in source.scan() if one.state == "ready"}
    assert sorted(posts) == sorted(page["url"] for page in built)
    for page in built:
        post = posts[page["url"]]
        assert post.title == page["title"]
        assert post.date == datetime.fromisoformat(page["date"])
        assert list(post.tags) == (page["tags"] or [])
        assert post.description == (page["description"] or "Text.")


def _is_post(file: Path) -> bool:
    text = file.read_text("utf-8")
    return text.startswith("{") and bool(json.loads(text)["page"])


def build(root: Path) -> None:
    command = [installed.python("hugo"), "--logLevel", "error", "--clock", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


PICTURES = {
    "a": ("images: [x.png]", ("x.png",)),
    "b": ("", ("my-featured.png", "cover.png")),
    "c": ("", ("Cover.png", "a.png")),
    "d": ("resources:\n- {src: z.png, name: feature, params: {alt: Ein Alt}}", ("z.png", "cover.png")),
    "e": ('resources:\n- {src: "sub/*.png", name: "cover-:counter"}', ("sub/z.png", "sub/y.png")),
    "f": ("resources:\n- {src: feature.png, name: other}", ("feature.png", "thumbnail.png")),
    "g": ("", ("sub/feature.png",)),
}


def test_pictures_are_those_of_hugos_own_template(tmp_path: Path) -> None:
    pages = {
        f"content/posts/{name}/index.md": md(f"title: {name}\ndate: 2024-01-01\n{front}")
        for name, (front, _) in PICTURES.items()
    }
    layouts = {"layouts/single.html": '{{ partial "opengraph.html" . }}', "layouts/list.html": "list"}
    source = site(tmp_path, BASE, pages | layouts)
    for name, (_, files) in PICTURES.items():
        for file in files:
            there = tmp_path / "content/posts" / name / file
            there.parent.mkdir(exist_ok=True)
            there.write_bytes(b"not empty")
    build(tmp_path)
    read = {}
    for entry in source.scan():
        picture = source.load(entry).thumbnail
        read[entry.id.rpartition("/")[2]] = picture.url if picture is not None else ""
    real = {}
    for name in PICTURES:
        text = (tmp_path / f"public/posts/{name}/index.html").read_text("utf-8")
        found = re.search(r'og:image" content="([^"]*)"', text)
        real[name] = found[1] if found else ""
    assert read == real
