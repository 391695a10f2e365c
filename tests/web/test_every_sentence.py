"""Every sentence that the code of these rooms can say to a person is in the German catalogue, found by reading it."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

import crosspost
from crosspost.compose.measure import UNITS
from crosspost.web import state_words
from crosspost.web.sentences import translated

ROOT = Path(crosspost.__file__).parent
LOGINS = [
    *sorted((ROOT / "networks/logins").glob("*.py")),
    *(ROOT / "app/accounts" / name for name in ("add.py", "candidate.py", "manage.py", "user_changes.py")),
]
#: what is raised in these rooms stands below a post, a delivery or a form
ROOMS = ("compose", "media", "networks", "sources", "transport", "app/editing")
POSTS = [
    *(file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) if "logins" not in file.parts),
    *(
        ROOT / name
        for name in (
            "app/deciding/irreversible.py",
            "app/deciding/decisions.py",
            "app/preview.py",
            "web/conversation.py",
        )
    ),
]
#: what pages meet when the config, the ledger or the folder is not as it should be
CONFIG = [
    *(file for room in ("config", "ledger") for file in sorted((ROOT / room).rglob("*.py"))),
    *(
        ROOT / "app" / name
        for name in ("account_settings.py", "adapters.py", "application.py", "deciding/update_unpublish.py")
    ),
    *(ROOT / "app" / name for name in ("ledger_database.py", "installation.py", "loading.py", "sources.py")),
    *(
        ROOT / "app" / name
        for name in ("responses/replies_file.py", "write_back/data_file.py", "write_back/write_back_round.py")
    ),
    ROOT / "delivery/planner.py",
]
#: what only commands say, which are in English
COMMANDS = {"ledger/moving.py", "ledger/maintenance.py"}
#: files that yield pairs of a key and what is wrong with its value
PAIRS = {ROOT / "app/sources.py"}
#: who says a sentence
ERRORS = {
    *("Unsupported", "MediaError", "Rejected", "PostRefused", "SourceError", "ConfigError", "CrosspostError"),
    *("ValueError", "_Refused", "ChangedMeanwhile", "NotSent", "Unknown", "RateLimited", "AuthExpired", "KeyTaken"),
    *("unreadable", "Problem", "LedgerError", "TurnedDown", "UnderReview"),
}
#: calls with words in a dialog, and which of their arguments are said
DIALOG = {"say": (0,), "wrong": (1,), "confirm": (1,), "choose": (1,), "Choice": (1,), "Question": (1, 2)}
DIALOG |= {"secret": (1, 2), "app_id": (0, 1), "_missing": (1,)}
#: attributes of log-ins that are said
SAID = ("steps", "where", "generator", "redirects")
#: what stands where something varies: somebody's data, or a sentence
SOME = "{some}"
KINDS = ("7", "due", "at once and due", "no alt text for", "“Community Management API”")


class Words(NamedTuple):
    """What names stand for in a file: texts, and functions, of which each makes one of some texts."""

    constants: dict[str, ast.expr]
    functions: dict[str, list[ast.expr]]


NOTHING = Words({}, {})


def texts(node: ast.AST, known: Words) -> list[str]:
    """What an expression can be as a text; [] when it is none that is written here."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name) and node.id in known.constants:
        return texts(known.constants[node.id], NOTHING)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known.functions:
        inside = known._replace(functions={})
        return [text for made in known.functions[node.func.id] for text in texts(made, inside)]
    if isinstance(node, ast.IfExp):
        return texts(node.body, known) + texts(node.orelse, known)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return ["".join(both) for both in product(texts(node.left, known), texts(node.right, known))]
    if isinstance(node, ast.JoinedStr):
        parts = [
            texts(part, known) if isinstance(part, ast.Constant) else (texts(part.value, known) or [SOME])
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        return ["".join(chosen) for chosen in product(*parts)]
    return []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _name(node: ast.Assign) -> str:
    return getattr(node.targets[0], "id", "")


def words_of(tree: ast.Module) -> Words:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions = {
        node.name: [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    return Words(constants, functions)


def sentences(file: Path, wanted: dict[str, tuple[int, ...]]) -> Iterator[tuple[str, str]]:
    """(place, sentence) of what is said in a file."""
    tree = ast.parse(file.read_text("utf-8"))
    known = words_of(tree)
    for node in ast.walk(tree):
        found: list[ast.AST] = []
        if isinstance(node, ast.ClassDef):
            said = [one.value for one in node.body if isinstance(one, ast.Assign) and _name(one) in SAID]
            found = [part for value in said for part in (value.elts if isinstance(value, ast.Tuple) else [value])]
        elif isinstance(node, ast.Call) and _called(node) in wanted:
            found = [node.args[place] for place in wanted[_called(node)] if place < len(node.args)]
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and file in PAIRS:
            found = [node.value.elts[1]]
        for one in found:
            for text in texts(one, known):
                yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", text


def missing(files: list[Path], wanted: dict[str, tuple[int, ...]]) -> list[tuple[str, str]]:
    found = [pair for file in files for pair in sentences(file, wanted)]
    assert len(found) > 10
    return [
        (place, text)
        for place, text in found
        if " " in text.replace(SOME, "").strip() and not any(_german(text, kind) for kind in KINDS)
    ]


def _german(text: str, kind: str) -> bool:
    return translated("de", text.replace(SOME, kind)) is not None


#: log-ins whose first steps are said, not only listed in the manual
INTRODUCED = {"facebook.py", "instagram.py", "threads.py", "long_tokens.py"}


def test_every_sentence_of_the_log_ins_is_german() -> None:
    wanted = DIALOG | dict.fromkeys(ERRORS, (0,))
    lost = missing(LOGINS, wanted)
    assert [pair for pair in lost if not _only_listed(*pair)] == []


def _only_listed(place: str, text: str) -> bool:
    """Whether a text is a step that stands in the manual only, which is in English."""
    file = ROOT / place.partition(":")[0]
    return file.name not in INTRODUCED and text in _steps(file)


def _steps(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _name(node) == "steps"
        for part in ast.walk(node.value)
        for text in texts(part, NOTHING)
    }


def test_every_refusal_of_a_post_is_german() -> None:
    lost = missing(POSTS, dict.fromkeys(ERRORS, (0,)))
    assert lost == []


def test_every_refusal_of_the_config_and_of_the_ledger_is_german() -> None:
    files = [file for file in CONFIG if str(file.relative_to(ROOT)) not in COMMANDS]
    assert missing(files, dict.fromkeys(ERRORS, (0,))) == []


def test_every_warning_of_a_post_is_german() -> None:
    wanted = {"append": (0,), "repetition": (), "_without": (1,), "Wrong": (1,)}
    files = [*(ROOT / "compose").rglob("*.py"), *(ROOT / "sources").rglob("*.py"), ROOT / "networks/drafting.py"]
    assert missing(files, wanted) == []


@pytest.mark.parametrize("unit", UNITS)
def test_every_way_to_count_has_words(unit: str) -> None:
    assert state_words.UNITS[unit] != unit
