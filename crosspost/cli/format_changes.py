"""How changes of what is out are told: paragraphs, JSON, an exit code."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crosspost.app.outcome import bare
from crosspost.app.post_states import shell_names
from crosspost.cli.layout import paragraph
from crosspost.cli.reports import Line, web

if TYPE_CHECKING:
    from crosspost.cli.reports import View
    from crosspost.ledger import Change, Ledger

#: more changes than this are counted instead of listed: after thousands of files went, nobody reads a line for each
_LISTED = 200
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


#: what happened to the files of posts that are out
_SAID = {"edit": "whose files changed", "delete": "whose files are gone"}


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


def say_changes(changes: Sequence["Change"], seen: "View", ledger: "Ledger", *, whole: bool = False) -> None:
    """A paragraph for each post with changes; where a person must decide, with the command that does it.

    :param whole: list them however many they are
    """
    if len(changes) > _LISTED and not whole:
        _say_counts(changes, seen)
        return
    paths = shell_names(ledger) if changes else {}
    seen.show(change_line(change, paths) for change in changes)


def _say_counts(changes: Sequence["Change"], seen: "View") -> None:
    """A sentence for each account and kind of change, with how many there are."""
    counts = Counter((change.account, _SAID[change.kind], _WORDS[change.kind, change.state][0]) for change in changes)
    for (account, said, word), number in sorted(counts.items(), key=lambda one: (seen.rank(one[0][0]), one[0])):
        paragraph(f"{seen.label(account)}: {number:,} posts {said}: {word}.")
    paragraph("`crosspost status` lists what waits for you; `--verbose` has a run list every change.")


def change_line(change: "Change", paths: Mapping[str, str]) -> Line:
    """The line for a change."""
    word, colour = _WORDS[change.kind, change.state]
    said = bare(change.error, change.account)
    if change.state == "back":
        file = paths.get(change.post, change.post)
        said = f"its file is back: `crosspost publish --again {file}` sends it again"
    if change.state == "asked":
        edit = change.kind == "edit"
        what, command = ("its file changed", "update") if edit else ("its file is gone", "unpublish")
        file = paths.get(change.post, change.post)
        said = f"{what}: `crosspost {command} {file}` carries it out; with `--leave` it stays as it is"
    link = change.url if change.state == "done" or not said else ""
    return Line(post=change.post, account=change.account, word=word, colour=colour or "", link=web(link), said=said)
