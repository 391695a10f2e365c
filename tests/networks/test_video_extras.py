"""What goes with a video where the network takes it: captions, the picture before it, ffmpeg where it is wanted."""

from shutil import which

import pytest
from PIL import Image

from crosspost.errors import NotSent
from crosspost.media import transcode
from crosspost.model import Prepared
from crosspost.testing.harness import Place, Saved
from tests.networks.filmed import POST, draft_of, place

__all__ = ["place"]


def captions_of(place: Place, key: str) -> dict[str, str]:
    """Language and content of the captions that came with the video."""
    (post,) = place.sandbox.store.posts
    if key == "facebook":
        return dict(post.extra["captions"])
    if key == "x":
        return dict(post.pictures[0].extra["subtitles"])
    if key == "linkedin":
        return {"": post.pictures[0].extra["captions"]}
    (captions,) = post.extra["record"]["embed"]["captions"]
    return {captions["lang"]: captions["file"]["mimeType"]}


SRT = "1\n00:00:00,000 --> 00:00:01,000\nBalken\n"


@pytest.mark.parametrize(
    ("key", "wanted"), [("bluesky", {"de": "text/vtt"}), ("facebook", {"de_DE": SRT}), ("x", {"DE": SRT})]
)
def test_captions_go_along(place: Place, key: str, wanted: dict[str, str]) -> None:
    draft = draft_of(place, key)
    network = place.network(key)
    receipt = network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    assert receipt.notes == ()
    assert captions_of(place, key) == wanted
    place.write("site/films/words.vtt", "1\n00:00:00,000 --> 00:00:01,000\nBalken\n")
    draft = draft_of(place, key)
    assert draft.video is None
    assert any("this is not a WebVTT file" in said for said in draft.warnings)


@pytest.mark.parametrize("key", ["linkedin"])
def test_linkedin_gets_captions_in_english(place: Place, key: str) -> None:
    place.post.write_text(POST.replace("lang: de", "lang: en-GB"), "utf-8")
    draft, network, saved = draft_of(place, key), place.network(key), Saved()
    prepared = network.prepare(Prepared(draft=draft, handle="key"), saved)
    assert saved == prepared.remote
    assert network.publish(prepared).notes == ()
    assert captions_of(place, key) == {"": SRT}


@pytest.mark.parametrize("key", ["linkedin"])
def test_captions_that_linkedin_refuses_are_told_when_the_video_is_out(place: Place, key: str) -> None:
    place.post.write_text(POST.replace("lang: de", "lang: en"), "utf-8")
    draft, network, saved = draft_of(place, key), place.network(key), Saved()
    place.sandbox.networks[key].settings["captions"] = False
    prepared = network.prepare(Prepared(draft=draft, handle="key"), saved)
    assert saved == prepared.remote
    (note,) = network.publish(prepared).notes
    assert note.startswith("out without the captions of its video; add them on LinkedIn (linkedin: ")
    assert captions_of(place, key) == {"": ""}


POSTERS = {"mastodon": "JPEG", "facebook": "JPEG", "linkedin": "JPEG", "telegram": "JPEG", "instagram": ""}


@pytest.mark.parametrize(("key", "kind"), POSTERS.items())
def test_the_posts_picture_is_shown_before_the_video(place: Place, key: str, kind: str) -> None:
    draft, network = draft_of(place, key), place.network(key)
    network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    poster = place.sandbox.store.posts[0].pictures[0].extra["poster"]
    assert poster == (f"{kind} 48x64" if kind else ""), "cut to the video's shape"


@pytest.mark.parametrize(("poster", "wanted"), [("/films/first.jpg", "JPEG 48x64"), ("1.5", "1500"), ("false", "0")])
@pytest.mark.parametrize("key", ["instagram"])
def test_instagram_shows_what_a_post_names(place: Place, key: str, poster: str, wanted: str) -> None:
    Image.new("RGB", (96, 64), "red").save(place.root / "site/films/first.jpg")
    place.post.write_text(POST.replace("lang: de", f"lang: de, poster: {poster}"), "utf-8")
    network = place.network(key)
    network.me()
    draft = network.draft(place.the_post())
    for variant in network.variants(draft):
        with pytest.raises(NotSent, match="run `crosspost images` for the post and deploy"):
            network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None)
        variant.write()
    network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    assert place.sandbox.store.posts[0].pictures[0].extra["poster"] == wanted


