"""What each network was tried out with beside our stand-in, read from the opt-in tests themselves."""

import ast
import re
from pathlib import Path

from tests.clients import installed
from tests.manual.networks import ours

TESTS = Path(__file__).parents[1]
#: folder of a real server's tests → what it is called
SERVERS = {
    "bluesky_pds": "Bluesky's PDS",
    "ghost_node": "Ghost",
    "matrix_synapse": "Synapse",
    "micropub_django": "django-indieweb",
    "nostr_python": "nostr-relay",
    "wordpress_php": "WordPress",
}
#: tests of `make test` that run against somebody else's server in the same process
INSIDE = {"test_nostr_relay.py": ("nostr", "the relay of nostr-sdk")}


def table() -> str:
    """For each network: which real server, which clients that nobody here wrote; else its documentation alone."""
    real, foreign = servers(), clients()
    lines = ["| network | real server | other people's clients |", "| --- | --- | --- |"]
    for key, cls in ours().items():
        if key in real or key in foreign:
            lines.append(f"| {cls.name} | {real.get(key, '–')} | {', '.join(foreign.get(key, ())) or '–'} |")
    rest = ", ".join(cls.name for key, cls in ours().items() if key not in real and key not in foreign)
    return "\n".join([*lines, "", f"With the documentation alone: {rest}."])


def servers() -> dict[str, str]:
    """Network → the real server that the contract runs against."""
    found = {key: name for file, (key, name) in INSIDE.items() if (TESTS / "networks" / file).exists()}
    for file in sorted(TESTS.glob("*/real_server.py")):
        (key,) = set(_assigned(file, "key"))
        found[key] = ", ".join([SERVERS[file.parent.name], *([found[key]] if key in found else [])])
    return found


def clients() -> dict[str, list[str]]:
    """Network → the clients that post to its stand-in."""
    said = [*installed.PACKAGES, *installed.PYTHON]
    names = {re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in said}
    found: dict[str, list[str]] = {}
    for file in sorted((TESTS / "clients").glob("opt_in*.py")):
        for test in ast.parse(file.read_text("utf-8")).body:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                word = test.name.removeprefix("test_")
                for key in {node.value for node in ast.walk(test) if isinstance(node, ast.Constant)} & set(ours()):
                    found.setdefault(str(key), []).append(names.get(word, word.replace("_", "-")))
    return {key: sorted(set(names), key=str.lower) for key, names in found.items()}


def _assigned(file: Path, name: str) -> list[str]:
    """The texts that classes of a file give an attribute."""
    return [
        line.value.value
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
        for target in line.targets
        if isinstance(target, ast.Name) and target.id == name
    ]
