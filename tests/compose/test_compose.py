"""Named cases: what other tools got wrong, and what each setting does."""

import msgspec
import pytest

from crosspost.compose import Style
from crosspost.compose.fit import shorten
from crosspost.compose.hashtags import hashtag
from crosspost.compose.post_link import tagged
from crosspost.errors import Unsupported
from crosspost.model import Abilities, Limits
from tests.compose.drafts import CHECKED, LINK, MASTODON, X, draft

BLUESKY = Limits(text=300, unit="graphemes", also=(("utf-8", 3000),), source="", checked=CHECKED)


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
        ("¿Qué?", "#Qué"),
        ("a \u0301b", "#AB"),
        ("Qué tal ¡hoy!", "#QuéTalHoy"),
        ("„Wind“!", "#Wind"),
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
