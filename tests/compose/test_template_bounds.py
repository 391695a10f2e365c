"""Where the bounds of a template lie: what just fits goes through, and what is one more is refused with its reason."""

import pytest

from crosspost.compose.templates import check
from crosspost.errors import ConfigError
from tests.compose.templated import TOO_MUCH, refused, said

HALF = "a" * 500_000


def test_all_there_is_can_be_said() -> None:
    names = "title description excerpt body url hashtags author site"
    found = said(
        "|".join(f"{{{{ {name} }}}}" for name in names.split()), "Text", excerpt="Auszug", hashtags=("#a", "#b")
    )
    assert found == "Titel|Wort|Auszug|Text|https://a.example/|#a #b|Ada|Tal"
    assert said("{{ tags|sort|join(', ') }} {{ date.hour }}") == "a, b 3"


# ── the template itself ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_template_has_twenty_thousand_characters_at_most() -> None:
    assert said("x" * 20_000) == "x" * 20_000
    assert refused("x" * 20_001) == "line 1: it is longer than 20,000 characters"


@pytest.mark.parametrize(
    ("construct", "named"),
    [
        ("{% macro m() %}{% endmacro %}", "macros"),
        ("{% call x() %}{% endcall %}", "call"),
        ("{% import 'os' as os %}", "import"),
        ("{% from 'os' import path %}", "import"),
        ("{% include 'x' %}", "include"),
        ("{% extends 'x' %}", "extends"),
        ("{% block a %}{% endblock %}", "blocks"),
        ("{% set a %}x{% endset %}", "set without a value"),
    ],
)
def test_what_has_no_place_is_named_with_its_line(construct: str, named: str) -> None:
    assert refused(f"eins\n{{% if true %}}{construct}{{% endif %}}") == f"line 2: a template has no {named} here"
    with pytest.raises(ConfigError, match=f"its template, line 2: a template has no {named} here"):
        check(f"eins\n{construct}", "verein")


def test_a_mistake_that_shows_only_while_it_is_made_has_its_line() -> None:
    assert refused("eins\n\n{{ nope }}") == "line 3: there is no “nope”"
    assert refused("eins\n{{ title.nope }}").startswith("line 2: ")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ titel }}", "there is no “titel” (did you mean “title”?). A template may use: title, "),
        ("{% if title %}{{ xyz|upper }}{% endif %}", "there is no “xyz”. A template may use: title, "),
    ],
)
def test_a_word_that_means_nothing_is_noticed_before_a_post_needs_it(template: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(template, "verein")
    assert f'account "verein": its template: {said}' in str(caught.value)


@pytest.mark.parametrize(
    "template",
    [
        "{{ title }} {{ hashtags }} {% for tag in tags %}{{ tag }}{{ loop.index }}{% endfor %}{{ range(2)|join }}",
        "{% set short = title[:20] %}{{ short }}{% if subtitle is defined %}{{ subtitle }}{% endif %}",
        "{{ subtitle|default(title) }}",
    ],
)
def test_a_word_whose_absence_is_asked_for_is_no_mistake(template: str) -> None:
    check(template, "verein")


@pytest.mark.parametrize("name", ["lipsum", "cycler", "joiner", "namespace", "dict", "self"])
def test_only_a_range_is_there_of_jinjas_own(name: str) -> None:
    assert refused(f"{{{{ {name}() }}}}") != ""
    assert said("{{ range(3)|join }}") == "012"


# ── how much it makes ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("just", "more"),
    [
        ("body ~ body", "body ~ body ~ 'x'"),
        ("body + body", "body + body + 'x'"),
        ("1 ~ body[1:] ~ body", "12 ~ body[1:] ~ body"),
        ("body[:250000]|list + body[:250000]|list", "body[:250000]|list + body[:250000]|list + [0]"),
        ("body.replace('a', 'aa')", "(body ~ 'a').replace('a', 'aa')"),
        ("body[:250000].replace('', 'aa')", "body.replace('', 'aa')"),
        ("body|replace('a', 'aa')", "(body ~ 'a')|replace('a', 'aa')"),
        ("body[:250000]|replace('', 'aa')", "body|replace('', 'aa')"),
        ("body[:1000]|join(body[:1000])", "body[:1001]|join(body[:1000])"),
        ("body[:1000]|list|join(body[:1000])", "body[:1001]|list|join(body[:1000])"),
        ("lines[:999]|indent(body[:1000])", "lines[:1000]|indent(body[:1000])"),
        ("lines[:999]|indent(width=body[:1000])", "lines[:999]|indent(width=body[:1001])"),
        ("body|replace(old='a', new='aa')", "body|replace(new='aaa', old='a')"),
        ("range(1000)|join(body[:998])", "range(1000)|join(body[:1000])"),
        ("range(5000)|map('center', 200)|join", "range(5000)|map('center', 200)|join('a')"),
        ("range(4900)|map('center', 200)|list", "range(5001)|map('center', 200)|list"),
        ("range(1000)|map('center', 9)|join(d=body[:990])", "range(1000)|map('center', 9)|join(d=body[:1000])"),
    ],
)
def test_a_million_characters_is_the_most(just: str, more: str) -> None:
    lines = "{% set lines = excerpt %}"
    assert int(said(f"{lines}{{{{ ({just})|length }}}}", HALF)) > 0
    assert TOO_MUCH in refused(f"{lines}{{{{ ({more})|length }}}}", HALF)


