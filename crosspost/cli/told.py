"""How changes of what is out are told: paragraphs, JSON, an exit code."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.cli.reports import Line, bare, web

if TYPE_CHECKING:
    from crosspost.cli.reports import View
    from crosspost.ledger import Change, Ledger

_WORDS = {
    ("edit", "done"): ("changed", "green"),
    ("delete", "done"): ("taken back", "green"),
    ("edit", "asked"): ("waits for you", "yellow"),
    ("delete", "asked"): ("waits for you", "yellow"),
    ("edit", "planned"): ("changes later", "yellow"),
    ("delete", "planned"): ("goes later", "yellow"),
    ("edit", "left"): ("unchanged", "yellow"),
    ("delete", "left"): ("still out", "yellow"),
    ("delete", "back"): ("is back", "yellow"),
    ("edit", "ignored"): ("left alone", None),
    ("delete", "ignored"): ("left alone", None),
    ("edit", "failed"): ("not changed", "red"),
    ("delete", "failed"): ("not gone", "red"),
}


def change_row(change: "Change") -> dict[str, Any]:
    """A change as ``--json`` shows it."""
    return {
        "post": change.post,
        "account": change.account,
        "kind": change.kind,
        "state": change.state,
        "url": change.url,
        "error": change.error,
    }


def where(ledger: "Ledger") -> dict[str, str]:
    """Post id → its file, as a shell takes it."""
    here = f"{Path.cwd()}/"
    return {post.id: shlex.quote(post.path.removeprefix(here)) for post in ledger.posts.known().values()}


def say_changes(changes: Sequence["Change"], seen: "View", ledger: "Ledger") -> None:
    """A paragraph for each post with changes; where a person must decide, with the command that does it."""
    paths = where(ledger) if changes else {}
    seen.show(change_line(change, paths) for change in changes)


def change_line(change: "Change", paths: Mapping[str, str]) -> Line:
    """What is said of a change."""
    word, colour = _WORDS[change.kind, change.state]
    said = bare(change.error, change.account)
    if change.state == "back":
        file = paths.get(change.post, change.post)
        said = f"its file is there again: `crosspost publish --again {file}` sends it once more"
    if change.state == "asked":
        edit = change.kind == "edit"
        what, command = ("its file changed", "update") if edit else ("its file is gone", "unpublish")
        file = paths.get(change.post, change.post)
        said = f"{what}: `crosspost {command} {file}` carries it out, `--leave` behind it leaves it as it is"
    link = change.url if change.state == "done" or not said else ""
    return Line(post=change.post, account=change.account, word=word, colour=colour or "", link=web(link), said=said)


def exit_code_of_changes(changes: Iterable["Change"], *, left: bool = False) -> int:
    """0 done · 1 something failed or could not be done yet · 3 something waits for a person.

    :param left: also what the network cannot do waits for a person, who asked for it
    """
    states = [(change.state, bool(change.error)) for change in changes]
    if any(state == "failed" or (state == "planned" and wrong) for state, wrong in states):
        return 1
    return 3 if any(state == "asked" or (left and state == "left") for state, _ in states) else 0
