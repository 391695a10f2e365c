"""The book, against any history of alerts, pauses and channels that fail."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.ledger import Ledger
from crosspost.notifications.alert import Alert
from crosspost.notifications.alert_log import AlertLog
from crosspost.notifications.alerts import over
from crosspost.testing.harness import Clock

KEYS = ("auth:x", "failed:1", "silence:")
EVERY, REMIND = timedelta(hours=1), timedelta(days=7)
RUN = st.tuples(st.frozensets(st.sampled_from(KEYS)), st.sampled_from([0.1, 0.9, 1, 30, 200]), st.booleans())


def book(ledger: Ledger) -> AlertLog:
    return AlertLog(ledger, every=EVERY, remind=REMIND)


@settings(max_examples=40)
@given(st.lists(RUN, max_size=14))
def test_once_a_matter(history: list[tuple[frozenset[str], float, bool]]) -> None:
    """Each time a alert comes up it is told as new once, as soon as somebody listens; reminders keep away."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite3", clock)
        told: dict[str, object] = {}  # what the person believes to be so, and when they last heard of it
        spoke = None
        for standing, hours, heard in history:
            news = book(ledger).news([Alert(key=key, says=key, todo="Do it.") for key in sorted(standing)])
            new, reminded = {one.key for one in news.new}, {one.key for one, _ in news.reminded}
            if spoke is not None and clock() - spoke < EVERY:
                assert not news
            else:
                assert new == standing - set(told)
                assert all(clock() - told[key] >= REMIND for key in reminded)  # type: ignore[operator]  # moments
                assert set(news.ended) == {key for key in told if key not in standing and over(key)}
            for key in [key for key in told if key not in standing and not over(key)]:
                del told[key]  # ends without a word
            if news and heard:
                book(ledger).told(news)
                spoke = clock()
                told |= dict.fromkeys(new | reminded, clock())
                for key in news.ended:
                    del told[key]
            clock.pass_by(hours=hours)
        known = {notice.alert for notice in ledger.notices.standing()}
        assert set(told) <= known
        ledger.close()


def test_reminders_become_rarer(tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    heard = []
    for day in range(130):
        if news := book(ledger).news([Alert(key="failed:1", says="No.", todo="Do it.")]):
            book(ledger).told(news)
            heard.append(day)
        clock.pass_by(days=1)
    assert heard == [0, 7, 14, 28, 56, 112]
    ledger.close()


def test_a_matter_keeps_its_day_and_gets_its_newest_words(tmp_path: Path) -> None:
    clock = Clock()
    ledger = Ledger(tmp_path / "ledger.sqlite3", clock)
    for word in ("eins", "zwei"):
        book(ledger).news([Alert(key="failed:1", says=word, todo="…")])
        clock.pass_by(days=1)
    (notice,) = ledger.notices.standing()
    assert (notice.said, notice.since, notice.told_at) == ("zwei …", clock() - timedelta(days=2), None)
    book(ledger).news([], whole=False)
    assert len(ledger.notices.standing()) == 1, "a run that failed early does not know"
    book(ledger).news([])
    assert ledger.notices.standing() == []
    ledger.keep_fact("a", "b")
    ledger.keep_fact("a", "c")
    assert ledger.fact("a") == "c"
    ledger.keep_fact("a", "")
    assert ledger.fact("a") == ""
    ledger.close()
