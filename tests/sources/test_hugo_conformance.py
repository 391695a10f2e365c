"""Every page of the recorded Hugo builds has the address that real Hugo gave it.

An excerpt of the recording is in ``recorded/hugo``; where ``../shared`` is beside the checkout, all of it is used.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import PostRefused, SourceError
from crosspost.sources.hugo.hugo_source import HugoSource

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
RECORDING = SHARED / "conformance" / "hugo"
EXCERPT = Path(__file__).parent / "recorded" / "hugo"
CASES = RECORDING if RECORDING.is_dir() else EXCERPT
ENGINES = ["0.168.0", "0.111.3"]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _load(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


SITES = _load(CASES, "sites.json")
EXPECTED = _load(CASES, "expected.json")["sites"]


def build(root: Path, site: dict[str, Any]) -> None:
    """Write the files of a recorded site; its flags are settings, too."""
    flags = {"--buildDrafts": "buildDrafts", "--buildFuture": "buildFuture", "--buildExpired": "buildExpired"}
    more = "".join(f"{flags[flag]} = true\n" for flag in site.get("flags", ()))
    (root / "hugo.toml").write_text(more + site["config"], encoding="utf-8")
    for path, text in site["files"].items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def expected_of(case: dict[str, Any], engine: str) -> dict[str, Any] | None:
    """What that version made of a page; None: it has no page of its own."""
    found: dict[str, Any] | None = case.get("differs", {}).get(engine, case["expected"])
    return found if found and found.get("permalink") else None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", list(SITES))
def test_addresses_are_those_of_hugo(name: str, engine: str, tmp_path: Path) -> None:
    site, recorded = SITES[name], EXPECTED[name]
    build(tmp_path, site)
    source = HugoSource(tmp_path, now=NOW, engine=engine)
    entries = {Path(entry.path).relative_to(tmp_path).as_posix(): entry for entry in source.scan()}
    assert entries
    if recorded["exit"][engine]:
        return  # this Hugo does not build the site: there is nothing to agree with but that nothing else is raised
    for path, case in recorded["files"].items():
        wanted, entry = expected_of(case, engine), entries.get(path)
        if wanted is None:
            assert entry is None or entry.state != "ready", path
            continue
        try:
            assert source.address(tmp_path / path) == wanted["permalink"], path
        except PostRefused as refused:
            assert any(word in str(refused) for word in ("written twice", "is not a date")), path  # noqa: PT017
            continue
        if entry is None or entry.state == "refused":  # a list page, or a date that Hugo itself only ignored
            assert entry is None or any(word in entry.reason for word in ("is not a date", "the same address")), path
            continue
        dated = entry.date.strftime("%Y-%m-%dT%H:%M:%S%z") if entry.date else "0001-01-01T00:00:00+0000"
        assert dated == wanted["date"], path
        # "false": the older version's YAML took the title N for a boolean
        assert entry.title == wanted["title"] or wanted["title"] in ("", "false"), path
        if entry.state == "ready":
            assert entry.url == wanted["permalink"]
            assert source.load(entry).url == entry.url


@pytest.mark.parametrize("name", [name for name in SITES if EXPECTED[name]["exit"]["0.168.0"]])
def test_a_site_that_does_not_build_raises_only_our_errors(name: str, tmp_path: Path) -> None:
    build(tmp_path, SITES[name])
    source = HugoSource(tmp_path, now=NOW)
    for entry in source.scan():
        try:
            source.load(entry)
        except (PostRefused, SourceError) as error:
            assert str(error)  # noqa: PT017 - the sentence is what is wanted, whichever of the two it is
