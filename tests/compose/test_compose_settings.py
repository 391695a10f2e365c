"""What a post says for one account, and what each setting does: own text, pictures, templates."""

import re

import pytest

from crosspost.compose import Style, for_post
from crosspost.compose.formats.linkedin import escape
from crosspost.compose.post_link import as_uri
from crosspost.errors import ConfigError, Unsupported
from crosspost.model import Abilities, Override, Overrides, Picture
from tests.compose.drafts import LINK, MASTODON, Fediverse, draft, own


def test_no_link_when_the_account_wants_none() -> None:
    said = draft(style=Style(link="none"))
    assert "http" not in said.text
    assert (said.link, said.card) == ("", None)


def test_a_draft_says_for_which_account_it_is() -> None:
    assert (draft().account, draft().network, draft().unit) == ("verein", "x", "x")


def test_own_text_replaces_everything_and_gets_the_link() -> None:
    assert draft(overrides=own("Kommt alle!")).text == f"Kommt alle!\n\n{LINK}"
    assert draft(overrides=own(f"Hier: {LINK} – kommt!")).text == f"Hier: {LINK} – kommt!"
    assert draft(overrides=own("Kommt alle!", link="none")).text == "Kommt alle!"


def test_own_text_that_is_too_long_keeps_the_link_it_has() -> None:
    said = draft(overrides=own("Wort " * 80 + LINK))
    assert said.length <= 280
    assert LINK in said.text.split()
    assert said.lost[0].startswith("text shortened by ")


def test_an_unknown_setting_names_its_neighbour_and_the_file() -> None:
    with pytest.raises(ConfigError, match=r"_posts/2022.*`max_hashtag`.*did you mean `max_hashtags`"):
        draft(overrides=own("x", max_hashtag=1))
    with pytest.raises(ConfigError, match="cannot be used"):
        for_post(Style(), Fediverse(), Override(settings={"max_hashtags": "many"}))
    with pytest.raises(ConfigError, match="`hashtag_map` under `crosspost:` cannot be used"):
        for_post(Style(), Fediverse(), Override(settings={"hashtag_map": "Verein"}))


def test_the_colours_of_a_title_card_are_colours_that_differ() -> None:
    style = Style()
    colours = (style.card_background, style.card_text, style.card_accent, style.background)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert len(set(colours[:3])) == 3
    assert style.focus == (0.5, 0.5), "the middle"


def test_a_post_adds_to_the_settings_of_the_account() -> None:
    said = Override(settings={"utm": {"b": "2"}, "visibility": "unlisted"})
    style, options = for_post(Style(utm={"a": "1"}, language="en"), Fediverse(content_warning="Ach"), said)
    assert style.utm == {"a": "1", "b": "2"}
    assert style.language == "en"
    assert options == Fediverse(visibility="unlisted", content_warning="Ach")


def test_a_content_warning_counts_and_travels() -> None:
    warning = "Achtung, lang" * 10
    said = draft(MASTODON, options=Fediverse(content_warning=warning, visibility="unlisted"), description="Wort " * 200)
    assert said.options == {"visibility": "unlisted", "content_warning": warning}
    assert 480 < said.length <= 500
    with pytest.raises(Unsupported, match="content warning"):
        draft(MASTODON, options=Fediverse(content_warning="x" * 600))


def test_pictures_carry_an_alternative_text_that_fits() -> None:
    said = draft(thumbnail=Picture(path="/s/a.jpg", alt="Wort " * 400))
    assert said.images[0].path == "/s/a.jpg"
    assert 990 < len(said.images[0].alt) <= 1000
    assert said.images[0].alt.endswith("Wort…")
    assert "alt text" in draft(thumbnail=Picture(path="/s/a.jpg")).warnings[0]
    assert draft(thumbnail=Picture(path="/s/a.jpg"), style=Style(images=False)).images == ()


def test_a_network_for_pictures_gets_a_title_card() -> None:
    (card,) = draft(abilities=Abilities(needs_image=True), site="Das Tal").images
    assert card.drawn is not None
    assert (card.drawn.title, card.drawn.site, card.drawn.width, card.drawn.height) == (
        "Unser Erstes Arbeitstreffen",
        "Das Tal",
        1080,
        1350,
    )
    assert card.alt == "Unser Erstes Arbeitstreffen"
    with pytest.raises(Unsupported, match="picture"):
        draft(abilities=Abilities(needs_image=True), style=Style(images=False))


def test_a_title_card_is_drawn_only_when_asked_and_there_is_no_picture() -> None:
    style = Style(title_card=True, card_background="#004400")
    (card,) = draft(style=style).images
    assert card.drawn is not None
    assert (card.drawn.width, card.drawn.height, card.drawn.background) == (1200, 630, "#004400")
    assert draft(style=style, thumbnail=Picture(path="/s/a.jpg")).images[0].drawn is None
    assert draft().images == ()


