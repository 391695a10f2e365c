"""Removes everything personal from a JPEG or PNG file without touching its pixels.

Photos reveal where, when and with which device they were taken, and often contain a second picture or a video after
the first. Only the parts a decoder needs are copied; unknown parts are left out.

Sources: ITU-T T.81 (JPEG) annex B, JFIF 1.02, W3C PNG specification (third edition) chapters 5 and 11.
"""

import re

from crosspost.text.lazy_pattern import lazy

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Pixels, palette, transparency, colour space and pixel aspect ratio.
_PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"sBIT", b"pHYs")
)
_APP0, _APP2, _APP14, _APP15, _COM = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
_SOS, _EOI = 0xDA, 0xD9
_MARKER = lazy(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)


def strip_jpeg(data: bytes) -> bytes | None:
    """Copy a JPEG's frame, tables and scans, its JFIF header, Adobe colour marker and ICC profile; nothing else.

    :param data: the whole file
    :return: the smaller file (equal to ``data`` when there was nothing to remove), or None when the file does not
        follow the standard and should be decoded and saved again
    """
    kept = [b"\xff\xd8"]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte before a marker
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if marker < 0xC0 or 0xD0 <= marker <= _EOI or length < 2 or end > len(data):
            return None
        segment = _kept_segment(marker, data[at:end])
        if marker == _SOS:
            end = _scan_end(data, end)
            segment = data[at:end]
        kept.append(segment)
        at = end
        if data[at : at + 2] == b"\xff\xd9":
            return b"".join([*kept, b"\xff\xd9"])
    return None


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """The segment, its harmless part, or nothing."""
    body = segment[4:]
    if marker == _APP0:
        # keeps version and density; sets both thumbnail sizes to 0 and drops the thumbnail
        return b"\xff\xe0\x00\x10" + body[:12] + b"\x00\x00" if body[:5] == b"JFIF\0" and len(body) >= 14 else b""
    if marker == _APP2:
        return segment if body.startswith(b"ICC_PROFILE\0") else b""
    if marker == _APP14:
        return segment if body.startswith(b"Adobe") else b""
    return b"" if _APP0 <= marker <= _APP15 or marker == _COM else segment


def _scan_end(data: bytes, at: int) -> int:
    """Where the entropy-coded data that begins at ``at`` ends: at the next marker that is not a restart marker."""
    found = _MARKER.search(data, at)
    return found.start() if found else len(data)


def strip_png(data: bytes) -> bytes | None:
    """Copy a PNG's image, palette, transparency and colour chunks; no text, no EXIF, no time, nothing after its end.

    An animated PNG keeps only its still image.

    :param data: the whole file
    :return: the smaller file (equal to ``data`` when there was nothing to remove), or None when it ends too early
    """
    kept = [_PNG_SIGNATURE]
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if end > len(data):
            return None
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end
    return None
