"""How crosspost was installed: the command that calls it, and the one that adds a package to it.

pipx leaves ``pipx_metadata.json`` and uv's tools ``uv-receipt.toml`` in the environment they make; what Nix built lies
in its store; everything else is an environment into which pip (or uv's pip) installed.
"""

import os
import re
import shlex
import sys
import sysconfig
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_NAME = "crosspost"
_NIX_STORE = Path("/nix/store")


def program(called: str = "") -> tuple[str, ...]:
    """The words that call crosspost from anywhere, whatever PATH is there.

    :param called: how this process was called; "" for ``sys.argv[0]``
    """
    word = called or sys.argv[0]
    for file in (Path(word), Path(sysconfig.get_path("scripts"), _NAME)):
        if file.name in (_NAME, f"{_NAME}.exe") and file.is_file() and os.access(file, os.X_OK):
            # not where links lead: pipx and uv change what is there
            return (_lasting(os.path.abspath(file)),)  # noqa: PTH100
    return (os.path.abspath(sys.executable), "-P", "-m", _NAME)  # noqa: PTH100


def adding(
    extra: str = "", package: str = "", *, prefix: Path | None = None, environ: Mapping[str, str] = os.environ
) -> str:
    """The command that adds what is missing to this very installation.

    :param extra: an extra of crosspost
    :param package: another package, when it is none of the extras
    :param prefix: the environment crosspost is in; None for this one
    """
    home = prefix or Path(sys.prefix)
    wanted = [package] if package else _packages(extra)
    if installer(home) == "nix":  # flake.nix has every extra for which nixpkgs is new enough
        return shlex.join(["uv", "tool", "install", "--with", package, _NAME]) if package else "nix flake update"
    if installer(home) == "pipx":
        return shlex.join(["pipx", "inject", home.name, *wanted])
    if installer(home) == "uv tool":
        return shlex.join(["uv", "tool", "install", *_with(home / "uv-receipt.toml", wanted)])
    what = package or f"{_NAME}[{extra}]"
    said = f"'{what}'" if extra else what
    if environ.get("VIRTUAL_ENV") == str(home) and _has_pip(home):
        return f"pip install {said}"
    python = shlex.quote(str(home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")))
    return f"{python} -m pip install {said}" if _has_pip(home) else f"uv pip install --python {python} {said}"


def installer(prefix: Path | None = None) -> str:
    """What installed crosspost: "pipx", "uv tool", "nix" or "pip" (also for uv's pip).

    :param prefix: the environment crosspost is in; None for this one
    """
    home = prefix or Path(sys.prefix)
    if (home / "pipx_metadata.json").is_file():
        return "pipx"
    if home.is_relative_to(_NIX_STORE):
        return "nix"
    return "uv tool" if (home / "uv-receipt.toml").is_file() else "pip"


def extras() -> list[str]:
    """The extras crosspost has."""
    from importlib import metadata

    try:
        return metadata.metadata(_NAME).get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        return []


def _lasting(file: str) -> str:
    """A profile's link to a file of Nix's store: the file itself is deleted some time after the next update."""
    if not Path(file).is_relative_to(_NIX_STORE):
        return file
    import shutil

    link = shutil.which(_NAME)
    return link if link and os.path.realpath(link) == os.path.realpath(file) else file


def _packages(extra: str) -> list[str]:
    """The names of an extra's packages."""
    from importlib import metadata

    wanted = re.compile(rf"""^([A-Za-z0-9._-]+).*;\s*extra\s*==\s*["']{re.escape(extra)}["']""")
    try:
        lines = metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:
        lines = []
    return [found[1] for line in lines if (found := wanted.match(line))] or [f"{_NAME}[{extra}]"]


def _with(receipt: Path, wanted: list[str]) -> list[str]:
    """What ``uv tool install`` needs to keep what is there and add packages: it makes the environment anew."""
    try:
        listed: list[dict[str, Any]] = tomllib.loads(receipt.read_text("utf-8"))["tool"]["requirements"]
    except (OSError, ValueError, KeyError):
        listed = []
    own = next((one for one in listed if one.get("name") == _NAME), {"name": _NAME})
    before = [_requirement(one) for one in listed if one.get("name") != _NAME]
    more = list(dict.fromkeys([*before, *wanted]))
    return [*(word for one in more for word in ("--with", one)), _requirement(own)]


def _requirement(one: Mapping[str, Any]) -> str:
    """One requirement of uv's receipt as a person writes it (PEP 508)."""
    extras = f"[{','.join(one['extras'])}]" if one.get("extras") else ""
    place = one.get("path") or one.get("directory") or one.get("editable") or one.get("url")
    if place is None and one.get("git"):
        place = f"git+{one['git']}"
    if place is not None:
        return f"{one['name']}{extras} @ {place if '://' in place else Path(place).absolute().as_uri()}"
    return f"{one['name']}{extras}{one.get('specifier', '')}"


def _has_pip(home: Path) -> bool:
    return (
        any(home.glob("[Ll]ib*/python*/site-packages/pip"))
        or any(home.glob("[Ll]ib/site-packages/pip"))
        or (home == Path(sys.base_prefix))
    )
