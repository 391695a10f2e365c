"""Whether a post's poll can go out on a network, and as what. Pure."""

from typing import NamedTuple

from crosspost.compose.clean import one_line
from crosspost.model import Picture, Poll, PollLimits
from crosspost.text.numbers import counted

#: how long a poll lasts when nobody says how long, in seconds
DAY = 86_400
_WITHOUT = "goes out without the poll"


class Polled(NamedTuple):
    """A poll as one network takes it (None: without), the pictures that stay beside it, and what is to be told."""

    poll: Poll | None
    images: tuple[Picture, ...]
    warnings: list[str]


def with_poll(poll: Poll, title: str, images: tuple[Picture, ...], limits: PollLimits | None, network: str) -> Polled:
    """The poll and the pictures that go out with it.

    :param poll: what the post says
    :param title: the post's title, which the poll asks where it must ask something and nobody said what
    :param limits: what the network takes; None: it has no polls
    """
    fitted, warnings = _fitted(poll, title, limits, network)
    if fitted is None or limits is None:
        return Polled(fitted, images, warnings)
    room = (limits.images or len(images)) if limits.with_images else 0
    if room < len(images):
        warnings.append(
            f"goes out with the first of its pictures: {network} shows {counted(room, 'picture')} beside a poll"
            if room
            else "goes out without a picture: a poll has none there"
        )
    return Polled(fitted, images[:room], warnings)


def _fitted(poll: Poll, title: str, limits: PollLimits | None, network: str) -> tuple[Poll | None, list[str]]:
    if limits is None:
        return None, [f"{_WITHOUT}: there are no polls there"]
    options = tuple(map(one_line, poll.options))
    if len(options) > limits.options:
        has = counted(len(options), "answer")
        return None, [f"{_WITHOUT}: {network} takes {limits.options} answers at most, and it has {has}"]
    if long := next((option for option in options if len(option) > limits.characters), ""):
        return None, [
            f"{_WITHOUT}: {network} takes {limits.characters} characters for an answer, and “{long}” has {len(long)}"
        ]
    question, why = _question(one_line(poll.question), one_line(title), limits, network)
    if limits.question and why:
        return None, [why]
    warnings = [why] if why else []
    if poll.multiple and not limits.multiple:
        warnings.append(f"one answer of the poll can be chosen: {network} takes no more")
    seconds, said = _lasting(poll.seconds, limits, network)
    fitted = Poll(options=options, seconds=seconds, multiple=poll.multiple and limits.multiple, question=question)
    return fitted, warnings + said


def _question(own: str, title: str, limits: PollLimits, network: str) -> tuple[str, str]:
    """What the poll asks, and what is wrong with that; "" and "" where the post's text asks it."""
    if not limits.question:
        return "", f"the question of the poll is not shown: on {network} the post itself asks it" if own else ""
    asked = own or title
    if not asked:
        return "", f"{_WITHOUT}: {network} wants a question; add `question` to the poll"
    if len(asked) > limits.question:
        most = limits.question
        return "", f"{_WITHOUT}: {network} takes {most} characters for its question, and it has {len(asked)}"
    return asked, ""


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
        whole = -(-fitted // limits.step) * limits.step
        said = f"the poll lasts {lasting(whole)}: {network} counts in units of {lasting(limits.step)}"
        return whole, [said] if whole != fitted else []
    which = "longest" if fitted < wanted else "shortest"
    return fitted, [f"the poll lasts {lasting(fitted)}, the {which} that {network} takes"]
