"""What a page of the dashboard costs in a ledger with a long history, beside the same SQL alone: seconds of CPU."""

import contextlib
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crosspost.app.application import App
from crosspost.app.ledger_access import open_ledger
from crosspost.app.loading import load
from crosspost.app.overview import known_accounts, look
from crosspost.ledger import Ledger, State
from crosspost.ledger.listing import Wanted
from crosspost.web import serving
from tests.benchmarks import material
from tests.benchmarks.rows import Measured, Row
from tests.web.client import Client

DELIVERIES, ACCOUNTS = 100_000, ("x", "mastodon", "facebook")
_TIMES = 15
_DRAFT = '{"text":"%s","length":200,"limit":500,"unit":"graphemes"}'


def filled(root: Path) -> App:
    """An installation that has said a lot."""
    config = material.site(root, 20)
    app = load(config=config, site=None, environ={}, clock=lambda: datetime.now(UTC))
    open_ledger(app).close()
    now = datetime.now(UTC)
    draft = _DRAFT % ("Ein Beet im Regen, und zwölf Leute. " * 5)
    posts, rows = [], []
    for number in range(DELIVERIES):
        post, account = f"post-{number // len(ACCOUNTS)}", ACCOUNTS[number % len(ACCOUNTS)]
        at = (now - timedelta(hours=number // len(ACCOUNTS))).isoformat(timespec="microseconds")
        state = "failed" if number % 5000 == 0 else "sent"
        posts.append((post, f"_posts/{post}.md", f"https://tal.example.org/{post}/", f"Beitrag {number}", at))
        rows.append((post, account, account, state, at, at, at, draft, at))
    with contextlib.closing(sqlite3.connect(app.ledger_path())) as ledger, ledger:
        ledger.executemany("INSERT OR IGNORE INTO posts (id, path, url, title, seen_at) VALUES (?,?,?,?,?)", posts)
        ledger.executemany(
            "INSERT INTO deliveries (post, account, network, state, due_at, sent_at, publishing_at, draft, updated_at, "
            "why, attempts, remote, url, error) VALUES (?,?,?,?,?,?,?,?,?,'at once',1,'{}','https://m.example/1','')",
            rows,
        )
    return app


def _median(work: Callable[[], object]) -> float:
    """Milliseconds of CPU that the whole process takes, so that the machine's load does not count."""
    work()
    found = []
    for _ in range(_TIMES):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return statistics.median(found) * 1000


def _page(path: str, sql: Callable[[App, Ledger], object]) -> Callable[[Path], Measured]:
    def measure(root: Path) -> Measured:
        app = filled(root)

        def alone() -> None:
            ledger = open_ledger(app, read_only=True)
            sql(app, ledger)
            ledger.close()

        base = _median(alone)
        with serving.beside(lambda: app, host="127.0.0.1", port=0) as port:
            client = Client(port)
            client.post("/enter", ticket=serving.sessions_of(app).link())
            deadline = time.monotonic() + 60
            while "worked out" in client.get("/").text and time.monotonic() < deadline:
                time.sleep(0.2)
            ours = _median(lambda: client.get(path))
            size = len(client.get(path).body)
        return Measured(ours=ours, base=base, unit="ms", note=f"{size / 1000:.0f} kB")

    return measure


def _rows(states: tuple[State, ...], search: str = "") -> Callable[[App, Ledger], object]:
    def sql(app: App, ledger: Ledger) -> None:
        names = known_accounts(app, ledger.counts())
        ids = tuple(ledger.search.find(search)) if search else None
        wanted = Wanted(accounts=names, states=states, ids=ids)
        if ids is not None:
            ledger.listing.count(wanted)
        ledger.listing.page(wanted, limit=50)

    return sql


def _month(app: App, ledger: Ledger) -> None:
    now = datetime.now(UTC)
    states: tuple[State, ...] = ("sent", "held", "unknown", "failed", "sending")
    wanted = Wanted(accounts=ACCOUNTS, states=states, since=now - timedelta(days=31), until=now + timedelta(days=10))
    ledger.listing.page(wanted, limit=1000)


_BASE = "the same SQL alone"
ROWS = [
    Row("overview page, 100,000 deliveries", _BASE, "≤ 3 ×, < 50 ms", _page("/", look)),
    Row("history page, 100,000 deliveries", _BASE, "≤ 3 ×, < 50 ms", _page("/deliveries?show=out", _rows(("sent",)))),
    Row("calendar page, 100,000 deliveries", _BASE, "≤ 3 ×, < 50 ms", _page("/calendar", _month)),
    Row(
        "search page, 100,000 deliveries", _BASE, "≤ 3 ×, < 50 ms",
        _page("/deliveries?show=out&search=beet+777", _rows(("sent",), "beet 777")),
    ),
]  # fmt: skip
