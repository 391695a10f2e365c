"""A small Hugo site, and what is read of it."""

from datetime import UTC, datetime
from pathlib import Path

from crosspost.sources.hugo.hugo_source import HugoSource

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONFIG = 'baseURL = "https://tal.example.org/"\ntitle = "Das Tal"\nlanguageCode = "de-DE"\n'


def write(root: Path, name: str, text: str) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def page(more: str = "", *, title: str = "A b") -> str:
    return f"---\ntitle: {title}\ndate: 2024-01-02\n{more}---\n\nText.\n"


def site(root: Path, config: str, pages: dict[str, str], name: str = "hugo.toml") -> HugoSource:
    write(root, name, config)
    for path, text in pages.items():
        write(root, path, text)
    return HugoSource(root, now=NOW)


def addresses(source: HugoSource) -> dict[str, str]:
    return {entry.id: entry.url for entry in source.scan() if entry.state == "ready"}


def reasons(source: HugoSource) -> dict[str, str]:
    return {entry.id: f"{entry.state}: {entry.reason}" for entry in source.scan()}
