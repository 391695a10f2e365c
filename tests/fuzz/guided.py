"""Fuzzing that learns from coverage, with atheris: ``python -m tests.fuzz.guided TARGET [options]``.

Not part of `make test`: atheris exists for few Pythons. Options are those of libFuzzer (``-max_total_time=60``).
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crosspost"]):
    from crosspost import markup
    from crosspost.compose import twitter_text
    from crosspost.compose.breaks import breaks
    from crosspost.compose.clean import clean
    from crosspost.compose.fit import shorten
    from crosspost.compose.formats.facets import facets
    from crosspost.compose.formats.mail_html import body
    from crosspost.compose.measure import UNITS
    from crosspost.compose.templates import check
    from crosspost.errors import ConfigError, CrosspostError, MediaError
    from crosspost.media.picture_file import examine
    from crosspost.model import Limits
    from crosspost.sources.dates import from_text
    from crosspost.sources.front_matter import parse
    from crosspost.sources.liquid_rendering import render, without_attributes
    from crosspost.transport.exchange import Exchange
    from crosspost.transport.rate_limits import retry_at

LIMITS = Limits(text=280, unit="x", source="", checked=datetime(2026, 1, 1, tzinfo=UTC).date())


def front_matter(data: bytes) -> None:
    with suppress(CrosspostError):
        parse(b"---\n" + data, "a.md")


def text(data: bytes) -> None:
    said = data.decode("utf-8", "replace")
    markup.to_text(said, links="footnotes", base="https://a.example/")
    markup.first_paragraph(said)
    markup.pictures(said)
    body(said, "https://a.example/")


def words(data: bytes) -> None:
    said = clean(data.decode("utf-8", "replace"))
    breaks(said)
    twitter_text.find_urls(said)
    facets(said)
    for unit in UNITS:
        UNITS[unit](said, LIMITS)
    assert len(shorten(said, lambda one: len(one) <= 30, 30)) <= 30


def liquid(data: bytes) -> None:
    said = without_attributes(data.decode("utf-8", "replace"))
    render(said, {"page": {"title": "T", "tags": ["a"]}, "site": {}}, str, str)


def template(data: bytes) -> None:
    with suppress(ConfigError):
        check(data.decode("utf-8", "replace"), "x")


def picture(data: bytes) -> None:
    with suppress(MediaError):
        examine(data, 1_000_000)


def answer(data: bytes) -> None:
    said = data.decode("utf-8", "replace")
    Exchange(method="GET", url="", sent=True, status=200, body=data).json()
    retry_at({"retry-after": said, "x-rate-limit-reset": said, "x-ratelimit-reset": said}, datetime.now(UTC))
    with suppress(ValueError, OverflowError):
        from_text(said, UTC)


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (front_matter, text, words, liquid, template, picture, answer)
}


def main() -> None:
    """Fuzz one target; libFuzzer ends the process with an error and a file when something is found."""
    name = sys.argv.pop(1)
    Path(".fuzz").mkdir(exist_ok=True)
    atheris.Setup(
        [sys.argv[0], "-timeout=20", "-rss_limit_mb=3000", "-artifact_prefix=.fuzz/", *sys.argv[1:]], TARGETS[name]
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
