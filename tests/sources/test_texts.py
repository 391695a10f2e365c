"""A post's title, description and text are plain text, whatever its file or a previous system contains."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.model import Post
from crosspost.sources.emoji_shortcodes import with_emoji
from crosspost.sources.jekyll import JekyllSource
from crosspost.sources.shortcodes import without_shortcodes, without_template_tags

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def read(site: Path, text: str, *, config: str = "", gems: str = "", emoji: bool | None = None) -> Post:
    """The one post of a site."""
    (site / "_posts").mkdir(exist_ok=True)
    (site / "_config.yml").write_text(f"url: https://tal.example.org\n{config}")
    (site / "_posts/2026-05-01-a.md").write_text(text)
    if gems:
        (site / "Gemfile").write_text(gems)
    source = JekyllSource(site, now=NOW, emoji=emoji)
    (entry,) = source.scan()
    post = source.load(entry)
    assert entry.title == post.title
    return post


def body(site: Path, text: str) -> Post:
    return read(site, f"---\ntitle: T\n---\n{text}\n")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('"Tom &amp; Jerry&#8217;s &ndash; day"', "Tom & Jerry’s – day"),
        ('"Why we <em>love</em> oats<br> now"', "Why we love oats now"),
        ('"The `__init__` method of **MyClass**"', "The __init__ method of MyClass"),
        ('"List<String> und Regen <viel>"', "List<String> und Regen <viel>"),
        ('"We won :tada: at 12:30:45"', "We won :tada: at 12:30:45"),
        ("'![nur](bild.png)'", "![nur](bild.png)"),  # better marks than nothing
        ("Plain: words", "Plain: words"),
    ],
)
def test_a_title_is_text(tmp_path: Path, written: str, title: str) -> None:
    post = read(tmp_path, f"---\ntitle: {written if written[0] in chr(34) + chr(39) else repr(written)}\n---\nText.\n")
    assert post.title == title


def test_so_is_everything_else_in_the_front_matter(tmp_path: Path) -> None:
    front = (
        "title: T\nauthor: Anna &amp; Bo\ntags: [Q&amp;A, 'Caf&eacute;', 'x <y>']\n"
        "description: 'Ein <b>Satz</b> &amp;#8211; mit <viel> Regen'\nthumbnail: a.png\nthumbnail_alt: 'Die <Tiefe>'\n"
    )
    (tmp_path / "a.png").write_bytes(b"x")
    post = read(tmp_path, f"---\n{front}---\nText <viel>.\n", config="title: Tal &amp; Berg\n")
    assert (post.author, post.site) == ("Anna & Bo", "Tal & Berg")
    assert post.tags == ("Q&A", "Café", "x <y>")
    assert post.description == "Ein Satz – mit <viel> Regen"
    assert post.excerpt == "Text <viel>."
    assert post.thumbnail is not None
    assert post.thumbnail.alt == "Die <Tiefe>"


def test_what_liquid_strips_is_html(tmp_path: Path) -> None:
    text = "{{ '<b>Regen</b> <viel><!-- x -->' | strip_html }}"
    assert body(tmp_path, text).excerpt == "Regen <viel>"


WON = "---\ntitle: 'We won :tada:'\ndescription: ':+1: at 12:30:45'\n---\nSo happy :heart: today, `:tada:` a::b\n"


@pytest.mark.parametrize(
    "given",
    [
        {"config": "plugins: [jekyll-feed, jemoji]\n"},
        {"config": "gems: [jemoji]\n"},
        {"config": "plugins: jemoji\n"},
        {"gems": "source 'https://rubygems.org'\ngroup :jekyll_plugins do\n  gem 'jemoji', '~> 0.13'\nend\n"},
        {"emoji": True},
    ],
)
def test_short_codes_are_emoji_where_the_site_makes_them_so(tmp_path: Path, given: dict[str, str]) -> None:
    post = read(tmp_path, WON, **given)  # type: ignore[arg-type]  # a row of the table above
    assert (post.title, post.description) == ("We won 🎉", "👍 at 12:30:45")
    assert post.excerpt == "So happy ❤️ today, :tada: a::b"


@pytest.mark.parametrize(
    "given",
    [{}, {"gems": "gem 'github-pages'\n# gem 'jemoji'\n"}, {"config": "plugins: [jemoji]\n", "emoji": False}],
)
def test_elsewhere_they_stay(tmp_path: Path, given: dict[str, str]) -> None:
    assert read(tmp_path, WON, **given).title == "We won :tada:"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "12:30:45",
        "10:100:20",
        "a::b",
        "std::heart::x",
        "key:book:other",
        "`:tada:`",
        "``a :tada: b``",
        ":nope:",
        "[x](/a:tada:b)",
        "https://e.org/:tada:/",
        "<i class=':tada:'>",
        "~~~\n:tada:\n~~~",
        "<code>:tada:</code>",
    ],
)
def test_what_only_looks_like_a_short_code_stays(text: str) -> None:
    assert with_emoji(text) == text


def test_short_codes_may_touch() -> None:
    assert with_emoji(":+1::heart:, won:tada:! (:tada:)") == "👍❤️, won🎉! (🎉)"


OWN = "Own words."


@pytest.mark.parametrize(
    "before",
    [
        "[embed]https://youtu.be/abc[/embed]",
        '[embed width="1"]https://youtu.be/abc[/embed]',
        "{{< youtube abc >}}",
        '{{% youtube "abc" %}}',
        '{% youtube "https://youtu.be/abc" %}',
        "{% include video.html id='abc' %}",
        '[caption id="a" width="3"]<a href="x"><img src="b.png" /></a> A caption[/caption]',
        "[caption id=a]![x](b.png) A caption[/caption]",
        '[caption caption="A caption"]<img src="b.png">[/caption]',
        "[gallery ids=1,2]",
        '[gallery ids="1,2"]',
        "[gallery]",
        "[youtube https://youtu.be/abc]",
        "[youtube dQw4w9WgXcQ]",
        '[contact-form-7 id="4" title="Form"]',
        '[anything_at_all way="new"]',
        "[vc_row][vc_column width='1/2'][/vc_column][/vc_row]",
        '[video mp4="a.mp4"][/video]',
        "[quote]Somebody else.[/quote]",
        "[blockquote]Some\n\nbody.[/blockquote]",
        "{% blockquote Somebody %}\nSomebody else.\n{% endblockquote %}",
        "{% math %}x^2{% endmath %}",
        '[code lang="py"]x = 1[/code]',
        "{{< highlight go >}}\nx := 1\n{{< /highlight >}}",
        "<!-- wp:quote -->\n<blockquote><p>Somebody.</p></blockquote>\n<!-- /wp:quote -->",
        "<!-- wp:image -->\n<figure><img src='a'><figcaption>A caption</figcaption></figure>\n<!-- /wp:image -->",
        "<!--more-->",
        "![x](b.png)\n\nA caption\n{: .image-caption}",
        "> Somebody else.",
        "<blockquote class='twitter-tweet'><p>A tweet</p></blockquote>",
        "<details><summary>More</summary>hidden</details>",
        "$$\nE = mc^2\n$$",
        "\\\\[ x^2 \\\\]",
        "https://youtu.be/abc",
        "[toc]",
    ],
)
def test_a_description_begins_with_the_authors_words(tmp_path: Path, before: str) -> None:
    for picture in ("a", "b.png"):  # one that is missing is told
        (tmp_path / picture).touch()
    post = body(tmp_path, f"{before}\n\n{OWN}\n\nMore.")
    assert post.excerpt == OWN
    assert post.warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "A [sic] sentence [1] with [x], [Video von gestern] and array[b].",
        "[Update] It works.",
        "[Video] A film.",
        "See [gallery](/g/), [embed][1] and [caption].",
        'The selector input[type="text"] and `[gallery ids="1"]`.',
    ],
)
def test_bracketed_words_of_a_sentence_stay(tmp_path: Path, text: str) -> None:
    assert without_shortcodes(text) == text


def test_text_between_unknown_marks_stays(tmp_path: Path) -> None:
    assert body(tmp_path, '[su_box title="x"]Inner *words*.[/su_box]').excerpt == "Inner words."
    assert body(tmp_path, "{{% notice tip %}}\nInner.\n{{% /notice %}}").excerpt == "Inner."
    assert body(tmp_path, "[b]Bold[/b] and [url=https://e.org]link[/url].").excerpt == "Bold and link."


def test_the_whole_post_is_a_quotation(tmp_path: Path) -> None:
    assert body(tmp_path, "[quote]Somebody else.[/quote]").excerpt == "Somebody else."


def test_a_captioned_picture_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"x")
    for caption in ('[caption]<img src="/b.png" alt="Rad"/> C[/caption]', "[caption]![Rad](/b.png) C[/caption]"):
        (picture,) = body(tmp_path, f"{caption}\n\n{OWN}").images
        assert (Path(picture.path).name, picture.alt) == ("b.png", "Rad")


def test_code_in_shortcodes_is_code() -> None:
    code = "{{< highlight go >}}\nx := 1\n{{< /highlight >}}\n"
    assert without_template_tags(f"{code}Words.\n{code}").count("````\nx := 1\n````") == 2


def test_code_is_left_as_it_is() -> None:
    code = '```\n[gallery ids="1"] {{< x >}}\n```\n\n`[embed]x[/embed] {{< y >}}`\n\n{% raw %}{{< z >}}{% endraw %}'
    assert without_shortcodes(without_template_tags(code)) == code


PIECES = st.sampled_from(
    [
        "[a]",
        "[/a]",
        "[caption]",
        "[/caption]",
        "[gallery x=1]",
        "{{<",
        ">}}",
        "{{% a %}}",
        "{% quote %}",
        "{% endquote %}",
        "```",
        "`",
        "\n",
        " ",
        "<pre>",
        "<",
        ":tada:",
        ":",
        "{: .caption}",
        "word",
    ]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_is_taken(text: str) -> None:
    once = without_shortcodes(without_template_tags(text))
    assert len(once) <= 3 * len(text) + 100
    with_emoji(text)
