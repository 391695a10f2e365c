"""Keys that were probably meant to be others, and where pictures and descriptions are counted."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from crosspost.cli.program import cli
from crosspost.sources.field_origins import FEW, Origin, slips, summary
from crosspost.sources.keys import ALT_KEYS, DESCRIPTION_KEYS, PICTURE_KEYS, Keys
from crosspost.sources.post_paths import missing
from crosspost.text.near_names import near_name, nearest, plain


def origin(number: int, *keys: str, picture: str = "", description: str = "") -> Origin:
    return Origin(f"p{number}", f"_posts/p{number}.md", picture, description, keys)


def hints(*posts: Origin) -> dict[str, str]:
    return {slip.key: slip.meant for slip in slips(posts, Keys())}


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("thumbnial", "thumbnail"), ("tumbnail", "thumbnail"), ("Thumnail", "thumbnail"),
        ("discription", "description"),
        ("desciption", "description"), ("imgae", "image"), ("catagories", "categories"), ("permlink", "permalink"),
        ("titel", "title"), ("pubished", "published"), ("exerpt", "excerpt"), ("sumary", "summary"),
        ("subtitel", "subtitle"),
        ("thumbnail_alt_text", "thumbnail_alt"), ("thumbnail-atl", "thumbnail_alt"), ("image_alt_text", "image_alt"),
        ("featured_imgae", "featured_image"), ("crosspots", "crosspost"),
    ],
)  # fmt: skip
def test_slips(slip: str, meant: str) -> None:
    assert hints(origin(1, "title" if meant != "title" else "layout", slip), origin(2, meant)) == {slip: meant}


@pytest.mark.parametrize(
    "key",
    [
        *PICTURE_KEYS, *ALT_KEYS, *DESCRIPTION_KEYS,
        "layout", "title", "date", "tag", "tags", "author", "authors", "toc", "math", "mermaid", "comments", "pin",
        "hidden", "featured", "feature", "classes", "gallery", "sidebar", "footer", "sitemap", "redirect_from", "url",
        "last_modified_at", "images", "titles", "descriptions", "title_en", "description_de", "id", "x", "image_credit",
        "image_caption", "thumbnails", "headline", "publisher", "publish", "reader", "summaries", "code", "lede",
        "series", "ref", "lang-ref", "page_id", "link", "links", "video", "modified", "updated", "share", "math2",
        "headings", "leader", "imagen", "publishdate", "tile", "tiles", "image_fit", "日本語", "Überschrift", "",
    ],
)  # fmt: skip
def test_names_of_their_own(key: str) -> None:
    assert hints(origin(1, "layout", key), origin(2, "title", "description")) == {}


def test_a_key_in_many_posts_is_the_sites_own() -> None:
    many = [origin(number, "title", "tumbnail") for number in range(FEW + 1)]
    assert hints(*many) == {}
    assert hints(*many[:FEW]) == {"tumbnail": "thumbnail"}
    usual = [origin(100 + number, "title", "thumbnail") for number in range(100)]
    slip = [origin(number, "thumbnial") for number in range(FEW + 1)]
    assert hints(*usual, *slip) == {"thumbnial": "thumbnail"}


def test_a_key_beside_the_usual_one_is_not_a_slip() -> None:
    assert hints(origin(1, "thumbnial", "thumbnail")) == {}


@pytest.mark.long
@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_the_nearest_name_is_one_of_the_known(name: str, known: list[str]) -> None:
    found = near_name(name, known)
    assert found == "" or (found in known and plain(found) != plain(name))
    assert near_name(name, [name, *known]) == ""


@pytest.mark.long
@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_a_guess_is_one_of_the_known_and_another_case_or_dash_is_no_other_name(name: str, known: list[str]) -> None:
    assert nearest(name, known) in ("", *known)
    for other in known:
        assert plain(nearest(other.upper() if other.isascii() else other, known)) == plain(other) or not plain(other)


@pytest.mark.parametrize(
    ("word", "meant"), [("stattus", "status"), ("histroy", "history"), ("un-publish", "unpublish")]
)
def test_a_slip_in_a_command_and_in_a_file_name_is_guessed_by_the_same_rule(
    word: str, meant: str, tmp_path: Path
) -> None:
    (tmp_path / f"{meant}.md").touch()
    assert f"did you mean {tmp_path / meant}.md?" in missing(tmp_path / f"{word}.md")
    ran = CliRunner().invoke(cli, [word])
    assert ran.exit_code == 2
    assert f"did you mean `crosspost {meant}`?" in ran.output


def test_counts() -> None:
    posts = [
        origin(1, picture="image", description="description"),
        origin(2, picture="image", description="the text"),
        origin(3, picture="the text"),
        origin(4),
    ]
    assert summary(posts) == (
        "pictures from image (2), the text (1); 1 of 4 posts has none",
        "descriptions from description (1), the text (1); 2 of 4 posts have none",
    )
    assert summary([]) == ("", "")


def test_what_no_post_has_is_named() -> None:
    pictures, descriptions = summary([origin(1, description="description")])
    assert pictures == "pictures: 1 of 1 post has none"
    assert descriptions == "descriptions from description (1)"
