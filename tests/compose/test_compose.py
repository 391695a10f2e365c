"""Named cases: what other tools got wrong, and what each setting does."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from crosspost.compose import Style, compose, for_post
from crosspost.compose.fit import shorten
from crosspost.compose.hashtags import hashtag
from crosspost.compose.links import tagged
from crosspost.errors import ConfigError, Unsupported
from crosspost.model import Abilities, Draft, ImageLimits, Limits, Override, Overrides, Picture, Post, Value

LINK = "https://klima.example.org/2022/12/01/erstes-arbeitstreffen/"
CHECKED = date(2026, 11, 22)
X = Limits(text=280, unit="x", url_length=23, images=ImageLimits(count=4, alt=1000), source="", checked=CHECKED)
MASTODON = Limits(text=500, unit="mastodon", url_length=23, source="", checked=CHECKED)
BLUESKY = Limits(text=300, unit="graphemes", also=(("utf-8", 3000),), source="", checked=CHECKED)
POST = Post(
    id="1",
    path="_posts/2022-12-01-erstes-arbeitstreffen.md",
    url=LINK,
    title="Unser Erstes Arbeitstreffen",
    date=datetime(2022, 12, 1, tzinfo=UTC),
    description="Die inhaltliche Arbeit beginnt mit dem ersten Arbeitstreffen",
    tags=("Veranstaltung",),
    lang="de",
)


class Fediverse(Value, frozen=True, kw_only=True):
    """A network's own settings."""

    visibility: str = ""
    content_warning: str = ""


def draft(
    limits: Limits = X,
    style: Style | None = None,
    abilities: Abilities | None = None,
    options: Fediverse | None = None,
    **changes: Any,
) -> Draft:
    post = msgspec.structs.replace(POST, **changes)
    return compose(
        post,
        account="verein",
        network=limits.unit,
        limits=limits,
        abilities=abilities or Abilities(),
        style=style or Style(),
        options=options or Fediverse(),
    )


def test_the_usual_text() -> None:
    said = draft()
    assert said.text == (
        "Unser Erstes Arbeitstreffen\n\nDie inhaltliche Arbeit beginnt mit dem ersten Arbeitstreffen\n\n"
        f"{LINK}\n\n#Veranstaltung"
    )
    assert (said.length, said.limit, said.unit) == (27 + 2 + 60 + 2 + 23 + 2 + 14, 280, "x")
    assert (said.link, said.language, said.lost, said.warnings) == (LINK, "de", (), ())


def test_200_cjk_characters_keep_to_280_on_x() -> None:
    said = draft(description="風力発電" * 50, title="題")
    assert said.length <= 280
    assert said.text.count("風") >= 28
    assert LINK in said.text


def test_long_title_and_long_link_keep_to_300_graphemes() -> None:
    link = "https://klima.example.org/" + "a" * 98
    said = draft(BLUESKY, title="Wort " * 46, url=link)
    assert len(said.text) <= 300
    assert link in said.text.split()


@pytest.mark.parametrize("room", range(100, 170))
def test_the_link_is_never_cut_wherever_the_limit_falls(room: int) -> None:
    limits = msgspec.structs.replace(BLUESKY, text=room)
    assert LINK in draft(limits).text.split()


def test_hashtags_go_first_then_the_description_then_the_title() -> None:
    def lost(most: int) -> tuple[str, ...]:
        return draft(msgspec.structs.replace(BLUESKY, text=most), tags=("Klima", "Wind", "Sonne")).lost

    full = 27 + 2 + 60 + 2 + len(LINK)
    assert lost(full + 2 + 20) == ()
    assert lost(full + 2 + 13) == ("1 of 3 hashtags",)
    assert lost(full) == ("3 of 3 hashtags",)
    assert lost(full - 1)[1].startswith("description shortened by")
    assert lost(27 + 2 + len(LINK))[1] == "the description"
    assert lost(20 + 2 + len(LINK)) == ("2 of 3 hashtags", "title shortened by 15 characters", "the description")


def test_the_order_of_giving_way_is_a_setting() -> None:
    said = draft(msgspec.structs.replace(BLUESKY, text=140), Style(giving_way=("description", "hashtags", "title")))
    assert "#Veranstaltung" in said.text
    assert "description" in said.lost[0]


