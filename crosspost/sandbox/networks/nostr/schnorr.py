"""Schnorr signatures on secp256k1, as BIP-340 checks them; slow and readable, with no library."""

import hashlib
from functools import cache

_P = 2**256 - 2**32 - 977
_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
_Point = tuple[int, int] | None


@cache
def public_key(private: str) -> str:
    """The public key of a private one, both as 64 hex digits: the point's x alone."""
    point = _times(_G, int(private, 16))
    return f"{point[0]:064x}" if point else ""


def verified(public: str, message: bytes, signature: str) -> bool:
    """Whether a signature of ``message`` (32 bytes) is right (BIP-340, "Verification")."""
    try:
        point, r, s = _lifted(int(public, 16)), int(signature[:64], 16), int(signature[64:], 16)
    except ValueError:
        return False
    if point is None or len(signature) != 128 or r >= _P or s >= _N:
        return False
    seen = _tagged("BIP0340/challenge", r.to_bytes(32, "big") + point[0].to_bytes(32, "big") + message)
    found = _plus(_times(_G, s), _times(point, _N - int.from_bytes(seen, "big") % _N))
    return found is not None and found[1] % 2 == 0 and found[0] == r


def signature(private: str, message: bytes) -> str:
    """A signature of ``message`` (32 bytes), 128 hex digits (BIP-340, "Default Signing", without randomness)."""
    point = _times(_G, int(private, 16))
    if point is None:
        raise ValueError("not a private key")
    public = point[0].to_bytes(32, "big")
    secret = int(private, 16) if point[1] % 2 == 0 else _N - int(private, 16)
    masked = secret ^ int.from_bytes(_tagged("BIP0340/aux", bytes(32)), "big")
    nonce = int.from_bytes(_tagged("BIP0340/nonce", masked.to_bytes(32, "big") + public + message), "big") % _N
    seen = _times(_G, nonce)
    if seen is None:
        raise ValueError("not a nonce")
    nonce = nonce if seen[1] % 2 == 0 else _N - nonce
    first = seen[0].to_bytes(32, "big")
    challenge = int.from_bytes(_tagged("BIP0340/challenge", first + public + message), "big")
    return (first + ((nonce + challenge * secret) % _N).to_bytes(32, "big")).hex()


def shared_x(private: str, public: str) -> bytes:
    """What two people both can work out: the x of the point of both their keys, 32 bytes.

    :raises ValueError: when it is not a public key
    """
    point = _times(_lifted(int(public, 16)), int(private, 16))
    if point is None:
        raise ValueError("not a public key")
    return point[0].to_bytes(32, "big")


def _tagged(tag: str, data: bytes) -> bytes:
    name = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(name + name + data).digest()


def _lifted(x: int) -> _Point:
    """The point with this x and an even y."""
    if x >= _P:
        return None
    square = (pow(x, 3, _P) + 7) % _P
    y = pow(square, (_P + 1) // 4, _P)
    if y * y % _P != square:
        return None
    return x, y if y % 2 == 0 else _P - y


def _plus(one: _Point, other: _Point) -> _Point:
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and one[1] != other[1]:
        return None
    if one == other:
        slope = 3 * one[0] * one[0] * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _times(point: _Point, factor: int) -> _Point:
    found: _Point = None
    while factor:
        if factor & 1:
            found = _plus(found, point)
        point = _plus(point, point)
        factor >>= 1
    return found
