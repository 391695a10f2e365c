"""The heartbeat that the runs of several sites share."""

from types import SimpleNamespace
from typing import Any

import pytest

from crosspost.app.running.several_sites import OneHeartbeat
from crosspost.errors import ConfigError
from tests.notifications.receiving import Receiver
from tests.notifications.test_alerts import row


@pytest.fixture
def heartbeat(hook: Receiver) -> OneHeartbeat:
    known = SimpleNamespace(heartbeat=f"http://127.0.0.1:{hook.port}/ping")
    app: Any = SimpleNamespace(notification_config=lambda: known)
    return OneHeartbeat(app, pytest.fail)


def test_it_begins_once_and_counts_what_all_of_them_did(heartbeat: OneHeartbeat, hook: Receiver) -> None:
    for name, code, settled, errors in (("club", 0, [row("sent")], 1), ("youth", 3, [row("sent"), row("held")], 2)):
        heartbeat.of(name).begin()
        heartbeat.end(code, settled, errors)
    heartbeat.close()
    assert [(path, body) for _, path, body in hook.requests] == [
        ("/ping/start", b""),
        ("/ping", b"1 held (x), 2 sent, 3 posts refused"),
    ]


def test_it_ends_as_badly_as_the_worst_and_says_which(heartbeat: OneHeartbeat, hook: Receiver) -> None:
    for name, code in (("club", 1), ("youth", 0), ("choir", 2)):
        heartbeat.of(name).begin()
        heartbeat.end(code, [row("sent")], 0)
    heartbeat.of("band").failed(ConfigError("crosspost.toml:3:\n  what?"))
    heartbeat.close()
    assert [(path, body) for _, path, body in hook.requests[1:]] == [
        ("/ping/fail", b"club: something failed; choir: something failed; band: crosspost.toml:3: what?")
    ]


def test_where_nothing_ran_nothing_is_said_but_what_is_wrong(heartbeat: OneHeartbeat, hook: Receiver) -> None:
    heartbeat.close()
    assert hook.requests == []
    heartbeat.of("band").failed(ConfigError("no"))
    heartbeat.close()
    assert [(path, body) for _, path, body in hook.requests] == [("/ping/fail", b"band: no")]
