"""Puts a mistake in a function into the running code, where everybody who has the function meets it."""

import gc
from pathlib import Path
from types import CodeType, FunctionType

from tests.mutants.mutate import Mutant


def functions_of(files: set[str]) -> dict[tuple[str, str], list[FunctionType]]:
    """(file, name) → the functions there are."""
    wanted = {str(Path(file).resolve()): file for file in files}
    found: dict[tuple[str, str], list[FunctionType]] = {}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and (file := wanted.get(thing.__code__.co_filename)):
            found.setdefault((file, thing.__code__.co_qualname), []).append(thing)
    gc.freeze()
    return found


def compiles(mutant: Mutant) -> bool:
    """Whether Python can read it."""
    try:
        compile(mutant.source, mutant.file, "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def put_in(mutant: Mutant, functions: dict[tuple[str, str], list[FunctionType]]) -> bool:
    """Give the functions their code with the mistake; False when that cannot be done."""
    done, codes = False, [compile(mutant.source, str(Path(mutant.file).resolve()), "exec")]
    while codes:
        code = codes.pop()
        codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        name = code.co_qualname.replace(".<locals>", "")
        if name == mutant.function or name.startswith(f"{mutant.function}."):
            for function in functions.get((mutant.file, code.co_qualname), []):
                try:
                    function.__code__ = code
                except ValueError:  # it uses other names of what is around it
                    return False
                done = True
    return done
