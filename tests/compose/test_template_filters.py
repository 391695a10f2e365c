"""Which filters, widths, dates and methods a template may use, and which are refused by name."""

import pytest

from tests.compose.templated import TOO_MUCH, refused, said

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
