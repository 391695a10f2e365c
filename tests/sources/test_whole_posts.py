"""Everything that is known of one post, field by field, from each kind of site."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crosspost.errors import PostRefused
from crosspost.model import Entry, Event, Override, Overrides, Picture, Place, Post, Video
from crosspost.sources.keys import Keys
from crosspost.sources.mapping import Mistake
from crosspost.sources.post_record import Check
from crosspost.sources.routing import Route
from tests.sources import built_site, hugo_site
from tests.sources.jekyll_site import CONFIG, Site, picture

FRONT = """\
title: "Ein *Beet* &amp; Regen"
date: 2024-05-01 10:00:00 +0200
description: '{{ page.title }} auf {{ site.title }}, {{ page.url }} {{ page.slug }} {{ page.categories | first }}'
excerpt: Ein **Auszug**.
lang: fr_FR
author: {name: Ada &amp; Bo}
tags: [Garten, Regen]
categories: [Tal]
thumbnail: /a.png
thumbnail_alt: Ein Beet
pictures: [{path: /b.png, alt: Das zweite}, /c.png, /weg.png]
video: {path: /f.mp4, alt: Ein Film, poster: /a.png, captions: /f.vtt, lang: nl}
in-reply-to: https://e.org/1
event: {start: '2024-07-01 14:00', place: Garten}
crosspost: {mastodon: {text: Hallo}}
skip: true
"""
BODY = "Der *erste* Satz.\n\n![Gezeigt](/c.png)\n\n![](../../draussen.png)\n"
BERLIN = ZoneInfo("Europe/Berlin")


def unknown(said: Overrides) -> list[Mistake]:
    """What is wrong where mastodon is the only account."""
    return [Mistake("is no account") for name in said.targets if name != "mastodon"]


def test_everything_a_post_of_jekyll_says(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "baseurl: /tal\npermalink: /:categories/:title/\n")
    for name in ("a.png", "b.png", "c.png"):
        site.put(name, picture())
    for name in ("f.mp4", "f.vtt"):
        site.put(name)
    jekyll = site.source()
    routes = {"tagged": Route({"tags": ("regen",)}, {}), "other": Route({"tags": ("x",)}, {}),
              "dates": Route({}, {}, events=True)}  # fmt: skip
    jekyll.check = Check(unknown, "the accounts", routes, events=True)
    file = site.post(FRONT.rstrip(), BODY)
    entry = jekyll.entry(file)
    date = datetime(2024, 5, 1, 10, tzinfo=BERLIN)
    overrides = Overrides(targets={"mastodon": Override(text="Hallo")})
    url = "https://example.org/tal/tal/beitrag/"
    assert entry == Entry(
        id="beitrag", path=str(file), url=url, date=date, title="Ein Beet & Regen", tags=("Garten", "Regen"),
        overrides=overrides, fingerprint=entry.fingerprint, left_out=("other",),
    )  # fmt: skip
    assert len(entry.fingerprint) == 16
    lost = f"{file}:12: pictures[2]: there is no file /weg.png in the site"
    outside = "the picture ../../draussen.png lies outside the site and was left out"
    at = "https://example.org/tal"
    assert jekyll.load(entry) == Post(
        id="beitrag", path=str(file), url=url, title="Ein Beet & Regen", date=date,
        description="Ein Beet & Regen auf Unsere Seite, /tal/beitrag/ beitrag Tal", description_from="description",
        excerpt="Ein Auszug.", body="Der *erste* Satz.\n\n![Gezeigt](/c.png)\n\n![](../../draussen.png)", lang="fr-FR",
        author="Ada & Bo", site="Unsere Seite", root=str(tmp_path), root_url=at, tags=("Garten", "Regen"),
        thumbnail=Picture(path=str(tmp_path / "a.png"), url=f"{at}/a.png", alt="Ein Beet"), picture_from="thumbnail",
        images=(Picture(path=str(tmp_path / "c.png"), url=f"{at}/c.png", alt="Gezeigt"),),
        gallery=(Picture(path=str(tmp_path / "b.png"), url=f"{at}/b.png", alt="Das zweite"),
                 Picture(path=str(tmp_path / "c.png"), url=f"{at}/c.png")),
        gallery_lines=(0, 12), overrides=overrides, answers=("https://e.org/1",),
        video=Video(path=str(tmp_path / "f.mp4"), url=f"{at}/f.mp4", alt="Ein Film", captions=str(tmp_path / "f.vtt"),
                    captions_language="nl", poster=Picture(path=str(tmp_path / "a.png"), url=f"{at}/a.png")),
        event=Event(start=datetime(2024, 7, 1, 14, tzinfo=BERLIN), zone="Europe/Berlin", place=Place(name="Garten")),
        warnings=(outside, lost,
                  "`skip` stands at the front matter's left edge, where nothing reads it; it belongs below crosspost:"),
        lost_pictures=(outside, lost),
    )  # fmt: skip
    assert jekyll.origin(entry)[:4] == ("beitrag", str(file), "thumbnail", "description")


def test_a_post_of_jekyll_that_says_next_to_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path, "author: Bo\n")
    file = site.put("_posts/2024-05-01-ein-beet.md", "---\nx: y\n---\n")
    jekyll = site.source()
    (entry,) = jekyll.paths()
    assert (entry.url, entry.state, entry.reason) == (
        "", "refused", f"{file}: the post is empty: it has neither a title nor a text",
    )  # fmt: skip
    site.put("_posts/2024-05-01-ein-beet.md", "---\ntitle: 7\n---\n")
    site.put("_config.yml", "author: Bo\nurl: https://e.org\n")
    jekyll = site.source(url="https://e.org")
    (entry,) = jekyll.scan()
    assert jekyll.load(entry) == Post(
        id="ein-beet", path=str(file), url="https://e.org/2024/05/01/ein-beet.html", title="7",
        date=datetime(2024, 5, 1, tzinfo=UTC), author="Bo", root=str(tmp_path), root_url="https://e.org",
    )  # fmt: skip
    assert jekyll.origin(entry)[:4] == ("ein-beet", str(file), "", "")
    assert (jekyll.folders, jekyll.timezone, jekyll.root) == ((tmp_path,), "", tmp_path)
    assert site.source(timezone="Asia/Tokyo").timezone == "Asia/Tokyo"
    assert Site(tmp_path).source().timezone == "Europe/Berlin"


def test_everything_a_post_of_hugo_says(tmp_path: Path) -> None:
    front = (
        "description: Ein Satz.\nlang: fr\nauthor: Ada\ntags: [a, b]\nslug: anders\nin-reply-to: https://e.org/1\n"
        "crosspost: {x: {skip: true}}\n"
    )
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, {"content/posts/a/index.md": hugo_site.page(front)})
    image = tmp_path / "content/posts/a/cover.png"
    image.write_bytes(picture())
    made.check = Check(routes={"m": Route({"collections": ("news",)}, {})})
    (entry,) = made.scan()
    path, url, date = (
        str(tmp_path / "content/posts/a/index.md"),
        "https://tal.example.org/posts/anders/",
        datetime(2024, 1, 2, tzinfo=UTC),
    )
    overrides = Overrides(targets={"x": Override(skip=True)})
    assert entry == Entry(
        id="posts/a", path=path, url=url, date=date, title="A b", tags=("a", "b"), overrides=overrides,
        fingerprint=entry.fingerprint, left_out=("m",),
    )  # fmt: skip
    missing = "images: has no description for people who cannot see it; add thumbnail_alt"
    assert made.load(entry) == Post(
        id="posts/a", path=path, url=url, title="A b", date=date, description="Ein Satz.", excerpt="Text.",
        description_from="description", body="Text.", lang="fr", author="Ada", site="Das Tal", root=str(tmp_path),
        root_url="https://tal.example.org", tags=("a", "b"), thumbnail=Picture(path=str(image), url=f"{url}cover.png"),
        picture_from="images", overrides=overrides, warnings=(missing,), answers=("https://e.org/1",),
        gallery=(Picture(path=str(image), url=f"{url}cover.png"),), gallery_lines=(0,),
    )  # fmt: skip


def test_everything_a_built_page_says(tmp_path: Path) -> None:
    built_site.write(tmp_path, "_site/index.html", built_site.HOME)
    head = '<meta name="author" content="Ada"><meta property="article:tag" content="b">'
    head += '<meta property="article:tag" content="a">'
    built_site.write(tmp_path, "_site/news/a.html", built_site.page("A b", head=head))
    file = built_site.write(
        tmp_path,
        "a.md",
        "---\ntitle: A b\ntags: [a, b]\nin_reply_to: https://e.org/1\ncrosspost: {x: {skip: true}}\n---\n",
    )
    made = built_site.source(tmp_path)
    made.check = Check(routes={"m": Route({"collections": ("blog",)}, {}), "n": Route({"collections": ("news",)}, {})})
    (entry,) = made.scan()
    path, url, date = (
        str(tmp_path / "_site/news/a.html"),
        f"{built_site.URL}/news/a.html",
        datetime(2026, 11, 20, tzinfo=UTC),
    )
    overrides = Overrides(targets={"x": Override(skip=True)})
    assert entry == Entry(
        id="news/a", path=path, url=url, date=date, title="A b", tags=("a", "b"), overrides=overrides,
        fingerprint=entry.fingerprint, left_out=("m",),
    )  # fmt: skip
    assert made.load(entry) == Post(
        id="news/a", path=path, url=url, title="A b", date=date, description="Ein Absatz.", excerpt="Ein Absatz.",
        description_from="the text", body="Ein Absatz.", lang="de", author="Ada", site="Das Tal",
        root=str(tmp_path / "_site"), root_url=built_site.URL, tags=("a", "b"), overrides=overrides,
        answers=("https://e.org/1",),
    )  # fmt: skip
    file.write_text("---\ntitle: A b\nCrosspost: {skip: true}\n---\n", "utf-8")
    (entry,) = made.scan()
    assert entry.state == "refused"
    assert "nothing reads the key “Crosspost”; did you mean `crosspost`?" in entry.reason


@pytest.mark.parametrize(
    ("poster", "seconds", "said"),
    [
        ("/a.png", -1, ""), ("false", 0, ""), ("3.5", 3.5, ""), ("0", 0, ""), ("''", -1, ""), ("true", -1, ""),
        ("-1", -1, "`poster` is the path of a picture, a number of seconds, or false"),
        ("[a]", -1, "`poster` is the path of a picture, a number of seconds, or false"),
        ("/weg.png", -1, "there is no file /weg.png in the site"),
        ("https://cdn.example/a.png", -1,
         "https://cdn.example/a.png is not a file of the site, so it is not shown before the video"),
        ("../../a.png", -1, "../../a.png lies outside the site and is not used"),
    ],
)  # fmt: skip
def test_what_is_shown_before_a_video(site: Site, poster: str, seconds: float, said: str) -> None:
    site.put("a.png", picture())
    site.put("f.mp4")
    post = site.load(f"title: A\nvideo: {{path: /f.mp4, poster: {poster}}}")
    assert post.video is not None
    shown = Picture(path=str(site.root / "a.png"), url="https://example.org/a.png") if poster == "/a.png" else None
    assert (post.video.poster, post.video.poster_at) == (shown, seconds)
    assert post.warnings == ((f"{post.path}:3: video: {said}",) if said else ())


def test_a_misspelt_key_of_a_video_is_told(site: Site) -> None:
    site.put("f.mp4")
    (said,) = site.load("title: A\nvideo: {path: /f.mp4, postr: /a.png, width: 5}").warnings
    assert said.endswith(":3: video: does not know “postr”; did you mean `poster`?")


def test_the_settings_say_what_else_counts(tmp_path: Path) -> None:
    site = Site(tmp_path, CONFIG + "future: true\n")
    late = site.post("title: A\ndate: 2999-01-01 10:00:00", path="_posts/2024-05-01-a.md")
    assert site.source().entry(late).state == "ready", "the site shows it already"
    site.put("_config.yml", CONFIG)
    assert site.source().entry(late).reason == "its date is in the future: 2999-01-01 11:00 CET"
    with pytest.raises(PostRefused, match="should be a text"):
        site.source(keys=Keys(picture_from=())).load(site.source().entry(site.post("title: A\nslug: 5")))
    assert site.source().entry(site.post("title: A\ndate: 2024-05-01", path="_posts/2024-05-02-b.md")).date == datetime(
        2024, 5, 1, tzinfo=BERLIN
    )
    assert timedelta(0) == site.source().zone.utcoffset(datetime(2024, 1, 1)) - timedelta(hours=1)  # type: ignore[operator]  # noqa: DTZ001
