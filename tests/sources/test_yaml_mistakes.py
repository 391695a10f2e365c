"""A mistake in the YAML of a front matter is told with its own line, in words for people who do not know YAML."""

import pytest

from crosspost.sources.strict_yaml import YamlError, load_mapping
from crosspost.web.sentences import translated

BEGINS = "the text begins with {}, which means something else here; put the text in quotation marks"
LIST = "the text begins with {}, which begins a list here; end the list, or put the text in quotation marks"
INSIDE = "a quotation mark in the middle of a text in quotation marks; write {} for each inside it"
OPEN = "the text in quotation marks does not end; write {} at its end"
OTHERWISE = "the line does not begin as those above; write it as `key: text`, below the beginning of the others"
BACKSLASH = "a \\ between double quotation marks means something else; write \\\\ or put the text between '…'"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        *((f"lang: de\ntitle: {sign}Garten und mehr", 2, BEGINS.format(sign)) for sign in "@`%!,]}"),
        ("title: |Garten", 1, BEGINS.format("|")),
        ("title: - a", 1, BEGINS.format("-")),
        ("title: [Neu] Fest", 1, LIST.format("[")),
        ("title: {Neu} Fest", 1, LIST.format("{")),
        ("tags: [a, b\ntitle: x\nlang: de", 1, LIST.format("[")),
        ('title: "Er rief "Halt" laut"', 1, INSIDE.format('\\"')),
        ("title: 'It's fine'", 1, INSIDE.format("''")),
        ('title: "offen', 1, OPEN.format('"')),
        ('title: "offen\ndescription: "zu"\nlang: de', 1, OPEN.format('"')),
        ("lang: de\ntags:\n- 'a\n- b", 3, OPEN.format("'")),
        ('title: "C:\\Users\\ich"', 1, BACKSLASH),
        ('title: "a\\q"', 1, BACKSLASH),
        ("tags:\n\t- a", 2, "the line begins with a tab; use spaces instead"),
        ("title: a: b", 1, 'a second ": " in one line; put the text in quotation marks'),
        (
            "title: a\n  date: b",
            2,
            "the line is indented further than the one above; write it below the beginning of that",
        ),
        ("title: x\nWort\nlang: de", 2, OTHERWISE),
        ("tags:\n  - a\n b: c", 3, OTHERWISE),
        ("- a\nb: c", 2, OTHERWISE),
        ("title: a\nlang: \x07", 2, "it has a control character (U+0007); delete it"),
    ],
)
def test_a_mistake(text: str, line: int, reason: str) -> None:
    with pytest.raises(YamlError) as told:
        load_mapping(text, "front matter")
    assert (told.value.reason, told.value.line) == (f"the front matter is not valid YAML: {reason}", line)
    german = translated("de", told.value.reason) or ""
    assert german.startswith("die Angaben am Anfang sind kein gültiges YAML: ")
    assert not {"the", "a", "it"} & set(german.split())


def test_a_quoted_text_over_several_lines_is_not_to_blame() -> None:
    with pytest.raises(YamlError) as told:
        load_mapping('title: "über\n  zwei Zeilen"\ntags: @a', "front matter")
    assert (told.value.line, told.value.reason.partition("YAML: ")[2]) == (3, BEGINS.format("@"))
