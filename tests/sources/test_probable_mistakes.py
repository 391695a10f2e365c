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
        Name(id="a", path="_posts/a.md", slug="beet"),
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
        ("title: We are #1 again\n",
         'a.md:2: `title` ends before “#1 again”, as a # begins a comment; write title: "We are #1 again"'),
        ('title: The "new" #1\n',
         'a.md:2: `title` ends before “#1”, as a # begins a comment; write title: "The \\"new\\" #1"'),
        ("title: A\ntags: garden #climate\n",
         'a.md:3: `tags` ends before “#climate”, as a # begins a comment; write tags: "garden #climate"'),
        ("title: A\ntags:\n  - garden\n  - #climate\n",
         'a.md:5: “#climate” is not in its list, as a # begins a comment; write - "#climate"'),
        ("title: [A, B]\n",
         "a.md:2: title: should be a text, and the post goes out as “Beet”; put it in quotation marks"),
        ("title: A\ntags: [b, c: d]\n",
         "a.md:3: tags: “c: d” is not a word and is left out; put it in quotation marks"),
        ("TITLE: A\n", "a.md:2: nothing reads `TITLE`; write `title`, in small letters"),
    ],
)  # fmt: skip
def test_told_with_its_line(front: str, said: str) -> None:
    assert probable_mistakes(record(front)) == [said]


@pytest.mark.parametrize(
    "front",
    [
        "title: # later\n",
        "title:\n",
        'title: "#A"\n',
        "title: a\nTitle: b\n",
        "Reading: 1\n",
        "text: |\n  title: #A\n",
        "title: A # later\n",
        "title: 'A #1'\n",
        "title: A#1\n",
        "title: C# # and C++\n",
        "text: |\n  title: A #1\n",
        "title: >\n  A #1\n",
        "title: A\ntags: [b]\ntext: |\n  - #c\n",
        "title: A\ntags: [1, 2026-05-01, true]\n",
    ],
)
def test_what_may_be_meant_is_left_alone(front: str) -> None:
    assert probable_mistakes(record(front)) == []


def test_a_draft_is_one_in_capitals_too() -> None:
    assert record("title: A\nDraft: true\n").draft()
    assert not record("title: A\ndraft: false\nDraft: true\n").draft()


def test_tags_in_one_text_and_a_mapping_among_them() -> None:
    assert record("tags: garden,climate, oats;  hay\n").tags() == ("garden", "climate", "oats", "hay")
    assert record("tags: [garden, b: c, [d, 7]]\n").tags() == ("garden", "d", "7")
