"""Shared by the newsletter and listmonk: the settings for a mail's content, and composing its draft."""

from typing import Literal

import msgspec

from crosspost.compose.formats import mail
from crosspost.model import Draft, Post, Value
from crosspost.networks.base import Network


class MailOptions(Value, frozen=True, kw_only=True):
    """``subject`` replaces the post's title; ``content``: title, description and link, or the whole post; ``footer`` is
    plain text at the end of every mail."""

    subject: str = ""
    content: Literal["teaser", "full"] = "teaser"
    footer: str = ""


def mail_draft(network: Network, post: Post, *, framed: bool = True) -> Draft:
    """Compose the post as a mail: without hashtags, with subject and HTML in the draft's options.

    :param framed: whether the HTML is a whole document, or only its content
    :raises Unsupported: when there is no content
    :raises ConfigError: when the post's own settings for this account are not valid
    """
    style = msgspec.structs.replace(network.style, hashtags=False, extra_hashtags=(), card=False)
    draft = network.composed(post, style=style)
    own = post.overrides.for_account(network.account, network.key).text is not None or bool(style.template)
    settings = draft.options
    return mail.as_mail(
        draft,
        post,
        content=settings["content"],
        subject=settings["subject"],
        own=own,
        footer=settings["footer"],
        framed=framed,
    )