def test_gotosocial_counts_code_points_and_links_in_full() -> None:
    limits = msgspec.structs.replace(MASTODON, text=200, also=(("code-points", 200),))
    said = draft(limits, url=LINK + "a" * 60, description="Wort " * 40)
    assert len(said.text) <= 200
    assert LINK in said.text


def test_bytes_give_way_too() -> None:
    said = draft(msgspec.structs.replace(BLUESKY, also=(("utf-8", 300),)), description="👨‍👩‍👧‍👦" * 60)
    assert len(said.text.encode()) <= 300


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("Erneuerbare Energien", "#ErneuerbareEnergien"),
        ("debian 8", "#Debian8"),
        ("Öffentlichkeitsarbeit & Bildung", "#ÖffentlichkeitsarbeitBildung"),
        ("e-mobility", "#EMobility"),
        ("iOS", "#iOS"),
        ("#Klima", "#Klima"),
        ("हिन्दी भाषा", "#हिन्दीभाषा"),
        ("東京", "#東京"),
        ("C++", ""),
        ("schema.org", ""),
        (".NET", ""),
        ("2024", ""),
        ("🎉", ""),
        ("  ", ""),
    ],
)
def test_hashtag(tag: str, expected: str) -> None:
    assert hashtag(tag) == expected


def test_hashtags_are_renamed_added_capped_and_never_repeated() -> None:
    style = Style(hashtag_map={"PV": "Photovoltaik", "intern": ""}, extra_hashtags=("Klima", "Wind"), max_hashtags=2)
    assert draft(style=style, tags=("pv", "intern", "klima")).text.endswith("\n\n#Photovoltaik #klima")
    assert draft(description="Alles über #Wind.", tags=("wind", "Sonne")).text.endswith(f"{LINK}\n\n#Sonne")
    assert "#" not in draft(style=Style(hashtags=False)).text


def test_a_network_takes_one_hashtag() -> None:
    said = draft(msgspec.structs.replace(X, hashtags=1), tags=("Klima", "Wind", "Sonne"))
    assert said.text.endswith("\n\n#Klima")
    assert said.lost == ("2 of 3 hashtags",)


def test_title_and_description_are_not_said_twice() -> None:
    assert draft(description="Unser erstes Arbeitstreffen!").text.startswith(f"Unser Erstes Arbeitstreffen\n\n{LINK}")
    assert draft(title="Wind", description="Windkraft für alle").text.startswith("Wind\n\nWindkraft für alle")


def test_the_excerpt_stands_in_for_a_missing_description() -> None:
    assert "Anfang des Textes" in draft(description="", excerpt="Anfang des Textes").text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://e.example/a", "https://e.example/a?utm_source=x%20y"),
        ("https://e.example/a?b=%20c&d#e", "https://e.example/a?b=%20c&d&utm_source=x%20y#e"),
        ("https://e.example/a?utm_source=mine", "https://e.example/a?utm_source=mine"),
        ("", ""),
        ("http://[broken", "http://[broken"),
    ],
)
def test_parameters_are_added_without_breaking_the_address(url: str, expected: str) -> None:
    assert tagged(url, {"utm_source": "x y"}) == expected


def test_the_tagged_link_is_the_one_in_text_and_card() -> None:
    said = draft(style=Style(utm={"ref": "x"}))
    assert said.link == f"{LINK}?ref=x"
    assert said.link in said.text.split()
    assert said.card is not None
    assert said.card.url == said.link


def test_no_link_when_the_account_wants_none() -> None:
    said = draft(style=Style(link="none"))
    assert "http" not in said.text
    assert (said.link, said.card) == ("", None)


def own(text: str, **settings: Any) -> Overrides:
    return Overrides(targets={"verein": Override(text=text, settings=settings)})


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
    assert [picture.alt for picture in draft(thumbnail=text[0], images=tuple(text)).images] == ["Bild a"]
    assert "alt text for x.png" in draft(style=style, images=(Picture(url="https://e.org/x.png"),)).warnings[0]


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


def test_a_file_name_is_announced_as_a_link_on_x_only() -> None:
    assert 'takes "main.py" for a link' in draft(description="Neu in main.py", warnings=("alt",)).warnings[1]
    assert draft(MASTODON, description="Neu in main.py").warnings == ()


