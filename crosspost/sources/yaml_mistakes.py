"""Explains a YAML parser's complaint to somebody who does not know YAML: which line, what is wrong, what to write."""

from typing import NamedTuple

import yaml

from crosspost.text.lazy_pattern import lazy

#: a line with a key, and what stands behind its colon; or an item of a list
_VALUE = lazy(r"(?:[^:'\"#]+:|\s*-)[ \t]+(.*)")
#: signs at the beginning of a text that mean something else in YAML
_SIGNS = "@`%!&*|>,]}"
#: complaints that are made where something should have ended, about where it began
_ABOUT_ITS_BEGINNING = ("did not find expected ',' or", "could not find expected ':'")
_SIGN = "the text begins with {}, which means something else here; put the text in quotation marks"
_MARKS = {'"': '\\"', "'": "''"}


class Mistake(NamedTuple):
    """What is wrong, as a clause, and its line from 1; 0 when unknown."""

    reason: str
    line: int


def explained(text: str, error: yaml.MarkedYAMLError) -> Mistake:
    """The probable mistake behind an error.

    :param text: the YAML as it was parsed
    """
    problem = error.problem or error.context or "it cannot be read"
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Mistake(problem, 0)
    lines = [*text.split("\n"), ""]
    at = min(mark.line, len(lines) - 1)
    if (opened := _left_open(lines, at)) is not None:
        sign = _value(lines[opened])[0]
        return Mistake(f"the text in quotation marks does not end; write {sign} at its end", opened + 1)
    if problem.startswith(_ABOUT_ITS_BEGINNING) and error.context_mark is not None:
        at = error.context_mark.line
    while at and not lines[at].strip():
        at -= 1
    return Mistake(_of_line(lines[at], lines[at - 1] if at else "", mark.column, problem), at + 1)


def _of_line(line: str, above: str, column: int, problem: str) -> str:
    value = _value(line)
    sign = value[:1]
    if "\t" in line[: len(line) - len(line.lstrip())] or line[column : column + 1] == "\t":
        return "the line begins with a tab; use spaces instead"
    if sign and sign in "\"'[{" + _SIGNS:
        return _of_sign(sign, problem)
    if value.startswith(("- ", "? ")):
        return _SIGN.format(sign)
    if "mapping values are not allowed" in problem:
        if line[:1] == " " and ": " not in value and above.strip():
            return "the line is indented further than the one above; write it below the beginning of that"
        return 'a second ": " in one line; put the text in quotation marks'
    if any(f"find expected {wanted}" in problem for wanted in ("key", "':'", "'-'")):
        return "the line does not begin as those above; write it as `key: text`, below the beginning of the others"
    return problem


def _of_sign(sign: str, problem: str) -> str:
    """What is wrong with a text that begins with a sign.

    :param problem: the parser's complaint
    """
    if sign in _MARKS:
        if "escape" in problem or "hexdecimal" in problem:
            return "a \\ between double quotation marks means something else; write \\\\ or put the text between '…'"
        return f"a quotation mark in the middle of a text in quotation marks; write {_MARKS[sign]} for each inside it"
    if sign in "[{":
        return (
            f"the text begins with {sign}, which begins a list here; end the list, or put the text in quotation marks"
        )
    if "undefined alias" in problem:
        return "a value begins with *, which refers to something that is not there; put the text in quotation marks"
    return _SIGN.format(sign)


def _left_open(lines: list[str], at: int) -> int | None:
    """The number of the last line up to ``at`` whose quotation mark does not end, though a new key follows."""
    for number in range(min(at, len(lines) - 2), -1, -1):
        value, follows = _value(lines[number]), lines[number + 1]
        sign = value[:1]
        if sign in _MARKS and sign not in value[1:].replace(_MARKS[sign], "") and _begins(follows):
            return number
    return None


def _begins(line: str) -> bool:
    """Whether a line is empty or begins with a key or as an item of a list, so that it goes on with no text."""
    return not line.strip() or line.lstrip().startswith("- ") or (line[0] not in " \t" and ":" in line)


def _value(line: str) -> str:
    """What stands behind the key of a line."""
    found = _VALUE.match(line)
    return found[1].strip() if found else ""
