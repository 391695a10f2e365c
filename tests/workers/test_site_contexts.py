"""Of which sites a worker keeps config, posts and ledger open."""

import contextlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crosspost.app.application import App
from crosspost.app.ledger_access import open_ledger
from crosspost.app.progress import Progress
from crosspost.app.runner import RunControl
from crosspost.errors import ConfigError, CrosspostError
from crosspost.testing.harness import Place
from crosspost.workers import site_contexts
from crosspost.workers.site_contexts import SiteContexts
from crosspost.workers.site_polling import Looks
from crosspost.workers.worker_sites import Sites

AN_APP = cast("App", SimpleNamespace(settings=None))


class CurrentContext:
    """Opens at the first delivery; that of the site "bad" cannot be opened, and says so."""

    def __init__(self, app: Callable[[], App], *more: Any) -> None:
        self._app, self._say, self.open, self.tried = app, more[-1], False, 0

    def deliver(self, number: int) -> None:
        self.open = number > 0

    def asked(self, question: Callable[[Any], str]) -> str | None:
        return question("its ledger") if self.open else None

    def able(self, *, alone: bool) -> bool:
        assert not alone
        self.tried += 1
        try:
            self.open = self._app() is AN_APP
            return self.open
        except CrosspostError as error:
            self._say(str(error))
            return False

    def rest(self) -> None:
        self.open = False

    def close(self) -> None:
        self.open = False


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def said() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch, now: list[float], said: list[tuple[str, str]]) -> SiteContexts:
    monkeypatch.setattr(site_contexts, "CurrentContext", CurrentContext)
    found: list[tuple[str, App | ConfigError]] = [(name, AN_APP) for name in "abcd"]
    sites = Sites(lambda: [*found, ("bad", ConfigError("wrong"))], lambda app: app)

    def say(site: str, sentence: str) -> None:
        said.append((site, sentence))

    return SiteContexts(sites, "m:1", lambda _: Progress(), RunControl(), say, most=2, clock=lambda: now[0])


def test_only_the_contexts_used_last_stay_open(contexts: SiteContexts) -> None:
    for site in "abcdb":
        contexts.deliver(site, 1)
    assert [site for site, one in contexts._contexts.items() if one.open] == ["d", "b"]
    assert contexts.asked("d", str) == "its ledger"
    assert contexts.asked("a", str) is None
    contexts.deliver("c", 1)
    opened = [site for site, one in contexts._contexts.items() if one.open]
    assert opened == ["b", "c"], "to be asked something is no use"
    contexts.close()
    assert not any(one.open for one in contexts._contexts.values())


def test_where_nothing_is_delivered_in_the_end_no_more_stay_open(contexts: SiteContexts) -> None:
    assert all(contexts.able(site) for site in "abcd")
    assert [site for site, one in contexts._contexts.items() if one.open] == ["c", "d"]


def test_a_context_that_cannot_be_opened_is_not_tried_again_at_once(
    contexts: SiteContexts, now: list[float], said: list[tuple[str, str]]
) -> None:
    assert [contexts.able(site) for site in ("a", "bad", "bad", "gone", "a")] == [True, False, False, False, True]
    bad = cast("CurrentContext", contexts._contexts["bad"])
    assert (bad.tried, "gone" in contexts._contexts) == (1, False)
    now[0] += 5
    assert not contexts.able("bad")
    assert bad.tried == 2
    assert said == [("bad", "wrong")] * 2
    with pytest.raises(ConfigError, match="wrong"):
        contexts._sites.app("bad")
    with pytest.raises(ConfigError, match="the config has no site gone any more"):
        contexts._sites.app("gone")


def test_how_long_a_look_counts_is_read_from_an_open_context_or_else_from_the_ledger(
    place: Place, contexts: SiteContexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosspost.cli.common.now", place.clock)
    read: list[str] = []

    def app(name: str) -> App:
        read.append(name)
        return place.app

    looks = Looks(cast("Sites", SimpleNamespace(app=app)), contexts, 100)
    assert looks._rest("a") == 0, "there is no ledger yet"
    assert place.crosspost("run").code == 0
    place.clock.pass_by(seconds=30)
    assert looks._rest("a") == pytest.approx(60)
    place.clock.pass_by(seconds=-70)
    assert looks._rest("a") == pytest.approx(50), "another machine's clock is ahead"
    assert read == ["a"] * 3

    with contextlib.closing(open_ledger(place.app, read_only=True)) as ledger:
        cast("Any", contexts).asked = lambda site, question: question(ledger)
        assert looks._rest("a") == pytest.approx(50)
    assert read == ["a"] * 3
