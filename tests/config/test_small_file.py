"""Small files are read whole, and nothing else is."""

from pathlib import Path

import pytest

from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.config.small_file import read_small

UNSAID = Path("/proc/self/status")  # the system says that it has no bytes


@pytest.mark.parametrize("size", [0, 1, 10])
def test_a_file_of_at_most_so_many_bytes_is_read_whole(tmp_path: Path, size: int) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * size)
    assert read_small(file, 10) == b"x" * size


def test_one_that_is_larger_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="larger"):
        read_small(file, 10)


@pytest.mark.skipif(not UNSAID.exists(), reason="no /proc")
def test_one_whose_size_is_not_said_is_read_whole() -> None:
    assert read_small(UNSAID).endswith(b"\n")
    with pytest.raises(OSError, match="larger"):
        read_small(UNSAID, 10)


def test_what_is_said_of_ten_thousand_accounts_is_read(tmp_path: Path) -> None:
    """A table and a token of each are more than a megabyte."""
    config, secrets = tmp_path / "crosspost.toml", tmp_path / "secrets.env"
    padding = f"# {'x' * 1_500_000}\n"
    config.write_text(f'{padding}[accounts.mastodon]\nbase_url = "https://m.example"\n', "utf-8")
    secrets.write_text(f"{padding}CROSSPOST_MASTODON_ACCESS_TOKEN=abc\n", "utf-8")
    secrets.chmod(0o600)
    assert list(settings_file.read(config).accounts) == ["mastodon"]
    token = Credentials({}, secrets).get("mastodon", "access_token")
    assert token is not None
    assert token.reveal() == "abc"
