"""Every post of the recorded Jekyll builds has the address that real Jekyll gave it.

An excerpt of the recording is in ``recorded/jekyll``; where ``../shared`` is beside the checkout, all of it is used.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crosspost.errors import PostRefused, SourceError
from crosspost.model import Entry
from crosspost.sources import permalink
from crosspost.sources.jekyll import JekyllSource

pytestmark = pytest.mark.long

SHARED = Path(os.environ.get("CROSSPOST_SHARED") or Path(__file__).parents[2] / ".." / "shared")
RECORDING = SHARED / "conformance" / "jekyll"
EXCERPT = Path(__file__).parent / "recorded" / "jekyll"
CASES = RECORDING if RECORDING.is_dir() else EXCERPT
ENGINES = ["3.9.3", "3.10.0", "4.3.1"]
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# Jekyll publishes these, but not what their author meant: we refuse them and say why
REFUSED = {
    ("bad-yaml-tab", "_posts/2024-01-02-x.md"): "not valid YAML",
    ("bad-yaml-colon", "_posts/2024-01-02-x.md"): "second",
    ("bad-duplicate-key", "_posts/2024-01-02-x.md"): "written twice",
    ("bad-unterminated", "_posts/2024-01-02-x.md"): "no closing",
}


def _load(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


SITES = _load(CASES, "sites.json")
EXPECTED = _load(CASES, "expected.json")["sites"]


def build(root: Path, site: dict[str, Any]) -> None:
    """Write the files of a recorded site."""
    root.joinpath("_config.yml").write_text(json.dumps(site["config"]), encoding="utf-8")
    for path, text in site["files"].items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        latin = text.startswith("LATIN1:")
        file.write_bytes(text.removeprefix("LATIN1:").encode("latin-1") if latin else text.encode())


def is_post(path: str) -> bool:
    return "_posts" in path.split("/") or "_drafts" in path.split("/")


def expected_of(case: dict[str, Any], engine: str) -> dict[str, Any]:
    return case | case.get("differs", {}).get(engine, {})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", list(SITES))
def test_addresses_are_those_of_jekyll(name: str, engine: str, tmp_path: Path) -> None:
    site, recorded = SITES[name], EXPECTED[name]
    build(tmp_path, site)
    source = JekyllSource(
        tmp_path,
        now=NOW,
        url=site["config"].get("url", "https://example.test"),
        timezone=site.get("env", {}).get("TZ", ""),
        engine=engine.rpartition(".")[0],
    )
    entries = {Path(entry.path).relative_to(tmp_path).as_posix(): entry for entry in source.scan()}
    assert entries
    if recorded["exit"][engine]:
        return  # this Jekyll does not build the site: there is nothing to agree with but that nothing else is raised
    for path in filter(is_post, recorded["files"]):
        case = expected_of(recorded["files"][path], engine)
        check(source, name, path, entries.get(path), case, site)


def check(
    source: JekyllSource, name: str, path: str, entry: Entry | None, case: dict[str, Any], site: dict[str, Any]
) -> None:
    url = case.get("url") or case.get("unwritten_url")
    if (name, path) in REFUSED:
        assert entry is not None
        assert entry.state == "refused"
        assert REFUSED[name, path] in entry.reason
        return
    if url is None:
        assert entry is None or entry.state != "ready", (path, entry)
        return
    assert entry is not None, path
    assert permalink.absolute_url(site["config"].get("url", ""), source.site.baseurl, url) == case["absolute_url"], path
    given = site["config"].get("url", "https://example.test")
    assert entry.url == permalink.absolute_url(given, source.site.baseurl, url), path
    assert entry.date is not None
    assert entry.date.strftime("%Y-%m-%dT%H:%M:%S%z") == case["date"], path
    assert entry.title == str(case["title"]).strip(), path
    if entry.state == "ready":
        assert source.load(entry).url == entry.url
    elif entry.state == "skipped":
        hidden = ("_drafts", "published-false", "published-no", "future", "2999")
        assert any(part in path for part in hidden), (path, entry.reason)


@pytest.mark.parametrize("name", [name for name in SITES if any(EXPECTED[name]["exit"].values())])
def test_a_site_that_does_not_build_raises_only_our_errors(name: str, tmp_path: Path) -> None:
    build(tmp_path, SITES[name])
    source = JekyllSource(tmp_path, now=NOW, url="https://example.test")
    for entry in source.scan():
        try:
            source.load(entry)
        except (PostRefused, SourceError) as error:
            assert str(error)  # noqa: PT017 - the sentence is what is wanted, whichever of the two it is


@pytest.mark.skipif(CASES == EXCERPT, reason=f"the recorded builds are not at {RECORDING}")
def test_the_excerpt_says_what_the_recording_says() -> None:
    for name, site in _load(EXCERPT, "sites.json").items():
        assert site.items() <= (SITES[name] | {"files": site["files"]}).items()
        assert site["files"].items() <= SITES[name]["files"].items()
    for name, recorded in _load(EXCERPT, "expected.json")["sites"].items():
        assert recorded["exit"] == EXPECTED[name]["exit"]
        for path, case in recorded["files"].items():
            for engine in ENGINES:
                assert (
                    expected_of(case, engine).items()
                    <= (expected_of(EXPECTED[name]["files"][path], engine) | {"differs": case.get("differs")}).items()
                )
