"""Somebody else on the sandbox, who answers and likes what an account posted, by each network's own interface."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from crosspost.sandbox import Sandbox
from crosspost.sandbox.core.store import Post
from crosspost.sandbox.networks.instagram.comments import Comments

#: the account of the sandbox that reads
WHO = "zweitkonto"


class Reader(ABC):
    """Somebody with a second account. Posts are named by the id of their receipt."""

    key: str

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.access = sandbox.accounts(WHO)[self.key]

    @abstractmethod
    def answer(self, post: str, text: str) -> str:
        """Reply to a post: the reply's id."""

    @abstractmethod
    def like(self, post: str) -> None:
        """Like a post."""

    @abstractmethod
    def take_back(self, reply: str) -> None:
        """Delete a reply."""

    def ask(
        self, method: str, path: str, body: Any = None, token: str = "", more: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """One request, with ``more`` headers; whatever is refused fails the test."""
        headers = dict(more or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = requests.request(method, f"{self.access['base_url']}{path}", json=body, headers=headers, timeout=10)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        found = answer.json() if answer.content else {}
        assert isinstance(found, dict)
        return found


class MastodonReader(Reader):
    key = "mastodon"

    def answer(self, post: str, text: str, **more: str) -> str:
        fields = {"status": text, "in_reply_to_id": post, **more}
        return str(self._ask("POST", "statuses", fields)["id"])

    def like(self, post: str) -> None:
        self._ask("POST", f"statuses/{post}/favourite")

    def repost(self, post: str) -> None:
        """Boost a post."""
        self._ask("POST", f"statuses/{post}/reblog")

    def take_back(self, reply: str) -> None:
        self._ask("DELETE", f"statuses/{reply}")

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask(method, f"/api/v1/{path}", body, self.access["credentials"]["access_token"])


class BlueskyReader(Reader):
    key = "bluesky"

    def answer(self, post: str, text: str) -> str:
        """A reply to a post that is not a reply itself, or to one that is."""
        parent = self._post(post)
        root = (parent["record"].get("reply") or {}).get("root") or _ref(parent)
        record = {"text": text, "reply": {"root": root, "parent": _ref(parent)}}
        return self._create("app.bsky.feed.post", record)

    def like(self, post: str) -> None:
        self._create("app.bsky.feed.like", {"subject": _ref(self._post(post))})

    def repost(self, post: str) -> None:
        """Repost a post."""
        self._create("app.bsky.feed.repost", {"subject": _ref(self._post(post))})

    def take_back(self, reply: str) -> None:
        repo, collection, rkey = reply.removeprefix("at://").split("/")
        self._ask("POST", "com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": rkey})

    def _create(self, collection: str, record: dict[str, Any]) -> str:
        now = self.sandbox.store.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"repo": self._session()["did"], "collection": collection, "record": record | {"createdAt": now}}
        return str(self._ask("POST", "com.atproto.repo.createRecord", body)["uri"])

    def _post(self, uri: str) -> dict[str, Any]:
        found = self._ask("GET", f"app.bsky.feed.getPosts?uris={uri}")["posts"][0]
        assert isinstance(found, dict)
        return found

    def _session(self) -> dict[str, Any]:
        secret = self.access["credentials"]
        login = {"identifier": secret["handle"], "password": secret["app_password"]}
        return self.ask("POST", "/xrpc/com.atproto.server.createSession", login)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask(method, f"/xrpc/{path}", body, self._session()["accessJwt"])


class XReader(Reader):
    """People answer in the app: the interface lets nobody reply who was not mentioned."""

    key = "x"

    def answer(self, post: str, text: str) -> str:
        store = self.sandbox.store
        number = store.new_id()
        extra = {"reply_settings": "everyone", "in_reply_to_id": post}
        store.commit(Post(number, self.key, WHO, text, store.clock(), f"/{WHO}/status/{number}", extra=extra))
        return number

    def like(self, post: str) -> None:
        me = self._ask("GET", "users/me")["data"]["id"]
        self._ask("POST", f"users/{me}/likes", {"tweet_id": post})

    def take_back(self, reply: str) -> None:
        self._ask("DELETE", f"tweets/{reply}")

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask(method, f"/2/{path}", body, self.access["credentials"]["bearer_token"])


class FacebookReader(Reader):
    """Another Page."""

    key = "facebook"

    def answer(self, post: str, text: str) -> str:
        return str(self._ask("POST", f"{post}/comments", {"message": text})["id"])

    def like(self, post: str) -> None:
        self._ask("POST", f"{post}/likes")

    def take_back(self, reply: str) -> None:
        self._ask("DELETE", reply)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask(method, f"/v26.0/{path}", body, self.access["credentials"]["access_token"])


