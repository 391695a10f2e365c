"""The flake: what Nix reads in it is what pyproject.toml and requirements.txt say.

nixpkgs cannot be had here; a flake that stands for it says what it was asked to build.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

import crosspost
from tests.nix.__main__ import LACKING, OUT, SYSTEMS, Wheel, blocks, table

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKED = blocks((ROOT / "requirements.txt").read_text("utf-8"))
WHEELS: dict[str, Any] = tomllib.loads(OUT.read_text("utf-8"))


def version(name: str) -> str:
    """A package's version in requirements.txt."""
    return LOCKED[name].split("==")[1].split()[0]


def names(requirements: list[str]) -> list[str]:
    """What is asked for on Linux and macOS, as packages are named in requirements.txt and in nixpkgs."""
    here = [one for one in requirements if "win32" not in one]
    return [re.sub(r"[._]", "-", re.split(r"[^\w.-]", one)[0]).lower() for one in here]


EXTRAS = {extra: names(said) for extra, said in PYPROJECT["project"]["optional-dependencies"].items()}
INCLUDED = re.findall(r"[a-z0-9]+", PYPROJECT["project"]["optional-dependencies"]["all"][0])[1:]
REQUIRED = names(PYPROJECT["project"]["dependencies"])
WANTED = {*REQUIRED, *(name for extra in INCLUDED for name in EXTRAS[extra])}


# ── hashes and versions, without Nix ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", LACKING)
def test_a_wheel_has_the_version_and_a_hash_of_requirements_txt(name: str) -> None:
    said = WHEELS[name]
    assert said["version"] == version(name), "run `python -m tests.nix`"
    hashes = [one["sha256"] for one in said["files"].values()]
    assert hashes
    assert set(hashes) <= set(re.findall(r"sha256:([0-9a-f]{64})", LOCKED[name])), "run `python -m tests.nix`"
    assert len(set(hashes)) == len(hashes), "each system has a wheel of its own"
    assert set(said["files"]) in ({"any"}, set(SYSTEMS))


def test_no_wheel_is_listed_that_nothing_asks_for() -> None:
    assert set(WHEELS) == set(LACKING)
    assert set(LACKING) - {"fontpkg"} <= WANTED
    assert [one.split(">")[0] for one in WHEELS["fontpkg-noto-sans"]["needs"]] == ["fontpkg"]


def test_what_writes_the_list_writes_what_is_read() -> None:
    same = Wheel("py3", "none", "any", "ab" * 32, ("pytz", "babel>=2"))
    said = tomllib.loads(table("one", "1.0", dict.fromkeys(SYSTEMS, same)))
    assert said["one"]["needs"] == ["pytz", "babel>=2"]
    assert said["one"]["files"] == {
        "any": {"python": "py3", "abi": "none", "platform": "any", "sha256": "ab" * 32},
    }
    each = {system: same._replace(platform=platform) for system, platform in SYSTEMS.items()}
    assert {
        system: one["platform"] for system, one in tomllib.loads(table("two", "1", each))["two"]["files"].items()
    } == SYSTEMS


# ── read by Nix itself ────────────────────────────────────────────────────────────────────────────────────────────────


class Nix:
    """The flake in a folder of its own, and nixpkgs' stand-in beside it.

    :param packages: name and version of what nixpkgs has; the version "broken" is one that throws
    """

    def __init__(self, folder: Path, packages: dict[str, str]) -> None:
        self.folder = folder
        self.flake, self.nixpkgs = folder / "flake", folder / "nixpkgs"
        shutil.copytree(ROOT / "tests/nix/nixpkgs", self.nixpkgs)
        (self.nixpkgs / "packages.json").write_text(json.dumps(packages), "utf-8")
        for name in ("flake.nix", "pyproject.toml", "config/nix-wheels.toml", "crosspost/__init__.py"):
            (self.flake / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.flake / name)

    def __call__(self, *words: str) -> "subprocess.CompletedProcess[str]":
        said = ["--extra-experimental-features", "nix-command flakes", "--offline", "--store", str(self.folder / "nix")]
        stand_in = ["--override-input", "nixpkgs", f"path:{self.nixpkgs}", "--no-write-lock-file"]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        command = ["nix", *words[:2], *said, *stand_in, *words[2:]]
        return subprocess.run(command, env=env, cwd=self.flake, capture_output=True, text=True, check=False)

    def asked(self, system: str = "x86_64-linux") -> dict[str, Any]:
        """What buildPythonApplication was given; of its packages, what each was asked for."""
        shown = """package: let
          one = package: package.asked // {
            src = if package.asked ? src.pname then package.asked.src else null;
            dependencies = map one (package.asked.dependencies or [ ]);
            build-system = map one (package.asked.build-system or [ ]);
          };
        in one package // { own = "${package.asked.src}"; }"""
        done = self("eval", "--json", f"path:{self.flake}#packages.{system}.default", "--apply", shown)
        assert done.returncode == 0, done.stderr
        self.told = done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said


