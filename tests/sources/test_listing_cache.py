"""A cached listing equals a fresh one: after any change a scan gives the same result as reading everything."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from crosspost.model import Entry
from crosspost.sources.jekyll import JekyllSource

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text("url: https://a.example\n")
    for day in (1, 2, 3):
        write(tmp_path, f"2026-11-0{day}-p{day}.md", f"title: T{day}")
    return tmp_path


def write(site: Path, name: str, front: str, *, old: bool = True) -> Path:
    file = site / "_posts" / name
    file.write_text(f"---\n{front}\n---\n\nText\n", "utf-8")
    if old:  # what was changed a moment ago is never trusted
        os.utime(file, (1_700_000_000 + len(front), 1_700_000_000 + len(front)))
    return file


def scan(site: Path, *, now: datetime = NOW, memory: bool = True, **settings: str) -> list[Entry]:
    source = JekyllSource(site, now=now, memory=site / "posts.cache" if memory else None, **settings)  # type: ignore[arg-type]
    return list(source.scan())


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose text is read from now on."""
    found: list[str] = []
    entry = JekyllSource._entry
    monkeypatch.setattr(JekyllSource, "_entry", lambda self, name: found.append(name.path) or entry(self, name))
    return found


def test_an_unchanged_site_is_not_read_again(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scan(site)
    assert first == scan(site, memory=False)
    found = reads(monkeypatch)
    assert scan(site) == first
    assert found == []


def test_only_what_changed_is_read(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(site)
    write(site, "2026-11-02-p2.md", "title: Anders und länger")
    write(site, "2026-11-04-p4.md", "title: Neu")
    (site / "_posts/2026-11-01-p1.md").unlink()
    found = reads(monkeypatch)
    assert [entry.title for entry in scan(site)] == ["Anders und länger", "T3", "Neu"]
    assert len(found) == 2


def test_a_file_changed_a_moment_ago_is_read_again(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two changes within the clock's grain leave the same size and time."""
    file = write(site, "2026-11-05-p5.md", "title: AAAA", old=False)
    scan(site)
    stat = file.stat()
    file.write_text(file.read_text().replace("AAAA", "BBBB"))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert scan(site)[-1].title == "BBBB"


def test_config_settings_clock_and_neighbours_count(site: Path) -> None:
    scan(site)
    (site / "_config.yml").write_text("url: https://b.example\n")
    assert scan(site)[0].url.startswith("https://b.example/")
    assert scan(site, url="https://c.example")[0].url.startswith("https://c.example/")
    assert [e.state for e in scan(site, now=NOW - timedelta(days=20))] == ["ready", "ready", "skipped"]
    write(site, "2026-11-09-p1.md", "title: Noch einer")
    assert [entry.id for entry in scan(site)] == [entry.id for entry in scan(site, memory=False)]


@pytest.mark.parametrize("damage", [b"", b"\x00\xff not msgpack", msgspec.msgpack.encode(["key", 1, {"a": [1, 2, 3]}])])
def test_a_damaged_cache_does_not_matter(site: Path, damage: bytes) -> None:
    (site / "posts.cache").write_bytes(damage)
    assert len(scan(site)) == 3
    (site / "posts.cache").unlink()
    (site / "posts.cache").mkdir()
    assert len(scan(site)) == 3


def test_a_fingerprint_changes_with_any_byte_of_the_file_and_is_remembered(site: Path) -> None:
    first = scan(site)
    assert len({entry.fingerprint for entry in first}) == 3
    assert all(len(entry.fingerprint) == 16 for entry in first)
    assert scan(site) == first
    file = site / "_posts/2026-11-02-p2.md"
    file.write_bytes(file.read_bytes() + b"\n")
    os.utime(file, (1_700_009_000, 1_700_009_000))
    changed = [new.id for old, new in zip(first, scan(site), strict=True) if old.fingerprint != new.fingerprint]
    assert changed == ["p2"]
