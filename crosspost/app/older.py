"""What is said of posts that are held back, because they appeared with others and are older than what is known."""

from collections.abc import Collection


def held_back(posts: Collection[str]) -> str:
    """A sentence about posts that were just held back.

    :param posts: their ids, at least one
    """
    names = sorted(posts)
    several = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
    return (
        f"{several} are new, but older than posts that are known. So many at once look as if something else "
        "had changed: the names of the files, or the ids in a feed. They are held back; `crosspost FILE` sends one. "
        "See `crosspost help sites`"
    )
