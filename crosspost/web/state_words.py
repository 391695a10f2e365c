"""What the pages call states: the words of the ledger and of the accounts in plain language.

``N_`` marks a text for translation where it is not said yet; :mod:`crosspost.web.rendering` says it.
"""


def N_(text: str) -> str:  # noqa: N802  # gettext's own name
    """Mark a text as one that is translated later."""
    return text


#: what is stored → what is said
WORDS = {
    "before": N_("old"),
    "planned": N_("planned"),
    "sending": N_("being sent"),
    "sent": N_("out"),
    "failed": N_("failed"),
    "unknown": N_("in doubt"),
    "kept": N_("kept there"),
    "held": N_("waits for you"),
    "skipped": N_("left out"),
    "well": N_("well"),
    "new": N_("not begun yet"),
    "resting": N_("rests"),
    "login": N_("login refused"),
    "paused": N_("paused"),
    "misconfigured": N_("settings wrong"),
    "reader": N_("reader"),
    "author": N_("author"),
    "approver": N_("approver"),
    "admin": N_("administrator"),
    "send": N_("goes out"),
    "ask": N_("will wait for you"),
    "skip": N_("will be left out"),
}
#: what a network's limit counts → how that is called
COUNTED = {
    "requests": N_("requests"),
    "posts a day": N_("posts a day"),
    "replies a day": N_("replies a day"),
    "percent": N_("percent"),
}
#: how a network counts → how that is called
UNITS = {
    "code-points": N_("characters"),
    "graphemes": N_("characters"),
    "utf-16": N_("characters, an emoji is two"),
    "utf-8": N_("bytes"),
    "x": N_("characters as X counts them"),
    "mastodon": N_("characters as Mastodon counts them"),
    "threads": N_("characters as Threads counts them"),
    "discord": N_("characters as Discord counts them"),
    "slack": N_("characters as Slack counts them"),
}
