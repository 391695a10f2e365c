"""Which accounts take a post, by what is known of it; in every kind of site."""

import os
from pathlib import Path

import pytest

from crosspost.sources.routing import Facts, Route, left_out, nothing_left, wrong
from crosspost.testing.harness import Place

GARDEN = Facts(tags=("Garten", "Café"), categories=("Verein",), language="de-AT", collection="news")


@pytest.mark.parametrize(
    ("takes", "leaves_out", "taken"),
    [
        ({}, {}, True),
        ({"tags": ("garten",)}, {}, True),
        ({"tags": ("#Garten",)}, {}, True),
        ({"tags": ("cafe\u0301",)}, {}, True),  # the accent as a sign of its own
        ({"tags": ("Gart",)}, {}, False),
        ({"tags": ("other", "garten")}, {}, True),
        ({"tags": ("garten",), "languages": ("en",)}, {}, False),
        ({"languages": ("de",)}, {}, True),
        ({"languages": ("de_AT",)}, {}, True),
        ({"languages": ("de-DE",)}, {}, False),
        ({"categories": ("verein",)}, {}, True),
        ({"categories": ("garten",)}, {}, False),
        ({"collections": ("News",)}, {}, True),
        ({"collections": ("blog",)}, {}, False),
        ({}, {"tags": ("garten",)}, False),
        ({"categories": ("verein",)}, {"languages": ("de",)}, False),
        ({}, {"collections": ("blog",)}, True),
    ],
)
def test_a_post_is_taken(takes: dict, leaves_out: dict, taken: bool) -> None:  # type: ignore[type-arg]  # as in a config
    assert Route(takes, leaves_out).takes(GARDEN) is taken


def test_a_post_without_a_word_of_a_kind_is_not_taken_for_it() -> None:
    for sign in ("tags", "categories", "languages", "collections"):
        assert not Route({sign: ("de",)}, {}).takes(Facts())  # type: ignore[dict-item]  # each of them is one
        assert Route({}, {sign: ("de",)}).takes(Facts())  # type: ignore[dict-item]


def test_the_rule_in_words() -> None:
    route = Route({"tags": ("youth", "camp"), "languages": ("de",)}, {"categories": ("internal",)})
    assert route.words == (
        "takes only posts with the tag “youth” or “camp” and the language “de” and leaves out posts with the category "
        "“internal”"
    )


def test_what_cannot_be_meant() -> None:
    assert wrong({"tags": ("a",), "languages": ("de", "pt-BR")}) is None
    for bad in ({"tags": ()}, {"tags": ("a", " ")}, {"tags": ("#",)}, {"languages": ("German",)}):
        found = wrong(bad)  # type: ignore[arg-type]  # as above
        assert found is not None
        assert found[0] == next(iter(bad))


@pytest.mark.parametrize(
    ("takes", "leaves_out", "sign"),
    [
        ({"tags": ("Youth",)}, {"tags": ("other", "#youth ")}, "tags"),
        ({"tags": ("a", "b")}, {"tags": ("b", "a")}, "tags"),
        ({"languages": ("de_AT",)}, {"languages": ("de",)}, "languages"),
        ({"tags": ("a",), "collections": ("News",)}, {"collections": ("news",)}, "collections"),
        ({"tags": ("a", "b")}, {"tags": ("b",)}, ""),
        ({"languages": ("de",)}, {"languages": ("de-AT",)}, ""),
        ({"tags": ("news",)}, {"categories": ("news",)}, ""),
        ({}, {"tags": ("a",)}, ""),
        ({"tags": ("a",)}, {}, ""),
    ],
)
def test_an_account_that_can_never_take_a_post(takes: dict, leaves_out: dict, sign: str) -> None:  # type: ignore[type-arg]  # as in a config
    found = nothing_left(takes, leaves_out)
    assert (found[0] if found is not None else "") == sign


def test_nothing_is_asked_without_routes() -> None:
    def never() -> Facts:
        raise AssertionError

    assert left_out(never, {}) == ()


SITE = {
    "jekyll": {
        "_config.yml": "url: https://a.example\nlang: en\n",
        "_layouts/german.html": "---\nlang: de\n---\n",
        "verein/_posts/2026-11-20-one.md": "---\ntitle: One\ntags: [youth]\nlayout: german\n---\nText.\n",
        "_posts/2026-11-21-two.md": "---\ntitle: Two\n---\nText.\n",
    },
    "hugo": {
        "hugo.toml": 'baseURL = "https://a.example/"\nlanguageCode = "en"\n',
        "content/verein/one.md": "---\ntitle: One\ndate: 2026-11-20\ntags: [youth]\nlang: de\n"
        "categories: [verein]\n---\nText.\n",
        "content/blog/two.md": "---\ntitle: Two\ndate: 2026-11-21\n---\nText.\n",
    },
    "built": {
        f"dist/{folder}/index.html": f"""<html lang="{lang}"><head><title>{title}</title>
<link rel="canonical" href="https://a.example/{folder}/"><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-11-2{day}T10:00:00Z"><meta property="og:title" content="{title}">
{tag}</head><body><article><h1>{title}</h1><p>Text of it, which is long enough.</p></article></body></html>"""
        for folder, lang, title, day, tag in (
            ("verein/one", "de", "One", 0, '<meta property="article:tag" content="youth">'),
            ("blog/two", "en", "Two", 1, ""),
        )
    },
}


RULES = ('tags = ["Youth"]', 'languages = ["de"]', 'categories = ["verein", "youth"]', 'collections = ["verein"]')


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(kind, rule) for kind in SITE for rule in RULES if (kind, rule) != ("jekyll", RULES[-1])],  # always "posts" there
)
def test_each_kind_of_site_knows_them(place: Place, tmp_path: Path, kind: str, rule: str) -> None:
    """The first of two posts has the tag, the language, the category and the folder."""
    for name, text in SITE[kind].items():
        file = tmp_path / "other" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    more = 'built = "dist"\nurl = "https://a.example"\n' if kind == "built" else ""
    place.config.write_text(
        f'[site]\npath = "{tmp_path / "other"}"\n{more}[accounts.x]\nbase_url = "http://127.0.0.1:9"\n'
        f"takes = {{ {rule} }}\n",
        "utf-8",
    )
    from crosspost.app import loading

    app = loading.load(config=place.config, site=None, environ={}, clock=place.clock)
    assert {entry.title: entry.left_out for entry in app.source().scan()} == {"One": (), "Two": ("x",)}


def test_a_layout_that_changes_its_language_is_noticed_although_the_listing_is_remembered(
    place: Place, tmp_path: Path
) -> None:
    test_each_kind_of_site_knows_them(place, tmp_path, "jekyll", 'languages = ["de"]')
    from crosspost.app import loading

    def listed() -> dict[str, tuple[str, ...]]:
        app = loading.load(config=place.config, site=None, environ={}, clock=place.clock)
        return {entry.title: entry.left_out for entry in app.source(remember=True).scan()}

    for post in (tmp_path / "other").rglob("2026*.md"):
        os.utime(post, (1, 1))  # long enough ago to be remembered
    assert listed() == listed() == {"One": (), "Two": ("x",)}
    (tmp_path / "other/_layouts/german.html").write_text("---\nlang: fr\n---\n", "utf-8")
    assert listed() == {"One": ("x",), "Two": ("x",)}
