"""Chromium, driven as a person would; skipped where there is none."""

import shutil
import threading
from collections.abc import Callable
from typing import Any

import pytest

from crosspost.testing.harness import Place
from crosspost.web import serving

SIZES = {"wide": (1280, 800), "phone": (360, 740)}


def in_browser(visit: Callable[[Any], None], *, seconds: float = 240) -> None:
    """Run a visit with a browser, in a thread: its event loop must not meet the test's."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    sync_api = pytest.importorskip("playwright.sync_api")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            with sync_api.sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
                visit(browser)
                browser.close()
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "the browser did not end"
    if wrong:
        raise wrong[0]


def entered(browser: Any, base: str, place: Place, **how: Any) -> Any:
    """A page of somebody who came by the link."""
    page = browser.new_context(**how).new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{base}/enter?ticket={serving.sessions_of(place.app).link()}")
    page.locator("main button").click()
    page.wait_for_url(f"{base}/")
    return page


def browse(visit: Callable[[Any, str], None], port: int) -> None:
    """Run a visit with a browser and the dashboard's address."""
    in_browser(lambda browser: visit(browser, f"http://127.0.0.1:{port}"))
