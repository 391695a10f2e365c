"""What came back to a post that is out, as its network tells it."""

from datetime import datetime
from typing import Literal

from crosspost.model.value import Value

#: what a page on the web says of a post
MentionKind = Literal["reply", "like", "repost", "mention"]


class Figures(Value, frozen=True, kw_only=True):
    """How often something happened to a post; None where the network does not tell.

    ``replies`` is the network's own figure: it counts what we are not shown, too.
    """

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    views: int | None = None


class Reply(Value, frozen=True, kw_only=True):
    """What somebody answered.

    ``id`` is the network's, ``parent`` that of the post it answers, ``text`` plain text. ``public`` is False where its
    author does not want it shown to everybody, ``mine`` True where our own account wrote it.
    """

    id: str
    parent: str = ""
    url: str = ""
    text: str
    author: str = ""
    handle: str = ""
    author_url: str = ""
    at: datetime
    public: bool = True
    mine: bool = False


class Responses(Value, frozen=True, kw_only=True):
    """Figures and replies of one post. ``whole`` is False where there are replies that the network did not list.

    ``unread`` is why replies or figures were not read although the network has them, for people.
    """

    figures: Figures = Figures()
    replies: tuple[Reply, ...] = ()
    whole: bool = True
    unread: str = ""
