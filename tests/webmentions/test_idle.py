"""A run that left a stamp of rest is not asked again in vain, and nothing that waits is forgotten for it."""

from crosspost.app.webmentions import inbox
from crosspost.testing.harness import Place
from tests.cli.test_idle_stamp import Runs, rest
from tests.cli.test_idle_stamp import works as works  # noqa: PLC0414  # a fixture


def test_a_webmention_that_came_ends_the_rest(place: Place, works: Runs) -> None:
    place.config.write_text(place.config.read_text("utf-8") + "\n[responses]\nwebmentions = true\n", "utf-8")
    rest(works)
    target = "https://tal.example.org/2026/11/20/gruesse.html"
    assert inbox.put(inbox.folder(place.app), "http://127.0.0.1:1/", target, place.clock())
    assert works()
    assert inbox.waiting(inbox.folder(place.app))[0].attempts == 1
    rest(works)
    place.clock.pass_by(minutes=11)  # when it is asked again
    assert works()
