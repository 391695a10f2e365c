"""A message's blocks, as readers see them (docs.slack.dev/reference/block-kit/blocks)."""

import dataclasses
from collections.abc import Callable
from typing import Any

from crosspost.sandbox.core.http_messages import Refused
from crosspost.sandbox.core.store import Picture
from crosspost.sandbox.networks.slack.server import refused

MOST, SECTION, ALT, ADDRESS = 50, 3000, 2000, 3000
_FORMATS = ("PNG", "JPEG", "GIF")
_KNOWN = {
    "rich_text": {"type", "block_id", "elements"},
    "section": {"type", "block_id", "text"},
    "image": {"type", "block_id", "alt_text", "slack_file", "image_url", "title"},
    "rich_text_section": {"type", "elements"},
    "text": {"type", "text", "style"},
    "link": {"type", "url", "text", "style"},
    "plain_text": {"type", "text", "emoji"},
    "mrkdwn": {"type", "text", "verbatim"},
}


def shown(
    given: Any, file_of: Callable[[str], Picture | None], marked: Callable[[str], str]
) -> tuple[str, list[Picture]]:
    """The text and the pictures, these with the words of their blocks.

    :param file_of: a file of the bot that is ready to be shown; None when there is none with this id
    :param marked: what readers see of a text with Slack's own markup
    """
    if not isinstance(given, list) or len(given) > MOST:
        raise _wrong("no more than 50 items allowed", "/blocks")
    texts, pictures = [], []
    for number, block in enumerate(given):
        at = f"/blocks/{number}"
        kind = _known(block, ("rich_text", "section", "image"), at)
        if kind == "image":
            pictures.append(_picture(block, file_of, at))
        else:
            texts.append(_rich(block, at) if kind == "rich_text" else _section(block, marked, at))
    return "\n".join(texts), pictures


def _rich(block: dict[str, Any], at: str) -> str:
    said = []
    for number, section in enumerate(_list(block, at)):
        _known(section, ("rich_text_section",), f"{at}/elements/{number}")
        for inner, element in enumerate(_list(section, f"{at}/elements/{number}")):
            where = f"{at}/elements/{number}/elements/{inner}"
            kind = _known(element, ("text", "link"), where)
            text = element.get("text") or (element.get("url") if kind == "link" else "")
            if not isinstance(text, str) or not text:
                raise _wrong("must be more than 0 characters", f"{where}/text")
            if kind == "link" and not str(element.get("url") or "").startswith(("http://", "https://", "mailto:")):
                raise _wrong("invalid url", f"{where}/url")
            said.append(text)
    return "".join(said)


def _section(block: dict[str, Any], marked: Callable[[str], str], at: str) -> str:
    text = block.get("text")
    kind = _known(text, ("plain_text", "mrkdwn"), f"{at}/text")
    said = str(text["text"]) if isinstance(text, dict) else ""
    if not 0 < len(said) <= SECTION:
        raise _wrong(f"must be 1 to {SECTION} characters", f"{at}/text/text")
    return marked(said) if kind == "mrkdwn" else said


def _picture(block: dict[str, Any], file_of: Callable[[str], Picture | None], at: str) -> Picture:
    words, file = block.get("alt_text"), block.get("slack_file")
    if not isinstance(words, str) or not 0 < len(words) <= ALT:
        raise _wrong(f"alt_text is required, 1 to {ALT} characters", f"{at}/alt_text")
    if "image_url" in block or not isinstance(file, dict) or set(file) != {"id"}:
        raise _wrong("the sandbox shows only slack_file with an id", at)
    picture = file_of(str(file["id"]))
    if picture is None or picture.format not in _FORMATS:
        raise _wrong("invalid slack file", f"{at}/slack_file")
    return dataclasses.replace(picture, alt=words, used=True)


def _known(thing: Any, kinds: tuple[str, ...], at: str) -> str:
    kind = str(thing.get("type")) if isinstance(thing, dict) else ""
    if kind not in kinds:
        raise _wrong(f"unsupported type: {kind}", at)
    if strange := set(thing) - _KNOWN[kind]:
        raise _wrong(f"additional property {min(strange)}", at)
    return kind


def _list(thing: dict[str, Any], at: str) -> list[Any]:
    found = thing.get("elements")
    if not isinstance(found, list) or not found:
        raise _wrong("no fewer than 1 item allowed", f"{at}/elements")
    return found


def _wrong(what: str, at: str) -> Refused:
    said = f"{what} [json-pointer:{at}]"
    return Refused(refused("invalid_blocks", errors=[said], response_metadata={"messages": [f"[ERROR] {said}"]}))
