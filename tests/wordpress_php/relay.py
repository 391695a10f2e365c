"""The sandbox's faults and log in front of a real WordPress, so that the same contract runs against it."""

import itertools
from typing import Any, ClassVar

import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core import article
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.wordpress.standin import STATES, WordPress
from tests.wordpress_php.server import Site

_NUMBERS = itertools.count(1)
_PASSED_ON = ("Authorization", "Content-Type", "Content-Disposition")


class Relay(WordPress):
    """Answers with what the real site answers; only faults are made here."""

    target: ClassVar[str]

    def answer(self, request: Request) -> Reply:
        """What the real site answers."""
        headers = {name: str(request.headers[name]) for name in _PASSED_ON if request.headers[name]}
        url = self.target.removesuffix("/blog") + request.path
        answer = requests.request(
            request.method, url, params=request.query, data=request.body or None, headers=headers, timeout=60
        )
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))


class RealSandbox(Sandbox):
    """A sandbox whose WordPress is the ``site``, with two authors who have written nothing yet."""

    def __init__(self, site: Site, *, role: str = "author", **more: Any) -> None:
        super().__init__(**more)
        relay = Relay(self.store, {})
        relay.target = site.url  # type: ignore[misc]  # one site at a time
        self.networks = {"wordpress": relay}
        self.site = site
        self.store.accounts.clear()
        for post in self.read("posts", status=",".join(STATES), per_page="100"):
            _ask(site, site[1:3], "DELETE", f"posts/{post['id']}", params={"force": "true"})
        for name in ("verein", "zweitkonto"):
            self.store.accounts["wordpress", name] = _new_account(site, name, role)

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """What ``verein`` wrote and did not delete, oldest first, in the sandbox's own form."""
        me = self.store.accounts["wordpress", "verein"]
        login = (me.credentials["username"], me.credentials["password"])
        query = {"author": me.id, "context": "edit", "per_page": "100"}
        pictures = _ask(self.site, login, "GET", "media", params=query)
        query |= {"status": ",".join(STATES), "orderby": "id", "order": "asc"}
        return [_as_post(one, pictures) for one in _ask(self.site, login, "GET", "posts", params=query)]

    def read(self, path: str, **query: str) -> Any:
        """What the site's administrator is told."""
        return _ask(self.site, self.site[1:3], "GET", path, params=query)


def _as_post(post: dict[str, Any], pictures: list[dict[str, Any]]) -> dict[str, Any]:
    text, found = article.read(post["content"]["raw"])
    addresses = [address for address, _ in found]
    first = [one for one in pictures if one["id"] == post["featured_media"]]
    inside = [one for address in addresses for one in pictures if one["source_url"] == address]
    size = ("width", "height")
    images = [
        {"alt": one["alt_text"]} | {name: one["media_details"][name] for name in size}
        for one in [*first, *(one for one in inside if one not in first)]
    ]
    extra = {"content": post["content"]["raw"], "shown": post["content"]["rendered"]}
    extra |= {name: post[name] for name in ("slug", "status", "tags", "categories")}
    return {
        "id": str(post["id"]),
        "text": "\n\n".join(filter(None, (post["title"]["raw"], text))),
        "images": images,
        "edited": post["_links"]["version-history"][0]["count"] > 0,
        "language": "",
        "extra": extra,
    }


def _new_account(site: Site, name: str, role: str) -> Account:
    user = f"{name}{next(_NUMBERS)}"
    form = {"username": user, "name": name, "email": f"{user}@example.org", "password": "only-for-this-test"}
    made = _ask(site, site[1:3], "POST", "users", json=form | {"roles": [role]})
    app = _ask(site, site[1:3], "POST", f"users/{made['id']}/application-passwords", json={"name": "crosspost"})
    return Account("wordpress", name, str(made["id"]), user, name, {"username": user, "password": app["password"]})


def _ask(site: Site, login: tuple[str, str], method: str, path: str, **more: Any) -> Any:
    answer = requests.request(method, f"{site.url}/wp-json/wp/v2/{path}", auth=login, timeout=60, **more)
    assert answer.ok, answer.text
    return answer.json()
