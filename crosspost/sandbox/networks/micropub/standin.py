"""Stand-in of a website with a Micropub end point (www.w3.org/TR/micropub; indieweb.org/Micropub-extensions)."""

import html
import re
from datetime import datetime
from typing import Any, ClassVar

from crosspost.sandbox.core import article, pictures
from crosspost.sandbox.core.http_messages import Malformed, Refused, Reply, Request, bearer, first
from crosspost.sandbox.core.look import Look
from crosspost.sandbox.core.standin import only, route, whole
from crosspost.sandbox.core.store import Account, Picture, Post
from crosspost.sandbox.networks.micropub import entry
from crosspost.sandbox.networks.micropub.indieauth import IndieAuth

END = "/indie/micropub"
SCOPES = "create update delete media"


class Micropub(IndieAuth):
    """Notes and articles, in JSON; forms are not in the sandbox.

    It has one post from before. ``media``: whether it takes files; ``listing``: "all", "empty" (a site that keeps no
    list) or "refused"; ``later``: whether it makes pages later
    (status 202); ``made``: whether those pages are there by now; ``scope``: what its tokens may do; ``lacking``: the
    status for what they may not; ``websites``: whether there are two behind the end point, as micro.blog has it
    (``mp-destination``); ``public``: whether what it offers is told without a token, too.
    """

    key: ClassVar = "micropub"
    name: ClassVar = "Micropub"
    look: ClassVar = Look(mark="#7a4b00")
    publishes: ClassVar = f"POST {END}"
    paths: ClassVar = r"/indie/(?:micropub|media|auth|token|metadata)/?$|/indie/(?:files|home|later)/"
    options: ClassVar = {
        "media": True, "listing": "all", "later": False, "made": True, "scope": SCOPES, "lacking": 401,
        "websites": False, "public": False, "indieauth": "metadata", "renewed": False,
    }  # fmt: skip

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`."""
        token = {"token": self.store.token(self.key, name, "token")}
        return Account(self.key, name, f"{number}", name, display_name, token)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`."""
        settings = {"me": f"{base_url}/indie/home/{account.handle}"}
        return super().access(account, base_url) | {"base_url": f"{base_url}{END}", "settings": settings}

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_MICROPUB_TOKEN": account.credentials["token"]}

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`. The home page proper names the end point, see :meth:`home`."""
        return (f"/indie/{account.handle}",)

    def path(self, request: Request) -> str:
        """With what is done: everything goes to one address."""
        if request.method == "POST" and request.path.rstrip("/") == END:
            try:
                action = request.json.get("action")
            except Malformed:
                action = None
            return f"{END}/{action}" if isinstance(action, str) else END
        return request.path

    def kinds(self) -> dict[str, str]:
        """See :class:`StandIn`. Nobody reads the body of what publishes, so that nothing can be wrong with it."""
        return {kind: what for kind, what in super().kinds().items() if kind != "bad-json"}

    def expired(self) -> Reply:
        """401."""
        return self.refusal(401, "The access token is missing, expired or revoked")

    def rate_limited(self, retry_after: int, now: datetime) -> Reply:  # noqa: ARG002  # told in seconds
        """Micropub names no limit; servers answer as HTTP has it."""
        reply = self.refusal(429, "Too many requests")
        reply.headers = {"Retry-After": str(retry_after)}
        return reply

    # ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", "/indie/home/{handle}")
    def home(self, request: Request, handle: str) -> Reply:  # noqa: ARG002  # the same address for everybody
        """The home page, which names the end point with an address of its own host."""
        shown = "".join(f"<p>{html.escape(post.text)}</p>" for post in self.store.timeline(self.key, handle))
        head = f'<head><title>{html.escape(handle)}</title><link rel="me micropub" href="{END}">{self.named()}</head>'
        return Reply(200, f"<!doctype html>{head}<body>{shown}</body>".encode(), "text/html; charset=utf-8")

    @route("GET", "/indie/later/{number}")
    def later(self, request: Request, number: str) -> Reply:  # noqa: ARG002  # a route's shape
        """The page of a post that was taken with 202."""
        post = self.store.post(self.key, number)
        if post is None or not self.settings["made"]:
            raise Refused(self.refusal(404, "There is no such page"))
        page = f"<title>{html.escape(post.text[:50])}</title><p>{html.escape(post.text)}</p>"
        return Reply(200, f"<!doctype html>{page}".encode(), "text/html; charset=utf-8")

    @route("GET", "/indie/files/{name}")
    def file(self, request: Request, name: str) -> Reply:  # noqa: ARG002  # a route's shape
        """An uploaded picture."""
        picture = self.store.pictures.get(name.partition(".")[0])
        if picture is None:
            raise Refused(self.refusal(404, "There is no such file"))
        return Reply(200, picture.data, pictures.TYPES[picture.format])

    # ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────

    @route("GET", END)
    def query(self, request: Request) -> Reply:
        """``config``, ``syndicate-to`` and ``source``."""
        asked = first(request.query, "q")
        if asked == "config" and self.settings["public"] and self.owner(bearer(request), request.now) is None:
            return self._offered(request, None)
        me = self._me(request)
        if asked == "config":
            return self._offered(request, me)
        if asked == "syndicate-to":
            return Reply.json({"syndicate-to": list(entry.COPIES)})
        if asked != "source" or only(dict(request.query), ("q", "url", "limit", "after", "mp-destination")):
            raise Malformed("the sandbox does not know this query")
        website = self._website(me, first(request.query, "mp-destination"))
        if url := first(request.query, "url"):
            return Reply.json(self._told(self._post(me, url, request), request))
        if self.settings["listing"] == "refused":
            raise Malformed("url is missing")
        size = whole(first(request.query, "limit"), 20, 1, 100, "limit")
        start = whole(first(request.query, "after"), 0, 0, 100_000, "after")
        told = [self._told(post, request) for post in self.own_posts(me) if post.extra["website"] == website]
        before = entry.before(f"{request.base_url}/indie/{me.handle}")
        told = [*told, before] if self.settings["listing"] == "all" else []
        more = {"paging": {"after": str(start + size)}} if start + size < len(told) else {}
        return Reply.json({"items": told[start : start + size]} | more)

    @route("POST", "/indie/media")
    def upload(self, request: Request) -> Reply:
        """Keep a file, the part ``file`` of a form."""
        me = self._me(request, "media")
        if not self.settings["media"]:
            raise Refused(self.refusal(404, "There is no media end point"))
        if set(request.files) != {"file"} or only(dict(request.form), ("mp-destination",)):
            raise Malformed("one part is needed, file")
        self._website(me, first(request.form, "mp-destination"))
        shape = pictures.shape(request.files["file"].data)
        if shape is None or pictures.TYPES.get(shape[0]) != request.files["file"].content_type:
            raise Malformed("the file is not what its type says")
        kept = self.store.keep(me, request.files["file"].data, shape)
        suffix = kept.format.lower().replace("jpeg", "jpg")
        address = f"{request.base_url}/indie/files/{kept.id}.{suffix}"
        return Reply.json({"success": "create"}, 201, {"Location": address})

    @route("POST", END)
    def post(self, request: Request) -> Reply:
        """Create, update or delete, in JSON."""
        if request.kind != "application/json":
            raise Malformed("the sandbox takes JSON")
        body = request.json
        if "action" not in body:
            return self._create(self._me(request, "create"), request)
        action = body["action"]
        if action not in ("update", "delete"):
            raise Malformed("action is update or delete here")
        me = self._me(request, action)
        post = self._post(me, body.get("url"), request)
        if post.extra["website"] != self._website(me, body.pop("mp-destination", None)):
            raise Refused(self.refusal(404, "There is no such post on this website"))
        if action == "delete":
            if only(body, ("action", "url")):
                raise Malformed("delete has nothing but a url")
            post.deleted = True
        else:
            if only(body, ("action", "url", "replace")) or not isinstance(body.get("replace"), dict):
                raise Malformed("the sandbox knows replace")
            self._fill(post, post.extra["properties"] | entry.checked(body["replace"], request, changes=True))
            post.edited = request.now
        return Reply(204)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _me(self, request: Request, scope: str = "") -> Account:
        owner = self.owner(bearer(request), request.now)
        if owner is None:
            raise Refused(self.expired())
        me, rights = owner
        request.account = me.name
        if scope and scope not in rights.split():
            status = self.settings["lacking"]
            raise Refused(self.refusal(status, f"The token lacks the scope {scope}", "insufficient_scope"))
        return me

    def _offered(self, request: Request, me: Account | None) -> Reply:
        """What ``q=config`` tells."""
        offered: dict[str, Any] = {"syndicate-to": list(entry.COPIES)}
        if self.settings["media"]:
            offered["media-endpoint"] = f"{request.base_url}/indie/media"
        if self.settings["websites"] and me is not None:
            offered["destination"] = [{"uid": uid, "name": uid.split("/")[2]} for uid in _websites(me)]
        return Reply.json(offered)

    def _website(self, me: Account, told: Any) -> str:
        """Which of the websites is meant; the first one without a word."""
        if not told:
            return _websites(me)[0]
        if not self.settings["websites"] or told not in _websites(me):
            raise Malformed("mp-destination is none of the websites")
        return str(told)

    def _create(self, me: Account, request: Request) -> Reply:
        body = request.json
        website = self._website(me, body.pop("mp-destination", None))
        if only(body, ("type", "properties")) or body.get("type") != ["h-entry"]:
            raise Malformed('a new post has "type": ["h-entry"] and "properties"')
        properties, new = entry.checked(body.get("properties"), request, changes=False), self.store.new_id()
        path, late = f"/indie/{me.handle}/{new}", self.settings["later"]
        post = Post(new, self.key, me.name, "", request.now, path)
        # the sandbox has a page at ``path`` at once
        post.extra |= {"path": f"/indie/later/{new}" if late else path, "website": website}
        self._fill(post, properties)
        self.store.commit(post)
        headers = {"Location": f"{request.base_url}{post.extra['path']}"}
        return Reply.json({"success": "create"}, 202 if late else 201, headers)

    def _post(self, me: Account, url: Any, request: Request) -> Post:
        if not isinstance(url, str) or not url.startswith(f"{request.base_url}/indie/"):
            raise Malformed("url is not the address of a post")
        post = self.store.post(self.key, url.rpartition("/")[2])
        if post is None:
            raise Refused(self.refusal(404, "There is no such post"))
        if post.account != me.name:
            raise Refused(self.refusal(403, "This is somebody else's post"))
        return post

    def _fill(self, post: Post, properties: dict[str, list[Any]]) -> None:
        """What a reader sees."""
        (content,) = properties["content"]
        text = content if isinstance(content, str) else article.read(content["html"])[0]
        post.text = "\n\n".join(filter(None, (*properties.get("name", ()), text)))
        post.extra["properties"] = properties
        post.pictures = [self._shown(post, photo) for photo in properties.get("photo", ())]

    def _shown(self, post: Post, photo: Any) -> Picture:
        """A picture that was uploaded before, or one that is elsewhere."""
        address, alt = (photo, "") if isinstance(photo, str) else (photo["value"], photo["alt"])
        number = re.search(r"/indie/files/(\d+)\.\w+$", address)
        kept = self.store.pictures.get(number[1]) if number else None
        if kept is None:
            owner = f"{self.key}/{post.account}"
            return Picture(address, owner, b"", "", 0, 0, post.time, alt=alt, extra={"url": address})
        kept.alt = alt
        return kept

    def _told(self, post: Post, request: Request) -> dict[str, Any]:
        shown = {name: values for name, values in post.extra["properties"].items() if not name.startswith("mp-")}
        shown |= {"url": [f"{request.base_url}{post.extra['path']}"], "published": [post.time.isoformat()]}
        return {"type": ["h-entry"], "properties": shown}


def _websites(me: Account) -> tuple[str, str]:
    return f"https://{me.handle}.blog.example/", f"https://{me.handle}-garten.blog.example/"
