"""Parses a mapping of a front matter as a whole: a mistake in one key does not hide those in the others."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from crosspost.errors import PostRefused
from crosspost.text import mistakes
from crosspost.text.near_names import nearest

T = TypeVar("T")

#: a mistake below several accounts names so many of them
_NAMED = 3


class Mistake(Exception):
    """One mistake: a clause about it, and the keys that lead to it.

    :ivar target: the account or network it stands below, whose name the clause leaves out; "" for none
    """

    def __init__(self, said: str, *keys: str, target: str = "") -> None:
        self.said, self.keys, self.target = said, keys, target
        super().__init__(said)

    def below(self, *keys: str, target: str = "") -> "Mistake":
        """The same mistake, seen from a mapping that contains this one."""
        above = "".join(f"{key}: " for key in keys)
        return Mistake(f"{above}{self.said}", *((target,) if target else ()), *keys, *self.keys, target=target)


class Mistakes(list[Mistake]):
    """Every mistake that was found so far."""

    def read(self, parse: Callable[[], T], otherwise: T) -> T:
        """What ``parse`` returns; ``otherwise`` when it raises a mistake."""
        try:
            return parse()
        except Mistake as mistake:
            self.append(mistake)
            return otherwise

    def told(self, mapping: str) -> list[tuple[str, tuple[str, ...]]]:
        """A clause for each, and the keys to the first place of it; the same below several accounts is told once.

        :param mapping: the key of the mapping, which begins each clause; "" when they begin with it already
        """
        same: dict[str, list[Mistake]] = {}
        for one in self:
            same.setdefault(one.said if one.target else f"{one.keys}{one.said}", []).append(one)
        begin = f"{mapping}: " if mapping else ""
        return [(f"{begin}{_for_all(found)}", found[0].keys) for found in same.values()]


def together(found: Iterable[PostRefused]) -> PostRefused:
    """One refusal for several of the same post, in the order of its lines."""
    errors = list(found)
    message = mistakes.together(map(str, errors))
    first = next((one for one in errors if message.startswith(str(one))), errors[0])
    return PostRefused(first.path, first.reason + message.removeprefix(str(first)), first.line)


def unknown_key(key: Any, known: Iterable[str]) -> Mistake:
    """The mistake of a key that nothing reads, with the nearest that is read."""
    names = list(known)
    near = nearest(str(key), names)
    hint = f"did you mean `{near}`?" if near else f"known: {', '.join(names)}"
    return Mistake(f"does not know “{key}”; {hint}", str(key))


def _for_all(found: list[Mistake]) -> str:
    """One clause about the same mistake below several accounts."""
    first, *others = found
    if not first.target:
        return first.said
    names = ", ".join(one.target for one in others[:_NAMED])
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    said = f"{first.target}: {first.said}"
    return mistakes.with_more(said, f"the same below {names}{more}") if others else said
