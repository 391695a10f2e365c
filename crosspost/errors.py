"""Every error a person can cause or a network can answer.

    CrosspostError
    ├── ConfigError                wrong or missing settings, credentials, arguments: exit code 2
    ├── SourceError                a site that cannot be read at all: exit code 2
    ├── PostRefused                one post that cannot be understood; the others go on
    ├── MediaError                 one picture that cannot be used; the post goes on without it
    │   └── PictureBroken          … or is held until the picture is repaired, because the account wants that
    ├── LedgerError                the ledger cannot be opened, read or written; nothing is sent
    └── DeliveryError              a delivery that did not end in a receipt. It answers one question: is it out?
        ├── NotSent                no: it never reached the server, or only repeatable steps were done → try again later
        │   ├── RateLimited        no: the account must wait until ``retry_at``
        │   ├── AuthExpired        no: the token is expired or revoked → renew it, or ask a person to
        │   │   └── OtherUser      no: the token now belongs to another user than before → a person must decide
        │   └── KeyTaken           no: our key already holds something else → try again with another key
        ├── Rejected               no, and it never will be: the network refused it, for the reason it gives
        │   ├── Unsupported        no: found out before any request
        │   └── TurnedDown         no: the network took it, looked at it, and has said that it will not show it
        ├── ByHand                 no: the network takes posts from people only → a person posts it, and says so
        └── Unknown                maybe: look at the account first, never send again on hope
            ├── OutOfSight         … because the account's list of posts does not reach back that far
            └── UnderReview        … because the network took it, and looks at it before it shows it → look again later
                └── KeptUntil      … because the network took it ahead of its time, and shows it then → look then

Messages are for the person who reads them: what happened, where, and what to do next. They never contain a secret.
"""

from datetime import datetime


class CrosspostError(Exception):
    """Base of everything crosspost raises on purpose; ``str()`` of it is a sentence for a person.

    :ivar site: the site that it is about, where several are known and it is about one of them
    """

    site = ""


class ConfigError(CrosspostError):
    """Settings, credentials or arguments that cannot be used. The message names file, line and key where known."""


class NoSuchSite(ConfigError):
    """``--site`` names none of the config's sites: a mistake in the command, not in the config."""


class FileOfNoSite(ConfigError):
    """A file that a command names is in none of the config's sites."""


class SourceError(CrosspostError):
    """A site that cannot be read at all, such as a missing folder or a broken site configuration."""


class PostRefused(CrosspostError):
    """A post that cannot be understood.

    :param path: the file, as the user named it
    :param reason: one clause: what is wrong and what to do
    :param line: line in the file, from 1; 0 for the whole file
    """

    def __init__(self, path: str, reason: str, line: int = 0) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class MediaError(CrosspostError):
    """A picture that cannot be read or made to fit. The message names the file and the reason."""


class PictureBroken(MediaError):
    """A post that is held back until its picture is repaired (``on_broken_picture = "hold"``)."""


class LedgerError(CrosspostError):
    """The ledger cannot be used. Nothing is sent without a ledger."""


class DeliveryError(CrosspostError):
    """A delivery that did not end in a receipt. Each subclass answers the question: is it out?"""


class NotSent(DeliveryError):
    """Certainly not out: it may be tried again later."""


class RateLimited(NotSent):
    """Certainly not out: the account must wait until ``retry_at`` (time zone aware; None: the network gave no time)."""

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class AuthExpired(NotSent):
    """Certainly not out: the token is expired, revoked or wrong."""


class OtherUser(AuthExpired):
    """Certainly not out: the token belongs to another user than this account has posted as so far."""


class KeyTaken(NotSent):
    """Certainly not out: the network already has something else under our key, and returned that."""


class Rejected(DeliveryError):
    """Certainly not out, and trying again would not help: the network refused it."""


class Unsupported(Rejected):
    """Found out before any request: this network cannot take this post."""


class TurnedDown(Rejected):
    """Certainly not out: the network took the post, looked at it, and has said that it will not show it.

    Also ``find`` may raise it, and ends the delivery by that. So it is about the very post, never about the request
    that asked: whatever else a look meets, any other :class:`Rejected` among it, says nothing of the post.
    """


class ByHand(DeliveryError):
    """Certainly not out, and never sent by a program: a person posts it."""


class Unknown(DeliveryError):
    """It may be out. Only looking at the account, or a person, can settle it."""


class OutOfSight(Unknown):
    """The account's list of posts does not reach back far enough, so finding nothing proves nothing."""


class UnderReview(Unknown):
    """The network has taken the post and looks at it before it shows it: neither out nor refused.

    :param taken: the network's id of the post; a post with one is looked for by it, and is never sent again by itself
    """

    def __init__(self, message: str, taken: str) -> None:
        super().__init__(message)
        self.taken = taken


class KeptUntil(UnderReview):
    """The network has taken the post ahead of its time and keeps it until then: neither out nor refused.

    :param taken: the network's id of the post, by which it is looked for, changed and taken back
    :param at: when the network shows it, by its own word (time zone aware); over: it should be out by now
    """

    def __init__(self, message: str, taken: str, at: datetime) -> None:
        super().__init__(message, taken)
        self.at = at
