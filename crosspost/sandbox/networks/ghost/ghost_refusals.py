"""What Ghost's Admin API says when it refuses: the words of a Ghost 6.65."""

from collections.abc import Iterable
from typing import Any

from crosspost.sandbox.core.http_messages import Reply

_TYPES = {
    400: "BadRequestError",
    401: "UnauthorizedError",
    403: "NoPermissionError",
    404: "NotFoundError",
    409: "UpdateCollisionError",
    415: "UnsupportedMediaTypeError",
    422: "ValidationError",
    429: "TooManyRequestsError",
    500: "EmailError",
}


def refusal(status: int, message: str, code: str = "", *, context: str = "", details: Any = None) -> Reply:
    """``{"errors": [{"message", "context", "type", "details", "code"}]}``."""
    error = {"message": message, "type": _TYPES.get(status, "InternalServerError"), "code": code or None}
    return Reply.json({"errors": [error | {"context": context or None, "details": details}]}, status)


def nobody() -> Reply:
    """To who does not say who asks."""
    why = "Unable to determine the authenticated user or integration."
    more = "Check that cookies are being passed through if using session authentication."
    return refusal(403, "Authorization failed", context=f"{why} {more}")


def missing(work: str) -> Reply:
    """There is no article to ``work`` on ("read", "edit", "delete")."""
    return refusal(404, f"Resource not found error, cannot {work} post.", context="Post not found.")


def incomplete(work: str, field: str) -> Reply:
    """What its schema says of an article without a field."""
    details = [{"keyword": "required", "message": f"must have required property '{field}'"}]
    message = f"Validation error, cannot {work} post."
    return refusal(422, message, context="Validation failed for 0.", details=details)


def broken_picture() -> Reply:
    """A file that says it is a picture, and cannot be read as one."""
    why = "Image processing failed Unable to manipulate image."
    return refusal(400, "Request not understood error, cannot upload image.", context=why)


def collision(fields: Iterable[str]) -> Reply:
    """The article is not what the one who changes these fields knows of it."""
    changed = [name for name in fields if name != "updated_at"]
    changed += ["published_at"] if "status" in changed else []
    why = "Saving failed! Someone else is editing this post."
    details = {"changedFields": changed, "clientUpdatedAt": {}, "serverUpdatedAt": {}}
    return refusal(409, why, "UPDATE_COLLISION", context=why, details=details)
