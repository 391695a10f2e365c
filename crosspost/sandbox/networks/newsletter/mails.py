"""Parses mails: their parts, the pictures they link, and a locked-down page of their HTML."""

from datetime import datetime
from email.message import EmailMessage

from crosspost.sandbox.core import article
from crosspost.sandbox.core.http_messages import Reply
from crosspost.sandbox.core.store import Picture, Store

_POLICY = "sandbox; default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; frame-ancestors 'none'"


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a message, "" for one that is not there; line ends as ``\\n``."""
    found = []
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        content = body.get_content() if body is not None else ""
        found.append(str(content).replace("\r\n", "\n").removesuffix("\n"))
    return found[0], found[1]


def pictures(html: str, owner: str, now: datetime) -> list[Picture]:
    """The pictures an HTML text links, with their alternative texts; none of them is fetched."""
    return article.linked(article.read(html)[1], owner, now)


def html_page(store: Store, network: str, path: str) -> Reply:
    """The HTML of a mail as its reader sees it; nothing in it can run."""
    with store.lock:
        post = next((p for p in store.timeline(network) if p.extra.get("html_path") == path), None)
    if post is None:
        return Reply.json({"error": "There is no such mail"}, 404)
    html = str(post.extra["html"]).encode()
    return Reply(200, html, "text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})
