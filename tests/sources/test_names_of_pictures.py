"""The names by which themes and people call pictures and words, the places where pictures lie, and what is none."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.sources.body_pictures import plausible
from crosspost.sources.front_matter_pictures import addressed, alternatives, is_picture, named
from crosspost.sources.jekyll_site import read_site
from crosspost.sources.keys import ALT_KEYS, DESCRIPTION_KEYS, PICTURE_FROM, PICTURE_KEYS, Keys, chosen, lookup
from crosspost.sources.site_files import SiteFiles

PICTURES = """
    thumbnail image og_image social_image share-img share_image thumbnail-img header.og_image header.teaser
    header.overlay_image header.image article_header.image cover cover_image cover-img feature-img featured_image
    featured_img feature_image img thumb preview_image post_image main_image banner banner_image hero hero_image
    header_image header-img bigimg photo picture images[0] photos[0] optimized_image teaser teaser_image background
""".split()  # noqa: SIM905 - as it is read
DESCRIPTIONS = ("description", "excerpt", "subtitle", "summary", "lead", "abstract", "tagline")
ALTS = ("thumbnail_alt", "image_alt", "alt")


def nested(key: str, value: object) -> dict[str, Any]:
    for step in reversed(key.split(".")):
        value = {step.removesuffix("[0]"): [value] if step.endswith("[0]") else value}
    assert isinstance(value, dict)
    return value


def test_each_key_that_themes_name_a_picture_by_counts_before_those_behind_it() -> None:
    for number, key in enumerate(PICTURES):
        data: dict[str, Any] = {}
        for later in PICTURES[number:]:
            (name, value), *_ = nested(later, f"/{later}.png").items()
            data[name] = {**value, **data.get(name, {})} if isinstance(value, dict) else data.get(name, value)
        assert named(data, PICTURE_KEYS).named[0].address == f"/{key}.png"


@pytest.mark.parametrize(("keys", "wanted"), [(DESCRIPTION_KEYS, DESCRIPTIONS), (ALT_KEYS, ALTS)])
def test_each_key_of_words_is_read_in_its_order(keys: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    data = {key: key for key in wanted}
    assert [found.value for key in keys if (found := lookup(data, key))] == list(wanted)


class Given:
    """The settings about keys; what is not given is None."""

    picture_keys = alt_keys = description_keys = picture_from = None

    def __init__(self, **given: Any) -> None:
        self.__dict__ |= given


def test_settings_choose_the_keys() -> None:
    def refuse(name: str, why: str) -> Exception:
        return ValueError(f"{name}: {why}")

    assert chosen(Given(), refuse) == Keys(pictures=tuple(PICTURES), alts=ALTS, descriptions=DESCRIPTIONS)
    assert PICTURE_FROM == chosen(Given(), refuse).picture_from == ("keys", "body", "defaults")
    given = Given(picture_keys=("p", "..."), alt_keys=("a",), description_keys=("d",), picture_from=("site",))
    assert chosen(given, refuse) == Keys(
        pictures=("p", *PICTURES), alts=("a",), descriptions=("d",), picture_from=("site",)
    )
    for name in ("picture_keys", "alt_keys", "description_keys"):
        with pytest.raises(ValueError, match=f"^{name}: “a b” is not a key"):
            chosen(Given(**{name: ("a b",)}), refuse)


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────────

ADDRESSES = ("path", "src", "url", "image_path", "image", "img", "file", "filename", "href", "feature", "featured",
             "teaser", "thumbnail", "thumb")  # fmt: skip


def test_where_an_object_says_the_address_and_the_words_of_a_picture() -> None:
    for number, key in enumerate(ADDRESSES):
        assert addressed({later: f"/{later}.png" for later in reversed(ADDRESSES[number:])}) == (
            f"/{key}.png", None, (key,),
        )  # fmt: skip
    words = ("alt", "alt_text", "description", "desc", "caption", "title")
    for number, key in enumerate(words):
        assert addressed({"src": "/a.png"} | {later: later for later in reversed(words[number:])})[1] == key
    assert addressed([{"x": 1}, None, {"src": {"url": "/a.png", "alt": "A"}}]) == ("/a.png", "A", ("src", "url"))
    assert addressed({"src": {"url": "/a.png", "alt": "A"}, "alt": "B"})[1] == "B", "the nearest object counts"
    assert addressed({"/a.PNG": "A"}) == ("/a.PNG", "A", ())
    assert addressed({"/a.png": "A", "x": 1}) == addressed({"a": "A"}) == addressed([]) == (None, None, ())


def test_words_for_a_picture_are_looked_for_nearby_first() -> None:
    data = {
        "header": {
            "image": "/a.png", "image_description": "3", "image_alt_text": "2", "image_alt": "1",
            "alt_text": "5", "alt": "4",
        },
        "thumbnail_alt": "8",
    }  # fmt: skip
    (picture,) = named(data, ("header.image",)).named
    assert list(alternatives(picture, data, ("gone", "thumbnail_alt"))) == [
        None,
        "1",
        "2",
        "3",
        "4",
        "5",
        "1",
        "3",
        "8",
    ]
    flat = {"cover": "/a.png", "cover_description": "1", "image_alt": "9"}
    (picture,) = named(flat, ("cover",)).named
    assert list(alternatives(picture, flat, ())) == [None, "1"], "beside others it may belong to another picture"


@pytest.mark.parametrize(
    "ending", ["jpg", "jpeg", "jfif", "png", "gif", "webp", "avif", "heic", "heif", "svg", "bmp", "tif", "tiff", "PNG"]
)
def test_endings_of_pictures(ending: str) -> None:
    assert is_picture(f"a.{ending}")
    assert is_picture(f"a.{ending}?v=2")
    assert is_picture(f"a.{ending}#x")
    assert not is_picture(f"a.{ending}x")
    assert not is_picture(f"a{ending}")


@pytest.mark.parametrize(
    ("address", "found"),
    [
        *((f"https://{host}/a", False) for host in (
            "shields.io", "img.shields.io", "badgen.net", "badge.fury.io", "codecov.io", "coveralls.io", "circleci.com",
            "travis-ci.org", "travis-ci.com", "readthedocs.org", "app.netlify.com", "api.star-history.com", "vgwort.de",
            "x.doubleclick.net", "google-analytics.com", "statcounter.com", "goatcounter.com", "gravatar.com",
            "feedburner.com", "feedsportal.com", "pixel.wp.com", "stats.wordpress.com", "hits.x.org", "SHIELDS.io",
            "visitor-badge.x.app", "pixel.e.org",
        )),
        *((f"https://e.org/{folder}/a.png", False) for folder in (
            "badge", "badges", "button", "buttons", "emoji", "emojis", "smilies", "smiley", "smileys", "icon", "icons",
            "favicon", "favicons", "twemoji", "Icons",
        )),
        *((f"https://e.org/{name}", False) for name in (
            "my-badge.png", "pixel.gif", "tracking.gif", "tracker", "count.gif", "counter.gif", "matomo.php",
            "Piwik.php", "blank.gif", "spacer.gif", "a.svg", "a.ICO", "a.cur",
        )),
        *((address, True) for address in (
            "https://e.org/a.png", "https://notshields.io/a.png", "https://e.org/countess.png", "https://e.org/svg/a.png",
            "https://e.org/a.svg.png", "https://e.org/a.png?x=.svg", "https://e.org/mybadge/a.png", "/images/a.png", "",
        )),
        ("http://[x/a.png", False),
    ],
)  # fmt: skip
def test_which_addresses_are_badges_counters_and_icons(address: str, found: bool) -> None:
    assert plausible(address) is found


# ── where files lie ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def files(tmp_path: Path) -> SiteFiles:
    for name in ("images/1.png", "img/2.png", "assets/3.png", "assets/images/4.png", "assets/img/5.png", "x/6.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return made(tmp_path)


def made(root: Path, **data: str) -> SiteFiles:
    return SiteFiles(root, root, read_site(root, {"url": "https://e.org"}, jekyll4=False), data=data)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("1.png", "images/1.png"), ("2.png", "img/2.png"), ("3.png", "assets/3.png"), ("4.png", "assets/images/4.png"),
        ("5.png", "assets/img/5.png"), ("6.png", ""), ("/x/6.png", "x/6.png"), (" x/6.png ", "x/6.png"),
        ("x\\6.png", "x/6.png"), ("HTTPS://E.ORG/x/6.png", "x/6.png"), ("http://e.org/x/6.png?v=1", "x/6.png"),
        ("//e.org/x/6.png", "x/6.png"),
    ],
)  # fmt: skip
def test_a_picture_is_found_as_people_write_it(files: SiteFiles, written: str, path: str) -> None:
    found = files.locate(written, guess=True)
    assert found.path == (str(files.root / path) if path else "")
    assert found.url == (f"https://e.org/{path or written}")
    assert not found.elsewhere
    assert bool(files.hints) is ("\\" in written)
    if written[0] not in "/ xhH":
        assert files.locate(written).path == "", "only a key of the front matter leaves the folder out"


@pytest.mark.parametrize(
    ("written", "url", "elsewhere"),
    [
        ("//cdn.example/a.png", "https://cdn.example/a.png", True),
        ("http://cdn.example/a.png", "http://cdn.example/a.png", True),
        ("https://e.org/not-there.png", "https://e.org/not-there.png", True),
        ("data:image/png;base64,xx", "", False),
        ("ftp://e.org/x/6.png", "", False),
        ("mailto:a@e.org", "", False),
    ],
)
def test_a_picture_that_is_not_in_the_site(files: SiteFiles, written: str, url: str, elsewhere: bool) -> None:
    assert tuple(files.locate(written)) == ("", url, elsewhere)


@pytest.mark.parametrize(("config", "path"), [("cdn", ""), ("img_cdn", ""), ("other", "x/6.png")])
def test_a_media_server_has_what_is_not_here(files: SiteFiles, config: str, path: str) -> None:
    (files.root / "_config.yml").write_text(f"{config}: https://cdn.example/\n", "utf-8")
    found = made(files.root).locate("/y/7 8.png")
    assert found.url == ("https://e.org/y/7%208.png" if path else "https://cdn.example/y/7%208.png")
    assert found.elsewhere is not bool(path)


@pytest.mark.parametrize("key", ["media_subpath", "img_path"])
def test_a_media_folder_may_lie_on_the_server(files: SiteFiles, key: str) -> None:
    found = made(files.root, **{key: "https://cdn.example/p"})
    assert found.locate("https://cdn.example/p/x/6.png").path == str(files.root / "x/6.png")
    assert made(files.root, **{key: "x"}).locate("6.png").path == str(files.root / "x/6.png")
