"""Encrypts what is kept in a database that others look after, too: renewed tokens.

AES-256 in GCM (NIST SP 800-38D), which also notices every change: a record opens only with its key, and only as what it
was sealed for. Each record has the name of its key, so keys can be changed one machine after the other.
"""

import base64
import binascii
import hashlib
import os

#: bytes of a key, and of the number that is used once, which stands before what is sealed
_KEY, _ONCE = 32, 12


class UnopenedError(Exception):
    """There is no key for a record, or it is not what was sealed with it."""


class Keys:
    """Keys for records: the first one seals, and each of them opens. They never print themselves.

    :param text: each is 32 bytes in base64; commas between them
    :raises ValueError: with what is wrong, in one clause without any of its characters
    """

    __slots__ = ("_keys", "first")

    def __init__(self, text: str) -> None:
        found, texts = list[bytes](), text.split(",")
        for at, each in enumerate(texts, 1):
            try:
                found.append(_read(each))
            except ValueError as error:
                if len(texts) == 1:
                    raise
                raise ValueError(f"number {at} of {len(texts)}: {error}") from None
        self._keys = {_name(key): key for key in found}
        #: the name of the key that seals
        self.first = _name(found[0])

    @property
    def names(self) -> tuple[str, ...]:
        """What the keys are called in records: 32 bits of a hash."""
        return tuple(self._keys)

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt with the first key.

        :param about: what it is; it does not open as anything else
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        once = os.urandom(_ONCE)
        return once + AESGCM(self._keys[self.first]).encrypt(once, plain, about.encode())

    def opened(self, name: str, sealed: bytes, about: str) -> bytes:
        """What was sealed.

        :param name: which key it was sealed with
        :raises UnopenedError: when that key is not there, or the record was changed
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if name not in self._keys:
            raise UnopenedError
        try:
            return AESGCM(self._keys[name]).decrypt(sealed[:_ONCE], sealed[_ONCE:], about.encode())
        except (InvalidTag, ValueError):
            raise UnopenedError from None

    def __repr__(self) -> str:
        return f"Keys({', '.join(self.names)})"

    def __reduce__(self) -> str:
        raise TypeError("Keys must not be pickled")


def new_key() -> str:
    """A new key, as it is written."""
    return base64.b64encode(os.urandom(_KEY)).decode()


def _read(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY:
        raise ValueError("a key is 32 random bytes in base64 (44 characters); `crosspost tokens key` makes one")
    return key


def _name(key: bytes) -> str:
    return hashlib.blake2s(key, digest_size=4, person=b"key name").hexdigest()
