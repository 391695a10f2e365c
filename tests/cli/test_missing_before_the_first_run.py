"""A file that is missing is told as that also where nothing was ever sent."""

import pytest

from crosspost.testing.harness import Place


@pytest.mark.parametrize(
    "command", ["webmentions", "responses", "responses fetch", "unpublish --yes", "update", "skip --account x --yes"]
)
def test_a_mistyped_name_names_the_nearest(place: Place, command: str) -> None:
    ran = place.crosspost(*command.split(), str(place.post.with_name("2026-11-20-gruese.md")))
    assert ran.code == 2
    assert f"does not exist; did you mean {place.post}?" in ran.err


@pytest.mark.parametrize("command", ["webmentions", "responses", "responses fetch"])
@pytest.mark.parametrize("named", ["file", "id"])
def test_a_post_that_is_there(place: Place, command: str, named: str) -> None:
    (post,) = (entry.id for entry in place.app.source().scan())
    ran = place.crosspost(*command.split(), str(place.post) if named == "file" else post)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("text", ["", "# accounts come later\n\n"])
def test_a_config_without_a_line_says_so(place: Place, text: str) -> None:
    """Away from a site; before, a ``_config.yml`` was missed that nobody had heard of."""
    place.config.write_text(text, "utf-8")
    ran = place.crosspost("run")
    assert (ran.code, ran.err) == (
        2,
        f"Error: {place.config} says nothing yet; `crosspost init --force` writes it anew\n",
    )