class MisskeyReader(Reader):
    key = "misskey"

    def answer(self, post: str, text: str, **more: Any) -> str:
        return str(self._ask("notes/create", text=text, replyId=post, **more)["createdNote"]["id"])

    def like(self, post: str) -> None:
        self._ask("notes/reactions/create", noteId=post, reaction="\u2764")

    def take_back(self, reply: str) -> None:
        self._ask("notes/delete", noteId=reply)

    def _ask(self, path: str, **fields: Any) -> dict[str, Any]:
        return self.ask("POST", f"/api/{path}", fields, self.access["credentials"]["access_token"])


class LemmyReader(Reader):
    """On Lemmy 0.19 and 1.0, and on PieFed, where some things are called otherwise."""

    key = "lemmy"

    def answer(self, post: str, text: str) -> str:
        field = "body" if self._piefed else "content"
        above = self.sandbox.store.post(self.key, post)
        if above is not None:
            return self._comment({field: text, "post_id": int(post)})
        (root,) = self.sandbox.store.timeline(self.key)
        listed = self._ask("GET", f"comment/list?post_id={root.id}&limit=50")["comments"]
        (found,) = [one["comment"] for one in listed if str(one["comment"]["id"]) == post]
        return self._comment({field: text, "post_id": found["post_id"], "parent_id": found["id"]})

    def like(self, post: str) -> None:
        self._ask("POST", "post/like", {"post_id": int(post), "score": 1})

    def take_back(self, reply: str) -> None:
        self._ask("POST", "comment/delete", {"comment_id": int(reply), "deleted": True})

    def _comment(self, fields: dict[str, Any]) -> str:
        return str(self._ask("POST", "comment", fields)["comment_view"]["comment"]["id"])

    @property
    def _piefed(self) -> bool:
        return bool(self.sandbox.networks[self.key].settings["flavour"] == "piefed")

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        base = "/api/alpha" if self._piefed else "/api/v3"
        return self.ask(method, f"{base}/{path}", body, self.access["credentials"]["token"])


class InstagramReader(Reader):
    """People like and comment in the app: the interface cannot."""

    key = "instagram"

    def answer(self, post: str, text: str) -> str:
        return self._app.said(WHO, post, text).id

    def like(self, post: str) -> None:
        found = self.sandbox.store.post(self.key, post)
        assert found is not None
        found.extra["liked_by"] = [WHO]

    def take_back(self, reply: str) -> None:
        self._app.unsaid(reply)

    @property
    def _app(self) -> Comments:
        found = self.sandbox.networks[self.key]
        assert isinstance(found, Comments)
        return found


class ThreadsReader(Reader):
    """People like in the app: the interface cannot."""

    key = "threads"

    def answer(self, post: str, text: str) -> str:
        form = {"media_type": "TEXT", "text": text, "reply_to_id": post}
        box = self._ask("POST", "me/threads", form)["id"]
        for _ in range(2):  # it is not ready at the first look
            self._ask("GET", f"{box}?fields=status")
        return str(self._ask("POST", "me/threads_publish", {"creation_id": box})["id"])

    def like(self, post: str) -> None:
        found = self.sandbox.store.post(self.key, post)
        assert found is not None
        found.extra["liked_by"] = [WHO]

    def take_back(self, reply: str) -> None:
        self._ask("DELETE", reply)

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask(method, f"/v1.0/{path}", body, self.access["credentials"]["access_token"])


class LinkedInReader(Reader):
    """A person. Comments name the post by the number of its activity, which is the share's in the sandbox."""

    key = "linkedin"

    def answer(self, post: str, text: str) -> str:
        fields = {"actor": self._me, "object": post, "message": {"text": text}}
        more = {"parentComment": post} if post.startswith("urn:li:comment:") else {}
        return str(self._ask("POST", f"socialActions/{quote(post, safe='')}/comments", fields | more)["commentUrn"])

    def like(self, post: str) -> None:
        self._ask("POST", f"reactions?actor={quote(self._me, safe='')}", {"root": post, "reactionType": "LIKE"})

    def take_back(self, reply: str) -> None:
        above, _, number = reply.removeprefix("urn:li:comment:(urn:li:activity:").rstrip(")").partition(",")
        post = quote(f"urn:li:share:{above}", safe="")
        self._ask("DELETE", f"socialActions/{post}/comments/{number}?actor={quote(self._me, safe='')}")

    @property
    def _me(self) -> str:
        return f"urn:li:person:{self.sandbox.store.accounts[self.key, WHO].id}"

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}
        return self.ask(method, f"/rest/{path}", body, self.access["credentials"]["access_token"], headers)


def _ref(post: dict[str, Any]) -> dict[str, str]:
    return {"uri": post["uri"], "cid": post["cid"]}


READERS: dict[str, type[Reader]] = {
    reader.key: reader
    for reader in (
        *(MastodonReader, BlueskyReader, XReader, FacebookReader, InstagramReader),
        *(ThreadsReader, MisskeyReader, LemmyReader, LinkedInReader),
    )
}
