"""The formula: version and hash are the sdist's, what it installs has hashes, and it is Ruby."""

import hashlib
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest

import crosspost
from tests.homebrew.__main__ import LISTS, PYTHON, formula, main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sdist(tmp_path: Path) -> Path:
    file = tmp_path / f"crosspost-{crosspost.__version__}.tar.gz"
    file.write_bytes(b"what was built")
    return file


def test_version_and_hash_are_those_of_what_was_built(sdist: Path) -> None:
    text = formula(sdist, "verein/crosspost")
    (sha256,) = re.findall(r'^  sha256 "(\w+)"$', text, re.MULTILINE)
    assert sha256 == hashlib.sha256(b"what was built").hexdigest()
    assert f"/verein/crosspost/releases/download/v{crosspost.__version__}/{sdist.name}" in text
    sdist.write_bytes(b"another")
    assert sha256 not in formula(sdist, "verein/crosspost")


def test_it_is_ruby(sdist: Path, tmp_path: Path) -> None:
    assert main([str(sdist), "verein/crosspost", str(tmp_path / "crosspost.rb")]) == 0
    if shutil.which("ruby") is None:
        pytest.skip("ruby is not installed")
    for text, good in (((tmp_path / "crosspost.rb").read_text("utf-8"), True), ("class Crosspost <", False)):
        done = subprocess.run(["ruby", "-c"], input=text, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == good, done.stderr


@pytest.mark.parametrize(("name", "where"), [("other-1.0.0.tar.gz", "a/b"), ("crosspost-1.0.0.tar.gz", 'a/b" evil')])
def test_what_is_named_otherwise_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, where: str
) -> None:
    (tmp_path / name).touch()
    with pytest.raises(SystemExit):
        main([str(tmp_path / name), where, str(tmp_path / "out.rb")])
    assert "is no crosspost-VERSION.tar.gz of OWNER/NAME" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out.rb").exists()


def blocks(file: str) -> dict[str, str]:
    found = re.findall(r"^[A-Za-z0-9](?:.*\\\n)*.*\n", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return {re.split(r"[=;\[ ]", block)[0].lower(): block for block in found}


def test_what_builds_it_is_a_part_of_the_whole_list_and_complete() -> None:
    part, whole = blocks("config/build-backend.txt"), blocks("requirements.txt")
    assert {name: whole.get(name) for name in part} == part, "take the blocks of requirements.txt over"
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    asked += [one for one in requires("hatchling") or () if "python_version <" not in one]
    names = {re.split(r"[^\w.-]", one)[0].lower() for one in asked}
    assert names <= set(part) | set(blocks("config/build-services.txt"))
    assert set(part) <= names


def test_all_it_installs_has_hashes_and_travels_with_the_source(sdist: Path) -> None:
    text = formula(sdist, "verein/crosspost")
    installs = [line for line in text.splitlines() if "system(*pip" in line]
    assert [one for one in LISTS if not (ROOT / one).is_file()] == []
    assert all("--require-hashes" in line and "--only-binary" in line for line in installs[:-1])
    assert installs[-1].split("*pip, ")[1] == '"--no-deps", "--no-build-isolation", buildpath)'
    included = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["sdist"]
    assert "config" in included["include"]
    assert f"Python :: {PYTHON}" in (ROOT / "pyproject.toml").read_text("utf-8")
