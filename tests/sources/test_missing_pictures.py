"""A picture that a post names and does not have is told, and why it is not found."""

from unittest.mock import Mock

import pytest

from crosspost.sources.missing_files import reason
from tests.sources.jekyll_site import Site, picture


@pytest.mark.parametrize(
    ("there", "named", "said"),
    [
        ("images/Beet.JPG", "/images/beet.jpg", "there is no file {} in the site, only Beet.JPG; capital letters"),
        (
            "images/u\u0308ber.jpg",
            "/images/\u00fcber.jpg",
            "there is no file {} in the site, only one that looks the same",
        ),
        ("images/beet.jpg", "/images/beete.jpg", "there is no file {} in the site"),
        ("images/beet.jpg", "/bilder/beet.jpg", "there is no file {} in the site"),
        ("images/beet.jpg/teil.jpg", "/images/beet.jpg", "{} is a folder, not a file"),
    ],
)
def test_a_missing_picture_is_told_wherever_it_stands(site: Site, there: str, named: str, said: str) -> None:
    site.put(there, picture())
    (of_key,) = site.load(f"image: {named}").warnings
    assert of_key.startswith(f"image: {said.format(named)}")
    post = site.load("title: A", body=f"![Ein Beet]({named})")
    assert post.thumbnail is None
    assert post.warnings == post.lost_pictures
    assert post.warnings[0].startswith(f"the text shows a picture that is not there: {said.format(named)}")


def test_a_missing_picture_of_the_text_does_not_matter_beside_another(site: Site) -> None:
    site.put("da.png", picture())
    post = site.load("title: A", body="![Weg](/weg.png)\n\n![Da](/da.png)\n\n![Zahl](/zaehlpixel/badge.png)")
    assert post.thumbnail is not None
    assert not post.warnings


def test_a_folder_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.listdir", Mock(side_effect=PermissionError))
    assert reason("a.png", ["/site/a.png"]).startswith("a.png cannot be read (permission denied)")


def test_what_stands_in_the_post_itself_or_is_long_is_not_printed_whole() -> None:
    assert reason(f"data:image/png;base64,{'A' * 9999}", []) == (
        "it stands in the post itself (data:…), which no network takes; save it as a file and name that"
    )
    assert reason("a" * 200, []) == f"there is no file {'a' * 99}… in the site"
