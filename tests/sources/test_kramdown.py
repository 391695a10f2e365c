"""Markdown inside HTML and definition lists, as kramdown reads them."""

import pytest

from crosspost.markup import to_text
from crosspost.sources.kramdown import as_commonmark


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            '<div class="x" markdown="1">\nEin **Wort** [hier](https://e.org).\n</div>\nDanach.',
            "Ein Wort hier.\n\nDanach.",
        ),
        ('<div markdown="1">\nA\n<div>\n*b*\n</div>\nC\n</div>', "A\n\n*b*\nC"),
        ("<div markdown='block'>**a**</div>", "a"),
        ("<div>\n**bleibt**\n</div>", "**bleibt**"),
        ("Begriff\n: Erklärung", "Begriff: Erklärung"),
        ("Begriff\n\n: *Erklärung*", "Begriff: Erklärung"),
        ("Zeit: 18 Uhr\nOrt: Halle", "Zeit: 18 Uhr Ort: Halle"),
        ("```\na\n: b\n```", "a\n: b"),
        ('```\n<div markdown="1">\n```', '<div markdown="1">'),
        ("<details><summary>Mehr</summary>Versteckt</details>", "Mehr\nVersteckt"),
        ("</div> verirrt </p>", "verirrt"),
        ("Preis\n:", "Preis :"),
    ],
)
def test_reads_as_kramdown_does(written: str, read: str) -> None:
    assert to_text(as_commonmark(written)) == read
