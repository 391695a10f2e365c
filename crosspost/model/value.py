"""What every value is."""

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every value: immutable, made with keywords only."""
