"""What must hold for every post, in every script and unit. The counts here are made apart from crosspost's own."""

import re
import unicodedata
from datetime import UTC, date, datetime

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crosspost.compose import Style, compose, length
from crosspost.compose.breaks import breaks
from crosspost.compose.clean import clean
from crosspost.compose.fit import dangles, finish
from crosspost.errors import ConfigError, Unsupported
from crosspost.model import Abilities, Draft, Limits, Override, Overrides, Post

LINK = "https://klima.example.org/2026/11/22/ein-beitrag/"

WORDS = st.sampled_from(
    """
    Wir der die und Straße für Grüße Windkraft. Ende! Frage? (eine Klammer) „Zitat“ z. B. 29. Nov. main.py @verein
    #Klima the and café naïve l'été ¿Qué? 東京で会議があります。 風力発電、太陽光 การประชุมครั้งแรก مرحبا بالعالم، שלום
    עולם नमस्ते 한국어 e\u0301 👨‍👩‍👧‍👦 🇩🇪 🙂‍↔️ 1️⃣ © … — https://example.org/a_(b)?c=d [Text](https://example.org/x)
    @a@example.org 3,5
    """.split()  # noqa: SIM905 - one text is easier to add to
)
TEXTS = st.lists(WORDS | st.text(max_size=8), max_size=60).map(" ".join)
TAGS = st.lists(
    st.sampled_from(["Klima", "Erneuerbare Energien", "C++", "2024", "東京", "debian 8"]) | st.text(max_size=9)
)
UNITS = st.sampled_from(["x", "mastodon", "graphemes", "utf-8", "utf-16", "code-points", "threads"])


def least(text: str, unit: str) -> int:
    """A count made apart, never above the true one: what a draft has in any case."""
    links = re.findall(re.escape(LINK), text)
    rest = text.replace(LINK, "")
    wide = sum(1 for char in rest if unicodedata.east_asian_width(char) in "WF" and "\u2e80" <= char <= "\ua4cf")
    clusters = regex.findall(r"\X", rest)
    counts = {
        # other links in the text may count less than they are long, so only what surely counts is counted
        "x": 23 * len(links) + sum(2 for c in rest if "\u4e00" <= c <= "\u9fff" or "\u3041" <= c <= "\u30ff"),
        "mastodon": 23 * len(links) + sum(1 for c in clusters if "\u4e00" <= c[0] <= "\u9fff"),
        "graphemes": len(regex.findall(r"\X", text)),
        "utf-8": len(text.encode()),
        "utf-16": len(text.encode("utf-16-le")) // 2,
        "code-points": len(text),
        "threads": len(text),
    }
    return max(counts[unit], wide if unit == "x" else 0)


def post(title: str, description: str, tags: list[str], own: str | None = None) -> Post:
    said = Overrides(everywhere=Override(text=own))
    when = datetime(2026, 11, 22, tzinfo=UTC)
    return Post(
        id="1", path="a.md", url=LINK, title=title, date=when, description=description, tags=tuple(tags), overrides=said
    )


def limits(unit: str, most: int) -> Limits:
    link = 23 if unit in {"x", "mastodon"} else 0
    return Limits(text=most, unit=unit, url_length=link, source="", checked=date(2026, 11, 22))


def draft(source: Post, unit: str, most: int, style: Style | None = None) -> Draft:
    able = Abilities(mentions="nothing")
    return compose(source, account="a", network="n", limits=limits(unit, most), abilities=able, style=style or Style())


quick = settings(max_examples=150)


@quick
@given(TEXTS, TEXTS, TAGS, UNITS, st.integers(60, 400))
def test_it_fits_and_the_link_is_whole(title: str, description: str, tags: list[str], unit: str, most: int) -> None:
    said = draft(post(title, description, tags), unit, most)
    assert said.length <= most
    assert least(said.text, unit) <= most
    assert LINK in re.split(r"\s+", said.text)
    assert said.link == LINK
    assert said == draft(post(title, description, tags), unit, most)
    assert said.text == clean(said.text)


@quick
@given(TEXTS, TEXTS, UNITS, st.integers(60, 300))
def test_no_grapheme_is_broken(title: str, description: str, unit: str, most: int) -> None:
    said = draft(post(title, description, []), unit, most)
    before = f"{clean(title)}\n{clean(description)}\n"
    whole = set(regex.findall(r"\X", before)) | set(regex.findall(r"\X", " ".join(before.split())))
    for cluster in regex.findall(r"\X", said.text.replace(LINK, "").replace("…", "")):
        assert cluster in whole or cluster.isspace() or not cluster.strip()


@quick
@given(TEXTS, UNITS, st.integers(60, 300))
def test_links_mentions_and_hashtags_are_kept_whole_or_not_at_all(description: str, unit: str, most: int) -> None:
    said = draft(post("Titel", description, []), unit, most, Style(hashtags=False))
    source = set(clean(description).split())
    for word in said.text.replace(LINK, "").split():
        if word[:1] in "@#" or "://" in word:
            assert word in source


@quick
@example("👨‍👩‍👧‍👦 👨‍👩‍👧‍👦 (eine" + " Wir" * 36 + " Klammer)", "x", 80)
@given(st.lists(WORDS, min_size=40, max_size=80).map(" ".join), UNITS, st.integers(80, 200))
def test_the_room_is_used(description: str, unit: str, most: int) -> None:
    said = draft(post("", description, []), unit, most)
    whole = clean(description)
    kept = said.text.removesuffix(LINK).rstrip()
    if kept == whole:
        return
    places = breaks(whole)

    def fitting_of(places: list[int]) -> list[int]:
        return [at for at in places if length(f"{finish(whole, at)}\n\n{LINK}", limits(unit, most)) <= most]

    fitting = fitting_of(places)
    if not any(any(map(str.isalnum, whole[:at])) for at in fitting):  # all that says something stands between brackets
        places = breaks(whole, in_brackets=True)
        fitting = fitting_of(places)
    if not fitting:  # its first word, a link, is longer than the room: then nothing of it stands there
        assert kept == ""
        return
    here = [at for at in places if finish(whole, at) == kept]
    # a cut stands at the last place that fits, or at a better one (sentence, clause) not far before it
    best = [at for at in fitting if not dangles(finish(whole, at))] or fitting
    assert here
    assert max(here) >= 0.6 * max(best) - 1


@quick
@given(st.text(), st.text(), TAGS, UNITS, st.integers(0, 400), st.none() | TEXTS)
def test_it_never_breaks(title: str, description: str, tags: list[str], unit: str, most: int, own: str | None) -> None:
    try:
        said = draft(post(title, description, tags, own), unit, most)
    except (Unsupported, ConfigError):
        return  # the only two that may come
    assert not most or said.length <= most
