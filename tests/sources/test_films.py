"""Which video a post has: of the keys in its front matter, of the elements and pictures in its text."""

import json
from pathlib import Path

import pytest

from crosspost.model import Video
from tests.sources.jekyll_site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    for name in ("a.mp4", "b.webm", "c.MOV", "loop.gif", "de.vtt"):
        made.put(f"v/{name}")
    return made


def of(site: Site, front: str = "", body: str = "Ein Satz.") -> Video | None:
    return site.load(f"title: A\n{front}", body).video


def film(site: Site, name: str = "a.mp4", alt: str = "", captions: str = "", language: str = "") -> Video:
    return Video(
        path=str(site.root / f"v/{name}"),
        url=f"https://example.org/v/{name}",
        alt=alt,
        captions=str(site.root / f"v/{captions}") if captions else "",
        captions_language=language,
    )


@pytest.mark.parametrize(
    ("key", "value", "alt", "captions", "language"),
    [
        *((key, "/v/a.mp4", "", "", "") for key in ("video", "video_file", "videos")),
        ("videos", ["/v/a.mp4", "/v/b.webm"], "", "", ""),
        *(("video", {key: "/v/a.mp4"}, "", "", "") for key in ("path", "src", "url", "file")),
        *(("video", {"path": "/v/a.mp4", key: "Ein *Beet*"}, "Ein Beet", "", "")
          for key in ("alt", "title", "description")),
        *(("video", {"path": "/v/a.mp4", key: "/v/de.vtt"}, "", "de.vtt", "de-DE")
          for key in ("captions", "subtitles")),
        *(("video", {"path": "/v/a.mp4", "captions": "/v/de.vtt", key: "nl"}, "", "de.vtt", "nl")
          for key in ("captions_language", "lang", "language")),
        ("video", {"path": "/v/a.mp4", "language": "nl", "captions": ["x"]}, "", "", ""),
    ],
)  # fmt: skip
def test_what_the_front_matter_says_of_it(
    key: str, value: object, alt: str, captions: str, language: str, site: Site
) -> None:
    assert of(site, f"{key}: {json.dumps(value)}") == film(site, "a.mp4", alt, captions, language)


@pytest.mark.parametrize("value", ["5", "[]", "[5]", "{path: 5}", "https://video.example/watch", "/v/a.mp4.txt"])
def test_a_value_that_names_no_film_is_passed_over(value: str, site: Site) -> None:
    assert of(site, f"video: {value}") is None
    assert of(site, f"video: {value}\nvideo_file: /v/b.webm") == film(site, "b.webm")


@pytest.mark.parametrize(
    ("body", "name", "alt", "captions", "language"),
    [
        ('<video src="/v/a.mp4"></video>', "a.mp4", "", "", ""),
        ('<video src="/v/a.mp4"/>', "a.mp4", "", "", ""),
        ('<VIDEO title="Beet"><source src="/v/x.ogv"><source src="/v/c.MOV"></VIDEO>', "c.MOV", "Beet", "", ""),
        ('<video title="Beet" aria-label="Regen" src="/v/a.mp4">', "a.mp4", "Regen", "", ""),
        ('<video src="/v/x"></video> and <video src="/v/b.webm"></video>', "b.webm", "", "", ""),
        ('<video src="/v/a.mp4"><track><track src="/v/de.vtt" srclang="nl"></video>', "a.mp4", "", "de.vtt", "nl"),
        ('<video src="/v/a.mp4"><track src="/v/de.vtt"></video>', "a.mp4", "", "de.vtt", "de-DE"),
        ("![Das Beet](/v/a.mp4)", "a.mp4", "Das Beet", "", ""),
    ],
)
def test_what_the_text_shows(body: str, name: str, alt: str, captions: str, language: str, site: Site) -> None:
    assert of(site, "", body) == film(site, name, alt, captions, language)
    assert of(site, "video: /v/b.webm", body) == film(site, "b.webm"), "the front matter counts first"


def test_what_is_no_film_or_not_there(site: Site) -> None:
    assert of(site, "", "![Beet](/v/loop.gif)") is None, "in a text it is a picture"
    assert of(site, "video: /v/loop.gif") == film(site, "loop.gif")
    for front, problem in (
        ("video: /v/gone.mp4", ":3: video: there is no file /v/gone.mp4 in the site"),
        ("video: ../../out.mp4", ":3: video: ../../out.mp4 lies outside the site and is not used"),
    ):
        post = site.load(f"title: A\n{front}")
        assert (post.video, any(said.endswith(problem) for said in post.warnings)) == (None, True), post.warnings
    post = site.load("title: A\nvideo: {path: /v/a.mp4, captions: /v/gone.vtt, lang: nl}")
    assert post.video == film(site)
    assert any("there is no file /v/gone.vtt in the site" in said for said in post.warnings)
