"""``crosspost doctor`` says beforehand whether writing back can work."""

from typing import Any

import pytest

from crosspost.testing.harness import Place
from tests.app.write_back.conftest import Ask
from tests.app.write_back.test_git import git


def told(place: Place) -> list[Any]:
    said = place.crosspost("doctor", "--offline", "--json").json["findings"]
    return [one for one in said if one["about"] == "write-back"]


def test_nothing_is_said_of_what_is_not_asked_for(place: Place) -> None:
    assert told(place) == []


def test_what_can_work_is_told(place: Place, ask: Ask) -> None:
    ask(write_back="data")
    (one,) = told(place)
    assert one["state"] == "ok"
    assert one["said"].endswith("/site/_data/crosspost.yml")
    assert not (place.root / "site/_data").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"write_back": "data", "write_back_file": "x.toml"}, "is neither .yml, .yaml nor .json"),
        ({"write_back": "data", "write_back_file": "_config.yml"}, "crosspost did not write it"),
        ({"write_back": "data", "write_back_git": "push"}, "is in no git repository"),
        ({"write_back": "front-matter", "write_back_fields": '{ x = { a = "{b}" } }'}, "`a` has {b}"),
        ({"write_back": "front-matter", "source": "built", "built": "images"}, "this site's posts have none"),
    ],
)
def test_what_cannot_work_is_told_with_a_page(place: Place, ask: Ask, settings: dict[str, str], said: str) -> None:
    ask(**settings)
    (one,) = told(place)
    assert one["state"] == "fail"
    assert said in one["said"]
    assert one["todo"] == "see `crosspost help write-back`"


def test_a_branch_that_is_pushed_nowhere_is_told(place: Place, ask: Ask) -> None:
    ask(write_back="data", write_back_git="push")
    site = place.root / "site"
    git(site, "-c", "init.defaultBranch=main", "init", "--quiet")
    assert "the branch main has no upstream" in told(place)[0]["said"]


def test_a_data_file_that_git_ignores_is_told(place: Place, ask: Ask) -> None:
    ask(write_back="data", write_back_git="commit")
    site = place.root / "site"
    git(site, "-c", "init.defaultBranch=main", "init", "--quiet")
    place.write("site/.gitignore", "/_data/\n")
    (one,) = told(place)
    assert one["state"] == "fail"
    assert "is never committed, since a .gitignore names it" in one["said"]
