"""What a reader sees of a poll on each kind of network, and what its author is told about the rest."""

import msgspec
import pytest

from crosspost.compose.poll_fitting import DAY, lasting, with_poll
from crosspost.model import Picture, Poll, PollLimits

#: of 20 characters for an answer, an hour to a week, in whole hours
LIMITS = PollLimits(options=3, characters=20, shortest=3600, longest=7 * DAY, step=3600)
PICTURES = (Picture(path="/a.jpg"), Picture(path="/b.jpg"), Picture(path="/c.jpg"))


def poll(seconds: int = DAY, question: str = "", *options: str, multiple: bool = False) -> Poll:
    return Poll(options=options or ("Ja", "Nein"), seconds=seconds, question=question, multiple=multiple)


def limits(**changes: object) -> PollLimits:
    return msgspec.structs.replace(LIMITS, **changes)


@pytest.mark.parametrize(
    ("said", "limits", "told"),
    [
        (poll(), None, "goes out without the poll: there are no polls there"),
        (
            poll(DAY, "", "a", "b", "c", "d"), LIMITS,
            "goes out without the poll: net takes 3 answers at most, and it has 4 answers",
        ),
        (
            poll(DAY, "", "a", "b" * 21), LIMITS,
            f"goes out without the poll: net takes 20 characters for an answer, and “{'b' * 21}” has 21",
        ),
        (
            poll(DAY, "w" * 11), limits(question=10),
            "goes out without the poll: net takes 10 characters for its question, and it has 11",
        ),
    ],
)  # fmt: skip
def test_a_poll_that_a_network_does_not_take_is_left_out_and_the_pictures_stay(
    said: Poll, limits: PollLimits | None, told: str
) -> None:
    assert with_poll(said, "", PICTURES, limits, "net") == (None, PICTURES, [told])


@pytest.mark.parametrize(
    ("said", "limits", "asked", "told"),
    [
        (poll(), LIMITS, "", []),
        (poll(DAY, "Wann?"), LIMITS, "", ["the question of the poll is not shown: on net the post itself asks it"]),
        (poll(DAY, "Wann\n?"), limits(question=6), "Wann ?", []),
        (poll(), limits(question=5), "Titel", []),
        (poll(DAY, "", "a", "b", "c" * 20), LIMITS, "", []),
        (poll(multiple=True), LIMITS, "", ["one answer of the poll can be chosen: net takes no more"]),
        (poll(multiple=True), limits(multiple=True), "", []),
        (poll(), limits(multiple=True), "", []),
    ],
)
def test_what_a_poll_asks(said: Poll, limits: PollLimits, asked: str, told: list[str]) -> None:
    found = with_poll(said, "Titel\n", (), limits, "net")
    several = said.multiple and limits.multiple
    assert found == (Poll(options=said.options, seconds=DAY, multiple=several, question=asked), (), told)


def test_an_answer_is_one_line() -> None:
    found = with_poll(poll(DAY, "", "ja\ndoch ", "b"), "", (), limits(characters=7), "net")
    assert found.poll is not None
    assert found.poll.options == ("ja doch", "b")


@pytest.mark.parametrize(
    ("seconds", "lasts", "told"),
    [
        (0, DAY, ""),
        (3600, 3600, ""),
        (7 * DAY, 7 * DAY, ""),
        (3599, 3600, "the poll lasts 1 hour, the shortest that net takes"),
        (7 * DAY + 1, 7 * DAY, "the poll lasts 7 days, the longest that net takes"),
        (3601, 7200, "the poll lasts 2 hours: net counts in units of 1 hour"),
        (7199, 7200, "the poll lasts 2 hours: net counts in units of 1 hour"),
        (7200, 7200, ""),
    ],
)
def test_a_poll_lasts_as_long_as_the_network_can(seconds: int, lasts: int, told: str) -> None:
    found = with_poll(poll(seconds), "", (), LIMITS, "net")
    assert (found.poll and found.poll.seconds, found.warnings) == (lasts, [told] if told else [])


@pytest.mark.parametrize(("seconds", "told"), [(0, []), (60, ["net decides how long the poll lasts"])])
def test_where_the_network_alone_decides_no_time_is_asked_for(seconds: int, told: list[str]) -> None:
    found = with_poll(poll(seconds), "", (), limits(shortest=0, longest=0), "net")
    assert (found.poll and found.poll.seconds, found.warnings) == (0, told)


@pytest.mark.parametrize(
    ("with_images", "images", "there", "shown", "told"),
    [
        (False, 0, 0, 0, ""),
        (False, 2, 2, 0, "goes out without a picture: a poll has none there"),
        (True, 0, 3, 3, ""),
        (True, 2, 2, 2, ""),
        (True, 1, 2, 1, "goes out with the first of its pictures: net shows 1 picture beside a poll"),
        (True, 2, 3, 2, "goes out with the first of its pictures: net shows 2 pictures beside a poll"),
    ],
)
def test_as_many_pictures_stand_beside_a_poll_as_the_network_shows(
    with_images: bool, images: int, there: int, shown: int, told: str
) -> None:
    found = with_poll(poll(), "", PICTURES[:there], limits(with_images=with_images, images=images), "net")
    assert (found.images, found.warnings) == (PICTURES[:shown], [told] if told else [])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 minute"), (59, "1 minute"), (60, "1 minute"), (61, "1 minute"), (119, "1 minute"), (120, "2 minutes"),
        (3540, "59 minutes"), (3600, "1 hour"), (3660, "61 minutes"), (7200, "2 hours"), (DAY, "1 day"),
        (DAY + 3600, "25 hours"), (2 * DAY, "2 days"), (2 * DAY + 3600, "2 days"), (3 * DAY - 1, "2 days"),
    ],
)  # fmt: skip
def test_how_long_a_poll_lasts_in_words(seconds: int, words: str) -> None:
    assert lasting(seconds) == words