def test_a_gallery_takes_as_many_as_the_network_does_each_once_with_its_alt() -> None:
    text = [Picture(path=f"/s/{name}.jpg", alt=f"Bild {name}") for name in "abcdef"]
    style = Style(gallery=True)
    said = draft(style=style, thumbnail=Picture(path="/s/c.jpg", alt="vorn"), images=tuple(text))
    assert [picture.alt for picture in said.images] == ["vorn", "Bild a", "Bild b", "Bild d"]
    assert said.lost == ("2 of 6 pictures",)
    alone = draft(thumbnail=text[0], images=tuple(text))
    assert ([picture.alt for picture in alone.images], alone.lost) == (["Bild a"], ())
    assert draft(style=Style(gallery=4), images=tuple(text)).lost == (), "nobody wanted more"
    assert "alt text for x.png" in draft(style=style, images=(Picture(url="https://e.org/x.png"),)).warnings[0]


def test_a_gallery_has_at_most_so_many_and_a_list_goes_before_the_text() -> None:
    text = tuple(Picture(path=f"/s/{name}.jpg", alt=f"Bild {name}") for name in "abc")
    listed = (Picture(path="/s/d.jpg"), Picture(path="/s/b.jpg"), Picture(path="/s/e.jpg", alt="Bild e"))
    post = {"thumbnail": text[0], "images": text, "gallery": listed, "gallery_lines": (4, 5, 0), "path": "post.md"}

    def shown(gallery: bool | int) -> list[str]:
        return [picture.path[3] for picture in draft(style=Style(gallery=gallery), **post).images]

    assert (shown(False), shown(1), shown(3), shown(True)) == (["a"], ["a"], ["a", "d", "b"], ["a", "d", "b", "e"])
    said = draft(style=Style(gallery=True), **post)
    assert said.images[2].alt == "Bild b", "the words it has in the text"
    (warning,) = said.warnings
    assert warning.startswith("no alt text for d.jpg: add `alt` to it in line 4 of post.md")


def test_alt_text_can_be_required() -> None:
    style = Style(require_alt=True)
    with pytest.raises(Unsupported, match=r"a\.jpg has no alt text.*thumbnail_alt"):
        draft(style=style, thumbnail=Picture(path="/s/a.jpg", alt=" "))
    assert draft(style=style).images == ()
    assert draft(style=style, abilities=Abilities(alt_text=False), thumbnail=Picture(path="/s/a.jpg")).images


def test_a_post_may_say_where_its_picture_is_cropped() -> None:
    said = Overrides(targets={"x": Override(settings={"shape": "crop", "focus": [0.2, 0.5], "background": "black"})})
    framing = draft(thumbnail=Picture(path="/s/a.jpg"), overrides=said).images[0].framing
    assert (framing.shape, framing.focus, framing.background) == ("crop", (0.2, 0.5), "black")


def test_a_template_decides_the_order() -> None:
    style = Style(template="{{ url }}\n{{ title|upper }}{% if hashtags %} ({{ hashtags }}){% endif %}\n{{ body }}")
    said = draft(style=style, body="Absatz eins. " * 40)
    assert said.text.startswith(f"{LINK}\nUNSER ERSTES ARBEITSTREFFEN\nAbsatz eins.")
    assert 265 < said.length <= 280
    assert said.lost[0] == "the hashtag"
    assert said.lost[1].startswith("body shortened")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ title }}\n{{ titel }}", r'account "verein": its template, line 2: .*titel'),
        ("{% if %}", "line 1"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "division"),
    ],
)
def test_a_broken_template_is_a_sentence(template: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        draft(style=Style(template=template))


def test_the_alt_text_that_names_no_picture_is_the_first_ones() -> None:
    pictures = tuple(Picture(url=f"https://a.org/{name}.png", alt=name) for name in "ab")
    said = draft(
        style=Style(gallery=True, card=False),
        thumbnail=pictures[0],
        images=pictures[1:],
        overrides=Overrides(targets={"verein": Override(alt={"": "Neu"})}),
    )
    assert [picture.alt for picture in said.images] == ["Neu", "b"]


def test_a_draft_names_the_pictures_that_the_post_lost() -> None:
    assert draft(lost_pictures=("beet.jpg is missing",)).lost_pictures == ("beet.jpg is missing",)


def test_a_name_with_letters_beyond_ascii_is_written_as_the_dns_has_it() -> None:
    assert as_uri("https://MÜNCHEN.example/straße") == "https://xn--mnchen-3ya.example/stra%C3%9Fe"


def test_on_linkedin_only_what_has_a_scheme_is_a_link() -> None:
    assert escape("siehe a.org/b_c und https://a.org/b_c") == r"siehe a.org/b\_c und https://a.org/b_c"
