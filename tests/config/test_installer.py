"""How crosspost is called from anywhere, and what adds a package to it."""

import sys
from pathlib import Path

import pytest

from crosspost.config.installer import adding, extras, program


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "my tools/crosspost"
    (folder / "lib/python3.13/site-packages").mkdir(parents=True)
    return folder


def test_pipx_injects_the_packages_of_an_extra(home: Path) -> None:
    (home / "pipx_metadata.json").write_text("{}", "utf-8")
    assert adding("x", prefix=home) == "pipx inject crosspost requests-oauthlib tweepy"
    assert adding(package="pillow-heif", prefix=home) == "pipx inject crosspost pillow-heif"


@pytest.mark.parametrize(
    ("receipt", "command"),
    [
        ('[{ name = "crosspost" }]', "--with tweepy crosspost"),
        (
            '[{ name = "crosspost", extras = ["mastodon"], specifier = ">=1" }, { name = "segno" }]',
            "--with segno --with tweepy 'crosspost[mastodon]>=1'",
        ),
        (
            '[{ name = "crosspost", path = "/srv/my wheels/c.whl" }]',
            "--with tweepy 'crosspost @ file:///srv/my%20wheels/c.whl'",
        ),
        (
            '[{ name = "crosspost", git = "https://git.example.org/c?rev=1" }]',
            "--with tweepy 'crosspost @ git+https://git.example.org/c?rev=1'",
        ),
    ],
)
def test_uv_keeps_what_was_installed_with_it(home: Path, receipt: str, command: str) -> None:
    (home / "uv-receipt.toml").write_text(f"[tool]\nrequirements = {receipt}\n", "utf-8")
    assert adding(package="tweepy", prefix=home) == f"uv tool install {command}"


def test_pip_is_the_one_of_this_environment(home: Path) -> None:
    (home / "lib/python3.13/site-packages/pip").mkdir()
    assert adding("x", prefix=home, environ={}) == f"'{home}/bin/python' -m pip install 'crosspost[x]'"
    assert adding("x", prefix=home, environ={"VIRTUAL_ENV": str(home)}) == "pip install 'crosspost[x]'"


def test_an_environment_without_pip_was_made_by_uv(home: Path) -> None:
    command = f"uv pip install --python '{home}/bin/python' 'crosspost[x]'"
    assert adding("x", prefix=home, environ={"VIRTUAL_ENV": str(home)}) == command


def test_every_extra_has_packages(home: Path) -> None:
    (home / "pipx_metadata.json").write_text("{}", "utf-8")
    assert {"x", "mastodon", "keyring", "daemon", "notify"} < set(extras())
    for extra in extras():
        assert "[" not in adding(extra, prefix=home).replace("crosspost[", "", 1) or extra == "all"


def test_the_program_is_called_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "crosspost"
    script.write_text("#!/bin/sh\n", "utf-8")
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert program("./crosspost") == (str(script),)
    link = tmp_path / "bin/crosspost"
    link.parent.mkdir()
    link.symlink_to(script)
    assert program("bin/crosspost") == (str(link),), "pipx and uv change what the link leads to"
    (beside,) = program("/usr/bin/pytest")
    assert beside == str(Path(sys.executable).with_name("crosspost"))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "nowhere"))
    assert program("/usr/bin/pytest") == (sys.executable, "-P", "-m", "crosspost")


def test_no_message_names_a_command_that_fits_one_way_only() -> None:
    """Whatever says what to install asks :func:`adding`."""
    package = Path(sys.modules["crosspost"].__file__ or "").parent
    own = {package / "config/installer.py", package / "testing/__init__.py"}
    files = [file for file in package.rglob("*.py") if file not in own]
    assert [str(file) for file in files if "pip install" in file.read_text("utf-8")] == []


def test_what_nix_built_is_made_anew_with_a_newer_nixpkgs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.config.installer._NIX_STORE", home.parent)
    assert adding("x", prefix=home) == "nix flake update"
    assert adding(package="pillow-heif", prefix=home) == "uv tool install --with pillow-heif crosspost"


def test_a_schedule_calls_the_link_of_a_nix_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built, other, link = (tmp_path / name / "bin/crosspost" for name in ("store/a", "store/b", "profile"))
    for file in (built, other):
        file.parent.mkdir(parents=True)
        file.write_text("#!/bin/sh\n", "utf-8")
        file.chmod(0o755)
    link.parent.mkdir(parents=True)
    monkeypatch.setattr("crosspost.config.installer._NIX_STORE", tmp_path / "store")
    monkeypatch.setenv("PATH", str(link.parent))
    assert program(str(built)) == (str(built),), "no link leads there"
    link.symlink_to(other)
    assert program(str(built)) == (str(built),), "the link leads to another version"
    link.unlink()
    link.symlink_to(built)
    assert program(str(built)) == (str(link),)
