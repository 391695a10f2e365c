"""What in a front matter is valid, but probably not meant, is told with its line."""

from datetime import UTC

import pytest

from crosspost.sources.filenames import Name
from crosspost.sources.front_matter import parse
from crosspost.sources.jekyll_site import Site
from crosspost.sources.post_record import Record
from crosspost.sources.probable_mistakes import probable_mistakes


def record(front: str) -> Record:
    return Record(
        Name(id="a", path="_posts/a.md"),
        "a.md",
        parse(f"---\n{front}---\nText\n".encode(), "a.md"),
        Site(zone=UTC),
        jekyll4=True,
    )


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("lang: en\ntitle: #Garten 2027\n",
         'a.md:3: `title` is empty, as a # begins a comment; write title: "#Garten 2027"'),
        ("title: A\nTags: [garden]\n", "a.md:3: nothing reads `Tags`; write `tags`, in small letters"),
        ("TITLE: A\n", "a.md:2: nothing reads `TITLE`; write `title`, in small letters"),
    ],
)  # fmt: skip
def test_told_with_its_line(front: str, said: str) -> None:
    assert probable_mistakes(record(front)) == [said]


@pytest.mark.parametrize(
    "front",
    ["title: # later\n", "title:\n", 'title: "#A"\n', "title: a\nTitle: b\n", "Reading: 1\n", "text: |\n  title: #A\n"],
)
def test_what_may_be_meant_is_left_alone(front: str) -> None:
    assert probable_mistakes(record(front)) == []


def test_a_draft_is_one_in_capitals_too() -> None:
    assert record("title: A\nDraft: true\n").draft()
    assert not record("title: A\ndraft: false\nDraft: true\n").draft()
