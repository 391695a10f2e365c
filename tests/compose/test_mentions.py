"""``@names``: each tags on a network only whom it means there; what a network takes for a tag is written here anew."""

import re
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosspost.compose import Style, compose
from crosspost.compose.mentions import Mentions, Tagging
from crosspost.config import registry
from crosspost.model import Abilities, Draft, ImageLimits, Limits, Override, Overrides, Picture, Post

LIMITS = Limits(text=5000, unit="code-points", images=ImageLimits(count=1), source="", checked=date(2026, 11, 25))
SAID = "Follow @verein@social.example, @jekyll and @team.bsky.social; write to info@blog.example."
#: what each network makes a tag of, from its own code or documentation, apart from ours
TAGS = {
    "x": re.compile(r"(?:^|[^a-zA-Z0-9_!#$%&*@＠])[@＠]([a-zA-Z0-9_]{1,20})(?![@＠\u00c0-\u024f]|://)"),
    "telegram": re.compile(r"(?<!\w)@([a-zA-Z0-9_]{2,32})\b"),
    "instagram": re.compile(r"(?<![\w.])@([A-Za-z0-9_.]{1,30})"),
    "threads": re.compile(r"(?<![\w.])@([A-Za-z0-9_.]{1,30})"),
    "mastodon": re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)(?!@?[\w.-]*@?\w)", re.IGNORECASE),
}
POST = Post(
    id="1",
    path="a.md",
    url="https://e.example/@verein/a",
    title="News",
    date=datetime(2026, 11, 25, tzinfo=UTC),
    thumbnail=Picture(path="/a.jpg", alt="oats"),
)


def said(network: str, style: Style | None = None, **changes: Any) -> Draft:
    cls = registry.load(network)
    post = msgspec.structs.replace(POST, **changes)
    return compose(
        post, account="a", network=network, limits=LIMITS, abilities=cls.abilities, style=style or Style(lead=500)
    )


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ("x", "Follow verein@social.example, jekyll and team.bsky.social; write to info@blog.example."),
        ("threads", "Follow verein@social.example, jekyll and team.bsky.social; write to info@blog.example."),
        ("instagram", "Follow verein@social.example, jekyll and team.bsky.social; write to info@blog.example."),
        ("telegram", "Follow verein@social.example, jekyll and team.bsky.social; write to info@blog.example."),
        ("mastodon", "Follow @verein@social.example, jekyll and team.bsky.social; write to info@blog.example."),
        ("bluesky", SAID),
        ("linkedin", SAID),
        ("facebook", SAID),
        ("signal", SAID),
        ("newsletter", SAID),
        ("listmonk", SAID),
    ],
)
def test_nobody_is_tagged_on_another_network(network: str, text: str) -> None:
    draft = said(network, description=SAID)
    assert text in draft.text
    assert any("said without the “@”" in one for one in draft.warnings) is (text != SAID)
    assert "https://e.example/@verein/a" in draft.text


PAGES = "With @[123456], @[77:Verein], @@[5] and @[Ann]."


def test_the_number_of_a_page_tags_it_on_facebook_only_where_that_is_meant() -> None:
    draft = said("facebook", description=PAGES, title="@[8] @verein")
    assert draft.text.startswith("[8] @verein\n\nWith [123456], [77:Verein], [5] and @[Ann].")
    (told,) = [one for one in draft.warnings if "without the “@”" in one]
    assert told.startswith("@[8], @[123456], @[77:Verein] and @@[5] are said")
    own = Overrides(targets={"facebook": Override(text="Mit @[123456]")})
    assert said("facebook", overrides=own).text.startswith("Mit @[123456]")
    everywhere = Overrides(everywhere=Override(text="Mit @[123456]"))
    assert said("facebook", overrides=everywhere).text.startswith("Mit [123456]")
    table = Style(lead=500, mentions={"@verein": "@[123456]"})
    assert "Von @[123456] und [9]" in said("facebook", table, description="Von @verein und @[9]").text
    assert PAGES in said("linkedin", description=PAGES).text


@pytest.mark.parametrize(
    ("call", "left"),
    [
        ("<@&123>", "&123"),
        ("<@123>", "<123>"),
        ("<@U1>", "<U1>"),
        ("<!here>", "here"),
        ("<!channel|alle>", "channel|alle"),
        ("<!subteam^S1>", "subteam^S1"),
        ("<users/all>", "users/all"),
        ("@**all**", "**all**"),
        ("@_*team*", "_*team*"),
        ("@everyone", "everyone"),
    ],
)
def test_no_service_that_apprise_knows_is_made_to_call(call: str, left: str) -> None:
    names = Mentions({}, "services")
    told = names.said(f"Hier {call} da")
    assert told == f"Hier {left} da"
    assert len(names.warnings(told)) == 1
    assert names.said(f"Hier {call} da", own=True) == f"Hier {call} da"


def test_a_network_nobody_looked_into_tags_nobody() -> None:
    assert Abilities().mentions == "names"


