"""Posts from a git address over a network that fails, or from a server that does not do its part."""

import os
import threading
import time

import pytest

from crosspost.app.fetched import fetched_site as fetched
from crosspost.app.ledger_access import open_ledger
from crosspost.app.running.run_notifications import alerts
from crosspost.app.sites.site_folder import fetched_site, unfetched
from crosspost.config import settings_file
from crosspost.errors import ConfigError, SourceError
from crosspost.testing import Place
from tests.app.fetched.fetched_posts import POST, loaded, titles
from tests.git_server import Repository


def test_what_cannot_be_fetched_leaves_what_is_there_and_is_told(place: Place, repository: Repository) -> None:
    assert place.crosspost("run").code == 0
    repository.broken = True
    ran = place.crosspost("run")
    assert ran.code == 0
    said = " ".join(ran.err.split())
    assert "the posts could not be fetched from http://127.0.0.1" in said
    assert "What was fetched before goes on" in said
    assert "crosspost.toml:2" in said
    app = loaded(place)
    failed = unfetched(app)
    assert failed is not None
    assert titles(app) == {"old"}
    repository.broken = False
    assert unfetched(loaded(place)) is None


def test_nothing_fetched_yet_is_a_mistake_that_a_person_is_told(place: Place, repository: Repository) -> None:
    repository.broken = True
    ran = place.crosspost("run")
    assert ran.code in {1, 2}
    assert "the posts could not be fetched" in ran.err
    assert "Traceback" not in ran.err


def test_what_is_fetched_by_halves_is_never_read(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(place)
    repository.write("_posts/2026-11-03-second.md", POST.format("second"))
    repository.push()
    real = fetched.git_objects.write

    def cut(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]  # passed on
        raise KeyboardInterrupt

    monkeypatch.setattr(fetched.git_objects, "write", cut)
    with pytest.raises(KeyboardInterrupt):
        loaded(place)
    assert titles(loaded(place, fetch=False)) == {"old"}
    monkeypatch.undo()
    assert titles(loaded(place)) == {"old", "second"}


def test_a_server_that_does_not_answer_is_left_in_time(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(place)
    monkeypatch.setattr(fetched, "PATIENCE", 1)
    repository.held.clear()
    failed = unfetched(loaded(place))
    assert failed is not None
    assert "took longer than 1 seconds" in failed.said


def test_of_two_that_fetch_at_once_one_does(place: Place, repository: Repository) -> None:
    loaded(place)
    repository.held.clear()
    asked = len(repository.asked)
    threads = [threading.Thread(target=loaded, args=(place,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads[1:]:
        thread.join(0.3)
    repository.held.set()
    for thread in threads:
        thread.join()
    assert len(repository.asked) - asked <= 3  # one fetch is two or three requests


def test_who_has_nothing_yet_waits_for_the_one_that_is_fetching_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = fetched_site(settings_file.read(place.config))
    found: list[set[str]] = []
    waits, really = threading.Event(), time.sleep

    def sleep(_: float) -> None:
        waits.set()
        really(0.001)

    with site._alone(0) as mine:
        assert mine
        with site._alone(0) as mine_too:
            assert not mine_too
        monkeypatch.setattr(fetched.time, "sleep", sleep)
        thread = threading.Thread(target=lambda: found.append(titles(loaded(place))))
        thread.start()
        while thread.is_alive() and not waits.is_set():
            really(0.001)
        assert waits.is_set()
    thread.join(60)
    assert found == [{"old"}]


def test_what_a_killed_process_began_is_no_hindrance(place: Place) -> None:
    (place.config.parent / "state/fetched/site/repository").mkdir(parents=True)
    assert titles(loaded(place)) == {"old"}


def test_a_disk_that_refuses_is_told_in_its_own_words(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(place)
    monkeypatch.setattr(fetched.FetchedSite, "_fetch", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    failed = unfetched(loaded(place))
    assert failed is not None
    assert failed.said.endswith(f"from {repository.url}: No space left")


def test_somebody_is_told_after_a_quarter_of_an_hour(place: Place, repository: Repository) -> None:
    assert place.crosspost("run").code == 0
    repository.broken = True
    for minutes, told in ((0, False), (14, False), (2, True)):
        place.clock.pass_by(minutes=minutes)
        app = loaded(place)
        ledger = open_ledger(app)
        try:
            assert ("fetch:" in [alert.key for alert in alerts(app, ledger, [])]) is told
        finally:
            ledger.close()


def test_a_repository_that_is_too_large_is_refused(
    place: Place, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched.git_objects, "MOST_FILES", 1)
    with pytest.raises(ConfigError, match="more than 1 files"):
        loaded(place)
    assert repository.asked
    with pytest.raises(SourceError, match="more than 1 files"):
        fetched_site(settings_file.read(place.config), None, os.environ).fetch(place.clock(), needed=False)