@pytest.mark.parametrize(
    "template",
    [
        "{% set a = [body] %}{% set a = a + a + a %}",
        "{{ [body, body, body] }}",
        "{{ [body, body, body]|string }}",
        "{{ [body, body, body] ~ '' }}",
        "{{ {'a': body, 'b': [body, body]} }}",
        "{{ (body, body, body) }}",
        "{% set a = ['x'] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
        "{% set a = ['x'] %}" + "{% set a = {'x': a, 'y': a} %}" * 60 + "{{ a|length }}",
        "{% set a = ['x'] %}" + "{% set a = [a, a] %}" * 60 + "{{ 'x'|replace('x', a) }}",
    ],
)
def test_lists_within_each_other_are_counted_with_all_that_is_in_them(template: str) -> None:
    assert TOO_MUCH in refused(template, HALF)


def test_a_list_may_be_printed() -> None:
    assert said("{{ tags }} {{ {'a': [1]} }}") == "['b', 'a'] {'a': [1]}"


def test_only_numbers_are_summed() -> None:
    assert said("{{ [1, 2.5]|sum }} {{ [1]|sum(start=2) }}") == "3.5 3"
    assert "“sum” is for numbers" in refused("{{ [[1], [2]]|sum(start=[]) }}")


def test_all_the_pieces_together_are_a_million_at_most() -> None:
    assert len(said("{{ body }}{{ body }}", HALF)) == 1_000_000
    assert refused("{{ body }}{{ body }}x", HALF) == TOO_MUCH
    assert refused("{% for a in range(3) %}{{ body }}{% endfor %}", HALF).endswith(TOO_MUCH)


def test_loops_have_ten_thousand_rounds_together_and_each_text_anew() -> None:
    loop = "{% for a in range(5000) %}{% endfor %}"
    for _ in range(3):
        assert said(f"{loop}{loop}ok") == "ok"
    assert refused(f"{loop}{loop}{{% for a in 'x' %}}{{% endfor %}}").endswith("its loops have more than 10,000 rounds")
    nested = "{% for a in range(99) %}{% for b in range(100) %}{% endfor %}{% endfor %}"
    assert said(f"{nested}ok") == "ok"
    assert "more than 10,000 rounds" in refused(nested.replace("99", "100"))


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sum_", "makes"),
    [
        ("2 ** 8", "256"),
        ("2 ** -1", "0.5"),
        ("7 % 4", "3"),
        ("1.5 * 2", "3.0"),
        ("999999999999999999 * 1", "999999999999999999"),
        ("-999999999999999999 * 1", "-999999999999999999"),
        ("7 // 2 - 1", "2"),
        ("title + '!'", "Titel!"),
        ("(tags + ['c'])|length", "3"),
        ("1 + 1", "2"),
    ],
)
def test_sums_of_a_sensible_size(sum_: str, makes: str) -> None:
    assert said(f"{{{{ {sum_} }}}}") == makes


@pytest.mark.parametrize(
    ("sum_", "why"),
    [
        ("2 ** 9", TOO_MUCH),
        ("2 ** -9", TOO_MUCH),
        ("1000000000000000000 * 1", "“*” is for numbers"),
        ("1 * 1000000000000000000", "“*” is for numbers"),
        ("-1000000000000000000 % 7", "“%” is for numbers"),
        ("'a' * 3", "“*” is for numbers"),
        ("3 * [1]", "“*” is for numbers"),
        ("'%d' % 1", "“%” is for numbers"),
        ("title ** 2", "“**” is for numbers"),
    ],
)
def test_sums_that_are_none(sum_: str, why: str) -> None:
    assert why in refused(f"{{{{ {sum_} }}}}")
