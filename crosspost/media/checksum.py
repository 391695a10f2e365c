"""What tells one picture's file from another."""

import hashlib
from pathlib import Path

from crosspost.config.small_file import open_file


def digest(path: str) -> str:
    """Sixteen hex digits that change when a byte of the file does.

    :raises OSError: when it cannot be read
    """
    with open_file(Path(path)) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()
