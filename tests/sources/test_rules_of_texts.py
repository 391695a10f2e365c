"""What stays of a text: fences, shortcodes, tags of templates, and in which language it is."""

from pathlib import Path
from typing import Any

import pytest

from crosspost.sources.kramdown import as_commonmark
from crosspost.sources.liquid_jekyll import make_environment
from crosspost.sources.liquid_rendering import without_attributes
from crosspost.sources.post_language import Layouts, of_post
from crosspost.sources.shortcodes import without_shortcodes, without_template_tags


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("```\n{: .a}\n```\nb{: .c}", "```\n{: .a}\n```\nb"),
        ("````\n```\n{: .a}\n````\nb{: .c}", "````\n```\n{: .a}\n````\nb"),
        ("```\n```` \n{: .a}", "```\n```` "),
        ("```\n``` x\n{: .a}\n```", "```\n``` x\n{: .a}\n```"),
        ("```\n~~~\n{: .a}\n```", "```\n~~~\n{: .a}\n```"),
        ("~~~ {: .ruby}\n{: .a}\n~~~\nb{: .c}", "~~~ \n{: .a}\n~~~\nb"),
        ("   ```\n{: .a}\n   ```\nb{: .c}", "   ```\n{: .a}\n   ```\nb"),
        ("    ```\n{: .a}\nb{: .c}", "    ```\nb"),
        ("a `{: .b}` {: .c} `` {: `d} `` e{: .f}", "a `{: .b}`  `` {: `d} `` e"),
        ("a {: \\} .c} b", "a  b"),
        ("a {: b", "a {: b"),
        ("{::comment}x{:/comment}{::comment}y{:/}z{::comment}", "z"),
        (f"{'x' * 9_996}{{:}}", "x" * 9_996),
        (f"{'x' * 9_998}{{:}}", f"{'x' * 9_998}{{:}}"),
        ("1. x\n  {: toc }\nb", "\nb"),
        ("- x\n{: .notoc}\nb", "- x\nb"),
    ],
)
def test_attribute_lists_go_and_code_stays(lines: str, kept: str) -> None:
    assert without_attributes(lines) == kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{< a >}}b", "b"), ("{{% a %}}b", "b"), ("a{{< b", "a{{< b"), ("{{<>}}X", "X"),
        ("a{{< x %}}b", "a{{< x %}}b"), ("{{< highlight go >}}\n\nx\n\n{{< / highlight >}}Y",
                                        "\n\n````\nx\n````\n\nY"),
        ("{{< highlight go >}}x{{< /other >}}Y", "xY"),
        ("{{< /highlight >}}x{{< /highlight >}}Y", "xY"),
        ("{% raw %}{{< a >}}{% endraw %}{{< a >}}", "{% raw %}{{< a >}}{% endraw %}"),
        ("{% raw %}{{< a >}}", "{% raw %}"),
        ("{% quote Ada %}\nX\n{% endquote %}Y", "\n\n> X\n\nY"),
        ("{%- code lang=go -%}X{%- endcode -%}Y", "\n\n````go\nX\n````\n\nY"),
        ("{% quote %}X", "{% quote %}X"), ("{% highlight %}X{% endhighlight %}",
        "{% highlight %}X{% endhighlight %}"),
        ("{% math %}X{% endmath %}{% math %}Y", "{% math %}Y"),
    ],
)  # fmt: skip
def test_tags_of_templates_go(text: str, found: str) -> None:
    assert without_template_tags(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[x y=\"1\"]a[/x]b", "ab"), ("[/x]b", "[/x]b"), ("[/quote]b", "b"), ("[/quote]a[quote]X[/quote]Z",
        "a\n\n> X\n\nZ"), ("a\n\n  [toc]  \n\nb",
        "a\n\n    \n\nb"),
        ("[x]: https://e.org\n[x]", "[x]: https://e.org\n[x]"), ("[quote] X \n Y [/quote]Z", "\n\n> X \n>  Y\n\nZ"),
        ("[code]\n\nX\n[/code]", "\n\n````\nX\n````\n\n"), ("[code lang='c++']X[/code]", "\n\n````c++\nX\n````\n\n"),
        ("[img]  /X.png [/img]", "![](</X.png>)"), ("[video]https://e.org/X [/video]", "\n\n<https://e.org/X>\n\n"),
        ("Ein Bild\n{: .image-caption}\n", "<figcaption>Ein Bild</figcaption>\n"),
        ("Ein Bild\n{: .other}\ncaption", "Ein Bild\n{: .other}\ncaption"),
        ("[caption]<img src=a> X Y[/caption]", "\n\n<figure><img src=a><figcaption>X Y</figcaption></figure>\n\n"),
        ("[wp_caption]![a](b) *X*[/wp_caption]", "\n\n![a](b)\n*X*\n\n"),
    ],
)  # fmt: skip
def test_shortcodes_go_and_words_stay(text: str, found: str) -> None:
    assert without_shortcodes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<div markdown="1">\nX\n</div>\nY', "\n\nX\n\nY"), ("<DIV MARKDOWN='block'>X</DIV>", "\n\nX\n\n"),
        ('<div markdown="1"><p>X</p></div>', "\n\n<p>X</p>\n\n"),
        ('<div markdown="0">X</div>', '<div markdown="0">X</div>'),
        ('<div markdown=span><p>X</div></p>', "\n\n<p>X\n\n</p>"), ("</p><td markdown=1>X</td>", "</p>\n\nX\n\n"),
        ('```\n<div markdown="1">\n```\n<p markdown=1>X</p>', '```\n<div markdown="1">\n```\n\nX\n\n'),
        ("Wort\n: Erklärung", "Wort: Erklärung"), ("Wort\n\n: Erklärung", "Wort: Erklärung"), ("# W\n: E",
        "# W\n: E"),
        ("```\nWort\n: E\n```", "```\nWort\n: E\n```"), ("Wort\n:E", "Wort\n:E"),
    ],
)  # fmt: skip
def test_what_kramdown_means(text: str, found: str) -> None:
    assert as_commonmark(text) == found


