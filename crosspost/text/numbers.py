"""Numbers in sentences."""

from collections.abc import Sequence

#: so many names of a list are read, no more
_MOST = 12


def counted(number: int, one: str, several: str = "") -> str:
    """ "1 post" or "2,000 posts".

    :param one: the word for one of them
    :param several: the word for any other number of them; an s more when it is not given
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def listed(names: Sequence[str]) -> str:
    """The names, as many as somebody reads, and how many more there are.

    >>> listed(["a", "b"]), listed([f"s{number}" for number in range(1000)])[-16:]
    ('a, b', ' s9 and 990 more')
    """
    if len(names) <= _MOST:
        return ", ".join(names)
    return f"{', '.join(names[: _MOST - 2])} and {len(names) - _MOST + 2:,} more"
