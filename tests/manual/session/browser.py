"""The person's browser: Chromium, which opens what crosspost asks it to open, and in which the person agrees."""

import contextlib
import shutil
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from playwright.sync_api import Request

from tests.manual.session.terminal import PATIENCE, Stuck

#: a page of the person's own, which only has to exist
SITE = "https://verein.example.org/"


def chromium() -> str | None:
    """The browser of this machine."""
    return shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


class Browser:
    """A context manager.

    :param folder: where the addresses that are to be opened are noted
    """

    def __init__(self, folder: Path) -> None:
        self._wanted = folder / "addresses"
        self._opener = folder / "browser"
        self._opener.write_text(
            f"#!{sys.executable}\nimport sys\nopen({str(self._wanted)!r}, 'a').write(sys.argv[1] + '\\n')\n", "utf-8"
        )
        self._opener.chmod(stat.S_IRWXU)
        self._opened, self._bar = 0, ""
        self._thread = ThreadPoolExecutor(max_workers=1)  # its event loop must not meet another

    @property
    def environment(self) -> dict[str, str]:
        """What makes a program open pages here."""
        return {"BROWSER": f"{self._opener} %s"}

    def __enter__(self) -> Self:
        self._thread.submit(self._start).result(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.submit(self._stop).result(PATIENCE)
        self._thread.shutdown()

    def agree(self, button: str = "Authorise") -> str:
        """Press a button on the page that is opened next: the address of the page one lands on.

        :raises Stuck: when no page is opened
        """
        return self._thread.submit(self._press, self._next(), button).result(PATIENCE)

    def shown(self) -> str:
        """The words of the page that is opened next.

        :raises Stuck: when no page is opened
        """
        return self._thread.submit(self._read, self._next()).result(PATIENCE)

    def _next(self) -> str:
        end = time.monotonic() + PATIENCE
        while len(addresses := self._addresses()) == self._opened:
            if time.monotonic() > end:
                raise Stuck("no page was opened in the browser")
            time.sleep(0.05)
        self._opened = len(addresses)
        return addresses[-1]

    def _addresses(self) -> list[str]:
        return self._wanted.read_text("utf-8").splitlines() if self._wanted.exists() else []

    def _start(self) -> None:
        from playwright.sync_api import Error, sync_playwright

        self._error = Error  # the person's own site is not on this machine: its address is in the bar all the same
        self._playwright = sync_playwright().start()
        arguments = ["--no-sandbox", "--disable-gpu"]
        self._chromium: Any = self._playwright.chromium.launch(executable_path=chromium(), args=arguments)
        self._page: Any = self._chromium.new_page()
        self._page.set_default_timeout(PATIENCE * 1000 / 3)  # a site that is nowhere may never count as landed on
        self._page.on("request", self._goes)

    def _read(self, address: str) -> str:
        self._page.goto(address)
        return str(self._page.inner_text("body"))

    def _press(self, address: str, button: str) -> str:
        self._page.goto(address)
        with contextlib.suppress(self._error), self._page.expect_navigation():
            self._page.get_by_role("button", name=button).click()
        return self._bar

    def _goes(self, request: "Request") -> None:
        if request.is_navigation_request():
            self._bar = request.url

    def _stop(self) -> None:
        self._chromium.close()
        self._playwright.stop()