def test_mentions_are_translated() -> None:
    style = Style(mentions={"@verein": "@verein@social.example.org"})
    said = draft(MASTODON, style, Abilities(mentions="fediverse"), description="Mit @Verein, nicht @vereine, x@verein.")
    assert "Mit @verein@social.example.org, nicht vereine, x@verein." in said.text


def test_text_is_cleaned() -> None:
    said = draft(title="Gru\u0308ße\r\nan\talle", description="a\u0000b\ufeff  \r\n\r\n\r\n\r\nc\ud800")
    assert said.text.startswith("Grüße an alle\n\nab\n\nc\n\nhttps")


def test_nothing_to_say() -> None:
    with pytest.raises(Unsupported, match="nothing to say"):
        draft(title=" ", description="", url="", tags=())


def test_a_link_that_does_not_fit() -> None:
    with pytest.raises(Unsupported, match="needs 159"):
        draft(msgspec.structs.replace(BLUESKY, text=100), url=LINK + "a" * 100)


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


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        (
            "Ein Satz. Noch ein Satz, der länger ist. Und ein dritter Satz kommt noch.",
            60,
            "Ein Satz. Noch ein Satz, der länger ist. …",
        ),
        ("Kommt alle und bringt Kuchen mit! https://e.org/x hat mehr dazu", 55, "Kommt alle und bringt Kuchen mit! …"),
        ("Am Freitag fangen wir an. Danach gibt es Suppe für alle", 34, "Am Freitag fangen wir an. …"),
        ("Wir treffen uns am Dienstag und reden über die Windkraft", 38, "Wir treffen uns am Dienstag und reden…"),
        ("Wir treffen uns am Dienstag und reden über die Windkraft", 34, "Wir treffen uns am Dienstag…"),
        ("Das Treffen (am Montag, dem 29. November, um acht) war gut", 40, "Das Treffen…"),
        ("Alles dazu (siehe [hier](https://example.org/a)) und mehr", 40, "Alles dazu…"),
        ("(alles in einer Klammer, die sehr lang ist)", 20, "(alles…)"),
        ("Am 29. November 2022 wird es Abend sein", 12, "Am 29. …"),
        ("Dr. A. Muster spricht. Danach reden wir alle miteinander", 36, "Dr. A. Muster spricht. …"),
        ("Sie sagte: „Wir machen das jetzt“ und ging", 14, "Sie sagte…"),
        ("東京で会議があります。次は来月です。風力発電", 20, "東京で会議があります。次は来月です。 …"),
        ("東京で会議があります風力発電について話します", 12, "東京で会議があります風…"),
        ("การประชุมครั้งแรกของเราเกี่ยวกับพลังงาน", 20, "การประชุมครั้งแรกขอ…"),
        ("مرحبا بالعالم هذا نص طويل جدا لا يتسع هنا", 26, "مرحبا بالعالم هذا نص طويل…"),
        ("Hallo #Klimaschutz und @verein@example.org heute", 34, "Hallo #Klimaschutz …"),
        ("Donaudampfschifffahrtsgesellschaftskapitän", 20, "Donaudampfschifffah…"),
        ("https://example.org/eine-sehr-lange-adresse", 20, ""),
    ],
)
def test_where_a_text_is_cut(text: str, room: int, expected: str) -> None:
    assert shorten(text, lambda cut: len(cut) <= room, room) == expected


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [
        (
            "Sie sagte: „Wir bauen die Mühle um und feiern“, und alle lachten.",
            42,
            "Sie sagte: „Wir bauen die Mühle…“",
        ),
        (
            "Sie sagte: „Wir bauen. Dann feiern wir alle“, und alle lachten.",
            40,
            "Sie sagte: „Wir bauen. Dann feiern wir…“",
        ),
        ("She said “we will build the mill and rest” and left.", 40, "She said “we will build the mill…”"),
        ('He called it "a good day for all the people" and left.', 42, 'He called it "a good day for all…"'),
        ("Elle a dit « nous allons rester ici » puis rien.", 36, "Elle a dit « nous allons rester… »"),
        ('Das Rohr ist 5" dick und 3" lang, sagte sie dann.', 36, 'Das Rohr ist 5" dick und 3" lang…'),
        ("Wir (Anna, Bo und Cem aus dem Tal) kommen gern.", 30, "Wir…"),
    ],
)
def test_a_quotation_that_is_cut_is_closed(text: str, room: int, cut: str) -> None:
    assert shorten(text, lambda said: len(said) <= room, room) == cut