@pytest.mark.parametrize(
    ("key", "poster", "said"),
    [
        ("bluesky", "/images/beet.jpg", "does not take that as the picture before the video"),
        ("mastodon", "2", "does not take that as the picture before the video"),
        ("mastodon", "/images/gone.jpg", "there is no file /images/gone.jpg in the site"),
        ("mastodon", "[1]", "`poster` is the path of a picture, a number of seconds, or false"),
        ("mastodon", "/films/words.vtt", "its video goes out without the picture before it"),
    ],
)
def test_a_poster_that_cannot_be_used_is_told(place: Place, key: str, poster: str, said: str) -> None:
    place.post.write_text(POST.replace("lang: de", f"lang: de, poster: {poster}"), "utf-8")
    network = place.network(key)
    network.me()
    draft = network.draft(place.the_post())
    assert draft.video is not None
    assert any(said in one for one in draft.warnings), draft.warnings


@pytest.mark.parametrize("key", ["x", "facebook"])
def test_captions_in_a_language_without_a_name_stay_here(place: Place, key: str) -> None:
    place.post.write_text(POST.replace("lang: de", "lang: tlh"), "utf-8")
    network = place.network(key)
    network.me()
    draft = network.draft(place.the_post())
    assert draft.video is not None
    assert draft.video.captions == ""
    assert any("which is “tlh”: add `lang` to the video" in said for said in draft.warnings)


@pytest.mark.parametrize("key", ["facebook"])
def test_captions_that_fail_do_not_change_that_it_is_out(place: Place, key: str) -> None:
    draft, network = draft_of(place, key), place.network(key)
    place.sandbox.fault(key, "500-before", match="POST /*/*/captions")
    receipt = network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    assert receipt.id
    assert "out without the captions of its video; add them on Facebook" in receipt.notes[0]


TAKES_CONVERTED = ["bluesky", "facebook", "telegram", "x"]


@pytest.mark.skipif(which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("key", TAKES_CONVERTED)
def test_ffmpeg_makes_a_video_fit_where_it_is_wanted(place: Place, key: str) -> None:
    draft = draft_of(place, key, "old.mp4")
    assert draft.video is None
    assert any("With `convert_video = true` ffmpeg makes it fit" in said for said in draft.warnings), draft.warnings
    place.config.write_text(place.config.read_text("utf-8") + "convert_video = true\n", "utf-8")
    draft, network = draft_of(place, key, "old.mp4"), place.network(key)
    assert draft.video is not None, draft.warnings
    assert draft.video.path.endswith("films/old.mp4"), "only what is sent is converted, not what is previewed"
    assert network.films is not None
    assert not network.films.exists()
    network.publish(network.prepare(Prepared(draft=draft, handle="key"), lambda *_: None))
    ((film,), (file,)) = place.sandbox.posts()[0]["images"], network.films.iterdir()
    assert (film["format"], film["bytes"]) == ("MP4", file.stat().st_size)


@pytest.mark.parametrize("key", ["instagram"])
def test_what_is_fetched_from_the_site_is_not_converted(place: Place, key: str) -> None:
    place.config.write_text(place.config.read_text("utf-8") + "convert_video = true\n", "utf-8")
    draft = draft_of(place, key, "old.mp4")
    assert draft.video is None
    assert any("it is MPEG-4, not H.264 or HEVC" in said and "ffmpeg" not in said for said in draft.warnings)


@pytest.mark.parametrize("key", ["x"])
def test_without_ffmpeg_the_refusal_says_so(place: Place, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcode, "program", lambda: None)
    place.config.write_text(place.config.read_text("utf-8") + "convert_video = true\n", "utf-8")
    draft = draft_of(place, key, "old.mp4")
    assert draft.video is None
    assert any("`convert_video` needs ffmpeg, which is not installed here" in said for said in draft.warnings)


@pytest.mark.parametrize(("key", "missed"), [("telegram", False), ("mastodon", True)])
def test_a_preview_misses_words_only_where_the_network_takes_some(place: Place, key: str, *, missed: bool) -> None:
    place.post.write_text(POST.replace("alt: Farbige Balken, ", ""), "utf-8")
    page = place.root / "page.html"
    place.crosspost("preview", str(place.post), "--html", str(page))
    (line,) = [one for one in place.crosspost("preview", str(place.post)).out.splitlines() if "[video " in one]
    assert ("(no description)" in line) == missed
    assert ("no description" in page.read_text("utf-8")) == missed
