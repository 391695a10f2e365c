"""A browser at the pages on which people agree to an app of Meta's."""

from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from crosspost.sandbox import Sandbox

HERE = "http://localhost:8111/"
SITE = "https://tal.example.org/"
SCOPES = "pages_show_list,pages_read_engagement,pages_manage_posts"
THREADS = "threads_basic,threads_content_publish,threads_delete"


class Browser:
    """A person's browser, and plain requests beside it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.url, self.http = sandbox, sandbox.url, requests.Session()
        self.http.trust_env = False

    def app(self, network: str) -> tuple[str, str]:
        access = self.sandbox.accounts()[network]
        return access["app_id"], access["app_secret"]

    def get(self, path: str, **query: str) -> requests.Response:
        return self.http.get(self.url + path, params=query, timeout=10)

    def post(self, path: str, **form: str) -> requests.Response:
        return self.http.post(self.url + path, data=form, timeout=10, allow_redirects=False)

    def asks(self, network: str, **changed: str) -> requests.Response:
        """Open the page of consent."""
        path = "/v26.0/dialog/oauth" if network == "facebook" else "/oauth/authorize"
        scope = {"facebook": SCOPES, "threads": THREADS, "instagram": "instagram_business_basic"}[network]
        back = HERE if network == "facebook" else SITE
        asked = {"client_id": self.app(network)[0], "redirect_uri": back, "scope": scope, "state": "s"}
        return self.get(path, **(asked | {"response_type": "code"} | changed))

    def agrees(self, network: str, **changed: str) -> str:
        """Agree on that page; the code."""
        return parse_qs(urlsplit(self.lands(self.asks(network, **changed))).query)["code"][0]

    def lands(self, page: requests.Response, **chosen: str) -> str:
        assert page.status_code == 200, page.text
        ticket = page.text.partition('name="ticket" value="')[2].partition('"')[0]
        action = page.text.partition('action="')[2].partition('"')[0]
        form = {"ticket": ticket, "decision": "allow", "account": "verein"} | chosen
        answer = self.post(urljoin(page.url, action).removeprefix(self.url), **form)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def exchanges(self, network: str, code: str, **changed: str) -> requests.Response:
        number, secret = self.app(network)
        form = {"client_id": number, "client_secret": secret, "grant_type": "authorization_code", "code": code}
        return self.post("/oauth/access_token", **(form | {"redirect_uri": SITE} | changed))


def error(answer: requests.Response) -> tuple[int, int]:
    told = answer.json()["error"]
    return told["code"], told.get("error_subcode", 0)
