"""Builds the body of a LinkedIn post from a draft and what was uploaded for it, and recognises it. Pure.

Source: learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api, checked 2026-11-22.
"""

from datetime import UTC, datetime
from typing import Any

from crosspost.compose.formats import linkedin
from crosspost.model import Draft, Picture, Prepared
from crosspost.networks.post_search import text, without_links


def pictures_of(draft: Draft) -> tuple[Picture, ...]:
    """The pictures to upload: the card's thumbnail, or those of the post."""
    if draft.card is not None:
        return (draft.card.image,) if draft.card.image is not None else ()
    return draft.images


def post_body(prepared: Prepared, author: str, visibility: str) -> dict[str, Any]:
    draft = prepared.draft
    body = {
        "author": author,
        "commentary": linkedin.escape(draft.text),
        "visibility": visibility.upper(),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(prepared)
    return body | {"content": content} if content else body


def reshare_body(author: str, visibility: str, parent: str) -> dict[str, Any]:
    """A post without words that shows another one.

    :param parent: URN of the other one, a share or a ugcPost
    """
    return {
        "author": author,
        "commentary": "",
        "visibility": visibility.upper(),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        "reshareContext": {"parent": parent},
    }


def reshares(post: dict[str, Any], parent: str) -> bool | None:
    """Whether a post only shows that other one; None where it is empty and does not say what it shows."""
    said = text(post.get("commentary"))
    context = post.get("reshareContext")
    if isinstance(context, dict) and context.get("parent"):
        return str(context["parent"]) == parent and not (said or "").strip()
    return False if (said or "").strip() or post.get("content") else None


def _content(prepared: Prepared) -> dict[str, Any]:
    draft, remote = prepared.draft, prepared.remote
    if draft.card is not None:
        article = {"source": draft.card.url, "title": draft.card.title, "description": draft.card.description}
        article |= {"thumbnail": remote["image_0"]} if draft.card.image is not None else {}
        return {"article": {key: value for key, value in article.items() if value}}
    if draft.video is not None:
        return {"media": {"id": remote["video_0"]} | ({"title": draft.title} if draft.title else {})}
    images = [
        {"id": remote[f"image_{number}"]} | ({"altText": picture.alt} if picture.alt else {})
        for number, picture in enumerate(draft.images)
    ]
    if len(images) > 1:
        return {"multiImage": {"images": images}}
    return {"media": images[0]} if images else {}


def moment(milliseconds: Any) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int) else None


def same_post(post: dict[str, Any], draft: Draft) -> bool | None:
    """Whether it is the same post. LinkedIn may return shortened links; then the card's address decides, if any."""
    commentary, wanted = text(post.get("commentary")), linkedin.as_read(draft.text)
    if commentary is None:
        return None
    plain_text = linkedin.unescape(commentary)
    article = (post.get("content") or {}).get("article") or {}
    if plain_text.split() == wanted.split() or (
        draft.link and draft.link in (*plain_text.split(), article.get("source"))
    ):
        return True
    return None if without_links(plain_text) == without_links(wanted) and not article.get("source") else False
