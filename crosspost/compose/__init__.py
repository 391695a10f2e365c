"""The text engine: Post + Limits + account style → Draft. Pure; everything shown before sending is what is sent."""

from crosspost.compose.composer import compose
from crosspost.compose.measure import UNITS, fits, length
from crosspost.compose.style import Style, carried, for_post

__all__ = ["UNITS", "Style", "carried", "compose", "fits", "for_post", "length"]
