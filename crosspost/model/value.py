"""The base class of all values."""

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value: immutable, created with keyword arguments only."""
