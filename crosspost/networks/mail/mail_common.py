"""What the newsletter and listmonk share: the settings of a mail's words, and the draft they make."""

from typing import Literal

import msgspec

from crosspost import compose
from crosspost.compose.formats import mail
from crosspost.model import Draft, Post, Value
from crosspost.networks.base import Network


class MailOptions(Value, frozen=True, kw_only=True):
    """``subject`` instead of the post's title; ``content``: title, description and link, or the whole post;
    ``footer`` is plain text at the end of every mail."""

    subject: str = ""
    content: Literal["teaser", "full"] = "teaser"
    footer: str = ""


def mail_draft(network: Network, post: Post, *, framed: bool = True) -> Draft:
    """The post as a mail of this account: without hashtags, with subject and HTML in its options.

    :param framed: the HTML is a whole document; else only what goes into one
    :raises Unsupported: when there is nothing to say
    :raises ConfigError: when the post's own settings for this account cannot be understood
    """
    style = msgspec.structs.replace(network.style, hashtags=False, extra_hashtags=(), card=False)
    draft = compose.compose(
        post,
        account=network.account,
        network=network.key,
        limits=network.allowed,
        abilities=network.able,
        style=style,
        options=network.options,
    )
    own = post.overrides.for_account(network.account, network.key).text is not None or bool(style.template)
    said = draft.options
    return mail.as_mail(
        draft,
        post,
        content=said["content"],
        subject=said["subject"],
        own=own,
        footer=said["footer"],
        framed=framed,
    )
