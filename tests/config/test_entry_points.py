"""What other packages register is found as importlib.metadata finds it."""

import os
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from crosspost.config.entry_points import EntryPoint, entry_points


@pytest.mark.parametrize("group", ["console_scripts", "pytest11", "fontpkg.family", "crosspost.networks", "no.such"])
def test_the_same_as_importlib_metadata(group: str) -> None:
    theirs = {point.name: point.value for point in metadata.entry_points(group=group)}
    assert {point.name: point.value for point in entry_points(group)} == theirs


def test_a_folder_an_archive_and_what_is_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[other]\na = b\n\n[a.group]\n# c = d\none = json.decoder:JSONDecoder.decode [extra]\n two=json\n"
    (tmp_path / "mine-1.0.dist-info").mkdir()
    (tmp_path / "mine-1.0.dist-info/entry_points.txt").write_text(text)
    (tmp_path / "none-1.0.dist-info").mkdir()
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("more-1.0.dist-info/METADATA", "Name: more\n")
        archive.writestr("more-1.0.dist-info/entry_points.txt", "[a.group]\nthree = json:loads\none = json:dumps\n")
    places = [tmp_path, tmp_path / "more.zip", tmp_path / "gone", tmp_path / "mine-1.0.dist-info/entry_points.txt"]
    monkeypatch.setattr("sys.path", [str(place) for place in places])
    found = {point.name: point for point in entry_points("a.group")}
    assert list(found) == ["one", "two", "three"]
    assert found["two"] == EntryPoint("two", "json")
    import json

    assert [found[name].load() for name in found] == [json.decoder.JSONDecoder.decode, json, json.loads]


def test_what_is_installed_meanwhile_is_found_and_what_is_removed_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert entry_points("a.group") == []
    prepared = tmp_path.with_name("prepared")
    prepared.mkdir()
    (prepared / "entry_points.txt").write_text("[a.group]\none = json:loads\n")
    os.utime(tmp_path, ns=(0, 0))  # a clock that is coarse does not hide what comes next
    entry_points("a.group")
    prepared.rename(tmp_path / "mine-1.0.dist-info")
    assert [point.name for point in entry_points("a.group")] == ["one"]
    os.utime(tmp_path, ns=(1, 1))
    (tmp_path / "mine-1.0.dist-info").rename(prepared)
    assert entry_points("a.group") == []
