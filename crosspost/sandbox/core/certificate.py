"""A certificate for 127.0.0.1 that the sandbox signs itself, created by each process with the openssl command."""

import shutil
import ssl
import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

_COMMAND = [
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"),
    *("-subj", "/CN=crosspost-sandbox", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
    *("-keyout", "key.pem", "-out", "certificate.pem"),
]
_guard = threading.Lock()
_made: list["Made"] = []


class Made(NamedTuple):
    """``pem`` is the certificate, for clients that should trust it; ``context`` serves with it."""

    pem: str
    context: ssl.SSLContext


def possible() -> bool:
    """Whether there is an openssl command."""
    return shutil.which("openssl") is not None


def made() -> Made:
    """The certificate of this process; created on first use, because it takes a moment.

    :raises OSError: when openssl is missing or fails
    """
    with _guard:
        if not _made:
            _made.append(_make())
        return _made[0]


def _make() -> Made:
    with TemporaryDirectory(prefix="crosspost-sandbox-") as folder:
        try:
            # a fixed command line, without user input; the key never leaves the folder, which only its owner can enter
            subprocess.run(_COMMAND, cwd=folder, capture_output=True, check=True, timeout=30)  # noqa: S603
        except subprocess.SubprocessError as error:
            raise OSError(f"openssl makes no certificate: {error}") from None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate, key = Path(folder, "certificate.pem"), Path(folder, "key.pem")
        context.load_cert_chain(certificate, key)
        return Made(certificate.read_text("ascii"), context)
