"""Signed texts: sessions and one-use links survive a restart, and nobody without the key can make one."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from crosspost.errors import ConfigError

_BYTES = 32


def folder_beside(ledger: Path) -> Path:
    """Where the dashboard keeps its key and its users: a folder beside the ledger, for its owner only."""
    return ledger.parent / f"{ledger.stem}.web"


class Signer:
    """Signs and checks texts with the key in a file (mode 0600), which is made when it is missing.

    :raises ConfigError: when the file cannot be read or written, or others can read it
    """

    def __init__(self, file: Path) -> None:
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._key = _read(file) or _write(file)
        except OSError as error:
            raise ConfigError(
                f"{file}, the key of the dashboard's logins, cannot be used: {error.strerror}; make it "
                "and its folder readable and writable for this user"
            ) from None

    def sign(self, purpose: str, text: str) -> str:
        """``text`` with its signature.

        :param purpose: what it is for; a text signed for something else is not accepted
        """
        return f"{_encode(text.encode())}.{_encode(self._mac(purpose, text))}"

    def read(self, purpose: str, signed: str) -> str | None:
        """The text that was signed; None when it was not signed here for this purpose."""
        body, _, mac = signed.partition(".")
        try:
            text, given = _decode(body).decode(), _decode(mac)
        except ValueError:
            return None
        return text if hmac.compare_digest(given, self._mac(purpose, text)) else None

    def _mac(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{purpose}\n{text}".encode(), hashlib.sha256)


def _read(file: Path) -> bytes:
    """The key; b"" when there is none yet."""
    if not file.exists():
        return b""
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise ConfigError(f"{file} can be read by others on this machine: run `chmod 600 {file}`")
    key = file.read_bytes()
    if len(key) != _BYTES:
        raise ConfigError(f"{file} is damaged: delete it, and everybody logs in again")
    return key


def _write(file: Path) -> bytes:
    """Make the key; when another process was faster, its key."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    key = secrets.token_bytes(_BYTES)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as written:
        written.write(key)
    try:
        os.link(part, file)  # fails where there is one, unlike a rename
    except FileExistsError:
        return _read(file)
    finally:
        part.unlink(missing_ok=True)
    return key


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
