"""What the token of a Slack bot may do.

Source: the scopes in each answer's headers (slackapi/node-slack-sdk WebClient); docs.slack.dev/reference/scopes;
checked 2026-11-27.
"""

from crosspost.model import Remark
from crosspost.networks.login_rights import Need, missing
from crosspost.transport.exchange import Exchange

#: what uploading pictures needs
PICTURES = ("files:write", "files:read")
NO_PICTURES = (
    "goes out without a picture: the bot's token may not upload files; give its app the rights files:write and "
    "files:read, or set `images = false`"
)
_NEEDED = (
    Need(("chat:write",), "post", "fail"),
    Need(("groups:history", "channels:history"), "check whether a post is out when that is in doubt"),
    *(Need((scope,), "attach pictures") for scope in PICTURES),
)


def scopes(told: Exchange | None) -> set[str] | None:
    """The scopes of the token, as an answer tells them; None where it does not."""
    written = told.headers.get("x-oauth-scopes") if told is not None else None
    return {scope.strip() for scope in written.split(",")} if written is not None else None


def may_upload(told: Exchange | None) -> bool:
    """Whether the token may upload pictures, as far as an answer tells."""
    known = scopes(told)
    return known is None or known.issuperset(PICTURES)


def remarks(told: Exchange | None) -> list[Remark]:
    """What the token may not do, as an answer tells."""
    known = scopes(told)
    todo = "add it under “OAuth & Permissions” of your app, and install the app in the workspace again"
    return missing(known, _NEEDED, todo) if known is not None else []
