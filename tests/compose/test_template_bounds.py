"""Where the bounds of a template lie: what just fits goes through, and what is one more is refused with its reason."""

from datetime import UTC, datetime

import pytest

from crosspost.compose.parts import Pieces
from crosspost.compose.templates import check, renderer
from crosspost.errors import ConfigError
from crosspost.model import Post

HALF = "a" * 500_000
POST = Post(
    id="a",
    path="a.md",
    url="https://a.example/",
    title="T",
    date=datetime(2026, 1, 2, 3, tzinfo=UTC),
    tags=("b", "a"),
    author="Ada",
    site="Tal",
)
TOO_MUCH = "it makes more than a text can need"


def said(template: str, body: str = "", *, excerpt: str = "\n" * 2000, hashtags: tuple[str, ...] = ()) -> str:
    return renderer(template, POST, "verein")(Pieces("Titel", "Wort", excerpt, body, "https://a.example/", hashtags))


def refused(template: str, body: str = "") -> str:
    """Why, and in which line."""
    with pytest.raises(ConfigError) as caught:
        said(template, body)
    start, end = 'account "verein": its template', ". A template may use: title, description, excerpt, body, url, "
    told = str(caught.value)
    assert told.startswith(start)
    assert end in told
    return told.removeprefix(start).partition(end)[0].lstrip(",: ")


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
    assert refused("eins\n\n{{ nope }}") == "line 3: 'nope' is undefined"
    assert refused("eins\n{{ title.nope }}").startswith("line 2: ")


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


# ── filters and methods ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "expression",
    [
        "title|center(200)",
        "title|center(width=200)",
        "title|indent(200)",
        "title|wordwrap(200)",
        "nope|default(1000)",
        "nope|d(1000)",
        "body|truncate(1000)",
        "2.5|round(300)",
        "2026|center(9)",
        "2026|replace('2', '3')",
        "title|center(-200)",
    ],
)
def test_a_width_of_two_hundred_is_enough(expression: str) -> None:
    assert said(f"x{{{{ {expression} }}}}x") != ""


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("title|center(201)", "“center” with 201: "),
        ("title|center(width=201)", "“center” with 201: "),
        ("title|center(-201)", "“center” with -201: "),
        ("title|indent(201)", "“indent” with 201: "),
        ("body|batch(201)|list", "“batch” with 201: "),
        ("body|slice(201)|list", "“slice” with 201: "),
        ("title|wordwrap(201)", "“wordwrap” with 201: "),
    ],
)
def test_a_greater_one_is_refused_by_name(expression: str, named: str) -> None:
    assert f"{named}{TOO_MUCH}" in refused(f"{{{{ {expression} }}}}")


@pytest.mark.parametrize(
    ("pattern", "makes"),
    [
        ("%d.%m.%Y", "02.01.2026"),
        ("%-d.%-m.", "2.1."),
        ("%d %% 2026", "02 % 2026"),
        ("100%%10d", "100%10d"),
        ("am %d. 12 Uhr 30", "am 02. 12 Uhr 30"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_date_is_written_in_any_way(pattern: str, makes: str) -> None:
    assert said(f"{{{{ date.strftime('{pattern}') }}}}") == makes


@pytest.mark.parametrize("pattern", ["%10d", "%%%10d", "%-10d", "%_100Y", "%d%99Y", "x" * 201])
def test_a_date_is_not_made_wide(pattern: str) -> None:
    assert TOO_MUCH in refused(f"{{{{ date.strftime('{pattern}') }}}}")


@pytest.mark.parametrize(
    ("call", "makes"),
    [
        ("title.casefold()", "titel"),
        ("title.count('t')", "1"),
        ("title.find('x')", "-1"),
        ("title.partition('t')|join('-')", "Ti-t-el"),
        ("title.removesuffix('el')", "Tit"),
        ("title.rsplit('t', 1)|join('-')", "Ti-el"),
        ("title.startswith('T')", "True"),
        ("title.isalpha()", "True"),
        ("tags.index('a')", "1"),
        ("tags.count('a')", "1"),
        ("date.isoformat()", "2026-01-02T03:00:00+00:00"),
        ("date.year + date.month", "2027"),
        ("'a-b'.replace('-', '+', 1)", "a+b"),
        ("title.replace('t', 'tt')", "Tittel"),
    ],
)
def test_methods_whose_result_is_no_longer_than_what_they_are_given(call: str, makes: str) -> None:
    assert said(f"{{{{ {call} }}}}") == makes


@pytest.mark.parametrize(
    "call",
    [
        "title.center(9)",
        "title.encode()",
        "title.format(1)",
        "title.join(tags)",
        "title.maketrans('a', 'b')",
        "title.translate({})",
        "title.zfill(9)",
        "tags.append('c')",
        "tags.extend(tags)",
        "tags.insert(0, 'c')",
        "tags.pop()",
        "tags.copy()",
        "date.replace(2020)",
        "date.timetuple()",
        "date.astimezone()",
        "date.tzinfo.utcoffset(date)",
    ],
)
def test_others_are_not_there(call: str) -> None:
    assert "unsafe" in refused(f"{{{{ {call} }}}}")


def test_words_in_angle_brackets_that_are_no_tags_stay() -> None:
    assert said("{{ '<b>A</b>\n  <viel> &amp; mehr'|striptags }}") == "A <viel> & mehr"
