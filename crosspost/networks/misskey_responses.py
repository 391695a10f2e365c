"""What came back to a note, from what a Misskey server says of it. Pure, but for the questions it is given.

Sources: misskey-hub.net API reference (notes/show, notes/replies) and misskey-dev/misskey, packages/backend/src
(endpoints/notes/replies.ts, core/entities/{NoteEntityService,UserEntityService}.ts), checked 2026-11-27.
``notes/replies`` lists direct replies, newest first, so those below them are asked for, too.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crosspost.model.response import Figures, Reply, Responses
from crosspost.networks import reply_fields
from crosspost.networks.post_search import moment

#: notes on a page, and questions about one post; what needs more is not whole
SIZE, QUESTIONS = 100, 30
#: replies to which only some were let in are nobody else's business
_OPEN = ("public", "home")

Ask = Callable[..., Any]


def responses_of(note: Mapping[str, Any], ask: Ask, me: str, home: str) -> Responses:
    """Figures and replies of a note.

    :param ask: requests one page of the direct replies to ``noteId``, below ``untilId``
    :param me: our account's id
    :param home: the server's address
    :raises ValueError: when an answer is not a list, or a reply has no time
    """
    found, whole = _below(str(note["id"]), ask)
    return Responses(
        figures=Figures(
            likes=_reactions(note),
            reposts=reply_fields.number(note.get("renoteCount")),
            replies=reply_fields.number(note.get("repliesCount")),
        ),
        replies=tuple(_reply(one, me, home) for one in found if one.get("visibility") in _OPEN),
        whole=whole and all(one.get("visibility") for one in found),
    )


def _reactions(note: Mapping[str, Any]) -> int | None:
    """How many reactions of any kind; older servers only tell each kind's number."""
    if (told := reply_fields.number(note.get("reactionCount"))) is not None:
        return told
    kinds = note.get("reactions")
    return sum(reply_fields.number(count) or 0 for count in kinds.values()) if isinstance(kinds, dict) else None


def _below(note: str, ask: Ask) -> tuple[list[Mapping[str, Any]], bool]:
    """What stands below a note, and whether that is all."""
    found: list[Mapping[str, Any]] = []
    todo: list[tuple[str, str]] = [(note, "")]
    for _ in range(QUESTIONS):
        if not todo:
            return found, True
        above, until = todo.pop(0)
        page = ask(noteId=above, limit=SIZE, **({"untilId": until} if until else {}))
        if not isinstance(page, list):
            raise ValueError("the answer is not a list")
        found += page
        if len(page) >= SIZE:
            todo.append((above, str(page[-1]["id"])))
        todo += [(str(one["id"]), "") for one in page if one.get("repliesCount") != 0]
    return found, not todo


def _reply(note: Mapping[str, Any], me: str, home: str) -> Reply:
    user, at = note["user"], moment(note.get("createdAt"))
    if at is None:
        raise ValueError("a reply has no time")
    who = f"@{user['username']}" + (f"@{user['host']}" if user.get("host") else "")
    warning, text = str(note.get("cw") or ""), str(note.get("text") or "")
    return Reply(
        id=str(note["id"]),
        parent=str(note.get("replyId") or ""),
        url=reply_fields.web(note.get("url") or note.get("uri") or f"{home}/notes/{note['id']}"),
        text=reply_fields.words(f"{warning}\n\n{text}" if warning else text),
        author=reply_fields.name(user.get("name") or user["username"]),
        handle=reply_fields.name(who),
        author_url=reply_fields.web(f"{home}/{who}"),
        at=at,
        public=note["visibility"] == "public"
        and not note.get("localOnly")  # for this server only
        and not user.get("requireSigninToViewContents"),  # for people who are logged in only
        mine=str(note.get("userId")) == me,
    )
