"""A video that a post names, and what a network takes as one."""

from crosspost.model.value import Value


class Video(Value, frozen=True, kw_only=True):
    """A video of a post: a file of the site.

    ``path`` is its absolute path, ``url`` its public address ("": unknown), ``alt`` what it shows in words.
    ``captions`` is the path of its captions (WebVTT; "": none), ``captions_language`` their language, ``digest`` the
    checksum of the file ("": not computed).
    """

    path: str
    url: str = ""
    alt: str = ""
    captions: str = ""
    captions_language: str = ""
    digest: str = ""


class VideoLimits(Value, frozen=True, kw_only=True):
    """What a network accepts as a video. 0 means "no such limit".

    ``containers`` are ``MP4``, ``MOV``, ``WebM`` and ``GIF``, ``codecs`` and ``audio`` names such as ``H.264`` and
    ``AAC``; a silent video needs no audio. ``bytes`` is the file size, ``gif_bytes`` that of a GIF (0: the same);
    ``shortest`` and ``longest`` are seconds, ``max_width`` and ``max_height`` pixels as displayed, ``pixels`` their
    product, ``min_ratio`` and ``max_ratio`` width ÷ height, ``min_rate`` and ``rate`` frames a second, ``frames``
    those of a GIF. ``fast_start``: the description of an MP4 must stand before its pictures.
    ``captions`` is the greatest size of a WebVTT file in bytes (0: the network takes none), ``alt`` the maximum length
    of the words in code points (-1: it takes none).
    """

    containers: tuple[str, ...] = ("MP4",)
    codecs: tuple[str, ...] = ("H.264",)
    audio: tuple[str, ...] = ("AAC",)
    bytes: int = 0
    gif_bytes: int = 0
    shortest: float = 0
    longest: float = 0
    max_width: int = 0
    max_height: int = 0
    pixels: int = 0
    min_ratio: float = 0
    max_ratio: float = 0
    min_rate: float = 0
    rate: float = 0
    fast_start: bool = False
    frames: int = 0
    captions: int = 0
    alt: int = 0
