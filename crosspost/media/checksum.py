"""Checksums of picture files."""

import hashlib
from pathlib import Path

from crosspost.config.small_file import open_file


def digest(path: str) -> str:
    """A checksum of a file's content, as sixteen hex digits (BLAKE2b, 64 bits).

    :raises OSError: when the file cannot be read
    """
    with open_file(Path(path)) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).hexdigest()
