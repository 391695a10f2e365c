"""The language of posts and sites: tags as networks want them, and what is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.sources.post_language import complaint, language
from tests.sources.jekyll_site import Site


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("de", "de"), ("DE", "de"), ("de_DE", "de-DE"), ("de_DE.UTF-8", "de-DE"), ("pt-br", "pt-BR"),
        ("en-UK", "en-GB"),
        ("zh-hant-tw", "zh-Hant-TW"), ("sr-latn", "sr-Latn"), ("es-419", "es-419"), ("de-1996", "de-1996"),
        ("ca-valencia", "ca-valencia"), ("gsw", "gsw"), ("zh-yue", "zh-yue"), ("en-x-pirate", "en-x-pirate"),
        (False, "no"),
        ("deutsch", ""), ("german", ""), ("jp", ""), ("xx", ""), ("de-", ""), ("d", ""), ("de DE", ""), ("", ""),
        (5, ""),
        (None, ""), (True, ""), ("C", ""), ("POSIX", ""), (["de"], ""),
    ],
)  # fmt: skip
def test_tags(written: object, tag: str) -> None:
    assert language(written) == tag


@given(st.text(max_size=12))
def test_every_result_is_a_tag(written: str) -> None:
    found = language(written)
    assert found == "" or language(found) == found


@pytest.mark.parametrize("key", ["lang", "locale", "language"])
def test_each_key_of_a_post(tmp_path: Path, key: str) -> None:
    assert Site(tmp_path).load(f"{key}: fr_FR").lang == "fr-FR"


@pytest.mark.parametrize(
    ("written", "hint"), [("deutsch", "“de”"), ("jp", "“ja”"), ("quenya", "a language tag such as")]
)
def test_an_invalid_language_is_reported_and_the_sites_is_used(tmp_path: Path, written: str, hint: str) -> None:
    post = Site(tmp_path).load(f"lang: {written}")
    assert post.lang == "de-DE"
    assert any(written in said and hint in said for said in post.warnings)


def test_a_post_about_programming_names_no_language() -> None:
    assert complaint("language", "ruby") == ""
    assert "“en”" in complaint("language", "English")


MEANT = """
    jp=ja cn=zh cz=cs dk=da gr=el ua=uk deutsch=de german=de english=en englisch=en french=fr français=fr francais=fr
    spanish=es español=es espanol=es italian=it italiano=it dutch=nl nederlands=nl portuguese=pt português=pt polish=pl
    polski=pl russian=ru русский=ru turkish=tr türkçe=tr swedish=sv svenska=sv japanese=ja 日本語=ja chinese=zh
    中文=zh arabic=ar العربية=ar ukrainian=uk українська=uk
"""


@pytest.mark.parametrize("pair", MEANT.split())
def test_what_was_meant_is_guessed_from_a_country_or_a_name(pair: str) -> None:
    written, _, meant = pair.partition("=")
    for spelt in (written, written.upper()):
        assert f"did you mean “{meant}”?" in complaint("lang", spelt), spelt
    assert language(meant) == meant


@pytest.mark.parametrize("written", [None, True, False, "", "de", "pt_BR"])
def test_nothing_is_wrong_with_a_language_or_with_none(written: object) -> None:
    assert complaint("lang", written) == ""


def test_an_invalid_language_of_the_site_is_reported_too(tmp_path: Path) -> None:
    site = Site(tmp_path, "url: https://example.org\nlang: deutsch\n")
    assert site.source().site.warnings == (
        f"{tmp_path / '_config.yml'}: lang: “deutsch” is not a language tag, so it is not used; did you mean “de”?",
    )
    assert any("deutsch" in said for said in site.load("title: A").warnings)
    given_ = site.source(lang="französisch").site
    assert given_.lang == ""
    assert any("[site] lang" in said for said in given_.warnings)


def test_a_layout_and_the_layout_it_is_in(tmp_path: Path) -> None:
    site = Site(tmp_path, "url: https://example.org\n")
    site.put("_layouts/inner.html", "---\nlayout: outer\n---\n{{ content }}")
    site.put("_layouts/outer.html", "---\nlang: nl\n---\n<html></html>")
    site.put("_layouts/round.html", "---\nlayout: round\n---\n")
    site.put("_layouts/broken.html", "---\nlang: [\n---\n")
    assert site.load("layout: inner").lang == "nl"
    assert site.load("layout: inner\nlang: fr").lang == "fr"
    for layout in ("round", "broken", "of-the-theme", "../../etc/passwd", "[a]", "5"):
        assert site.load(f"layout: {layout}").lang == ""