@pytest.mark.parametrize("tag", ["{% include x.html a=b %}", "{% render 'x' %}", "{% plugin %}", "{% toc a | b %}"])
def test_a_tag_that_only_the_site_can_fill_leaves_nothing(tag: str) -> None:
    assert make_environment(100).from_string(f"a{tag}b").render() == "ab"


@pytest.mark.parametrize(
    ("data", "lang", "complaints"),
    [
        ({"lang": False}, "no", 0), ({"locale": False}, "", 0), ({"language": False}, "", 0), ({"lang": True}, "", 0),
        ({"lang": "xx", "locale": "deutsch", "language": "fr"}, "fr", 2), ({"language": "ruby",
        "locale": "de_AT"}, "de-AT", 0),
        ({"lang": "", "locale": None, "language": "english"}, "", 1), ({"layout": "a"}, "nl", 0), ({}, "", 0),
        ({"layout": "b/1"}, "nl", 0), ({"layout": "c.html"}, "it", 0), ({"layout": "d1"}, "", 0),
        ({"layout": "d2"}, "nl", 0),
    ],
)  # fmt: skip
def test_the_language_of_a_post(tmp_path: Path, data: dict[str, Any], lang: str, complaints: int) -> None:
    (tmp_path / "b").mkdir()
    chain = {f"d{number}.html": f"layout: d{number + 1}" for number in range(1, 5)} | {"d5.html": "layout: a"}
    for name, front in (
        {"a.html": "lang: nl", "b/1.html": "layout: a", "c.html": "locale: it_IT\nlang: xx"} | chain
    ).items():
        (tmp_path / name).write_text(f"---\n{front}\n---\n", "utf-8")
    (tmp_path / "c.html").write_text("---\nlocale: it\n---\n", "utf-8")
    layouts = Layouts(tmp_path)
    found, wrong = of_post(data, layouts)
    assert (found, len(wrong)) == (lang, complaints)
    assert (Layouts(tmp_path / "none").state(), layouts.state() != "") == ("", True)
