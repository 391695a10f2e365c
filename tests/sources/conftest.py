"""A site of Jekyll without posts."""

from pathlib import Path

import pytest

from tests.sources.jekyll_site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
