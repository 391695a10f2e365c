"""A file that does not exist is told as that, with the nearest name there is."""

from pathlib import Path

import pytest

from crosspost.testing.harness import Place


@pytest.mark.parametrize("command", ["preview", "publish", "images"])
def test_a_mistyped_name_names_the_nearest(place: Place, command: str) -> None:
    ran = place.crosspost(command, str(place.post.with_name("2026-11-20-gruese.md")))
    assert ran.code != 0
    assert f"does not exist; did you mean {place.post}?" in ran.err


def test_a_file_in_no_folder(place: Place, tmp_path: Path) -> None:
    ran = place.crosspost("preview", str(tmp_path / "nirgends/x.md"))
    assert ran.err.strip().endswith("nirgends/x.md: does not exist")


def test_a_file_of_another_place_is_not_in_the_site(place: Place) -> None:
    assert "is not in " in place.crosspost("preview", str(place.config)).err


def test_an_address_is_no_file_of_a_site_that_is_read_from_files(place: Place) -> None:
    said = place.crosspost("preview", "https://tal.example.org/2026/11/20/gruesse/").err
    assert "https://tal.example.org/2026/11/20/gruesse: is an address, but this site is read from its files" in said
