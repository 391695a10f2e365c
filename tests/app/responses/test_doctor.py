"""``crosspost doctor`` says beforehand whether replies can get onto the pages."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Place
from tests.app.write_back.test_git import git

FILE = "_data/replies.json"


@pytest.fixture
def place(tmp_path: Path, sandbox: Sandbox) -> Place:
    return Place(tmp_path, sandbox, networks=("mastodon",))


def ask(place: Place, file: str) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(f'{text}\n[responses]\nfile = "{file}"\n', "utf-8")


def told(place: Place) -> Any:
    said = place.crosspost("doctor", "--offline", "--json").json["findings"]
    (one,) = [one for one in said if one["about"] == "responses"]
    return one


def test_nothing_is_said_of_what_is_not_asked_for(place: Place) -> None:
    said = place.crosspost("doctor", "--offline", "--json").json["findings"]
    assert [one for one in said if one["about"] == "responses"] == []


def test_what_can_work_is_told_and_nothing_is_written(place: Place) -> None:
    ask(place, FILE)
    assert told(place)["state"] == "ok"
    assert not (place.root / "site/_data").exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("_data/replies.yml", "must end in .json"),
        ("../replies.json", "is not in the site"),
        ("_data/mine.json", "crosspost did not write it"),
        ("_data/folder.json", "is not a file"),
        ("_data/mine.json/replies.json", "is not a folder"),
    ],
)
def test_what_cannot_work_is_told_with_a_page(place: Place, file: str, said: str) -> None:
    place.write("site/_data/mine.json", '{"mine": 1}\n')
    (place.root / "site/_data/folder.json").mkdir()
    ask(place, file)
    one = told(place)
    assert (one["state"], one["todo"]) == ("fail", "see `crosspost help responses`")
    assert said in one["said"]


def test_a_place_that_the_generator_does_not_read_is_told(place: Place) -> None:
    ask(place, "assets/replies.json")
    one = told(place)
    assert one["state"] == "warn"
    assert "where the site's generator looks for data" in one["said"]
    assert one["todo"] == "set [responses] file to _data/replies.json"


def test_the_site_may_name_its_own_folder_of_data(place: Place) -> None:
    config = place.root / "site/_config.yml"
    config.write_text(f"{config.read_text('utf-8')}\ndata_dir: facts\n", "utf-8")
    ask(place, "facts/replies.json")
    assert told(place)["state"] == "ok"


def test_what_git_ignores_is_told_where_git_is_to_bring_it(place: Place) -> None:
    ask(place, FILE)
    git(place.root / "site", "-c", "init.defaultBranch=main", "init", "--quiet")
    place.write("site/.gitignore", "*.json\n")
    assert told(place)["state"] == "ok", "git has nothing to do with it"
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[site]\n", '[site]\nwrite_back_git = "commit"\n', 1), "utf-8")
    one = told(place)
    assert one["state"] == "fail"
    assert "is never committed" in one["said"]
