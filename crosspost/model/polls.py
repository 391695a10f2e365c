"""A poll that goes out with a post, and what a network takes as one."""

from crosspost.model.value import Value

#: how long a poll lasts when nobody says how long, in seconds
DAY = 86_400


class Poll(Value, frozen=True, kw_only=True):
    """A poll: its answers in their order.

    ``seconds`` is how long it lasts (0: nobody said, or the network decides), ``multiple`` whether one may choose
    several answers.
    """

    options: tuple[str, ...]
    seconds: int = 0
    multiple: bool = False


class PollLimits(Value, frozen=True, kw_only=True):
    """What a network takes as a poll: up to ``options`` answers (and at least two) of up to ``characters`` code points.

    ``shortest`` and ``longest`` are seconds; both are 0 where the network alone decides how long it lasts. ``multiple``
    is False where one answer only may be chosen, ``with_images`` True where a post may have pictures beside its poll.
    """

    options: int
    characters: int
    shortest: int = 0
    longest: int = 0
    multiple: bool = False
    with_images: bool = False
