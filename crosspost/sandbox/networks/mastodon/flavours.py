"""Servers with a Mastodon-compatible API, and where each differs from Mastodon.

Written from docs.joinmastodon.org and the sources of GoToSocial 0.20, Akkoma, Pixelfed (routes/api.php) and Friendica
(static/routes.config.php); read 2026-11-25. Iceshrimp's is made up of what such servers have in common.
"""

from dataclasses import dataclass
from typing import Literal

_MIB = 1024 * 1024
_IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif")
_VIDEOS = ("video/mp4", "video/quicktime", "video/webm")


@dataclass(frozen=True, kw_only=True)
class Flavour:
    """What one kind of server returns, accepts and refuses.

    ``counts`` is how it counts a post: graphemes with short links as Mastodon does, graphemes, or code points.
    ``too_long`` is the status of that refusal. ``slash`` says what becomes of a path with a slash at its end.
    ``keys`` is what an Idempotency-Key does: the same post for an hour, nothing, the same answer for six hours whatever
    it was and whoever asks, or a refusal of everything after the first time. ``missing`` are the end points it does not
    have ("METHOD /path", ``*`` for one segment), ``left_out`` the fields of a Status it leaves out. ``ready`` is the
    answer to an upload that needs no processing. ``numbers`` is how it writes them. ``warning_is_title``: a content
    warning becomes the title. ``daily`` is how many posts an account has a day (0: no such limit).
    """

    version: str
    source_url: str = ""
    characters: int
    counts: Literal["mastodon", "graphemes", "code-points"] = "graphemes"
    too_long: int = 422
    attachments: int
    description: int
    warning: int = 0
    bytes: int
    told_bytes: int = 0
    reserved: int
    types: tuple[str, ...] = (*_IMAGES, *_VIDEOS)
    slash: Literal["same", "redirect"] = "same"
    keys: Literal["hour", "none", "replay", "once"] = "none"
    ids: Literal["number", "ulid", "flake"] = "number"
    page: str = "/@{handle}/{id}"
    visibilities: tuple[str, ...] = ("public", "unlisted", "private", "direct")
    needs_media: bool = False
    ready: int = 200
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    numbers: Literal["int", "text"] = "int"
    warning_is_title: bool = False
    daily: int = 0


FLAVOURS: dict[str, Flavour] = {
    "mastodon": Flavour(
        version="4.5.2",
        source_url="https://github.com/mastodon/mastodon",
        characters=500,
        counts="mastodon",
        attachments=4,
        description=1500,
        bytes=16 * _MIB,
        reserved=23,
        keys="hour",
    ),
    "gotosocial": Flavour(
        version="0.20.0+git-57cb4fe",
        source_url="https://codeberg.org/superseriousbusiness/gotosocial",
        characters=5000,
        counts="code-points",
        too_long=400,
        attachments=6,
        description=5000,
        bytes=40 * _MIB,
        told_bytes=5 * _MIB,
        reserved=25,  # it reports this but counts links in full anyway
        slash="redirect",  # the router of gin: 301 for what is read, 307 for what is written
        ids="ulid",
        page="/@{handle}/statuses/{id}",
        left_out=("application",),
    ),
    "akkoma": Flavour(
        version="2.7.2 (compatible; Akkoma 3.15.2-0-g5d1e8f0)",
        source_url="https://akkoma.dev/AkkomaGang/akkoma",
        characters=5000,
        attachments=1000,
        description=5000,
        bytes=16 * _MIB,
        reserved=0,
        keys="replay",
        ids="flake",
        page="/notice/{id}",
        left_out=("edited_at",),
    ),
    "pixelfed": Flavour(
        version="3.5.3 (compatible; Pixelfed 0.12.3)",
        characters=500,
        attachments=4,
        description=1000,
        warning=140,
        bytes=15_000 * 1024,
        reserved=23,
        types=("image/jpeg", "image/png", "image/gif"),
        keys="once",
        page="/p/{handle}/{id}",
        visibilities=("public", "unlisted", "private"),
        needs_media=True,
        ready=202,
        missing=("GET /api/v2/instance", "GET /api/v1/statuses/*/source", "GET /api/v1/statuses/*/history"),
        left_out=("edited_at", "language"),
        numbers="text",
    ),
    "friendica": Flavour(
        version="2.8.0 (compatible; Friendica 2024.08)",
        source_url="https://git.friendi.ca/friendica/friendica",
        characters=200_000,
        attachments=100,
        description=1500,
        bytes=16 * _MIB,
        reserved=0,
        page="/display/c0ffee11-{id}",
        missing=("GET /api/v1/statuses/*/history",),
        warning_is_title=True,
        daily=20,
    ),
    # Iceshrimp.NET and Sharkey speak Mastodon's language beside their own; what they leave out was not read
    "iceshrimp": Flavour(
        version="4.2.1 (compatible; Iceshrimp.NET/2025.1)",
        characters=8192,
        counts="code-points",
        attachments=16,
        description=1500,
        bytes=16 * _MIB,
        reserved=23,
        ids="flake",
        page="/notes/{id}",
        missing=("GET /api/v1/statuses/*/history",),
        left_out=("application",),
    ),
}

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def identifier(kind: str, number: str) -> str:
    """A number as this kind of server writes its ids; they sort as the numbers do."""
    if kind == "ulid":
        return _written(int(number), _CROCKFORD, 24, "01")
    return _written(int(number), _BASE_62, 17, "A") if kind == "flake" else number


def _written(number: int, digits: str, length: int, begin: str) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(digits))
        found = digits[digit] + found
    return begin + found
