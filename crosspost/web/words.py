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
#: what was done → what the next page says
DONE = {
    "settled": N_("Your decision is kept."),
    "retried": N_("Planned again; the next run sends it."),
    "language": "",
}
