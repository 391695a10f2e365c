"""Shortcodes, kramdown's marks and Liquid that is too much: what becomes of each kind."""

import pytest

from crosspost.sources.liquid_bounds import excess, without_marks
from crosspost.sources.liquid_rendering import without_attributes
from crosspost.sources.shortcodes import without_shortcodes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((f"[{name}]a\nb[/{name}]", "> a\n> b") for name in ("quote", "blockquote", "pullquote")),
        *((f"[{name}]a = 1[/{name}]", "````\na = 1\n````")
          for name in ("code", "sourcecode", "codeblock", "highlight")),
        ("[code lang=\"python\"]a = 1[/code]", "````python\na = 1\n````"),
        ("[img]https://e.org/a.png[/img]", "![](<https://e.org/a.png>)"),
        ("[img]a\nb[/img]", ""),
        ("[img] [/img]", ""),
        *((f"[{name}]https://e.org/x[/{name}]", "<https://e.org/x>")
          for name in ("embed", "youtube", "vimeo", "tweet", "twitter", "instagram", "soundcloud", "spotify", "gist",
                       "dailymotion", "ted", "video")),
        ("[youtube]no address[/youtube]", ""),
        *((f"[{name}]unread[/{name}]", "") for name in ("gallery", "latex", "mermaid", "footnote", "ref", "comment")),
        *((f"a\n[{name}]\nb", "a\n\nb") for name in ("toc", "TOC", "archives", "contact-form-7", "gallery", "youtube")),
        ("Ein [toc] im Satz", "Ein [toc] im Satz"),
        ("Ein [youtube abc_123] im Satz", "Ein  im Satz"),
        ("Ein [youtube https://e.org/x] im Satz", "Ein  im Satz"),
        ("Ein [gallery ids=5] im Satz", "Ein  im Satz"),
        ("Ein [gallery abc] im Satz", "Ein [gallery abc] im Satz"),
        ("So [sic] steht es [1].", "So [sic] steht es [1]."),
        ('[caption caption="Ein Beet"]<img src="a.png">[/caption]',
         '<figure><img src="a.png"><figcaption>Ein Beet</figcaption></figure>'),
        ('[caption caption="Ein Beet"]<img src="a.png"> Zwei\nBeete[/caption]',
         '<figure><img src="a.png"><figcaption>Zwei Beete</figcaption></figure>'),
        ("[caption caption='Ein *Beet*']![a](b.png)[/caption]", "![a](b.png)\n*Ein Beet*"),
        ("[caption]![a](b.png)[/caption]", "![a](b.png)"),
        ("[caption caption='Ein Beet']Nichts zu sehen[/caption]", ""),
    ],
)  # fmt: skip
def test_each_kind_of_shortcode(text: str, found: str) -> None:
    assert without_shortcodes(text).strip() == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\n*[HTML]: Hyper Text\nb", "a\n\nb"),
        ("*[HTML]: Hyper Text", ""),
        ("a *[HTML]: b", "a *[HTML]: b"),
        ("a\n{: .class}\nb", "a\nb"),
        ("- x\n{:toc}\nb", "\nb"),
        ("a {::comment} b {:/comment} c", "a  c"),
        ("a {::comment} b {:/} c", "a  c"),
        ("a {::comment} b", "a  b"),
    ],
)
def test_what_only_kramdown_reads(text: str, found: str) -> None:
    assert without_attributes(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("{{ a }}{% b %}", ""),
        ("{{ a", "“{{” is never closed"),
        ("{% a", "“{%” is never closed"),
        ("{% raw %}{{", "“{%” is never closed"),
        ("{% raw %}{{{% endraw %}", ""),
        ("{%- doc -%}{{{%- enddoc -%}", ""),
        ("{% raw %}{% enddoc %}", "“{%” is never closed"),
        ("{{" + "a" * 4000 + "}}", ""),
        ("{{" + "a" * 4001 + "}}", "a tag is longer than 4,000 characters"),
        ("{{a}}" * 1000, ""),
        ("{{a}}" * 1001, "there are more than 1,000 tags"),
    ],
)
def test_what_takes_the_lexer_too_long(text: str, why: str) -> None:
    assert excess(text) == why


def test_a_template_with_a_mistake_loses_its_tags() -> None:
    assert without_marks("a {{ b }} c {% d %} e {{ f") == "a  c  e {{ f"
