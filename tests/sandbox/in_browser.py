"""A person in a browser, for clients that log in."""

import re
from urllib.parse import urljoin

import requests

CALLBACK = "http://localhost:8723/callback"


def agreed(page: str, **chosen: str) -> requests.Response:
    """Press the button on a page of consent; what the browser gets then."""
    shown = requests.get(page, timeout=10)
    assert shown.status_code == 200, shown.text
    action = re.search(r'action="([^"]*)"', shown.text)
    ticket = re.search(r'name="ticket" value="([^"]*)"', shown.text)
    assert action is not None
    assert ticket is not None
    fields = {"ticket": ticket[1], "account": "verein", "decision": "allow"} | chosen
    return requests.post(urljoin(page, action[1]), data=fields, allow_redirects=False, timeout=10)
