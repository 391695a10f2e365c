"""Whether a post's poll can go out on a network, and as what. Pure."""

from crosspost.compose.clean import one_line
from crosspost.model import Picture, Poll, PollLimits
from crosspost.text.numbers import counted

#: how long a poll lasts when nobody says how long, in seconds
DAY = 86_400
_WITHOUT = "goes out without the poll"


def polled(poll: Poll | bool | None, limits: PollLimits | None, network: str) -> tuple[Poll | None, list[str]]:
    """The poll as this network takes it, and warnings about what it does not take.

    :param poll: what the post says; False and None: there is none
    :param limits: what the network takes; None: it has no polls
    """
    if not isinstance(poll, Poll):
        return None, []
    if limits is None:
        return None, [f"{_WITHOUT}: {network} has none"]
    options = tuple(map(one_line, poll.options))
    if len(options) > limits.options:
        has = counted(len(options), "answer")
        return None, [f"{_WITHOUT}: {network} takes {limits.options} answers at most, and it has {has}"]
    if long := next((option for option in options if len(option) > limits.characters), ""):
        return None, [
            f"{_WITHOUT}: {network} takes {limits.characters} characters for an answer, and “{long}” has {len(long)}"
        ]
    warnings = []
    if poll.multiple and not limits.multiple:
        warnings.append(f"one answer of the poll can be chosen: {network} takes no more")
    seconds, said = _lasting(poll.seconds, limits, network)
    fitted = Poll(options=options, seconds=seconds, multiple=poll.multiple and limits.multiple)
    return fitted, warnings + said


def beside(poll: Poll | None, limits: PollLimits | None, images: tuple[Picture, ...], network: str) -> list[str]:
    """The warning where pictures must stay behind because a post there has either pictures or a poll; else []."""
    if poll is None or not images or (limits is not None and limits.with_images):
        return []
    return [f"goes out without a picture: {network} shows either pictures or a poll"]


def lasting(seconds: int) -> str:
    """How long a poll lasts, in words; more than two days in whole days."""
    if seconds > 2 * DAY:
        return counted(seconds // DAY, "day")
    for size, word in ((DAY, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return counted(seconds // size, word)
    return counted(max(1, seconds // 60), "minute")


def _lasting(seconds: int, limits: PollLimits, network: str) -> tuple[int, list[str]]:
    if not limits.longest:
        return 0, [f"{network} decides how long the poll lasts"] if seconds else []
    wanted = seconds or DAY
    fitted = min(max(wanted, limits.shortest), limits.longest)
    if fitted == wanted:
        return fitted, []
    which = "longest" if fitted < wanted else "shortest"
    return fitted, [f"the poll lasts {lasting(fitted)}, the {which} that {network} takes"]