PARTS = {
    "title": {"title": "With @jekyll"},
    "description": {"description": "With @jekyll"},
    "excerpt": {"excerpt": "With @jekyll"},
    "body": {"description": "Short.", "body": "With @jekyll\n\nMore."},
    "text for everywhere": {"overrides": Overrides(everywhere=Override(text="With @jekyll"))},
}


@pytest.mark.parametrize("part", PARTS)
def test_it_holds_wherever_the_name_stands(part: str) -> None:
    draft = said("x", **PARTS[part])
    assert "With jekyll" in draft.text
    assert draft.warnings[-1].startswith("@jekyll is said without the “@”")


def test_and_in_a_template() -> None:
    style = Style(template="{{ author }} {{ tags | join }} {{ site }} {{ body }} {{ title }} @ours")
    draft = said("x", style, author="@one", tags=("@two",), site="@three", body="@four", title="@five")
    assert draft.text == "one two three four five @ours"  # the template itself was written for this account


@pytest.mark.parametrize("target", ["x", "a"])
def test_a_text_for_this_network_by_name_is_what_its_author_means(target: str) -> None:
    own = Overrides(everywhere=Override(text="no"), targets={target: Override(text="With @jekyll")})
    assert said("x", overrides=own).text.startswith("With @jekyll")
    assert said("x", overrides=own).warnings == ()
    style = Style(mentions={"@jekyll": "@jekyll_x"})
    assert said("x", style, overrides=own).text.startswith("With @jekyll_x")


def test_whom_the_table_knows_is_tagged() -> None:
    style = Style(mentions={"@verein@social.example": "@verein_ev", "@jekyll": "@jekyll", "Bürgerrat": "@rat"})
    text = "By @Verein@social.example, .@JEKYLL, the Bürgerrat, @verein_ev and @verein."
    draft = said("x", style, description=text)
    assert "By @verein_ev, .@jekyll, the @rat, @verein_ev and verein." in draft.text
    assert [one for one in draft.warnings if "“@”" in one] == [
        "@verein is said without the “@”: here it would tag a stranger. If you mean somebody on this network, add the "
        "name to `mentions` of this account"
    ]


@pytest.mark.parametrize(
    "text",
    ["info@blog.example", "josé@blog.example", "a.b+c@d.example", "https://s.example/@verein", "s.example/@verein",
     "mailto:info@blog.example", "5 @ 3", "@", "@東京", "a@b", "acct:verein@social.example", "ssh git@host.example:x"],
)  # fmt: skip
@pytest.mark.parametrize("tagging", ["names", "fediverse", "domains", "nothing"])
def test_what_is_no_mention_stays(text: str, tagging: Tagging) -> None:
    assert Mentions({}, tagging).said(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [(".@jekyll", ".jekyll"), ("(@jekyll)", "(jekyll)"), ("見て@jekyll", "見てjekyll"), ("＠jekyll", "jekyll"),
     ("@angular/core", "angular/core"), ("RT @jekyll:", "RT jekyll:"), ("@a-b.", "a-b."), ("“@jekyll”", "“jekyll”"),
     ("@müller", "müller"), ("@a@b.example.", "a@b.example.")],
)  # fmt: skip
def test_whatever_stands_around_a_name(text: str, plain: str) -> None:
    assert Mentions({}, "names").said(text) == plain


PIECES = st.sampled_from(
    ["@", "＠", "@a", "@verein@social.example", "@team.bsky.social", "info@blog.example", "https://s.example/@v", "/",
     ".", "-", " ", "見", "é", "x", "_", ":", "(", "#", "@_", "RT"]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


@given(TEXTS)
@example("@a.@b")
@example("x/@a-@b.c")
@example("@a@@verein@social.examplehttps://s.example/@v")
def test_nothing_tags_afterwards_and_only_signs_are_lost(text: str) -> None:
    once = Mentions({}, "names").said(text)
    assert Mentions({}, "names").said(once) == once
    assert re.sub("[@＠]", "", once) == re.sub("[@＠]", "", text)
    bare = re.sub(r"[A-Za-z][\w+.-]*://\S*|\S*\.\S*/\S*@\S*|\S*\w[^\s@＠]*@[\w-]+\.\S*", " ", once)
    for network in ("x", "telegram"):
        assert not TAGS[network].search(bare), (network, bare)


@given(TEXTS, st.sampled_from(["x", "mastodon", "bluesky", "threads", "telegram"]), st.integers(90, 300))
def test_lengths_are_measured_after_the_names(text: str, network: str, most: int) -> None:
    cls = registry.load(network)
    limits = msgspec.structs.replace(cls.limits, text=most, text_with_images=0)
    post = msgspec.structs.replace(POST, title="T", description=f"{text} {'word ' * 40}", url="https://e.example/a")
    draft = compose(post, account="a", network=network, limits=limits, abilities=cls.abilities, style=Style())
    assert draft.length <= most


def test_what_tags_is_not_what_is_said() -> None:
    for network, tags in TAGS.items():
        described = said(network, description=SAID).text.replace("info@blog.example", "").split("https://")[0]
        assert not tags.search(described.replace("verein@social.example", "")), network
