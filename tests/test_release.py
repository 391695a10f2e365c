"""A release: the same bytes each time, with everything in it, from a workflow that keeps no secret."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import crosspost
from tests.homebrew.__main__ import LISTS

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github/workflows/release.yml"
IGNORED = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "dist")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Path]]:
    """Wheel and sdist, made from two copies of the source in folders with other names and other times."""
    made = []
    for name in ("one", "another place"):
        folder = tmp_path_factory.mktemp("release") / name
        shutil.copytree(ROOT, folder, ignore=IGNORED, copy_function=shutil.copy)  # copies get the time of now
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "out"), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        made.append({file.suffix: file for file in (folder / "out").iterdir()})
    return made


@pytest.mark.long
@pytest.mark.parametrize("kind", [".whl", ".gz"])
def test_the_same_source_gives_the_same_bytes(built: list[dict[str, Path]], kind: str) -> None:
    first, second = (hashlib.sha256(one[kind].read_bytes()).hexdigest() for one in built)
    assert first == second
    assert built[0][kind].name == built[1][kind].name


@pytest.mark.long
def test_the_wheel_has_all_a_user_needs_and_no_tests(built: list[dict[str, Path]]) -> None:
    names = set(zipfile.ZipFile(built[0][".whl"]).namelist())
    package = {str(file.relative_to(ROOT)) for file in (ROOT / "crosspost").rglob("*") if file.is_file()}
    missing = {name for name in package if "__pycache__" not in name} - names
    assert missing == set()
    assert {"crosspost/_config/crosspost.example.toml", "crosspost/_config/github-workflow.yml"} <= names
    assert any(name.startswith("crosspost/_samples/") for name in names)
    assert any(name.endswith("/data/share/man/man1/crosspost.1") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "config/", "posts/"))]


@pytest.mark.long
def test_the_sdist_can_be_tested(built: list[dict[str, Path]]) -> None:
    with tarfile.open(built[0][".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "tests/conftest.py", "config/crosspost.example.toml"} <= names
    assert not [name for name in names if ".sqlite3" in name or "secrets.env" in name]


@pytest.mark.long
def test_the_formula_and_the_list_of_parts_are_made_of_what_was_built(
    built: list[dict[str, Path]], tmp_path: Path
) -> None:
    (script,) = (
        step["run"] for step in workflow()["jobs"]["build"]["steps"] if step.get("name") == "Say what is in it"
    )
    shutil.copytree(built[0][".gz"].parent, tmp_path / "dist")
    for name in ("tests", "crosspost", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    (tmp_path / ".venv/bin/python").chmod(0o755)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    env = os.environ | {"GITHUB_REPOSITORY": "verein/crosspost"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = (tmp_path / "beside/crosspost.rb").read_text("utf-8")
    assert hashlib.sha256(built[0][".gz"].read_bytes()).hexdigest() in said
    assert f"crosspost-{crosspost.__version__}.tar.gz" in said
    assert (tmp_path / "beside/crosspost.cdx.json").stat().st_size > 10_000
    with tarfile.open(built[0][".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(LISTS) <= names


def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    return loaded


def test_only_publishing_may_ask_who_it_is_and_only_with_what_was_built() -> None:
    jobs = workflow()["jobs"]
    assert workflow()["permissions"] == {}
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["needs"] == "build"
    assert not [step for step in jobs["publish"]["steps"] if "run" in step], "nothing of ours runs with that right"
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in uses)


@pytest.mark.parametrize(("tag", "fits"), [(f"v{crosspost.__version__}", True), ("v99.0.0", False), ("v0.1", False)])
def test_a_tag_that_is_not_the_version_is_refused(tag: str, fits: bool) -> None:
    (script,) = (step["run"] for step in workflow()["jobs"]["build"]["steps"] if "tag" in step.get("name", ""))
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    env = {"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == fits
    assert fits or done.stdout.startswith("::error::")
