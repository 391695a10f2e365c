"""The sandbox's own pages: timelines, pictures, the JSON for tools, and the orders for faults."""

import json
import re
from collections.abc import Callable
from typing import Any

from crosspost.sandbox.core import certificate
from crosspost.sandbox.core.http_messages import Malformed, Reply, Request
from crosspost.sandbox.core.picture_crawler import public_picture
from crosspost.sandbox.core.pictures import TYPES
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.pages import network_page
from crosspost.sandbox.pages.content import Content

_POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_FIELDS = {"network", "fault", "times", "match", "seconds", "retry_after"}


def answer(sandbox: Content, request: Request) -> Reply | None:
    """Answer a request to the sandbox itself; None when the path belongs to a network."""
    reply = _answer(sandbox, request)
    if reply is not None:
        reply.headers = _POLICY | reply.headers
    return reply


def _answer(sandbox: Content, request: Request) -> Reply | None:
    if request.path == "/_sandbox/faults":
        return _faults(sandbox, request)
    if request.path.startswith("/_sandbox/"):
        return _look(sandbox, request.path) if request.method in ("GET", "HEAD") else _no("Method not allowed", 405)
    if request.method not in ("GET", "HEAD"):
        return None
    if request.path == "/":
        return _html(network_page.timelines(sandbox))
    if request.path == "/favicon.ico":
        return Reply(204)
    with sandbox.store.lock:
        post = next((p for p in sandbox.store.posts if request.path in (p.path, *p.also_at)), None)
        if post is not None:
            return _html(network_page.single(sandbox, post), 410 if post.deleted else 200)
        account = _owner(sandbox, request.path)
        return _html(network_page.profile(sandbox, account)) if account else None


def _owner(sandbox: Content, path: str) -> Account | None:
    """The account whose own page this is."""
    for account in sandbox.store.accounts.values():
        if path.rstrip("/") in sandbox.networks[account.network].profiles(account):
            return account
    return None


def _look(sandbox: Content, path: str) -> Reply:
    known: dict[str, Callable[[], Any]] = {
        "/_sandbox/posts": lambda: sandbox.posts(deleted=True),
        "/_sandbox/accounts": sandbox.describe,
        "/_sandbox/requests": lambda: list(sandbox.requests),
    }
    if path in known:
        return Reply.json(known[path]())
    if path == "/_sandbox/style.css":
        return Reply(200, network_page.style(sandbox).encode(), "text/css; charset=utf-8")
    if path == "/_sandbox/certificate.pem":
        return _certificate()
    if path.startswith("/_sandbox/public/"):
        return _public(sandbox, path.rpartition("/")[2])
    match = re.fullmatch(r"/_sandbox/pictures/(\d+)", path)
    picture = sandbox.store.pictures.get(match[1]) if match else None
    if picture is None:
        return _no("There is no such page", 404)
    return Reply(200, picture.data, TYPES.get(picture.format, "application/octet-stream"))


def _public(sandbox: Content, name: str) -> Reply:
    data = public_picture(sandbox.store, name)
    if data is None:
        return _no("There is no such picture", 404)
    kind = name.rpartition(".")[2]
    return Reply(200, data, "text/plain" if kind == "txt" else f"image/{kind}")


def _certificate() -> Reply:
    """The certificate of the mail server, for a client that should trust it."""
    try:
        return Reply(200, certificate.made().pem.encode(), "application/x-pem-file")
    except OSError as error:
        return _no(str(error), 404)


def _faults(sandbox: Content, request: Request) -> Reply:
    if request.method == "GET":
        return Reply.json(sandbox.faults.list())
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.headers.get('Host')}":
        return _no("Another web page may not order faults", 403)
    if request.method == "DELETE":
        sandbox.faults.clear()
        return Reply.json([])
    if request.method != "POST":
        return _no("Method not allowed", 405)
    try:
        order = request.json
        if unknown := sorted(order.keys() - _FIELDS):
            raise ValueError(f"There is no field {', '.join(unknown)}; there are {', '.join(sorted(_FIELDS))}.")
        sandbox.fault(
            str(order.get("network", "")),
            str(order.get("fault", "")),
            times=int(order.get("times", 1)),
            match=str(order.get("match", "")),
            seconds=float(order.get("seconds", 1.0)),
            retry_after=int(order.get("retry_after", 60)),
        )
    except (Malformed, ValueError, TypeError, OverflowError) as error:
        kinds = {key: network.kinds() for key, network in sandbox.networks.items()}
        return Reply.json({"error": str(error), "kinds": kinds}, 400)
    return Reply.json(sandbox.faults.list(), 201)


def _html(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), "text/html; charset=utf-8")


def _no(message: str, status: int) -> Reply:
    return Reply(status, json.dumps({"error": message}).encode())
