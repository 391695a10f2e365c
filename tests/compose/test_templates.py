"""A template puts words in order; it reaches no object or file and costs little, whatever it says."""

from datetime import UTC, datetime

import pytest

from crosspost.compose.parts import Pieces
from crosspost.compose.templates import check, renderer
from crosspost.errors import ConfigError
from crosspost.model import Post
from crosspost.testing.harness import Place

POST = Post(
    id="a", path="a.md", url="https://a.example/", title="T", date=datetime(2026, 1, 2, tzinfo=UTC), tags=("a",)
)
PIECES = Pieces("Titel", "Wort", "", "wort " * 1000, "https://a.example/", ("#a", "#b"))


def said(template: str) -> str:
    return renderer(template, POST, "verein")(PIECES)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ title|upper }}: {{ hashtags }} {{ url }}", "TITEL: #a #b https://a.example/"),
        ("{{ date.strftime('%d.%m.%Y') }} {{ date.year }} {{ date.isoformat()[:10] }}", "02.01.2026 2026 2026-01-02"),
        ("{% for t in tags if t %}{{ loop.index }}/{{ loop.length }} {{ t.upper() }}{% else %}-{% endfor %}", "1/1 A"),
        ("{{ title ~ ' – ' ~ description }}", "Titel – Wort"),
        ("{{ body|truncate(14) }}", "wort wort..."),
        ("{% if excerpt %}x{% else %}{{ description.replace('W', 'O') }}{% endif %}", "Oort"),
        ("{{ (title|length * 2 + 1) ** 2 % 7 }}", "2"),
        ("{{ '<b>Regen</b> <!-- x --> <viel> &amp; List<String>'|striptags }}", "Regen <viel> & List<String>"),
        ("{% set a = title + '!' %}{{ a }}{% filter upper %}x{% endfilter %}", "Titel!X"),
    ],
)
def test_what_people_write(template: str, text: str) -> None:
    assert said(template) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ url.__init__.__globals__ }}",
        "{{ date.__reduce__() }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ '{0.__class__}'.format_map({}) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{{ joiner }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% from 'os' import path %}",
        "{% extends 'x' %}",
        "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
        "{% call(x) y() %}{% endcall %}",
        "{% block a %}{% endblock %}",
        "{{ 'a' * 10**10 }}",
        "{{ ['a'] * 10**9 }}",
        "{{ 10**10**10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%s' % 'a' }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ 'a'|format(1) }}",
        "{{ 'a'|center(10**9) }}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'.zfill(10**9) }}",
        "{{ 'a'.expandtabs(10**9) }}",
        "{{ 'a'|indent(10**9) }}",
        "{{ body|slice(10**9)|list }}",
        "{{ body|replace('', body) }}",
        "{{ body.replace('', body) }}",
        "{{ body|join(body) }}",
        "{{ date.strftime('%1000000000d') }}",
        "{{ date.replace(year=1) }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for a in body %}{% for b in body %}{% for c in body %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(9000) %}{{ body }}{% endfor %}",
        "{% for a in 'x' recursive %}{{ loop('x') }}{% endfor %}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% set a = [1] %}" + "{% set a = a + a %}" * 40,
        "{% set a %}aa{% endset %}" + "{% set a %}{{a}}{{a}}{% endset %}" * 40,
        "{% set crosspost_rounds = [10**9] %}",
        "{{ crosspost_rounds.append(1) }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{# x #}" * 10_000,
    ],
)
def test_what_a_template_must_not_do(template: str) -> None:
    if "set crosspost_rounds" in template:
        template += "{% for a in body %}{% for b in body %}{% for c in body %}{% endfor %}{% endfor %}{% endfor %}"
    with pytest.raises(ConfigError, match='account "verein": its template') as caught:
        said(template)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("template", ["{{ title", "{% include 'x' %}", "{{ title|nope }}", "{% if %}"])
def test_a_mistake_is_found_before_anything_is_sent_with_its_line(place: Place, template: str) -> None:
    with pytest.raises(ConfigError):
        check(template, "x")
    text = place.config.read_text("utf-8")
    place.config.write_text(text.replace("[accounts.x]\n", f'[accounts.x]\ntemplate = "{template}"\n'), "utf-8")
    line = next(n for n, one in enumerate(place.config.read_text("utf-8").splitlines(), 1) if "template" in one)
    with pytest.raises(ConfigError, match=rf"crosspost\.toml:{line}: account .x.: its template"):
        place.app.checked("x")
