"""The address that a site's own configuration names is checked as that of our config is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crosspost.errors import SourceError
from crosspost.sources.hugo.hugo_source import HugoSource
from crosspost.sources.jekyll import JekyllSource

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("verein", "“verein” is not the address of a site; write it whole, such as https://verein.example"),
        ("verein.example", "“verein.example” is not a whole address; write https://verein.example"),
        ("https://verein.example/?page=1", "it contains a ? or #; write only https://verein.example"),
        ("ftp://verein.example", "the address of a site must begin with https://, not ftp://"),
        ("@verein@verein.example", "“@verein@verein.example” is an account, not the address of a site"),
    ],
)
def test_what_no_link_can_begin_with_is_refused_with_its_line(tmp_path: Path, address: str, told: str) -> None:
    jekyll, hugo = tmp_path / "_config.yml", tmp_path / "hugo.toml"
    jekyll.write_text(f'title: A\nurl: "{address}"\n', "utf-8")
    hugo.write_text(f'title = "A"\n\nbaseURL = "{address}"\n', "utf-8")
    (tmp_path / "content").mkdir()
    for source, place in (
        (JekyllSource(tmp_path, now=NOW), f"{jekyll}:2: url: "),
        (HugoSource(tmp_path, now=NOW), f"{hugo}:3: baseURL: "),
    ):
        with pytest.raises(SourceError) as refused:
            source.need_url()
        assert str(refused.value).startswith(f"{place}{told}")
    JekyllSource(tmp_path, now=NOW, url="https://verein.example").need_url()  # ours goes first
    HugoSource(tmp_path, now=NOW, url="https://verein.example").need_url()


@pytest.mark.parametrize("address", ["https://verein.example/", "http://localhost:4000", "HTTPS://verein.example/a"])
def test_whole_addresses_are_taken_as_they_are(tmp_path: Path, address: str) -> None:
    (tmp_path / "_config.yml").write_text(f"url: {address}\n", "utf-8")
    source = JekyllSource(tmp_path, now=NOW)
    source.need_url()
    assert source.site.url == address
