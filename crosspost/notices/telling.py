"""From matters to messages: every way at the same time, and what was not delivered is kept for the next run."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec

from crosspost.ledger import Ledger
from crosspost.notices.book import Book, News, body, title
from crosspost.notices.matters import Matter
from crosspost.notices.ways import Message, NotToldError, Way

#: so many messages are kept for a way that does not work, for so long; `crosspost status` has it all anyway
_KEPT, _KEPT_FOR = 5, timedelta(days=3)
#: whether any way owes a message
_OWING = "untold"


class Teller:
    """Tells what is new, by all ways.

    :param ways: gives every way that can be used, and a sentence for each that cannot; asked only when there is
        something to tell
    :param site: gives title and address of the site, for the message
    :param warn: is given a sentence for each way that failed
    """

    def __init__(
        self,
        ledger: Ledger,
        book: Book,
        ways: Callable[[], tuple[list[Way], list[str]]],
        site: Callable[[], tuple[str, str]],
        warn: Callable[[str], None],
    ) -> None:
        self._ledger, self._book, self._ways = ledger, book, ways
        self._site, self._warn = site, warn

    def tell(self, matters: Sequence[Matter], *, whole: bool = True) -> News:
        """Tell what is to be told now; see :meth:`Book.news`.

        A matter counts as told when one way took it. A way that failed gets the same message in the next run.

        :returns: what was told; nothing when no way took it
        """
        news = self._book.news(matters, whole=whole)
        if not news and not self._ledger.fact(_OWING):
            return News()
        ways, wrong = self._ways()
        for sentence in wrong:
            self._warn(sentence)
        fresh = [self._message(news)] if news else []
        owed = {way.key: self._owed(way) for way in ways}
        busy = [way for way in ways if fresh or owed[way.key]]
        failed = deliver(busy, {way.key: as_one([*owed[way.key], *fresh]) for way in busy})
        for way in busy:
            if way.key in failed:
                self._warn(f"nobody was told by {way.name}: {failed[way.key]}")
        heard = len(failed) < len(busy)
        for way in busy:
            # what somebody else has heard counts as told, so this way owes it; else the next run tells it anew
            now = self._ledger.clock()
            both = [*owed[way.key], *(fresh if heard else [])] if way.key in failed else []
            late = [message for message in both if now - message.at < _KEPT_FOR][-_KEPT:]
            if late != owed[way.key]:
                self._ledger.keep_fact(f"untold.{way.key}", msgspec.json.encode(late).decode() if late else "")
                owed[way.key] = late
        self._ledger.keep_fact(_OWING, "yes" if any(owed.values()) else "")
        if not news or not heard:
            return News()
        self._book.told(news)
        return news

    def _message(self, news: News) -> Message:
        name, url = self._site()
        return Message(title=title(news, name), text=body(news, url), at=self._ledger.clock())

    def _owed(self, way: Way) -> list[Message]:
        known = self._ledger.fact(f"untold.{way.key}")
        return msgspec.json.decode(known, type=list[Message]) if known else []


def deliver(ways: Sequence[Way], messages: Mapping[str, Message]) -> dict[str, str]:
    """Send to each way its message, all at the same time.

    :returns: key of each way that failed → why
    """
    if not ways:
        return {}

    def one(way: Way) -> str:
        try:
            way.send(messages[way.key])
        except NotToldError as error:
            return str(error) or "it was not accepted"
        except Exception as error:  # a library may raise anything; telling never makes a run fail
            return f"unexpected {type(error).__name__}"
        return ""

    with ThreadPoolExecutor(len(ways), thread_name_prefix="telling") as pool:
        answers = list(pool.map(one, ways))
    return {way.key: answer for way, answer in zip(ways, answers, strict=True) if answer}


def as_one(messages: Sequence[Message]) -> Message:
    """Several messages as one, the newest first."""
    newest = messages[-1]
    if len(messages) == 1:
        return newest
    text = "\n---\n\n".join(f"{one.title} ({one.at:%Y-%m-%d %H:%M %Z})\n\n{one.text}" for one in reversed(messages))
    return Message(title=newest.title, text=text, at=newest.at)
