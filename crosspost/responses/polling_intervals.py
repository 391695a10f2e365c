"""What is asked about, and how often: a new post often, an old one seldom. Pure."""

from datetime import datetime, timedelta

from crosspost.ledger.responses import SURE, Out
from crosspost.model import Value

#: a post is asked about again after a tenth of its age, within these bounds
_SHARE, _SHORTEST, _LONGEST = 10, timedelta(minutes=15), timedelta(days=7)


class Rules(Value, frozen=True, kw_only=True):
    """How much is asked.

    ``keep`` is for how long a post is asked about after it went out, ``most`` the posts per account and fetch;
    ``moderated`` as in the settings. ``everything``: posts that were asked about lately, too.
    """

    keep: timedelta
    moderated: bool = True
    most: int
    everything: bool = False


def due(out: Out, now: datetime, rules: Rules) -> bool:
    """Whether it is time to ask about a delivery."""
    if out.gone_at is not None and out.asked_at is not None and out.asked_at - out.gone_at >= SURE:
        return False  # its network said twice that it is not there
    if rules.everything or out.asked_at is None:
        return True
    pause = min(max((now - out.sent_at) / _SHARE, _SHORTEST), _LONGEST)
    return now - out.asked_at >= (SURE if out.gone_at is not None else pause)
