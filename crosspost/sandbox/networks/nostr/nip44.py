"""NIP-44, version 2, with nothing but the standard library; slow and readable (github.com/nostr-protocol/nips, 44).

HKDF is RFC 5869, ChaCha20 is RFC 8439 2.4 (its counter begins with 0).
"""

import base64
import hashlib
import hmac
import struct

from crosspost.sandbox.networks.nostr.schnorr import shared_x

_VERSION = b"\x02"
_MAC = 32


def conversation_key(private: str, public: str) -> bytes:
    """The key of two people's conversation, the same from both sides.

    :param private: 64 hex digits, of one of them
    :param public: the other's
    """
    return hmac.digest(b"nip44-v2", shared_x(private, public), hashlib.sha256)


def encrypt(key: bytes, nonce: bytes, text: str) -> str:
    """The payload of a text.

    :param nonce: 32 bytes, never used twice
    """
    plain = text.encode()
    padded = struct.pack(">H", len(plain)) + plain + bytes(padded_length(len(plain)) - len(plain))
    cipher, first, mac_key = _message_keys(key, nonce)
    hidden = _chacha20(cipher, first, padded)
    mac = hmac.digest(mac_key, nonce + hidden, hashlib.sha256)
    return base64.b64encode(_VERSION + nonce + hidden + mac).decode()


def decrypt(key: bytes, payload: str) -> str:
    """The text of a payload.

    :raises ValueError: when it is not for this key, or was changed on its way
    """
    data = base64.b64decode(payload, validate=True)
    if data[:1] != _VERSION or len(data) < 1 + 32 + 34 + _MAC:
        raise ValueError("not NIP-44, version 2")
    nonce, hidden, mac = data[1:33], data[33:-_MAC], data[-_MAC:]
    cipher, first, mac_key = _message_keys(key, nonce)
    if not hmac.compare_digest(hmac.digest(mac_key, nonce + hidden, hashlib.sha256), mac):
        raise ValueError("wrong MAC")
    padded = _chacha20(cipher, first, hidden)
    (length,) = struct.unpack(">H", padded[:2])
    plain = padded[2 : 2 + length]
    if not length or len(plain) != length or len(padded) != 2 + padded_length(length):
        raise ValueError("wrong padding")
    return plain.decode()


def padded_length(length: int) -> int:
    """How long a text of so many bytes is made, so that its length tells little."""
    if length <= 32:
        return 32
    power = 1 << (length - 1).bit_length()
    chunk = 32 if power <= 256 else power // 8
    return chunk * ((length - 1) // chunk + 1)


def _message_keys(key: bytes, nonce: bytes) -> tuple[bytes, bytes, bytes]:
    """The keys of one message: for the cipher, its first nonce, and for the MAC."""
    out, block = b"", b""
    for number in (1, 2, 3):
        block = hmac.digest(key, block + nonce + bytes([number]), hashlib.sha256)
        out += block
    return out[:32], out[32:44], out[44:76]


def _chacha20(key: bytes, nonce: bytes, data: bytes) -> bytes:
    words = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key)]
    out = b""
    for counter in range(-(-len(data) // 64)):
        start = [*words, counter, *struct.unpack("<3I", nonce)]
        mixed = _mixed([*start])
        stream = struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(start, mixed, strict=True)))
        out += bytes(a ^ b for a, b in zip(data[counter * 64 :], stream, strict=False))
    return out


def _mixed(state: list[int]) -> list[int]:
    """Twenty rounds: columns and diagonals by turns."""
    columns = [(n, n + 4, n + 8, n + 12) for n in range(4)]
    diagonals = [(n, 4 + (n + 1) % 4, 8 + (n + 2) % 4, 12 + (n + 3) % 4) for n in range(4)]
    for _ in range(10):
        for a, b, c, d in (*columns, *diagonals):
            for one, other, third, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[one] = (state[one] + state[other]) & 0xFFFFFFFF
                mixed = state[third] ^ state[one]
                state[third] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF
    return state
