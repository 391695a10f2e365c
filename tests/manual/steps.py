"""What a ``console`` block says: its commands, and what should follow each."""

import re
from dataclasses import dataclass, field


@dataclass
class Step:
    """One command of a block, the lines that should follow, and how it ended."""

    command: str
    typed: list[str]
    expected: list[str] = field(default_factory=list)
    code: int = 0


def steps(text: str) -> list[Step]:
    """The commands of a block; a line that begins with ``> `` goes on with the one before."""
    found: list[Step] = []
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            found.append(Step(line[2:], [line]))
        elif line.startswith("> ") and not found[-1].expected:
            found[-1].command = found[-1].command.removesuffix("\\") + line[2:]
            found[-1].typed.append(line)
        else:
            found[-1].expected.append(line)
    for step in found:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return found


def agrees(expected: list[str], said: list[str]) -> bool:
    """Whether the lines are those that were expected: ``…`` stands for any text, alone on a line for any lines.

    >>> agrees(["a", "…", "d …"], ["a", "b", "c", "d 17"]), agrees(["a"], ["a", "b"])
    (True, False)
    """
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "…" else ".*".join(re.escape(part) for part in line.split("…")) + r"\n"
        for line in expected
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in said)) is not None


def merged(config: str, more: str) -> str:
    """A config with the settings of another text put into its tables.

    >>> merged("[a]\\nx = 1\\n[b]\\n", "[a]\\nx = 2\\ny = 3\\n[c]\\nz = 4\\n")
    '[a]\\nx = 2\\ny = 3\\n[b]\\n[c]\\nz = 4\\n'
    """
    for head, settings in [table for table in _tables(more) if table[0]]:
        keys = [line.partition("=")[0].strip() for line in settings]
        known = _tables(config)
        if head in [name for name, _ in known]:
            # the new settings first: what stands between two tables stays at the end of the first one
            known = [
                (
                    name,
                    [*settings, *(x for x in own if x.partition("=")[0].strip() not in keys)] if name == head else own,
                )
                for name, own in known
            ]
        else:
            known.append((head, settings))
        config = "".join(f"{line}\n" for name, own in known for line in ([name, *own] if name else own))
    return config


def _tables(text: str) -> list[tuple[str, list[str]]]:
    """The tables of a config, each with its lines; "" for what stands above the first one."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        if line.startswith("["):
            found.append((line.partition("#")[0].strip(), []))
        else:
            found[-1][1].append(line)
    return [table for table in found if table[0]] if not found[0][1] else found
