"""What the manual says of polls, warnings, audiences, places and times: which network has what, and as what setting."""

from crosspost.networks.base import Network
from tests.manual.networks import ours

#: column → the settings that are about it
_SETTINGS = {
    "warning": ("content_warning", "sensitive", "labels", "nsfw"),
    "answers and quotes": ("reply_settings", "reply_control", "replies", "quotes"),
    "who sees it": ("visibility", "local_only", "state", "status"),
    "place": ("place",),
}
#: what a network takes from elsewhere in a post
_ELSEWHERE = {("mobilizon", "place"): "`event: place:`"}
#: what a network is known to have, and crosspost does not use
_UNUSED = {
    "poll": ("linkedin",),
    "place": ("telegram",),
    "on a schedule there": (*("mastodon", "listmonk", "slack", "lemmy", "ntfy", "forem", "tumblr"),),
}
_COLUMNS = ("poll", *_SETTINGS, "on a schedule there")


def controls() -> str:
    """Which network has what of them."""
    lines = [f"| network | {' | '.join(_COLUMNS)} |", "| --- " * (len(_COLUMNS) + 1) + "|"]
    for key, cls in ours().items():
        lines.append(f"| {cls.name} | {' | '.join(_cell(key, cls, column) for column in _COLUMNS)} |")
    return "\n".join(lines)


def _cell(key: str, cls: type[Network], column: str) -> str:
    if column == "poll" and cls.limits.polls is not None:
        return "`poll`"
    if column == "on a schedule there" and cls.abilities.ahead is not None:
        return "`ahead`"
    own = cls.Options.__struct_fields__
    if found := [f"`{name}`" for name in _SETTINGS.get(column, ()) if name in own]:
        return ", ".join(found)
    return _ELSEWHERE.get((key, column)) or ("not used" if key in _UNUSED.get(column, ()) else "–")
