"""The sandbox's faults and log in front of a real Ghost, so that the same contract runs against it."""

import io
from typing import Any, ClassVar, NamedTuple

import requests
from PIL import Image

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core import article
from crosspost.sandbox.core.http_messages import Reply, Request
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.ghost.standin import Ghost

_PASSED_ON = ("Authorization", "Accept-Version", "Content-Type")
_OWNER = {"username": "chef@example.org", "password": "only-for-this-test"}
_PAGE = "posts/?filter=status:[draft,published,scheduled,sent]&limit=100&formats=html,lexical&order=id%20asc"


class Site(NamedTuple):
    """A running Ghost, and somebody logged in as its owner."""

    url: str
    owner: requests.Session

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """One request of the owner's; whatever is refused fails the test."""
        answer = self.owner.request(method, f"{self.url}/ghost/api/admin/{path}", timeout=60, **more)
        assert answer.ok, answer.text
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else {}


def opened(url: str) -> Site:
    """Set a fresh Ghost up, and log its owner in."""
    site = Site(url, requests.Session())
    site.owner.headers["Origin"] = url.removesuffix("/press")
    person = {"name": "Chef", "email": _OWNER["username"], "password": _OWNER["password"], "blogTitle": "Sandbox"}
    site.ask("POST", "authentication/setup/", json={"setup": [person]})
    site.ask("POST", "session/", json=_OWNER)
    return site


class Relay(Ghost):
    """Answers with what the real site answers; only faults are made here."""

    target: ClassVar[str]

    def answer(self, request: Request) -> Reply:
        """What the real site answers."""
        headers = {name: str(request.headers[name]) for name in _PASSED_ON if request.headers[name]}
        url = f"{self.target.removesuffix('/press')}{request.path.rstrip('/')}/"
        answer = requests.request(
            request.method, url, params=request.query, data=request.body or None, headers=headers, timeout=60
        )
        return Reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))


class RealSandbox(Sandbox):
    """A sandbox whose Ghost is the ``site``, on which nobody has written anything yet."""

    def __init__(self, site: Site, **more: Any) -> None:
        super().__init__(**more)
        relay = Relay(self.store, {})
        relay.target = site.url  # type: ignore[misc]  # one site at a time
        self.networks = {"ghost": relay}
        self.site = site
        for post in site.ask("GET", _PAGE)["posts"]:
            site.ask("DELETE", f"posts/{post['id']}/")
        self.store.accounts.clear()
        for name in ("verein", "zweitkonto"):
            self.store.accounts["ghost", name] = _new_account(site, name)

    def posts(self, network: str = "", *, deleted: bool = False) -> list[dict[str, Any]]:
        """What is published, oldest first, in the sandbox's own form."""
        return [_as_post(one) for one in self.site.ask("GET", _PAGE)["posts"] if one["status"] != "draft"]


def _as_post(post: dict[str, Any]) -> dict[str, Any]:
    text, found = article.read(post["html"] or "")
    pictures = [(post["feature_image"], post["feature_image_alt"] or "")] if post["feature_image"] else []
    pictures += [one for one in found if one[0] != post["feature_image"]]
    extra = {name: post[name] for name in ("slug", "canonical_url", "visibility", "custom_excerpt", "html", "status")}
    extra |= {"tags": [tag["name"] for tag in post["tags"]], "newsletter": post.get("newsletter")}
    return {
        "id": post["id"],
        "text": "\n\n".join(filter(None, (post["title"], text))),
        "images": [{"alt": alt} | _size(address) for address, alt in pictures],
        "edited": post["updated_at"] > post["published_at"],
        "language": "",
        "extra": extra | {"email": post.get("email")},
    }


def _size(address: str) -> dict[str, int]:
    with Image.open(io.BytesIO(requests.get(address, timeout=60).content)) as image:
        return {"width": image.width, "height": image.height}


def _new_account(site: Site, name: str) -> Account:
    made = site.ask("POST", "integrations/?include=api_keys", json={"integrations": [{"name": name}]})["integrations"]
    (key,) = [key for key in made[0]["api_keys"] if key["type"] == "admin"]
    secret = key["secret"] if ":" in key["secret"] else f"{key['id']}:{key['secret']}"
    return Account("ghost", name, made[0]["id"], name, name, {"admin_key": secret})
