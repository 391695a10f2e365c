"""The polls of the Telegram stand-in (core.telegram.org/bots/api, sendPoll, InputPollOption, InputPollMedia)."""

from typing import Any

from crosspost.sandbox.core.http_messages import Malformed, Request
from crosspost.sandbox.networks.telegram.server import Entities, only_known, parsed, photo, structured, true

QUESTION, OPTION, DESCRIPTION = 300, 100, 1024
OPTIONS, SECONDS = range(1, 13), range(5, 2_628_001)
FIELDS = (
    *("question", "options", "is_anonymous", "type", "allows_multiple_answers", "open_period"),
    *("description", "description_parse_mode", "description_entities", "media"),
)


def poll_of(fields: dict[str, Any]) -> dict[str, Any]:
    """The checked poll of a sendPoll.

    :raises Malformed: in Telegram's words, as far as they are known
    """
    question, options = str(fields.get("question") or "").strip(), structured(fields, "options", list)
    if not question:
        raise Malformed("poll question must be non-empty")
    if len(question) > QUESTION:
        raise Malformed(f"poll question length must not exceed {QUESTION}")
    if len(options) not in OPTIONS:
        raise Malformed(f"poll must have {OPTIONS[0]} to {OPTIONS[-1]} answer options")
    titles = [_option(option) for option in options]
    if "is_anonymous" in fields and not true(fields, "is_anonymous"):
        raise Malformed("non-anonymous polls can't be sent to channel chats")
    if fields.get("type", "regular") != "regular":
        raise Malformed("the sandbox takes regular polls only")
    seconds = str(fields.get("open_period") or "")
    if seconds and not (seconds.isdecimal() and int(seconds[:9]) in SECONDS):
        raise Malformed(f"open_period must be {SECONDS[0]} to {SECONDS[-1]} seconds")
    multiple = true(fields, "allows_multiple_answers")
    return {
        "question": question, "options": titles, "multiple": multiple, "seconds": int(seconds or 0), "votes": {},
    }  # fmt: skip


def _option(option: Any) -> str:
    if not isinstance(option, dict):
        raise Malformed("can't parse InputPollOption: an object is expected")
    only_known(option, "text")
    title = str(option.get("text") or "").strip()
    if not title:
        raise Malformed("poll options must be non-empty")
    if len(title) > OPTION:
        raise Malformed(f"poll options length must not exceed {OPTION}")
    return title


def description_of(fields: dict[str, Any]) -> tuple[str, Entities]:
    """The text below the question.

    :raises Malformed: when it is too long, or its markup cannot be read
    """
    said = {name.removeprefix("description_"): value for name, value in fields.items() if name.startswith("descr")}
    text, entities = parsed(said, "description", "entities")
    if len(text) > DESCRIPTION:
        raise Malformed("poll description is too long")
    return text, entities


def picture_of(request: Request, fields: dict[str, Any]) -> tuple[bytes, tuple[str, int, int]] | None:
    """The picture beside the description; None when there is none.

    :raises Malformed: when it is something else
    """
    media = structured(fields, "media", dict)
    if not media:
        return None
    only_known(media, "type", "media")
    if media.get("type") != "photo":
        raise Malformed("can't parse InputPollMedia: the sandbox takes photos only, without a caption")
    return photo(request, {"photo": media.get("media")})


def poll_json(poll: dict[str, Any]) -> dict[str, Any]:
    """A Poll object, without what only its message shows."""
    options = [{"persistent_id": str(n), "text": o, "voter_count": 0} for n, o in enumerate(poll["options"], 1)]
    rules = {"allows_multiple_answers": poll["multiple"], "allows_revoting": False, "members_only": False}
    known = {"id": "1", "question": poll["question"], "options": options, "total_voter_count": 0}
    ends = {"open_period": poll["seconds"]} if poll["seconds"] else {}
    return known | rules | {"is_closed": False, "is_anonymous": True, "type": "regular"} | ends
