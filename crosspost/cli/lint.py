"""``crosspost lint``: what would be refused or lost, for editors, hooks and build services."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosspost.cli import completing
from crosspost.cli.common import now, places
from crosspost.cli.layout import columns, wrapped
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.app.linting.findings import Finding


@click.command()
@click.argument(
    "files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]", shell_complete=completing.posts
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "sarif", "json"]),
    default="text",
    help="text for people, github for annotations in GitHub Actions, sarif (2.1.0) and json for programs.",
)
@click.option("--strict", is_flag=True, help="End with 1 also when there are warnings only.")
@places
def lint(files: tuple[Path, ...], form: str, strict: bool, config: Path | None, site: Path | None) -> int:
    """Say what would be refused or lost, with line and column. Asks nobody and sends nothing.

    FILE is a post or the config; without one it looks at the config and at every post that is not out yet. Ends with 1
    when something would be refused.
    """
    from crosspost.app.linting.lint import lint as look

    findings = look(files, config=config, site=site, environ=os.environ, clock=now)
    click.echo(_FORMS[form](findings), nl=False)
    errors = [one for one in findings if one.level == "error"]
    return 1 if errors or (strict and findings) else 0


def _text(findings: Sequence["Finding"]) -> str:
    lines = []
    for one in findings:
        place = f"{printable(_short(one.place.path))}:{one.place.line}:{one.place.column}"
        level = click.style(one.level, fg="red" if one.level == "error" else "yellow")
        lines += wrapped(f"{place}: {level}: {_sentence(one)}", columns(), rest="  ")
    if not findings:
        lines = ["Nothing would be refused or lost."]
    return "\n".join(lines) + "\n"


def _json(findings: Sequence["Finding"]) -> str:
    import msgspec

    rows = [
        {"level": one.level, "rule": one.rule, "path": _short(one.place.path), "line": one.place.line,
         "column": one.place.column, "said": one.said, "accounts": list(one.accounts)}
        for one in findings
    ]  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"


def _github(findings: Sequence["Finding"]) -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands."""

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def value(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    lines = [
        f"::{one.level} file={value(_short(one.place.path))},line={one.place.line},col={one.place.column},"
        f"title=crosspost {one.rule}::{data(_sentence(one))}"
        for one in findings
    ]
    return "".join(f"{line}\n" for line in lines)


def _sarif(findings: Sequence["Finding"]) -> str:
    """SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""
    import json

    from crosspost import __version__
    from crosspost.app.linting.findings import RULES

    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    results = [
        {
            "ruleId": one.rule,
            "level": one.level,
            "message": {"text": _sentence(one)},
            "locations": [{"physicalLocation": _location(one)}],
        }
        for one in findings
    ]
    driver = {"name": "crosspost", "semanticVersion": __version__, "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _location(one: "Finding") -> dict[str, object]:
    from urllib.parse import quote

    region = {"startLine": one.place.line, "startColumn": one.place.column}
    return {"artifactLocation": {"uri": quote(_short(one.place.path))}, "region": region}


def _sentence(one: "Finding") -> str:
    return f"{one.said} ({', '.join(one.accounts)})" if one.accounts else one.said


def _short(path: str) -> str:
    """Seen from here, as a person would write it; an absolute path where it is elsewhere."""
    full = os.path.abspath(path)  # noqa: PTH100  # without following links
    return os.path.relpath(full) if full.startswith(f"{os.getcwd()}{os.sep}") else full  # noqa: PTH109


_FORMS: dict[str, Callable[[Sequence["Finding"]], str]] = {
    "text": _text,
    "github": _github,
    "sarif": _sarif,
    "json": _json,
}
