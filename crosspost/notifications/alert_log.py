"""Which alerts are new, which still stand, and which are over: each is told once, however many runs see it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from crosspost.ledger import Ledger
from crosspost.ledger.notices import Notice
from crosspost.model import Value
from crosspost.notifications.alert import Alert
from crosspost.notifications.alerts import over

_LAST = "notices.last"
#: more of them in one message help nobody; the rest is counted
MOST = 25


class News(Value, frozen=True, kw_only=True):
    """The content of one message. ``reminded`` was sent before and is still true, ``ended`` names what is over."""

    new: tuple[Alert, ...] = ()
    reminded: tuple[tuple[Alert, datetime], ...] = ()
    ended: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.reminded or self.ended)

    @property
    def count(self) -> int:
        return len(self.new) + len(self.reminded)


class AlertLog:
    """Keeps the alerts that were sent in the ledger.

    :param every: the least time between two messages; what comes up meanwhile is told together
    :param remind: after how long what still stands is told again, then after twice as long each time; 0: never
    """

    def __init__(self, ledger: Ledger, *, every: timedelta, remind: timedelta) -> None:
        self._ledger, self._every, self._remind = ledger, every, remind

    def news(self, alerts: Sequence[Alert], *, whole: bool = True) -> News:
        """Write down what stands now, and give what is to be told.

        :param whole: these are all alerts there are; else others may stand too (a run that failed early)
        """
        known = {notice.alert: notice for notice in self._ledger.notices.standing()}
        now = {alert.key for alert in alerts}
        gone = [notice for key, notice in known.items() if key not in now] if whole else []
        silently = [notice.alert for notice in gone if notice.told_at is None or not over(notice.alert)]
        changed = {
            one.key: one.sentence for one in alerts if one.key not in known or known[one.key].said != one.sentence
        }
        if changed:
            self._ledger.notices.note(changed)
        if silently:
            self._ledger.notices.forget(silently)
        if not self._may_speak():
            return News()
        told = {alert.key: known[alert.key] for alert in alerts if alert.key in known}
        return News(
            new=tuple(alert for alert in alerts if alert.key not in told or told[alert.key].told_at is None),
            reminded=tuple(
                (alert, told[alert.key].since) for alert in alerts if alert.key in told and self._again(told[alert.key])
            ),
            ended=tuple(notice.alert for notice in gone if notice.alert not in silently),
        )

    def told(self, news: News) -> None:
        """These were told now: at least one channel took the message."""
        self._ledger.notices.mark_told([*(one.key for one in news.new), *(one.key for one, _ in news.reminded)])
        self._ledger.notices.forget(news.ended)
        self._ledger.keep_fact(_LAST, self._ledger.clock().isoformat())

    def _may_speak(self) -> bool:
        last = self._ledger.fact(_LAST)
        return not last or self._ledger.clock() - datetime.fromisoformat(last) >= self._every

    def _again(self, notice: Notice) -> bool:
        """A week after it was sent, then after two, four, …, so that what nobody mends is not repeated daily."""
        if notice.told_at is None or not self._remind:
            return False
        pause = max(self._remind, notice.told_at - notice.since)
        return self._ledger.clock() - notice.told_at >= pause


def title(news: News, site: str) -> str:
    """The subject of the message."""
    here = f"{site}: " if site else ""
    if not news.count:
        return f"{here}crosspost works again"
    if news.count == 1:
        return f"{here}crosspost needs you"
    return f"{here}{news.count} things need you"


def body(news: News, url: str) -> str:
    """The message: what is new, what still stands, what is over; at most :data:`MOST` of each."""
    parts = [_listed("", [(alert, "") for alert in news.new])]
    still = [(alert, f" (since {since:%Y-%m-%d})") for alert, since in news.reminded]
    parts.append(_listed("Still so:", still))
    parts.append("\n".join(over(key) for key in news.ended))
    parts.append(f"`crosspost status` shows everything.{f' The site: {url}' if url else ''}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _listed(head: str, alerts: Sequence[tuple[Alert, str]]) -> str:
    def todo(alert: Alert) -> str:
        return "".join(f"\n  → {said}" for said in (alert.todo, alert.link) if said)

    lines = [f"* {alert.says}{more}{todo(alert)}" for alert, more in alerts[:MOST]]
    if len(alerts) > MOST:
        lines.append(f"* … and {len(alerts) - MOST} more.")
    return "\n\n".join([*([head] if head and lines else []), *lines])