@pytest.fixture
def nixpkgs() -> dict[str, str]:
    """A nixpkgs that has all but what is known to be missing."""
    if shutil.which("nix") is None:
        pytest.skip("nix is not installed (Debian: apt-get install nix-bin)")
    more = names(WHEELS["python-liquid"]["needs"])
    return {name: version(name) for name in (*WANTED, *more, "hatchling") if name not in LACKING}


def test_version_and_packages_are_those_of_the_project(tmp_path: Path, nixpkgs: dict[str, str]) -> None:
    nix = Nix(tmp_path, nixpkgs)
    said = nix.asked()
    assert (said["pname"], said["version"]) == ("crosspost", crosspost.__version__)
    assert said["meta"] == {
        "description": PYPROJECT["project"]["description"],
        "license": "MIT",
        "mainProgram": "crosspost",
    }
    assert {one["pname"]: one["version"] for one in said["dependencies"]} == {name: version(name) for name in WANTED}
    assert [one["pname"] for one in said["build-system"]] == ["hatchling"]
    assert "without the extra" not in nix.told
    (source,) = (tmp_path / "nix").glob(said["own"].lstrip("/"))
    assert (source / "crosspost/__init__.py").is_file(), "it is built from the flake's own folder"


@pytest.mark.parametrize(("system", "platform"), SYSTEMS.items())
def test_what_nixpkgs_lacks_is_the_wheel_of_that_system(
    tmp_path: Path, nixpkgs: dict[str, str], system: str, platform: str
) -> None:
    found = {one["pname"]: one for one in Nix(tmp_path, nixpkgs).asked(system)["dependencies"]}
    nostr, liquid = found["nostr-sdk"], found["python-liquid"]
    assert nostr["src"] == {
        "pname": "nostr_sdk", "version": version("nostr-sdk"), "format": "wheel", "dist": "cp39", "python": "cp39",
        "abi": "abi3", "platform": platform, "sha256": WHEELS["nostr-sdk"]["files"][system]["sha256"],
    }  # fmt: skip
    assert nostr["nativeBuildInputs"] == (["autoPatchelfHook"] if "linux" in system else [])
    assert (liquid["src"]["platform"], liquid["nativeBuildInputs"]) == ("any", [])
    assert [one["pname"] for one in liquid["dependencies"]] == names(WHEELS["python-liquid"]["needs"])
    assert [one["pname"] for one in found["fontpkg-noto-sans"]["dependencies"]] == ["fontpkg"]


def test_what_nixpkgs_has_by_now_is_taken_from_there(tmp_path: Path, nixpkgs: dict[str, str]) -> None:
    found = {one["pname"]: one for one in Nix(tmp_path, nixpkgs | {"python-liquid": "3.0"}).asked()["dependencies"]}
    assert (found["python-liquid"]["version"], found["python-liquid"]["src"]) == ("3.0", None)


@pytest.mark.parametrize("worse", [{"mcp": "1.15.0"}, {"mcp": "broken"}, {"mcp": None}], ids=["old", "broken", "none"])
def test_an_extra_that_nixpkgs_cannot_give_is_left_out_and_told(
    tmp_path: Path, nixpkgs: dict[str, str], worse: dict[str, str | None]
) -> None:
    nix = Nix(tmp_path, {name: one for name, one in (nixpkgs | worse).items() if one})
    assert {one["pname"] for one in nix.asked()["dependencies"]} == WANTED - {"mcp"}
    assert nix.told.count("crosspost is built without the extra mcp: this nixpkgs lacks one of mcp>=2.3") == 1


def test_an_extra_has_an_upper_bound_too(tmp_path: Path, nixpkgs: dict[str, str]) -> None:
    nix = Nix(tmp_path, nixpkgs | {"apscheduler": "4.0.0"})
    assert {one["pname"] for one in nix.asked()["dependencies"]} == WANTED - {"apscheduler"}
    assert "without the extra daemon" in nix.told


@pytest.mark.parametrize("old", ["8.1.9", "broken"])
def test_what_crosspost_cannot_do_without_stops_it(tmp_path: Path, nixpkgs: dict[str, str], old: str) -> None:
    done = Nix(tmp_path, nixpkgs | {"click": old})(
        "eval", "--json", ".#packages.x86_64-linux.default.asked.dependencies"
    )
    assert done.returncode != 0
    assert "crosspost: nixpkgs has no click 8.2 or newer. Take a newer nixpkgs." in done.stderr


def test_nix_finds_program_package_check_and_shell(tmp_path: Path, nixpkgs: dict[str, str]) -> None:
    nix = Nix(tmp_path, nixpkgs)
    done = nix("flake", "show", "--json", f"path:{nix.flake}")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    for kind in ("packages", "apps", "checks", "devShells"):
        assert set(shown[kind]) == set(SYSTEMS)
    assert shown["apps"]["x86_64-linux"]["default"] == {"type": "app"}
    done = nix("flake", "check", "--no-build", f"path:{nix.flake}")
    assert done.returncode == 0, done.stderr
    done = nix("eval", "--raw", f"path:{nix.flake}#apps.x86_64-linux.default.program")
    assert re.search(rf"-crosspost-{re.escape(crosspost.__version__)}/bin/crosspost$", done.stdout), done.stderr
