"""How changes of what is out are told: paragraphs, JSON, an exit code."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crosspost.app.outcome import bare
from crosspost.app.post_states import shell_names
from crosspost.cli.reports import Line, web

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


def say_changes(changes: Sequence["Change"], seen: "View", ledger: "Ledger") -> None:
    """A paragraph for each post with changes; where a person must decide, with the command that does it."""
    paths = shell_names(ledger) if changes else {}
    seen.show(change_line(change, paths) for change in changes)


def change_line(change: "Change", paths: Mapping[str, str]) -> Line:
    """The line for a change."""
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
