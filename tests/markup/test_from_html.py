"""HTML to Markdown: what a generator made of a text reads like that text again."""

import time

import pytest

from crosspost import markup
from crosspost.markup.markdown_parser import make_parser

TEXTS = [
    "Ein *langer* Tag, **viel** Regen & [Kuchen](https://example.org/a_(b)?x=1&y=2).",
    "Eins\n\n- a\n- b\n  - c\n\n3. drei\n4. vier",
    "> Wer *gräbt*,\n> findet.\n\nEnde  \nder Zeile",
    "# Kopf\n\n```py\na = `b`\n\n    c\n```\n\nUnd ``a ` b``.",
    "![Ein *Beet*](/img/a b.png) und [![x](/y.png)](/z/)",
    "5 < 6, a_b_c, 2*3*4, Schüler*innen, `<b>`, \\*kein\\*, \\# nein, &amp;amp; und [x]",
    "\\- kein Punkt\n\n1\\. keine Zahl\n\n\\> kein Zitat",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "A <kbd>Strg</kbd> B <em>a</em>b *„Hallo“*.",
    "***beides*** und ~~weg~~, **a *b***",
]


@pytest.mark.parametrize("text", TEXTS)
def test_it_reads_the_same(text: str) -> None:
    back = markup.to_markdown(make_parser().render(text))
    assert markup.to_text(back) == markup.to_text(text)
    assert [alt for _, alt in markup.pictures(back)] == [alt for _, alt in markup.pictures(text)]
    assert markup.opening(back) == markup.opening(text)
    assert markup.first_paragraph(back) == markup.first_paragraph(text)
    assert markup.to_markdown(make_parser().render(back)) == back


def test_what_is_written_as_usual_comes_back_as_it_was() -> None:
    text = "Ein *langer* **Tag**, [dort](/tal/).\n\n![Beet](/b.png)\n\n- a\n- b\n\n1. c\n\n> d\n\n```py\ne\n```\n\n## f"
    assert markup.to_markdown(make_parser().render(text)) == text


@pytest.mark.parametrize(
    ("mark", "notes"),
    [
        (  # kramdown
            '<sup id="fnref:1"><a href="#fn:1" class="footnote" rel="footnote" role="doc-noteref">1</a></sup>',
            '<div class="footnotes" role="doc-endnotes"><ol><li id="fn:1"><p>Eine Note. <a href="#fnref:1" '
            'class="reversefootnote" role="doc-backlink">&#8617;</a></p></li></ol></div>',
        ),
        (  # Python-Markdown
            '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup>',
            '<div class="footnote"><hr><ol><li id="fn:1"><p>Eine Note.&#160;<a class="footnote-backref" '
            'href="#fnref:1">&#8617;</a></p></li></ol></div>',
        ),
        (  # GitHub's, which Astro has
            '<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref>1</a></sup>',
            '<section data-footnotes class="footnotes"><h2 id="footnote-label">Footnotes</h2><ol><li id='
            '"user-content-fn-1"><p>Eine Note. <a href="#user-content-fnref-1" class="data-footnote-backref">'
            "↩</a></p></li></ol></section>",
        ),
    ],
)
def test_footnotes(mark: str, notes: str) -> None:
    back = markup.to_markdown(f"<p>Ein Tag.{mark}</p>{notes}")
    assert markup.to_text(back) == "Ein Tag.[1]\n\n[1] Eine Note."
    assert markup.first_paragraph(back) == "Ein Tag."


def test_nothing_of_a_page_becomes_markup_by_chance() -> None:
    back = markup.to_markdown("<p>*a* _b_ `c` [d](e) &lt;b&gt; &amp;lt; \\x</p><p># g</p><p>1. h</p><p>- i</p>")
    assert markup.to_text(back) == "*a* _b_ `c` [d](e) <b> &lt; \\x\n\n# g\n\n1. h\n\n- i"


@pytest.mark.parametrize(
    "html",
    [
        "<em>" * 3000 + "x",
        "<div>" * 250 + "x",
        "<ul><li>" * 200 + "x",
        "<blockquote>" * 200 + "x",
        "<em>x</em>" * 20_000,
        "<p>" + "*" * 100_000,
        "<p>" + " \n" * 100_000,
        "<pre>" + "`" * 100_000,
        "<a href='#fn" + "-" * 100_000 + "'>x</a>",
        "<table><tr><td>" * 100 + "\n \n" * 30_000,
        "<div class='footnotes'>" * 200 + "<li id=fn:1>x",
        "<a href='a b(" + "<" * 50_000 + "'>x</a>",
    ],
)
def test_hostile_pages_take_no_time(html: str) -> None:
    began = time.process_time()
    assert isinstance(markup.to_markdown(html), str)
    assert time.process_time() - began < 3
