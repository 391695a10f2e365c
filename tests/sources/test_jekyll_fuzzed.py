"""Whatever people write is listed, loaded or refused."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.errors import PostRefused
from tests.sources.jekyll_site import Site

_PIECES = st.one_of(
    st.sampled_from(
        [
            "---\n",
            "title: ",
            "date: ",
            "crosspost:\n  ",
            "tags: [",
            "]",
            "{",
            "}",
            ": ",
            "- ",
            "&a ",
            "*a ",
            "<<: ",
            "! ",
        ]
    ),
    st.sampled_from(
        [
            "{% if x %}",
            "{{ x",
            "}}",
            "{: .a}",
            "![a](b)",
            "<img src='",
            "'>",
            "<!--",
            "```\n",
            "\n\n",
            "*",
            "**",
            "[^1]",
        ]
    ),
    st.sampled_from(
        [
            "| a | b |\n|---|---|\n",
            "[^1]: x\n",
            "2024-02-30",
            "🌱",
            "שלום",
            "ไทย",
            "\x00",
            "\u2028",
            "\t",
            "thumbnail: ",
        ]
    ),
)


@pytest.mark.long
@settings(max_examples=150)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=25).map("".join), st.booleans())
def test_whatever_is_written_is_listed_loaded_or_refused(text: str, front: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        raw = (f"---\n{text}\n---\n{text}" if front else text).encode("utf-8", "surrogatepass")
        source = site.source()
        entry = source.entry(site.put("_posts/2024-01-02-x.md", raw))
        assert entry.id == "x"
        try:
            post = source.load(entry)
        except PostRefused as error:
            assert str(error).startswith(entry.path)  # noqa: PT017 - being refused is one of two good ends
        else:
            assert entry.state != "refused"
            assert post.title
