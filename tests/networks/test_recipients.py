"""A recipients file: everybody in it is read, or its wrong lines are reported; nobody is lost silently."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.errors import ConfigError
from crosspost.networks.mail.recipients import read


def people(folder: Path, text: str) -> list[str]:
    file = folder / "people.csv"
    file.write_bytes(text.encode())
    return [str(person.address) for person in read(str(file), "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@x.org\nB <b@y.org>\n", ["a@x.org", "B <b@y.org>"]),
        ("\ufeffemail;name\r\na@x.org;Anna\r\n", ["Anna <a@x.org>"]),
        ("# who; when, why\n\na@x.org,Anna\n  # b@y.org\n", ["Anna <a@x.org>"]),
        ("name\temail\nAnna\ta@x.org\n", ["Anna <a@x.org>"]),
        ("Name,Adresse,E-Mail\nAnna,Talstraße 1,a@x.org\n", ["Anna <a@x.org>"]),
        ("adresse\na@x.org\n", ["a@x.org"]),
        ('a@x.org,"Müller, Anna",\n', ['"Müller, Anna" <a@x.org>']),
        ("a@x.org,Anna @ Verein\nA@X.org\n", ['"Anna @ Verein" <a@x.org>']),
        ("email,name,since,note\na@x.org,Anna,2024,knows b@y.org\n", ["Anna <a@x.org>"]),
        ("a@x.org,Anna,,,\n", ["Anna <a@x.org>"]),
    ],
)
def test_everybody_is_read(tmp_path: Path, text: str, found: list[str]) -> None:
    assert people(tmp_path, text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email\na@x.org, b@y.org\n", r"csv:2: there is more than email"),
        ('email\n\n"a@x.org, b@y.org"\n', r"csv:3: “a@x.org, b@y.org” is not a mail address"),
        ("a@x.org, b@y.org\n", r"csv:1: “b@y.org” is not a name"),
        ("a@x.org\nb@y.org; c@z.org\n", r"csv:2: “b@y.org; c@z.org” is not a mail address"),
        ("a@x.org\nb@y.org c@z.org\n", r"csv:2: “b@y.org c@z.org” is not a mail address"),
        ("email,name\na@x.org,Anna,b@y.org\n", r"csv:2: there is more than email, name"),
        ("a@x.org,A,https://x.org/l,b@y.org\n", r"csv:1: there is more than email, name, unsubscribe"),
        ("a@x.org (Anna)\n", r"csv:1: “a@x.org \(Anna\)” is not a mail address"),
        ('a@x.org,"Anna\nb@y.org,B"\n', r"csv:2: “Anna b@y.org,B” is not a name"),
        ('a@x.org,"Anna\nb@y.org,B\n', r"csv:2: this is not a valid table: .*quotation mark"),
        ('"a@x.org" b@y.org\n', r"csv:1: this is not a valid table"),
        ("anna.example.org\nb@y.org\n", r"csv:1: “anna.example.org” is not a mail address"),
        ("email,name\nnobody,B\na@x.org,A\n", r"csv:2: “nobody” is not a mail address"),
        ("email,mail\na@x.org,b@y.org\n", r"csv:1: several columns have addresses \(email, mail\)"),
        ("email,name\n,Anna\n", r"csv:2: “” is not a mail address"),
        ("a@x.org\n" + "x\n" * 9, r"csv:2: .*csv:6: “x” .*; and 4 more lines are wrong; nobody gets the mail"),
    ],
)
def test_a_wrong_line_stops_the_list_and_is_reported(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        people(tmp_path, text)


CELLS = st.sampled_from(
    [
        "a@x.org",
        "b@y.org",
        "c@z.org",
        "",
        " ",
        "Anna",
        "A <d@x.org>",
        "a@x.org, b@y.org",
        "e@x.org;f@y.org",
        '"',
        "\n",
        "#",
    ]
)


@settings(max_examples=400, deadline=None)
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=5), raw=st.booleans(), sign=st.sampled_from(",;\t"))
def test_no_address_in_the_file_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], raw: bool, sign: str
) -> None:
    """Whatever is in it: each address that is no comment is a recipient, or the file is refused."""
    out = io.StringIO()
    if raw:
        out.write("\n".join(sign.join(row) for row in rows))
    else:
        csv.writer(out, delimiter=sign, quoting=csv.QUOTE_ALL).writerows(rows)
    text = out.getvalue()
    try:
        found = people(tmp_path_factory.mktemp("list"), text)
    except ConfigError:
        return
    without_comments = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for address in ("a@x.org", "b@y.org", "c@z.org", "d@x.org", "e@x.org", "f@y.org"):
        assert any(address in person for person in found) == (address in without_comments)
