"""Which of a post's texts is its description."""

from pathlib import Path

import pytest

from crosspost.sources.keys import DESCRIPTION_KEYS
from tests.sources.jekyll_site import CONFIG, Site

MORE = "# Titel\n\nErstens.\n\nZweitens *kurz*.\n\n<!--more-->\n\nDrittens."


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize("key", DESCRIPTION_KEYS)
def test_every_key(site: Site, key: str) -> None:
    post = site.load(f"title: A\n{key}: Worum es *geht*.", "Erster Absatz.")
    assert (post.description, post.description_from) == ("Worum es geht.", key)


def test_the_first_that_differs_from_the_title(site: Site) -> None:
    post = site.load("title: Ein Titel\ndescription: Ein Titel!\nexcerpt: ''\nsubtitle: Das sagt mehr")
    assert (post.description, post.description_from) == ("Das sagt mehr", "subtitle")


@pytest.mark.parametrize("value", ["[a, b]", "{a: b}"])
def test_a_value_that_is_not_text_is_reported(site: Site, value: str) -> None:
    post = site.load(f"title: A\ndescription: {value}", "Erster Absatz.")
    assert (post.description, post.description_from) == ("Erster Absatz.", "the text")
    assert post.warnings == ("description: should be a text, so it is not used",)


@pytest.mark.parametrize(
    ("config", "front", "description"),
    [
        ("", "title: A", "Erstens."),
        ("excerpt_separator: <!--more-->\n", "title: A", "Erstens. Zweitens kurz."),
        ("", "title: A\nexcerpt_separator: <!--more-->", "Erstens. Zweitens kurz."),
        ("excerpt_separator: <!--more-->\n", "title: A\nexcerpt_separator: Zweitens", "Erstens."),
        ("excerpt_separator: <!--more-->\n", "title: A\nexcerpt_separator: ''", "Erstens."),
        ("excerpt_separator: nirgends\n", "title: A", "Erstens."),
        ('excerpt_separator: "\\n\\n"\n', "title: A", "Erstens."),
    ],
)
def test_the_text_before_the_separator(tmp_path: Path, config: str, front: str, description: str) -> None:
    assert Site(tmp_path, CONFIG + config).load(front, MORE).description == description
