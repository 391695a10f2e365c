"""From alerts to messages: every channel at the same time, and what was not delivered is kept for the next run."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec

from crosspost import tracing
from crosspost.ledger import Ledger
from crosspost.model.value import ready
from crosspost.notifications.alert import Alert
from crosspost.notifications.alert_log import AlertLog, News, body, title
from crosspost.notifications.channels import Channel, ChannelError, Notification

#: so many messages are kept for a channel that does not work, for so long; `crosspost status` has it all anyway
_KEPT, _KEPT_FOR = 5, timedelta(days=3)
#: whether any channel owes a message
_OWING = "untold"


class Dispatcher:
    """Tells what is new, by all channels.

    :param channels: gives every channel that can be used, and a sentence for each that cannot; asked only when there is
        something to tell
    :param site: gives title and address of the site, for the message
    :param warn: is given a sentence for each channel that failed
    """

    def __init__(
        self,
        ledger: Ledger,
        alert_log: AlertLog,
        channels: Callable[[], tuple[list[Channel], list[str]]],
        site: Callable[[], tuple[str, str]],
        warn: Callable[[str], None],
    ) -> None:
        self._ledger, self._log, self._ways = ledger, alert_log, channels
        self._site, self._warn = site, warn

    def tell(self, alerts: Sequence[Alert], *, whole: bool = True) -> News:
        """Tell what is to be told now; see :meth:`AlertLog.news`.

        An alert counts as told when one channel took it. A channel that failed gets the same message in the next run.

        :returns: the alerts that were sent; nothing when no channel took them
        """
        news = self._log.news(alerts, whole=whole)
        if not news and not self._ledger.fact(_OWING):
            return News()
        channels, wrong = self._ways()
        for sentence in wrong:
            self._warn(sentence)
        fresh = [self._message(news)] if news else []
        owed = {channel.key: self._owed(channel) for channel in channels}
        busy = [channel for channel in channels if fresh or owed[channel.key]]
        failed = deliver(busy, {channel.key: as_one([*owed[channel.key], *fresh]) for channel in busy})
        for channel in busy:
            if channel.key in failed:
                self._warn(f"nobody was told by {channel.name}: {failed[channel.key]}")
        heard = len(failed) < len(busy)
        for channel in busy:
            # what somebody else has heard counts as told, so this channel owes it; else the next run tells it anew
            now = self._ledger.clock()
            both = [*owed[channel.key], *(fresh if heard else [])] if channel.key in failed else []
            late = [_to_keep(message) for message in both if now - message.at < _KEPT_FOR][-_KEPT:]
            if late != owed[channel.key]:
                self._ledger.keep_fact(f"untold.{channel.key}", msgspec.json.encode(late).decode() if late else "")
                owed[channel.key] = late
        self._ledger.keep_fact(_OWING, "yes" if any(owed.values()) else "")
        if not news or not heard:
            return News()
        self._log.told(news)
        return news

    def _message(self, news: News) -> Notification:
        name, url = self._site()
        return Notification(title=title(news, name), text=body(news, url), at=self._ledger.clock())

    def _owed(self, channel: Channel) -> list[Notification]:
        known = self._ledger.fact(f"untold.{channel.key}")
        return msgspec.json.decode(known, type=ready(list[Notification])) if known else []


def _to_keep(message: Notification) -> Notification:
    """Without the lines of links that decide something: the ledger keeps nothing with which one can."""
    text = "\n".join(line for line in message.text.split("\n") if "?token=" not in line)
    return msgspec.structs.replace(message, text=text)


def deliver(channels: Sequence[Channel], messages: Mapping[str, Notification]) -> dict[str, str]:
    """Send to each channel its message, all at the same time.

    :returns: key of each channel that failed → why
    """
    if not channels:
        return {}

    def one(channel: Channel) -> str:
        try:
            channel.send(messages[channel.key])
        except ChannelError as error:
            return str(error) or "it was not accepted"
        except Exception as error:  # a library may raise anything; telling never makes a run fail
            return f"unexpected {type(error).__name__}"
        return ""

    with ThreadPoolExecutor(len(channels), thread_name_prefix="telling") as pool:
        answers = list(pool.map(tracing.carried(one), channels))
    return {channel.key: answer for channel, answer in zip(channels, answers, strict=True) if answer}


def as_one(messages: Sequence[Notification]) -> Notification:
    """Several messages as one, the newest first."""
    newest = messages[-1]
    if len(messages) == 1:
        return newest
    text = "\n---\n\n".join(f"{one.title} ({one.at:%Y-%m-%d %H:%M %Z})\n\n{one.text}" for one in reversed(messages))
    return Notification(title=newest.title, text=text, at=newest.at)
