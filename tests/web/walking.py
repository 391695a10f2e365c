"""A person who connects an account at the dashboard by forms alone: reads each page and answers its question."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests

from tests.web.client import Answer, Client


@dataclass
class PageWalk:
    """Answers what the pages ask.

    :ivar right: key → answer; for other questions nothing, which means what was proposed
    :ivar wrong: key → answers that are given before
    :ivar wrongs: what the pages said was wrong, in the order they came
    :ivar untold: keys of wrong answers of which no page has said so yet; two answers may be wrong together
    :ivar pages: every page that was seen
    :ivar secret: every answer that was typed into a secret field
    """

    client: Client
    right: Mapping[str, str]
    wrong: Mapping[str, Sequence[str]]
    wrongs: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    secret: list[str] = field(default_factory=list)

    def connected(self, begun: Answer) -> str:
        """Answer until it has ended: the text of the last page."""
        path = begun.headers["Location"]
        before = {key: list(answers) for key, answers in self.wrong.items()}
        for _ in range(60):
            page = self.client.get(path).text
            self.pages.append(page)
            found = re.search(r'data-question="(\w+)"', page)
            if found is None:
                return page
            key = found[1]
            if told := re.search(r'id="wrong"[^>]*>([^<]+)<', page):
                self.wrongs.append(html.unescape(told[1]))
                self.untold.clear()
            given = before[key].pop(0) if before.get(key) else None
            if given is None and 'class="button" href="http' in page:
                self._agree(page, path)
                continue
            answer = self._right(key, page) if given is None else given
            if given is not None:
                self.untold.append(key)
            if 'type="password"' in page and answer and key != "client_id":  # that stands in the consent's address
                self.secret.append(answer)
            number = re.findall(r'name="number" value="(\d+)"', page)[0]
            assert self.client.post(path, number=number, answer=answer).status == 303
        raise AssertionError(f"it never ends: {self.wrongs[-3:]}")

    def _right(self, key: str, page: str) -> str:
        if key == "pin":
            address = html.unescape(re.findall(r'href="(http[^"]*/oauth/authorize\?oauth_token=[^"]+)"', page)[-1])
            return _agreed(address)
        values = re.findall(r'type="radio" name="answer" value="([^"]*)"( required checked)?', page)
        if values:
            wanted = self.right.get(key, "")
            if wanted.isdecimal():
                return html.unescape(values[int(wanted) - 1][0])
            return wanted or next((value for value, checked in values if checked), values[0][0])
        return self.right.get(key, "")

    def _agree(self, page: str, path: str) -> None:
        """Agree on the network's page, and go where it leads: back to the dashboard, or to a page to paste."""
        address = html.unescape(re.findall(r'class="button" href="(http[^"]*)"', page)[0])
        landing = _agreed(address)
        if urlsplit(landing).hostname in ("127.0.0.1", "localhost"):
            onward = requests.get(landing, allow_redirects=False, timeout=10)
            assert onward.headers["Location"] == f"http://127.0.0.1:{self.client.port}{path}"
            return
        number = re.findall(r'name="number" value="(\d+)"', page)[0]
        self.client.post(path, number=number, answer=landing)


def _agreed(address: str) -> str:
    """Where the page of consent leads, or the number it shows."""
    with requests.Session() as browser:
        page = browser.get(address, timeout=10)
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        action = re.search(r'action="([^"]*)"', page.text)
        assert action is not None, page.text
        form = fields | {"decision": "allow", "account": "verein"}
        answer = browser.post(urljoin(address, action[1]), data=form, allow_redirects=False, timeout=10)
    shown = re.search(r'id="code">(\d+)<', answer.text)
    return shown[1] if shown else answer.headers["Location"]
