"""Small rules of names: which signs a slug keeps, which files have which id, which folder stands for a language."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import SourceError
from crosspost.model import Entry
from crosspost.sources.alphabetic import is_alnum, is_letter_mark_or_digit
from crosspost.sources.descriptions import Description, as_text, from_text, separator, written, wrong
from crosspost.sources.emoji_shortcodes import with_emoji
from crosspost.sources.field_origins import Origin, summary
from crosspost.sources.filenames import Rules, folders_above, list_names
from crosspost.sources.hugo.go_dates import formatted
from crosspost.sources.hugo.hugo_record import truth
from crosspost.sources.listing_cache import ListingCache
from crosspost.sources.polyglot import Polyglot, polyglot
from crosspost.sources.routing import Facts, Route
from crosspost.sources.web import built_folder
from crosspost.sources.web.nesting import TooDeep, refuse_depth
from tests.sources import hugo_site
from tests.sources.test_filenames import put


@pytest.mark.parametrize(
    ("signs", "kept", "kept_by_4"),
    [
        ("aZäßж語ꙮ", True, True), ("059٣", True, True), ("Ⅷↀ", True, False), ("²½①", False, False),
        ("-_.~ €🌱", False, False),
        ("\u0301\u0300\u20d0\ufe0f", False, True), ("\u0345\u0bbe\u093e\u05b0\u0659", True, True),
        ("ⒶⓏⓐⓩ🄰🅉🅐🅩🅰🆉", True, False), ("\u24b5\u24ea\U0001f12f\U0001f14a\U0001f16a\U0001f18a", False, False),
    ],
)  # fmt: skip
def test_which_signs_are_letters_to_jekyll(signs: str, kept: bool, kept_by_4: bool) -> None:
    for sign in signs:
        assert (is_alnum(sign), is_letter_mark_or_digit(sign)) == (kept, kept_by_4), unicodedata.name(sign)


@pytest.mark.parametrize(
    ("files", "ids"),
    [
        ("_posts/2024-1-2-a.md", "a"), ("x/_posts/2024-01-02-a.md", "x/a"), ("_posts/x/2024-01-02-a.md", "x/a"),
        ("_posts/2024-01-02-a.md _posts/2024-01-03-a.md", "a@2024-01-02 a@2024-01-03"),
        ("_posts/24-1-2-a.md _posts/68-1-3-a.md _posts/69-1-4-a.md", "a@1969-01-04 a@2024-01-02 a@2068-01-03"),
        ("_posts/2024-01-02-a.md _posts/2024-01-02-a.html", "a@2024-01-02.html a@2024-01-02.md"),
        ("_posts/2024-01-02-a.md _posts/24-1-2-a.md", "_posts/2024-01-02-a.md _posts/24-1-2-a.md"),
        ("_posts/2024-01-02-.md", "_posts/2024-01-02-.md"), ("_posts/2024-01-02-a.b.md", "a.b"),
        ("_drafts/a.md _drafts/2024-01-02-b.md", "_drafts/a.md _drafts/2024-01-02-b.md"),
    ],
)  # fmt: skip
def test_the_id_of_a_post_is_its_name_and_more_only_where_two_share_it(tmp_path: Path, files: str, ids: str) -> None:
    put(tmp_path, *files.split())
    assert " ".join(name.id for name in list_names(str(tmp_path), Rules())) == ids


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("2024-01-02-a.md~", "left behind by an editor, or hidden"), (".2024-01-02-a.md",
        "left behind by an editor, or hidden"),
        ("#a#", "left behind by an editor, or hidden"), ("_a.md",
        "a name with an underscore in front is not published"),
        ("2024-01-02-x.md", "excluded in _config.yml"), ("2024-01-02-a",
        "no extension in the file name, such as .md"),
        ("a.md", "no date in the file name; name it like 2024-03-05-title.md"), ("2024-01-02-a.PNG", "not a text"),
    ],
)  # fmt: skip
def test_why_a_file_is_not_a_post(tmp_path: Path, name: str, reason: str) -> None:
    put(tmp_path, f"X/{name}", "Y/2024-01-02-a.md")
    (found,) = list_names(str(tmp_path), Rules(folder="X/", exclude=("X/*-x.md",)))
    assert (found.reason, found.path, found.unread) == (reason, f"X/{name}", False)
    (found,) = list_names(str(tmp_path / "X"), Rules(folder=".", exclude=("*-x.md",)))
    assert (found.reason, found.path) == (reason, name)


def test_collections_of_jekyll_lie_in_their_folder(tmp_path: Path) -> None:
    put(tmp_path, "c/_posts/2024-01-02-a.md", "c/x/_posts/2024-01-02-b.md", "_posts/2024-01-02-c.md")
    assert [name.path for name in list_names(str(tmp_path), Rules(below="c"))] == [
        "c/_posts/2024-01-02-a.md", "c/x/_posts/2024-01-02-b.md",
    ]  # fmt: skip
    assert [folders_above(path, "c") for path in ("c/x/_posts/a.md", "x/y/_drafts/a.md", "x/a.md")] == [
        ["x"],
        ["x", "y"],
        [],
    ]


# ── languages, accounts, descriptions ─────────────────────────────────────────────────────────────────────────────────

BOTH: dict[str, Any] = {"languages": ["en", "de"], "default_lang": "en"}


@pytest.mark.parametrize(
    ("config", "found"),
    [
        (BOTH, Polyglot(("en", "de"))), ({"languages": ["en"]}, None), ({**BOTH, "languages": "en"}, None),
        ({}, None),
        ({**BOTH, "languages": ["en", 5]}, None), ({**BOTH, "default_lang": 5}, None),
        ({"languages": ["en"], "plugins": ["jekyll-polyglot"]}, Polyglot(("en",))),
        ({**BOTH, "default_lang": "de"}, Polyglot(("en", "de"), "de")),
        ({"languages": ["en"], "gems": ["jekyll-polyglot"]}, Polyglot(("en",))),
        ({"languages": ["en"], "plugins": "jekyll-polyglot"}, None),
        ({**BOTH, "plugins": ["jekyll-multiple-languages-plugin"]}, None),
        ({**BOTH, "gems": ["jekyll-multiple-languages"]}, None),
        ({**BOTH, "lang_from_path": True}, Polyglot(("en", "de"), from_path=True)),
        ({**BOTH, "lang_from_path": 1}, Polyglot(("en", "de"))),
    ],
)  # fmt: skip
def test_when_a_site_has_folders_for_its_languages(config: dict[str, Any], found: Polyglot | None) -> None:
    assert polyglot(config) == found


def test_the_folder_of_a_language() -> None:
    plain, by_path = Polyglot(("en", "de", "fr")), Polyglot(("en", "de", "fr"), "de", True)
    assert [plain.prefix(lang, "_posts/de/a.md") for lang in ("de", "en", "nl", None)] == ["/de", "", "", ""]
    paths = ("_posts/fr/a.md", "a.fr.md", "a.md", "x/de/a.md")
    assert [by_path.prefix(None, path) for path in paths] == ["/fr", "/fr", "", ""]
    assert by_path.prefix("en", "fr/a.md") == "/en"


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (Route({}, {}), ""), (Route({"tags": ("a",)}, {}), "takes only posts with the tag “a”"),
        (Route({"categories": ("a", "b")}, {}), "takes only posts with the category “a” or “b”"),
        (Route({}, {"languages": ("de",), "tags": ("x",)}), "leaves out posts with the language “de” or the tag “x”"),
        (Route({}, {}, events=True), "takes only posts with `event:` in their front matter"),
        (Route({"tags": ("a",)}, {}, events=True),
         "takes only posts with `event:` in their front matter and the tag “a”"),
        (Route({"collections": ("news",)}, {}), "takes only posts with the folder “news”"),
    ],
)  # fmt: skip
def test_what_an_account_takes_in_words(route: Route, words: str) -> None:
    assert route.words == words
    assert Route({}, {}, events=True).takes(Facts(event=True))
    assert not Route({}, {}, events=True).takes(Facts())


@pytest.mark.parametrize(
    ("body", "separators", "found"),
    [
        ("Eins.\n\nZwei.", (None, None), ("Eins.", "the text")),
        ("Eins.\n\nZwei.<!--more-->\n\nDrei.", ("<!--more-->", None), ("Eins. Zwei.", "excerpt_separator")),
        ("Eins. XX Zwei.", (None, "XX"), ("Eins.", "excerpt_separator")), ("XX Eins.", ("XX", None), ("XX Eins.",
        "the text")),
        ("Eins. XX", (" ", "XX"), ("Eins. XX", "the text")), ("Eins. XX", (5, "XX"), ("Eins. XX", "the text")),
        ("", (None, None), ("", "the text")),
    ],
)  # fmt: skip
def test_the_beginning_of_a_text(body: str, separators: tuple[Any, ...], found: tuple[str, str]) -> None:
    assert from_text(body, separators) == Description(*found)
    assert bool(separator(body, separators)) is (found[1] == "excerpt_separator" or body.startswith("XX"))


def test_a_description_that_is_the_title_or_no_text_is_passed_over() -> None:
    keys = ("description", "excerpt")
    assert written({"description": "Ein *Beet*!", "excerpt": "Kurz."}, keys, str, "ein beet") == Description(
        "Kurz.", "excerpt"
    )
    assert written({"description": True, "excerpt": 5}, keys, str, "") == Description("5", "excerpt")
    assert written({"description": ""}, keys, str, "") is None
    assert [wrong({"description": value}, keys) for value in ([], {}, "x", True, None)] == [[]] * 5
    assert wrong({"Description": [1]}, keys) == ["Description: should be a text, so it is not used"]
    assert wrong({"excerpt": [1]}, keys) == wrong({"description": [1]}, ()) == []
    assert [as_text(value) for value in (True, None, [1], 5, 1.5, "x")] == [None, None, None, "5", "1.5", "x"]


# ── Hugo's moments, bounds ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "meant"),
    [*((word, True) for word in ("1", "t", "T", "true", "TRUE", "True", True, 1, 5)),
     *((word, False) for word in ("0", "f", "F", "false", "FALSE", "False", False, 0)),
     *((word, None) for word in ("yes", "no", "", None, [True], "tRUE"))],
)  # fmt: skip
def test_what_hugo_takes_for_yes_and_no(value: object, meant: bool | None) -> None:
    assert truth(value) is meant


MOMENTS = ("date", "publishDate", "pubdate", "published", "lastmod", "modified")


def test_the_moments_of_a_page_of_hugos_count_in_hugos_order(tmp_path: Path) -> None:
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, {})
    for number in range(len(MOMENTS)):
        lines = "".join(
            f"{key}: 2024-01-{day:02}\n" for day, key in reversed(list(enumerate(MOMENTS[number:], number + 1)))
        )
        hugo_site.write(tmp_path, "content/posts/a.md", f"---\ntitle: A\n{lines}---\nX\n")
        (entry,) = made.scan()
        assert entry.date == datetime(2024, 1, number + 1, tzinfo=UTC)
    for keys, day in (
        (("publishDate", "date"), 1),
        (("pubdate", "published", "date"), 1),
        (("published", "date"), 1),
        (("date",), 1),
    ):
        lines = "".join(f"{key}: {2999 + number}-01-01\n" for number, key in enumerate(keys))
        hugo_site.write(tmp_path, "content/posts/a.md", f"---\ntitle: A\n{lines}---\nX\n")
        (entry,) = made.scan()
        assert entry.reason == f"its date is in the future: 2999-01-{day:02} 00:00 UTC"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-03-05T07:08:09+01:00", "2024-03-05T07:08:09+01:00"), ("2024-03-05 07:08:09.5 Z",
        "2024-03-05T07:08:09.500000+00:00"),
        ("2024-03-05 07:08:09 +0100", "2024-03-05T07:08:09+01:00"), ("2024-03-05 07:08:09",
        "2024-03-05T07:08:09+09:00"),
        ("1709600000", "2024-03-05T00:53:20+00:00"), ("'Tue, 05 Mar 2024 10:00:00 +0100'",
        "2024-03-05T18:00:00+09:00"),
        ("2024-03-05", "2024-03-05T00:00:00+09:00"), ("2024-02-30", ""), ("soon", ""), ("[x]", ""), ("'5 Mar'", ""),
    ],
)  # fmt: skip
def test_a_date_as_hugo_reads_it(tmp_path: Path, value: str, day: str) -> None:
    page = f"---\ntitle: A\ndate: {value}\n---\nX\n"
    made = hugo_site.site(tmp_path, hugo_site.CONFIG + 'timeZone = "Asia/Tokyo"\n', {"content/posts/a.md": page})
    (entry,) = made.scan()
    assert (entry.date.isoformat() if entry.date else "") == day
    if not day:
        assert entry.reason.startswith(f'{tmp_path}/content/posts/a.md:3: date: "')
        assert entry.reason.endswith('" is not a date that Hugo reads, such as 2024-03-05 or 2024-03-05T10:00:00+01:00')


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("January 2, 2006", "March 5, 2024"), ("Jan _2 06", "Mar  5 24"), ("Monday Mon", "Tuesday Tue"),
        ("01/02 1 2", "03/05 3 5"),
        ("002 __2", "065  65"), ("15:04:05 4 5", "00:07:09 7 9"), ("03 3 PM pm", "12 12 AM am"), ("Janx Monx", None),
    ],
)  # fmt: skip
def test_a_form_of_gos_is_filled(form: str, found: str | None) -> None:
    assert formatted(form, datetime(2024, 3, 5, 0, 7, 9, tzinfo=UTC)) == found
    assert formatted("03 3 PM pm", datetime(2024, 3, 5, 12, tzinfo=UTC)) == "12 12 PM pm"
    assert formatted("03 3 PM pm", datetime(2024, 3, 5, 13, tzinfo=UTC)) == "01 1 PM pm"


def test_how_many_pages_and_levels_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hugo_site.site(tmp_path, hugo_site.CONFIG, {f"content/posts/{name}.md": hugo_site.page() for name in "ab"})
    for module, listed, said in (
        ("crosspost.sources.hugo.content_files", lambda: list(made.scan()), "/content: has more than {} pages"),
        ("crosspost.sources.web.built_folder", lambda: list(built_folder.pages(tmp_path)),
         ": has more than {} pages, which is too many"),
    ):  # fmt: skip
        for name in "ab":
            (tmp_path / f"{name}.html").write_text("x", "utf-8")
        monkeypatch.setattr(f"{module}._MOST", 2)
        assert len(listed()) == 2
        monkeypatch.setattr(f"{module}._MOST", 1)
        with pytest.raises(SourceError) as caught:
            listed()
        assert str(caught.value) == str(tmp_path) + said.format(1)
    refuse_depth("<div>" * 1000)
    with pytest.raises(TooDeep, match=r"^its HTML is nested more than 1,000 levels deep, as no real page is$"):
        refuse_depth("<div>" * 1001)


def test_a_listing_is_kept_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    file, post = tmp_path / "deep/er/cache", tmp_path / "a.md"
    post.write_text("x", "utf-8")
    put(tmp_path, "_posts/2024-01-02-a.md")
    (name,) = list_names(str(tmp_path), Rules())
    made = Entry(id="a", path=str(post))
    calls: list[object] = []

    def make(one: object) -> Entry:
        calls.append(one)
        return made

    for _ in range(2):
        cache = ListingCache(file, "x")
        assert cache.entry(str(post), make, name) == made
        cache.save(post.stat().st_mtime_ns + 2_000_000_000)
        assert len(calls) == 1, "the second listing has it from the first"
    assert ListingCache(file, "y").entry(str(tmp_path / "gone"), lambda _: made, name) == made
    assert with_emoji(":tada:") == "🎉"


def test_how_many_posts_have_no_picture_and_no_description() -> None:
    listed = [
        Origin(str(n), "a.md", picture, "", ()) for n, picture in enumerate(("image", "", "none", "none", "image"))
    ]
    assert summary(listed) == (
        "pictures from image (2); 3 of 5 posts have none", "descriptions: 5 of 5 posts have none",
    )  # fmt: skip
    assert summary(listed[:2])[0] == "pictures from image (1); 1 of 2 posts has none"
